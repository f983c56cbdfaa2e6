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

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that can not go on says so by a panic")]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn the_first_value_with_a_text_counts_without_the_space_around_it() {
        let mut headers = HeaderMap::new();
        for value in [&b""[..], b" ", b"\xc2\xa0", b" an id ", b"another"] {
            headers.append(REQUEST_ID, HeaderValue::from_bytes(value).unwrap());
        }
        assert_eq!(text(&headers, REQUEST_ID).as_deref(), Some("an id"));
        let odd = HeaderValue::from_bytes(b" \xffid ").unwrap();
        headers.insert(REQUEST_ID, odd);
        assert_eq!(text(&headers, REQUEST_ID).as_deref(), Some("\u{fffd}id"));
    }
}
