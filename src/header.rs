//! The names of the headers that are true for all operations, each known in this one place.

use http::{HeaderMap, HeaderName};

/// The user token of IAM (contract).
pub(crate) const AUTH_TOKEN: HeaderName = HeaderName::from_static("x-auth-token");
/// The id that support asks for (contract).
pub(crate) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// The same, as IAM names it.
pub(crate) const IAM_TRACE_ID: HeaderName = HeaderName::from_static("x-iam-trace-id");
/// What to use instead of a deprecated operation.
pub(crate) const DEPRECATION_INFO: HeaderName = HeaderName::from_static("x-api-deprecation-info");
/// When a deprecated operation goes offline.
pub(crate) const DEPRECATION_DATE: HeaderName = HeaderName::from_static("x-api-deprecation-date");

/// The first value of a header that is not empty, as text. Bytes that are not UTF-8 are replaced, never refused.
pub(crate) fn text(headers: &HeaderMap, name: HeaderName) -> Option<String> {
    headers
        .get_all(name)
        .iter()
        .map(|value| match value.to_str() {
            Ok(text) => text.trim().to_owned(),
            Err(_) => String::from_utf8_lossy(value.as_bytes()).trim().to_owned(),
        })
        .find(|text| !text.is_empty())
}
