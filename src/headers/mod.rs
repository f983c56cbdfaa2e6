//! Header names that all operations share, and the parsing of their values.

pub(crate) mod deprecation;
pub(crate) mod request_id;

use std::time::{Duration, SystemTime};

use http::header::{DATE, RETRY_AFTER};
use http::{HeaderMap, HeaderName};

/// The IAM user token (in the API reference).
pub(crate) const AUTH_TOKEN: HeaderName = HeaderName::from_static("x-auth-token");
/// The request id, for support requests (in the API reference).
pub(crate) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// The request id header of IAM.
pub(crate) const IAM_TRACE_ID: HeaderName = HeaderName::from_static("x-iam-trace-id");
pub(crate) const DEPRECATION_INFO: HeaderName = HeaderName::from_static("x-api-deprecation-info");
pub(crate) const DEPRECATION_DATE: HeaderName = HeaderName::from_static("x-api-deprecation-date");
/// The time of signing. The service rejects a difference of more than 15 minutes from its clock.
pub(crate) const SDK_DATE: HeaderName = HeaderName::from_static("x-sdk-date");
pub(crate) const PROJECT_ID: HeaderName = HeaderName::from_static("x-project-id");
/// The hash of the body, unless the signer computes it.
pub(crate) const CONTENT_SHA256: HeaderName = HeaderName::from_static("x-sdk-content-sha256");
pub(crate) const SECURITY_TOKEN: HeaderName = HeaderName::from_static("x-security-token");

/// The first non-empty value of a header as a string. Bytes that are not UTF-8 are replaced.
pub(crate) fn value(headers: &HeaderMap, name: HeaderName) -> Option<String> {
    headers
        .get_all(name)
        .iter()
        .map(|value| String::from_utf8_lossy(value.as_bytes()).trim().to_owned())
        .find(|value| !value.is_empty())
}

/// The value of a header that occurs exactly once, or else what is wrong with it.
#[cfg(feature = "test-util")]
pub(crate) fn single<'a>(headers: &'a HeaderMap, name: &str) -> Result<&'a str, &'static str> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (None, _) => Err("is missing"),
        (Some(_), Some(_)) => Err("appears more than once"),
        (Some(value), None) => std::str::from_utf8(value.as_bytes()).map_err(|_| "is not UTF-8"),
    }
}

/// The `Date` header: the server's clock when it created the response.
pub(crate) fn date(headers: &HeaderMap) -> Option<SystemTime> {
    httpdate::parse_http_date(headers.get(DATE)?.to_str().ok()?).ok()
}

/// Parses `Retry-After`: a number of seconds, or a date (RFC 9110, section 10.2.3). A number that overflows is the
/// maximum.
///
/// A date is compared with the response's `Date` if present, so that a wrong local clock has no effect. A date in the
/// past results in zero.
pub(crate) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(Duration::from_secs(text.parse().unwrap_or(u64::MAX)));
    }
    let until = httpdate::parse_http_date(text).ok()?;
    let now = date(headers).unwrap_or_else(SystemTime::now);
    Some(until.duration_since(now).unwrap_or_default())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests may panic")]
mod tests;
