//! How long an answer asks to wait.

use std::time::{Duration, SystemTime};

use http::HeaderMap;
use http::header::{DATE, HeaderName, RETRY_AFTER};

/// Reads `Retry-After`: a number of seconds, or a date (RFC 9110, section 10.2.3). A number that is too large for its type is as
/// good as the largest.
///
/// A date is compared with the answer's own `Date` where there is one, so that a clock of this machine that is off does no
/// harm. A date that has passed is a wait of zero.
pub(crate) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(Duration::from_secs(text.parse().unwrap_or(u64::MAX)));
    }
    let until = httpdate::parse_http_date(text).ok()?;
    let now = date(headers, DATE).unwrap_or_else(SystemTime::now);
    Some(until.duration_since(now).unwrap_or_default())
}

/// A header that holds a date of HTTP.
pub(crate) fn date(headers: &HeaderMap, name: HeaderName) -> Option<SystemTime> {
    httpdate::parse_http_date(headers.get(name)?.to_str().ok()?).ok()
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn a_number_is_of_digits_alone_and_may_be_of_any_size() {
        let read = |text| retry_after(&HeaderMap::from_iter([(RETRY_AFTER, HeaderValue::from_static(text))]));
        for (text, seconds) in [
            ("0", Some(0)),
            ("007", Some(7)),
            (" 5\t", Some(5)),
            ("18446744073709551615", Some(u64::MAX)),
            ("18446744073709551616", Some(u64::MAX)),
            ("99999999999999999999999999", Some(u64::MAX)),
            ("+5", None),
            ("-5", None),
            ("5.0", None),
            ("5 6", None),
            ("", None),
        ] {
            assert_eq!(read(text), seconds.map(Duration::from_secs), "{text:?}");
        }
    }
}
