//! The request id.

use std::fmt;

use http::HeaderMap;

use crate::headers;

/// The request id that the service returned (`X-request-id`). Include it in support requests.
///
/// The documented format is `request_uuid-timestamp-hostname`. Gateways are known to send other formats, so the raw
/// string is stored, and each part is available only if the string contains it.
///
/// ```
/// use secmaster_client::RequestId;
///
/// let id = RequestId::from("909494e3-558e-46b6-a9eb-07a8e18ca62f-1751600000000-secmaster-api-7d9f");
/// assert_eq!(id.uuid(), Some("909494e3-558e-46b6-a9eb-07a8e18ca62f"));
/// assert_eq!(id.timestamp(), Some("1751600000000"));
/// assert_eq!(id.hostname(), Some("secmaster-api-7d9f"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct RequestId(String);

impl RequestId {
    /// Parses the id from response headers; `None` if it is missing or empty.
    pub(crate) fn from_headers(map: &HeaderMap) -> Option<Self> {
        [headers::REQUEST_ID, headers::IAM_TRACE_ID].into_iter().find_map(|name| headers::value(map, name)).map(Self)
    }

    /// The whole id, as the service sent it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The UUID at the beginning: 32 hex digits, or 8-4-4-4-12 of them with hyphens.
    #[must_use]
    pub fn uuid(&self) -> Option<&str> {
        self.parts().0
    }

    /// The digits after the UUID, 10 to 19 of them. Their unit is not documented.
    #[must_use]
    pub fn timestamp(&self) -> Option<&str> {
        self.parts().1
    }

    /// Everything after the timestamp, with its hyphens and dots.
    #[must_use]
    pub fn hostname(&self) -> Option<&str> {
        self.parts().2
    }

    fn parts(&self) -> (Option<&str>, Option<&str>, Option<&str>) {
        let Some((uuid, rest)) = split(&self.0, uuid_length(&self.0)) else { return (None, None, None) };
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let length = (10..=19).contains(&digits).then_some(digits);
        let Some((timestamp, hostname)) = split(rest, length) else { return (Some(uuid), None, None) };
        (Some(uuid), Some(timestamp), Some(hostname).filter(|hostname| !hostname.is_empty()))
    }
}

/// Splits a string after its first part, which ends at a hyphen or at the end of the string.
fn split(text: &str, length: Option<usize>) -> Option<(&str, &str)> {
    let (part, rest) = text.split_at_checked(length?)?;
    if rest.is_empty() { Some((part, rest)) } else { Some((part, rest.strip_prefix('-')?)) }
}

fn uuid_length(text: &str) -> Option<usize> {
    let hyphenated = |(index, byte): (usize, u8)| {
        if [8, 13, 18, 23].contains(&index) { byte == b'-' } else { byte.is_ascii_hexdigit() }
    };
    if text.len() >= 36 && text.bytes().take(36).enumerate().all(hyphenated) {
        Some(36)
    } else if text.len() >= 32 && text.bytes().take(32).all(|byte| byte.is_ascii_hexdigit()) {
        Some(32)
    } else {
        None
    }
}

impl From<&str> for RequestId {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl From<String> for RequestId {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
