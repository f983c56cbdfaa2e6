//! Makes ids and secrets that are not made twice.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

/// Makes ids: a seed for each fake server, and a number for each id.
pub(super) struct Ids {
    seed: u64,
    made: AtomicU64,
}

impl Ids {
    pub(super) fn new() -> Self {
        Self { seed: RandomState::new().build_hasher().finish(), made: AtomicU64::new(0) }
    }

    /// An id as the rows of the service have it, in the form of a UUID.
    pub(super) fn uuid(&self) -> String {
        let id = self.next();
        format!(
            "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
            id >> 96,
            (id >> 80) & 0xffff,
            (id >> 64) & 0xffff,
            (id >> 48) & 0xffff,
            id & 0xffff_ffff_ffff
        )
    }

    /// An id as the gateway and IAM make it, of 32 hexadecimal digits.
    pub(super) fn hex(&self) -> String {
        format!("{:032x}", self.next())
    }

    /// A request id as the contract describes it: uuid, timestamp and hostname. The timestamp is in milliseconds.
    pub(super) fn request_id(&self) -> String {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        format!("{}-{}-fake-server", self.uuid(), now.as_millis())
    }

    fn next(&self) -> u128 {
        let number = self.made.fetch_add(1, Ordering::Relaxed);
        (u128::from(self.seed) << 64) | u128::from(number)
    }
}

/// A token that looks like one of IAM: `MII` and then 1024 letters and digits.
pub(super) fn token() -> String {
    format!("MII{}", secret(1024))
}

/// As many letters and digits, in lower case, that nobody can guess.
pub(super) fn secret(length: usize) -> String {
    let random = RandomState::new();
    let parts = (0..length.div_ceil(16)).map(|part| format!("{:016x}", random.hash_one(part)));
    let mut text: String = parts.collect();
    text.truncate(length);
    text
}
