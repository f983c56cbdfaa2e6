//! The cloud's clock, and the lifetimes of issued credentials.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::time::Instant;

/// The local time plus `skew` seconds.
pub(super) fn now(skew: i64) -> Timestamp {
    later(Timestamp::now(), SignedDuration::from_secs(skew))
}

/// Adds a duration to a time, up to the last one that can be formatted.
pub(super) fn later(time: Timestamp, by: SignedDuration) -> Timestamp {
    time.saturating_add(by).unwrap_or(time)
}

/// Formats a time as IAM does, such as `2020-01-04T09:05:22.701000Z`.
pub(super) fn iam_time(time: Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%S%.6fZ").to_string()
}

/// Formats a time for `Date`, such as `Sat, 04 Jan 2020 09:05:22 GMT`.
pub(super) fn http_date(time: Timestamp) -> String {
    time.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

/// The expiry of a credential that was issued at `time`, as IAM formats it.
pub(super) fn expires_at(time: Timestamp, ttl: Duration) -> String {
    iam_time(later(time, SignedDuration::try_from(ttl).unwrap_or(SignedDuration::MAX)))
}

/// When something expires, by the clock of the runtime, which a test can pause and advance. `None` if it never expires.
#[derive(Clone, Copy)]
pub(super) struct Expiry(Option<Instant>);

impl Expiry {
    pub(super) const NEVER: Self = Self(None);

    /// Counted from now. A lifetime that overflows the clock never expires.
    pub(super) fn after(ttl: Duration) -> Self {
        Self(Instant::now().checked_add(ttl))
    }

    pub(super) fn is_past(self) -> bool {
        self.0.is_some_and(|expiry| expiry <= Instant::now())
    }
}
