//! The service's clock.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime};

use jiff::SignedDuration;

/// The tolerated clock skew. The service rejects a signature that is off by 15 minutes, and a response that took a
/// while to arrive is no reason for a correction.
const TOLERATED: Duration = Duration::from_secs(60);

/// The local clock, corrected by the `Date` of responses. Clones share the correction.
#[derive(Debug, Clone, Default)]
pub(crate) struct Clock {
    /// Seconds to add to the local time.
    correction: Arc<AtomicI64>,
}

impl Clock {
    pub(crate) fn now(&self) -> SystemTime {
        let correction = self.correction.load(Ordering::Relaxed);
        let by = Duration::from_secs(correction.unsigned_abs());
        let now = SystemTime::now();
        let corrected = if correction < 0 { now.checked_sub(by) } else { now.checked_add(by) };
        corrected.unwrap_or(now)
    }

    /// Corrects the clock if the server's time differs too much from the time of signing, and returns whether it does.
    pub(crate) fn correct(&self, signed: SystemTime, server: SystemTime) -> bool {
        if seconds_between(signed, server).unsigned_abs() < TOLERATED.as_secs() {
            return false;
        }
        self.correction.store(seconds_between(SystemTime::now(), server), Ordering::Relaxed);
        true
    }
}

fn seconds_between(from: SystemTime, to: SystemTime) -> i64 {
    SignedDuration::system_until(from, to).map_or(0, |duration| duration.as_secs())
}

#[cfg(test)]
mod tests;
