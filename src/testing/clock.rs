//! The time as the cloud shows it, and how long lives what it gives out.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use httpdate::fmt_http_date;
use tokio::time::Instant;

/// 9999-12-31T23:59:59Z, the last time that has a text in HTTP.
const LAST: Duration = Duration::from_secs(253_402_300_799);
const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// The cloud's clock, which may be off from this machine's.
#[derive(Default)]
pub(super) struct Clock {
    /// Seconds to add to this machine's time.
    skew: AtomicI64,
}

impl Clock {
    pub(super) fn set_skew(&self, seconds: i64) {
        self.skew.store(seconds, Ordering::Relaxed);
    }

    /// The time, within the years that HTTP can write.
    pub(super) fn now(&self) -> SystemTime {
        let skew = self.skew.load(Ordering::Relaxed);
        let by = Duration::from_secs(skew.unsigned_abs());
        if skew < 0 { earlier(SystemTime::now(), by) } else { later(SystemTime::now(), by) }
    }
}

/// A time before another, but not before 1970.
pub(super) fn earlier(than: SystemTime, by: Duration) -> SystemTime {
    than.checked_sub(by).map_or(UNIX_EPOCH, |time| time.max(UNIX_EPOCH))
}

/// A time after another, but not after 9999.
pub(super) fn later(than: SystemTime, by: Duration) -> SystemTime {
    let last = UNIX_EPOCH + LAST;
    than.checked_add(by).map_or(last, |time| time.min(last))
}

/// A time as IAM writes it, such as `2020-01-04T09:05:22.701000Z`.
pub(super) fn iam_time(time: SystemTime) -> String {
    let (date, time_of_day) = date_and_time(time);
    let microseconds = time.duration_since(UNIX_EPOCH).unwrap_or_default().subsec_micros();
    format!("{date}T{time_of_day}.{microseconds:06}Z")
}

/// A time as `X-Sdk-Date` has it, such as `20200104T090522Z`.
pub(super) fn sdk_date(time: SystemTime) -> String {
    let (date, time_of_day) = date_and_time(time);
    format!("{date}T{time_of_day}Z").replace(['-', ':'], "")
}

/// A date such as `2020-01-04`, and a time of day such as `09:05:22`. Both are taken from the text of HTTP, such as
/// `Sat, 04 Jan 2020 09:05:22 GMT`, so that no calendar has to be written here, nor the client's used.
fn date_and_time(time: SystemTime) -> (String, String) {
    let text = fmt_http_date(time);
    let mut words = text.split(' ').skip(1);
    let mut next = || words.next().unwrap_or_default();
    let (day, month, year, time_of_day) = (next(), next(), next(), next());
    let month = MONTHS.iter().position(|name| *name == month).unwrap_or_default() + 1;
    (format!("{year}-{month:02}-{day}"), time_of_day.to_owned())
}

/// When something ends that the cloud gave out. This goes by the runtime's clock, which runs forward only, and which a test can
/// pause and move.
pub(super) struct End(Option<Instant>);

impl End {
    pub(super) const NEVER: Self = Self(None);

    /// Counted from now. A life that is too long for the clock has no end.
    pub(super) fn after(life: Duration) -> Self {
        Self(Instant::now().checked_add(life))
    }

    pub(super) fn has_come(&self) -> bool {
        self.0.is_some_and(|end| end <= Instant::now())
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, SystemTime, UNIX_EPOCH};

    use super::{Clock, earlier, iam_time, later, sdk_date};

    fn at(seconds: u64) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(seconds)
    }

    #[test]
    fn times_are_written_in_both_forms() {
        for (seconds, iam, sdk) in [
            (0, "1970-01-01T00:00:00.000000Z", "19700101T000000Z"),
            (951_868_799, "2000-02-29T23:59:59.000000Z", "20000229T235959Z"),
            (1_573_789_015, "2019-11-15T03:36:55.000000Z", "20191115T033655Z"),
            (253_402_300_799, "9999-12-31T23:59:59.000000Z", "99991231T235959Z"),
        ] {
            assert_eq!((iam_time(at(seconds)).as_str(), sdk_date(at(seconds)).as_str()), (iam, sdk));
        }
        for month in 1..=12_u64 {
            let time = at((month - 1) * 2_678_400);
            assert!(sdk_date(time).starts_with(&format!("1970{month:02}")), "{}", sdk_date(time));
        }
        let time = at(1_578_128_722) + Duration::from_nanos(701_000_999);
        assert_eq!(iam_time(time), "2020-01-04T09:05:22.701000Z");
        assert_eq!(sdk_date(time), "20200104T090522Z");
    }

    #[test]
    fn no_skew_leads_out_of_the_years_that_have_a_text() {
        let clock = Clock::default();
        for (skew, expected) in [(i64::MIN, "19700101T000000Z"), (i64::MAX, "99991231T235959Z")] {
            clock.set_skew(skew);
            assert_eq!(sdk_date(clock.now()), expected);
        }
        assert_eq!(earlier(at(5), Duration::from_secs(6)), at(0));
        assert_eq!(later(at(5), Duration::MAX), at(253_402_300_799));
    }
}
