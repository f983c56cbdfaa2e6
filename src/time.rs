//! The two forms of a time that IAM and signed requests use.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

const SECONDS_PER_DAY: u64 = 24 * 60 * 60;
/// From 0000-03-01 to 1970-01-01. Years are counted from March here, so that the leap day is a year's last.
const DAYS_BEFORE_1970: u64 = 719_468;
const DAYS_PER_400_YEARS: u64 = 146_097;

/// Writes a time as `X-Sdk-Date` has it, such as `20191115T033655Z`, in UTC. Parts of a second are dropped.
///
/// A time before 1970 is taken for 1970: such a clock is wrong, and the service refuses either.
pub(crate) fn sdk_date(at: SystemTime) -> String {
    let seconds = at.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    let (year, month, day) = date_of(seconds / SECONDS_PER_DAY);
    let second = seconds % SECONDS_PER_DAY;
    format!("{year:04}{month:02}{day:02}T{:02}{:02}{:02}Z", second / 3600, second / 60 % 60, second % 60)
}

/// Reads a time of RFC 3339 in UTC, such as `2020-01-04T09:05:22.701000Z`. The part of a second is optional, and counts to the
/// nanosecond.
///
/// Nothing comes of other forms, of dates that do not exist, and of times before 1970.
pub(crate) fn parse_rfc3339(text: &str) -> Option<SystemTime> {
    let (date, time) = text.strip_suffix('Z')?.split_once('T')?;
    let (time, nanoseconds) = match time.split_once('.') {
        Some((time, fraction)) => (time, nanoseconds(fraction)?),
        None => (time, 0),
    };
    let [year, month, day] = numbers(date, '-', [4, 2, 2])?;
    let [hour, minute, second] = numbers(time, ':', [2, 2, 2])?;
    // A minute with a leap second has a second 60.
    if hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let seconds = day_of(year, month, day)? * SECONDS_PER_DAY + hour * 3600 + minute * 60 + second;
    UNIX_EPOCH.checked_add(Duration::new(seconds, nanoseconds))
}

/// Three numbers of a fixed width.
fn numbers(text: &str, separator: char, widths: [usize; 3]) -> Option<[u64; 3]> {
    let mut parts = text.split(separator);
    let mut numbers = [0; 3];
    for (number, width) in numbers.iter_mut().zip(widths) {
        let part = parts.next().filter(|part| part.len() == width && is_digits(part))?;
        *number = part.parse().ok()?;
    }
    parts.next().is_none().then_some(numbers)
}

fn nanoseconds(fraction: &str) -> Option<u32> {
    if fraction.is_empty() || !is_digits(fraction) {
        return None;
    }
    let digits = fraction.bytes().chain(std::iter::repeat(b'0')).take(9);
    Some(digits.fold(0, |number, digit| number * 10 + u32::from(digit - b'0')))
}

fn is_digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Year, month and day of a day, which is counted from 1970-01-01. (The calendar repeats every 400 years.)
fn date_of(day: u64) -> (u64, u64, u64) {
    let day = day + DAYS_BEFORE_1970;
    let (era, day) = (day / DAYS_PER_400_YEARS, day % DAYS_PER_400_YEARS);
    let year = (day - day / 1_460 + day / 36_524 - day / (DAYS_PER_400_YEARS - 1)) / 365;
    let day = day - days_before(year);
    // From March on, the months of each five have 153 days together: 31, 30, 31, 30, 31.
    let month = (5 * day + 2) / 153;
    let day_of_month = day - (153 * month + 2) / 5 + 1;
    let year = era * 400 + year;
    if month < 10 { (year, month + 3, day_of_month) } else { (year + 1, month - 9, day_of_month) }
}

