//! Keeps what a request holds out of what an error shows.

use bytes::Bytes;
use http::{HeaderMap, HeaderValue};

const SHOWN_INSTEAD: &str = "[redacted]";

/// The header values of a request that no text may show. A service that quotes a bad token in its complaint would put it
/// into our errors.
#[derive(Clone, Default)]
pub(crate) struct Secrets(Vec<HeaderValue>);

impl Secrets {
    /// The values that are marked as sensitive.
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        Self(headers.values().filter(|value| value.is_sensitive()).cloned().collect())
    }

    /// The body of an answer without them.
    pub(crate) fn redact(&self, body: &Bytes) -> Bytes {
        self.0.iter().fold(body.clone(), |body, secret| replace(body, secret.as_bytes()))
    }

    /// Whether a text shows one of them.
    pub(crate) fn are_in(&self, text: &str) -> bool {
        self.0.iter().any(|secret| secret.to_str().is_ok_and(|secret| text.contains(secret)))
    }
}

fn replace(body: Bytes, secret: &[u8]) -> Bytes {
    let find = |bytes: &[u8]| bytes.windows(secret.len()).position(|window| window == secret);
    if secret.is_empty() || find(&body).is_none() {
        return body;
    }
    let mut redacted = Vec::with_capacity(body.len());
    let mut rest = &body[..];
    while let Some(start) = find(rest) {
        redacted.extend_from_slice(&rest[..start]);
        redacted.extend_from_slice(SHOWN_INSTEAD.as_bytes());
        rest = &rest[start + secret.len()..];
    }
    redacted.extend_from_slice(rest);
    redacted.into()
}
