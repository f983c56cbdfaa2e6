//! Redacts request secrets from error output.

use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, StatusCode};
use memchr::{memchr, memchr3};

use crate::auth::secret::Secret;

const REDACTED: &str = "[redacted]";

/// The minimum length at which a truncated secret is redacted. A shorter part may match unrelated content, and reveals nothing.
pub(crate) const MIN_PREFIX: usize = 8;

/// A shorter secret, or a longer one of letters only, may match unrelated content. It is redacted only if it is a value.
const MIN_LENGTH: usize = 4;
const MIN_LENGTH_OF_LETTERS: usize = 16;

/// The secrets of one request. A service may quote an invalid token in its error message, which would put it into our
/// errors.
#[derive(Clone, Default)]
pub(crate) struct Redactor {
    headers: Vec<HeaderValue>,
    body: Vec<Secret>,
    sensitive: Arc<Sensitive>,
}

/// The secrets of a session, in addition to those of each request.
#[derive(Default)]
pub(crate) struct Sensitive {
    /// The password of a proxy that sees requests unencrypted.
    pub(crate) values: Vec<Secret>,
    /// Whether successful responses contain credentials: no part of them is shown.
    pub(crate) hides_responses: bool,
}

impl Redactor {
    /// Collects the request headers that are marked as sensitive, and the secrets of the body and of the session.
    pub(crate) fn new(headers: &HeaderMap, body: Vec<Secret>, sensitive: Arc<Sensitive>) -> Self {
        Self { headers: headers.values().filter(|value| value.is_sensitive()).cloned().collect(), body, sensitive }
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
            if self.secrets().any(|secret| contains(value.as_bytes(), secret)) {
                *value = HeaderValue::from_static(REDACTED);
            }
        }
    }

    /// Whether an error may quote this part of a body.
    pub(crate) fn allows(&self, quote: &str) -> bool {
        !self.sensitive.hides_responses && !self.secrets().any(|secret| contains(quote.as_bytes(), secret))
    }

    fn secrets(&self) -> impl Iterator<Item = &[u8]> {
        let values = self.body.iter().chain(&self.sensitive.values).map(|secret| secret.expose().as_bytes());
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

fn contains(text: &[u8], secret: &[u8]) -> bool {
    // Rules out most strings quickly.
    let may_start = |first: &u8| memchr(*first, text).or_else(|| memchr3(b'\\', b'&', b'%', text)).is_some();
    secret.first().is_some_and(may_start) && find(text, secret).is_some()
}

/// Finds the first occurrence of a secret in a string, literal or with the escapes of JSON, HTML or URLs.
fn find(text: &[u8], secret: &[u8]) -> Option<Range<usize>> {
    let first = *secret.first()?;
    let is_word = is_word(secret);
    let starts = (0..text.len()).filter(|start| text[*start] == first || b"\\&%".contains(&text[*start]));
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
    let (mut rest, mut left) = (text, secret);
    while let Some(next) = left.first() {
        if secret.len() - left.len() >= MIN_PREFIX && is_cut_off(rest) {
            return Some(text.len());
        }
        let (bytes, length) = match unescape(rest).filter(|(bytes, _)| left.starts_with(bytes)) {
            Some((bytes, length)) => (bytes.len(), length),
            None => (1, rest.first().filter(|byte| *byte == next).map(|_| 1)?),
        };
        (rest, left) = (&rest[length..], &left[bytes..]);
    }
    Some(text.len() - rest.len())
}

/// Whether a string ends before or inside an escape sequence.
fn is_cut_off(rest: &[u8]) -> bool {
    match rest {
        [] | [b'\\' | b'%'] => true,
        [b'\\', b'u', ..] => rest.len() < 6,
        [b'%', ..] => rest.len() < 3,
        [b'&', ..] => rest.len() < MAX_ENTITY && !rest.contains(&b';'),
        _ => false,
    }
}

/// The longest HTML entity of a character, such as `&#x1F600;`.
const MAX_ENTITY: usize = 10;

/// The bytes that the escape sequence at the beginning of a string represents, and its length.
fn unescape(text: &[u8]) -> Option<(Vec<u8>, usize)> {
    let utf8 = |c: char, length| Some((c.to_string().into_bytes(), length));
    match text {
        [b'\\', b'u', digits @ ..] => {
            let unit = hex(digits.get(..4)?)?;
            if let Some(c) = char::from_u32(unit) {
                return utf8(c, 6);
            }
            let low = hex(digits.get(4..)?.strip_prefix(b"\\u")?.get(..4)?)?;
            let pair = char::decode_utf16([u16::try_from(unit).ok()?, u16::try_from(low).ok()?]).next()?;
            utf8(pair.ok()?, 12)
        }
        [b'\\', escaped, ..] => {
            let byte = match escaped {
                b'"' | b'\\' | b'/' => *escaped,
                b'b' => 8,
                b'f' => 12,
                b'n' => b'\n',
                b'r' => b'\r',
                b't' => b'\t',
                _ => return None,
            };
            Some((vec![byte], 2))
        }
        [b'%', digits @ ..] => Some((vec![u8::try_from(hex(digits.get(..2)?)?).ok()?], 3)),
        [b'&', ..] => {
            let end = text.iter().take(MAX_ENTITY).position(|byte| *byte == b';')?;
            let c = match std::str::from_utf8(&text[1..end]).ok()? {
                "amp" => '&',
                "lt" => '<',
                "gt" => '>',
                "quot" => '"',
                "apos" => '\'',
                number => {
                    let number = number.strip_prefix('#')?;
                    let digits = number.strip_prefix(['x', 'X']);
                    char::from_u32(digits.map_or_else(|| number.parse().ok(), |digits| hex(digits.as_bytes()))?)?
                }
            };
            utf8(c, end + 1)
        }
        _ => None,
    }
}

fn hex(digits: &[u8]) -> Option<u32> {
    u32::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
}

#[cfg(test)]
mod tests;
