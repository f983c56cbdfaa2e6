//! Redacts request secrets from error output.

use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, StatusCode};

use crate::auth::secret::Secret;

const REDACTED: &str = "[redacted]";

/// The minimum length at which a truncated secret is redacted. A shorter part occurs by chance, and reveals nothing.
pub(crate) const MIN_PREFIX: usize = 8;

/// A shorter secret occurs by chance, and so does a longer one of letters alone. It is redacted only if it is a value.
const MIN_LENGTH: usize = 4;
const MIN_LENGTH_OF_LETTERS: usize = 16;

/// The secrets of one request. A service may quote an invalid token in its error message, which would put it into our
/// errors.
#[derive(Clone, Default)]
pub(crate) struct Redactor {
    headers: Vec<HeaderValue>,
    sensitive: Arc<Sensitive>,
}

/// The secrets of a session, in addition to the sensitive headers of each request.
#[derive(Default)]
pub(crate) struct Sensitive {
    /// Values in the request body, and the password of a proxy that sees requests unencrypted.
    pub(crate) values: Vec<Secret>,
    /// Whether successful responses contain credentials: no part of them is shown.
    pub(crate) hides_responses: bool,
}

impl Redactor {
    /// Collects the request headers that are marked as sensitive, and the secrets of the session.
    pub(crate) fn new(headers: &HeaderMap, sensitive: Arc<Sensitive>) -> Self {
        Self { headers: headers.values().filter(|value| value.is_sensitive()).cloned().collect(), sensitive }
    }

    /// Redacts a response body for an error.
    pub(crate) fn redact(&self, status: StatusCode, body: &Bytes) -> Bytes {
        if self.sensitive.hides_responses && status.is_success() {
            return Bytes::new();
        }
        self.secrets().fold(body.clone(), replace)
    }

    pub(crate) fn redact_headers(&self, headers: &mut HeaderMap) {
        for value in headers.values_mut() {
            if self.secrets().any(|secret| find(value.as_bytes(), secret).is_some()) {
                *value = HeaderValue::from_static(REDACTED);
            }
        }
    }

    /// Whether an error may quote this part of a body.
    pub(crate) fn allows(&self, quote: &str) -> bool {
        !self.sensitive.hides_responses && !self.secrets().any(|secret| find(quote.as_bytes(), secret).is_some())
    }

    fn secrets(&self) -> impl Iterator<Item = &[u8]> {
        let values = self.sensitive.values.iter().map(|secret| secret.expose().as_bytes());
        self.headers.iter().map(HeaderValue::as_bytes).chain(values)
    }
}

fn replace(body: Bytes, secret: &[u8]) -> Bytes {
    let mut rest = &body[..];
    let mut redacted = Vec::new();
    while let Some(found) = find(rest, secret) {
        redacted.extend_from_slice(&rest[..found.start]);
        redacted.extend_from_slice(REDACTED.as_bytes());
        rest = &rest[found.end..];
    }
    if redacted.is_empty() {
        return body;
    }
    redacted.extend_from_slice(rest);
    redacted.into()
}

/// Finds the first occurrence of a secret in a string, literal or with JSON escapes.
fn find(text: &[u8], secret: &[u8]) -> Option<Range<usize>> {
    let first = *secret.first()?;
    let is_word = is_word(secret);
    let starts = (0..text.len()).filter(|start| text[*start] == first || text[*start] == b'\\');
    let mut found = starts.filter_map(|start| Some(start..start + matched(&text[start..], secret)?));
    found.find(|found| !is_word || is_value(&text[..found.start], &text[found.end..]))
}

/// Whether a secret may also be an ordinary word of a message, such as `password`. Such a secret is easier to guess
/// than to find in a log, and messages must remain readable.
fn is_word(secret: &[u8]) -> bool {
    let is_lower_case = secret.iter().skip(1).all(u8::is_ascii_lowercase) && secret[0].is_ascii_alphabetic();
    secret.len() < MIN_LENGTH || secret.len() < MIN_LENGTH_OF_LETTERS && is_lower_case
}

/// Whether the string between two others is a value, rather than a word of a sentence or the name of a JSON member.
fn is_value(before: &[u8], after: &[u8]) -> bool {
    let opens = matches!(before.trim_ascii_end().last(), None | Some(b'=' | b':'))
        || before.last().is_some_and(|byte| b"\"'`<>".contains(byte));
    let closes = after.first().is_none_or(|byte| b"\"'`<>\\,;&\r\n".contains(byte));
    let is_name = after.strip_prefix(b"\"").is_some_and(|rest| rest.trim_ascii_start().starts_with(b":"));
    opens && closes && !is_name
}

/// The number of bytes at the beginning of a string that represent the secret, if it starts with it.
fn matched(text: &[u8], secret: &[u8]) -> Option<usize> {
    if text.starts_with(secret) {
        return Some(secret.len());
    }
    let mut rest = text;
    for (index, byte) in secret.iter().enumerate() {
        if index >= MIN_PREFIX && is_cut_off(rest) {
            return Some(text.len());
        }
        rest = rest.get(escaped(rest, *byte)?..)?;
    }
    Some(text.len() - rest.len())
}

fn is_cut_off(rest: &[u8]) -> bool {
    matches!(rest, [] | [b'\\']) || rest.starts_with(b"\\u") && rest.len() < 6
}

/// The number of bytes at the beginning of a string that represent one byte, if they do.
fn escaped(text: &[u8], byte: u8) -> Option<usize> {
    match text {
        [b'\\', b'u', digits @ ..] if code(digits) == Some(u32::from(byte)) => Some(6),
        [b'\\', b'"' | b'\\' | b'/', ..] if text[1] == byte => Some(2),
        [first, ..] if *first == byte => Some(1),
        _ => None,
    }
}

fn code(digits: &[u8]) -> Option<u32> {
    u32::from_str_radix(std::str::from_utf8(digits.get(..4)?).ok()?, 16).ok()
}

#[cfg(test)]
mod tests;
