//! When credentials expire, by the clock of the server that issued them.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use http::HeaderMap;
use jiff::Timestamp;
use jiff::civil::DateTime;

use crate::headers;

/// The lifetime of credentials that expire at this time; `None` if the time is malformed.
///
/// It is measured by the server's clock, from the response, since the local clock may be wrong.
pub(super) fn lifetime(expires_at: &str, issued_at: Option<&str>, map: &HeaderMap) -> Option<Duration> {
    let end = parse(expires_at)?;
    // The header has a resolution of one second, and the response may have been created at the end of it.
    let date = || headers::date(map)?.checked_add(Duration::from_secs(1));
    // The later of the two: a token that is issued again was created earlier.
    let start = issued_at.and_then(parse).max(date()).unwrap_or_else(SystemTime::now);
    Some(end.duration_since(start).unwrap_or_default())
}

/// Parses an RFC 3339 time, such as `2020-01-04T09:05:22.701000Z`. Times before 1970 are malformed.
fn parse(text: &str) -> Option<SystemTime> {
    let since_1970 = match text.strip_suffix('Z') {
        // Unlike a timestamp, a civil time covers the whole year 9999, which is used for "never".
        Some(utc) => utc.parse::<DateTime>().ok()?.duration_since(DateTime::constant(1970, 1, 1, 0, 0, 0, 0)),
        None => text.parse::<Timestamp>().ok()?.as_duration(),
    };
    UNIX_EPOCH.checked_add(Duration::try_from(since_1970).ok()?)
}

#[cfg(test)]
mod tests;
