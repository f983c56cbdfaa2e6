//! The header names that all operations share, each defined once, and how their values are read.

pub(crate) mod deprecation;
pub(crate) mod request_id;

use std::time::{Duration, SystemTime};

use http::header::{DATE, RETRY_AFTER};
use http::{HeaderMap, HeaderName};

/// The IAM user token (contract).
pub(crate) const AUTH_TOKEN: HeaderName = HeaderName::from_static("x-auth-token");
/// The request id that support asks for (contract).
pub(crate) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// The name of the request id in responses of IAM.
pub(crate) const IAM_TRACE_ID: HeaderName = HeaderName::from_static("x-iam-trace-id");
pub(crate) const DEPRECATION_INFO: HeaderName = HeaderName::from_static("x-api-deprecation-info");
pub(crate) const DEPRECATION_DATE: HeaderName = HeaderName::from_static("x-api-deprecation-date");
/// When a request was signed. The service rejects one that is more than 15 minutes off its own clock.
pub(crate) const SDK_DATE: HeaderName = HeaderName::from_static("x-sdk-date");
pub(crate) const PROJECT_ID: HeaderName = HeaderName::from_static("x-project-id");
/// The hash of the body, if the signer is not to compute it.
pub(crate) const CONTENT_SHA256: HeaderName = HeaderName::from_static("x-sdk-content-sha256");
pub(crate) const SECURITY_TOKEN: HeaderName = HeaderName::from_static("x-security-token");

/// The first non-empty value of a header as a string. Bytes that are not UTF-8 are replaced.
pub(crate) fn text(headers: &HeaderMap, name: HeaderName) -> Option<String> {
    headers
        .get_all(name)
        .iter()
        .map(|value| String::from_utf8_lossy(value.as_bytes()).trim().to_owned())
        .find(|text| !text.is_empty())
}

/// The `Date` header: the server's clock when it made the response.
pub(crate) fn date(headers: &HeaderMap) -> Option<SystemTime> {
    httpdate::parse_http_date(headers.get(DATE)?.to_str().ok()?).ok()
}

/// Reads `Retry-After`: a number of seconds, or a date (RFC 9110, section 10.2.3). A number that overflows counts as the largest.
///
/// A date is compared with the response's own `Date` if it has one, so that a wrong local clock does no harm. A date in the past
/// gives zero.
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
#[allow(clippy::unwrap_used, reason = "a failed assumption of a test is a panic")]
mod tests;
