//! Keeps what a request holds out of what an error shows.

use std::ops::Range;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue};

const SHOWN_INSTEAD: &str = "[redacted]";

/// How much of a secret has to be there where a text is cut off within it. Less is met by chance, and gives nothing away.
const LEAST: usize = 8;

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
        self.0.iter().any(|secret| find(text.as_bytes(), secret.as_bytes()).is_some())
    }
}

fn replace(body: Bytes, secret: &[u8]) -> Bytes {
    let mut rest = &body[..];
    let mut redacted = Vec::new();
    while let Some(found) = find(rest, secret) {
        redacted.extend_from_slice(&rest[..found.start]);
        redacted.extend_from_slice(SHOWN_INSTEAD.as_bytes());
        rest = &rest[found.end..];
    }
    if redacted.is_empty() {
        return body;
    }
    redacted.extend_from_slice(rest);
    redacted.into()
}

/// Where a text first shows a secret: as it is, or in any way that JSON may write it.
fn find(text: &[u8], secret: &[u8]) -> Option<Range<usize>> {
    if secret.is_empty() {
        return None;
    }
    (0..text.len()).find_map(|start| Some(start..start + shown(&text[start..], secret)?))
}

/// How much of a text is the secret that it begins with, where it does.
fn shown(text: &[u8], secret: &[u8]) -> Option<usize> {
    if text.starts_with(secret) {
        return Some(secret.len());
    }
    let mut rest = text;
    for (index, byte) in secret.iter().enumerate() {
        if rest.is_empty() && index >= LEAST {
            break;
        }
        rest = rest.get(written(rest, *byte)?..)?;
    }
    Some(text.len() - rest.len())
}

/// How many bytes of a text stand for the one byte that it begins with, where it does.
fn written(text: &[u8], byte: u8) -> Option<usize> {
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
mod tests {
    use super::*;

    fn redacted(body: &[u8], secret: &'static str) -> Bytes {
        Secrets(vec![HeaderValue::from_static(secret)]).redact(&Bytes::copy_from_slice(body))
    }

    #[test]
    fn a_secret_is_found_however_it_is_written() {
        const SECRET: &str = r#"MII/a+b="\\x"#;
        for body in [
            &br#"<MII/a+b="\\x>"#[..],
            br#"<MII/a+b=\"\\\\x>"#,
            br#"<MII\/a+b=\"\\\\x>"#,
            br#"<\u004dII/a\u002Bb\u003d\"\\\\x>"#,
        ] {
            assert_eq!(redacted(body, SECRET), "<[redacted]>", "{}", String::from_utf8_lossy(body));
            let text = std::str::from_utf8(body).unwrap_or_default();
            assert!(Secrets(vec![HeaderValue::from_static(SECRET)]).are_in(text), "{text}");
        }
        for body in [&br#"<MII/a+b="\\y>"#[..], br"<MII\u002fa\u002", b"", b"\\", b"\\u", b"\\u00", b"MII"] {
            assert_eq!(redacted(body, SECRET), body);
        }
        assert_eq!(redacted(b"abc", ""), "abc");
    }

    #[test]
    fn each_of_several_is_replaced() {
        let secrets = Secrets(vec![HeaderValue::from_static("one"), HeaderValue::from_static("two")]);
        let body = Bytes::from_static(b"one two one\xffone");
        assert_eq!(secrets.redact(&body), &b"[redacted] [redacted] [redacted]\xff[redacted]"[..]);
    }

    #[test]
    fn the_beginning_of_a_secret_at_the_end_of_a_text_is_replaced_where_it_is_long_enough() {
        assert_eq!(redacted(b"the token MIISECRE", "MIISECRET"), "the token [redacted]");
        assert_eq!(redacted(b"the token MIISECR", "MIISECRET"), "the token MIISECR");
        assert_eq!(redacted(b"the token MIISECRE.", "MIISECRET"), "the token MIISECRE.");
    }
}
