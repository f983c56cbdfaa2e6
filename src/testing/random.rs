//! Random IDs and secrets.

use std::sync::atomic::{AtomicU32, Ordering};

use jiff::Timestamp;

/// The ID of a resource, in the form of a UUID. Later IDs are greater, so that rows are in the order of creation.
pub(super) fn uuid() -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0x9094_94e3);
    let hex = format!("{:08x}{}", NEXT.fetch_add(1, Ordering::Relaxed), &hex()[8..]);
    [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]].join("-")
}

/// An ID of the gateway or of IAM: 32 hexadecimal digits.
pub(super) fn hex() -> String {
    format!("{:032x}", fastrand::u128(..))
}

/// A request ID in the documented form: UUID, timestamp in milliseconds and hostname.
pub(super) fn request_id() -> String {
    format!("{}-{}-fake-server", uuid(), Timestamp::now().as_millisecond())
}

/// A secret of `length` lowercase letters and digits.
pub(super) fn secret(length: usize) -> String {
    std::iter::repeat_with(|| fastrand::alphanumeric().to_ascii_lowercase()).take(length).collect()
}