/// The day of a date, counted from 1970-01-01; the reverse of [`date_of`].
fn day_of(year: u64, month: u64, day: u64) -> Option<u64> {
    if year < 1970 {
        return None;
    }
    let (march_year, march_month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let (era, year_of_era) = (march_year / 400, march_year % 400);
    let days = era * DAYS_PER_400_YEARS + days_before(year_of_era) + (153 * march_month + 2) / 5 + day;
    let days = days.checked_sub(DAYS_BEFORE_1970 + 1)?;
    // A date that does not exist, such as February 30th, is counted as another.
    (date_of(days) == (year, month, day)).then_some(days)
}

/// The days of that many years from the start of 400.
fn days_before(years: u64) -> u64 {
    years * 365 + years / 4 - years / 100
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, SystemTime, UNIX_EPOCH};

    use super::{date_of, day_of, parse_rfc3339, sdk_date};

    fn at(seconds: u64) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(seconds)
    }

    #[test]
    fn times_are_written_in_utc() {
        for (seconds, expected) in [
            (0, "19700101T000000Z"),
            (951_782_399, "20000228T235959Z"),
            (951_782_400, "20000229T000000Z"),
            (951_868_800, "20000301T000000Z"),
            (1_573_789_015, "20191115T033655Z"),
            (1_704_067_199, "20231231T235959Z"),
            (1_704_067_200, "20240101T000000Z"),
            (1_709_251_199, "20240229T235959Z"),
            (1_709_251_200, "20240301T000000Z"),
            (1_710_490_530, "20240315T081530Z"),
            (4_107_542_399, "21000228T235959Z"),
            (4_107_542_400, "21000301T000000Z"),
            (253_402_300_799, "99991231T235959Z"),
        ] {
            assert_eq!(sdk_date(at(seconds)), expected);
        }
    }

    #[test]
    fn parts_of_a_second_are_dropped_and_a_clock_before_1970_does_no_harm() {
        assert_eq!(sdk_date(at(59) + Duration::from_nanos(999_999_999)), "19700101T000059Z");
        assert_eq!(sdk_date(UNIX_EPOCH - Duration::from_secs(1)), "19700101T000000Z");
    }

    #[test]
    fn each_day_of_500_years_follows_the_one_before() {
        let (mut year, mut month, mut day) = (1970, 1, 1);
        for days in 0..500 * 366 {
            assert_eq!(date_of(days), (year, month, day), "day {days}");
            assert_eq!(day_of(year, month, day), Some(days));
            let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
            let length = match month {
                2 if leap => 29,
                2 => 28,
                4 | 6 | 9 | 11 => 30,
                _ => 31,
            };
            day += 1;
            if day > length {
                (month, day) = (month + 1, 1);
            }
            if month > 12 {
                (year, month) = (year + 1, 1);
            }
        }
    }

    #[test]
    fn times_of_iam_are_read() {
        let of = |seconds, nanoseconds| Some(UNIX_EPOCH + Duration::new(seconds, nanoseconds));
        for (text, expected) in [
            ("1970-01-01T00:00:00Z", of(0, 0)),
            ("2020-01-04T09:05:22.701000Z", of(1_578_128_722, 701_000_000)),
            ("2020-01-04T09:05:22Z", of(1_578_128_722, 0)),
            ("2020-01-04T09:05:22.7Z", of(1_578_128_722, 700_000_000)),
            ("2020-01-04T09:05:22.1234567899Z", of(1_578_128_722, 123_456_789)),
            ("2024-02-29T23:59:59Z", of(1_709_251_199, 0)),
            ("2016-12-31T23:59:60Z", of(1_483_228_800, 0)),
            ("9999-12-31T23:59:59Z", of(253_402_300_799, 0)),
        ] {
            assert_eq!(parse_rfc3339(text), expected, "{text}");
        }
    }

    #[test]
    fn nothing_comes_of_other_texts() {
        for text in [
            "",
            "Z",
            "TZ",
            "项目",
            "2020-01-04",
            "2020-01-04T09:05:22",
            "2020-01-04 09:05:22Z",
            "2020-01-04T09:05:22+08:00",
            "2020-01-04T09:05:22.Z",
            "2020-01-04T09:05:22.7.7Z",
            "2020-01-04T09:05:22.+7Z",
            "2020-01-04T09:05Z",
            "2020-01-04T09:05:22:00Z",
            "2020-1-4T09:05:22Z",
            "2020-+1-04T09:05:22Z",
            "20200-01-04T09:05:22Z",
            "2020-00-04T09:05:22Z",
            "2020-13-04T09:05:22Z",
            "2020-99-04T09:05:22Z",
            "2020-01-00T09:05:22Z",
            "2020-01-32T09:05:22Z",
            "2020-04-31T09:05:22Z",
            "2023-02-29T09:05:22Z",
            "2100-02-29T09:05:22Z",
            "2020-01-04T24:05:22Z",
            "2020-01-04T09:60:22Z",
            "2020-01-04T09:05:61Z",
            "1969-12-31T23:59:59Z",
            "0000-00-00T00:00:00Z",
            "٢٠٢٠-01-04T09:05:22Z",
        ] {
            assert_eq!(parse_rfc3339(text), None, "{text}");
        }
    }
}
