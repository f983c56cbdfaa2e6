//! The cloud's clock, and the lifetimes of issued credentials.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::time::Instant;

/// Formats the end of a lifetime as IAM does, such as `2020-01-04T09:05:22.701000Z`.
pub(super) fn iam_time(time: Timestamp, lifetime: Duration) -> String {
    let end = later(time, SignedDuration::try_from(lifetime).unwrap_or(SignedDuration::MAX));
    end.strftime("%Y-%m-%dT%H:%M:%S%.6fZ").to_string()
}

/// Adds a duration to a time, up to the last one that can be formatted.
pub(super) fn later(time: Timestamp, by: SignedDuration) -> Timestamp {
    time.saturating_add(by).unwrap_or(time)
}

/// When something expires, by the clock of the runtime, which a test can pause and advance; `None` if it never does.
pub(super) type Expiry = Option<Instant>;

pub(super) fn is_past(expiry: Expiry) -> bool {
    expiry.is_some_and(|expiry| expiry <= Instant::now())
}
