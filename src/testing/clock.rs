//! The time as the cloud shows it, and the lifetimes of what it issues.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::time::Instant;

/// The time of this machine, and `skew` seconds.
pub(super) fn now(skew: i64) -> Timestamp {
    later(Timestamp::now(), SignedDuration::from_secs(skew))
}

/// A time after another, but not after the last one that can be written.
pub(super) fn later(time: Timestamp, by: SignedDuration) -> Timestamp {
    time.saturating_add(by).unwrap_or(time)
}

/// A time as IAM writes it, such as `2020-01-04T09:05:22.701000Z`.
pub(super) fn iam_time(time: Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%S%.6fZ").to_string()
}

/// A time as `Date` has it, such as `Sat, 04 Jan 2020 09:05:22 GMT`.
pub(super) fn http_date(time: Timestamp) -> String {
    time.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

/// When something that was issued at `time` expires, as IAM writes it.
pub(super) fn expires_at(time: Timestamp, ttl: Duration) -> String {
    iam_time(later(time, SignedDuration::try_from(ttl).unwrap_or(SignedDuration::MAX)))
}

/// When something expires, by the clock of the runtime, which a test can pause and advance. `None` if it never does.
#[derive(Clone, Copy)]
pub(super) struct Expiry(Option<Instant>);

impl Expiry {
    pub(super) const NEVER: Self = Self(None);

    /// Counted from now. A lifetime that is too long for the clock never expires.
    pub(super) fn after(ttl: Duration) -> Self {
        Self(Instant::now().checked_add(ttl))
    }

    pub(super) fn is_past(self) -> bool {
        self.0.is_some_and(|expiry| expiry <= Instant::now())
    }
}
