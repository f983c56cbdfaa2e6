//! Keeps what a request holds out of what an error shows.

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, StatusCode};

use crate::auth::Secret;

const SHOWN_INSTEAD: &str = "[redacted]";

/// What a request holds that no text may show. A service that quotes a bad token in its complaint would put it into our errors.
#[derive(Clone, Default)]
pub(crate) struct Secrets {
    headers: Vec<HeaderValue>,
    confidential: Option<Confidential>,
}

/// What is secret in the bodies of a service that hands out credentials: whatever it answers, and what is sent to it.
#[derive(Clone, Default)]
pub(crate) struct Confidential {
    pub(crate) sent: Vec<Secret>,
}

impl Secrets {
    /// The headers that are marked as sensitive, and what is secret in the bodies.
    pub(crate) fn of(headers: &HeaderMap, confidential: Option<&Confidential>) -> Self {
        Self {
            headers: headers.values().filter(|value| value.is_sensitive()).cloned().collect(),
            confidential: confidential.cloned(),
        }
    }

    /// What an error may keep of an answer's body.
    pub(crate) fn redact(&self, status: StatusCode, body: &Bytes) -> Bytes {
        if self.confidential.is_some() && status.is_success() {
            return Bytes::new();
        }
        self.texts().fold(body.clone(), replace)
    }

    /// A text of an answer without them. It may have been written in a way in which the bytes do not show them.
    pub(crate) fn redact_text(&self, text: String) -> String {
        let redacted = self.texts().fold(Bytes::from(text), replace);
        String::from_utf8_lossy(&redacted).into_owned()
    }

    /// Takes them out of the headers of an answer.
    pub(crate) fn redact_headers(&self, headers: &mut HeaderMap) {
        for value in headers.values_mut() {
            if self.texts().any(|secret| find(value.as_bytes(), secret).is_some()) {
                *value = HeaderValue::from_static(SHOWN_INSTEAD);
            }
        }
    }

    /// Whether what is wrong with a body may be told by quoting it.
    pub(crate) fn allow(&self, quote: &str) -> bool {
        self.confidential.is_none() && !self.texts().any(|secret| find(quote.as_bytes(), secret).is_some())
    }

    fn texts(&self) -> impl Iterator<Item = &[u8]> {
        let sent = self.confidential.iter().flat_map(|confidential| &confidential.sent);
        self.headers.iter().map(HeaderValue::as_bytes).chain(sent.map(|secret| secret.expose().as_bytes()))
    }
}

fn find(text: &[u8], secret: &[u8]) -> Option<usize> {
    if secret.is_empty() { None } else { text.windows(secret.len()).position(|window| window == secret) }
}

/// So much of the beginning of a secret tells nothing of it: a token begins as all others do.
const TELLS_NOTHING: usize = 8;

fn replace(body: Bytes, secret: &[u8]) -> Bytes {
    let cut = (TELLS_NOTHING..secret.len()).rev().find(|length| body.ends_with(&secret[..*length]));
    if cut.is_none() && find(&body, secret).is_none() {
        return body;
    }
    let body = body.slice(..body.len() - cut.unwrap_or_default());
    let mut redacted = Vec::with_capacity(body.len());
    let mut rest = &body[..];
    while let Some(start) = find(rest, secret) {
        redacted.extend_from_slice(&rest[..start]);
        redacted.extend_from_slice(SHOWN_INSTEAD.as_bytes());
        rest = &rest[start + secret.len()..];
    }
    redacted.extend_from_slice(rest);
    if cut.is_some() {
        redacted.extend_from_slice(SHOWN_INSTEAD.as_bytes());
    }
    redacted.into()
}
