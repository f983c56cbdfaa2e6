//! Keeps what a request holds out of what an error shows.

use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, StatusCode};
use memchr::memchr2_iter;

use crate::auth::Secret;
use crate::proxy::Proxy;
use crate::service::Service;

const SHOWN_INSTEAD: &str = "[redacted]";

/// How much of a secret has to be there where a text is cut off within it. Less is met by chance, and gives nothing away.
pub(crate) const LEAST: usize = 8;

/// What a request holds that no text may show. A service that quotes a bad token in its complaint would put it into our errors.
#[derive(Clone, Default)]
pub(crate) struct Secrets {
    headers: Vec<HeaderValue>,
    proxy: Option<Arc<Proxy>>,
    confidential: Option<Confidential>,
}

/// What is secret in the bodies of a service that hands out credentials: whatever it answers, and what is sent to it.
#[derive(Clone, Default)]
pub(crate) struct Confidential {
    pub(crate) sent: Vec<Secret>,
}

impl Secrets {
    /// The headers that are marked as sensitive, what lets through the proxy, and what is secret in the bodies.
    pub(crate) fn of(headers: &HeaderMap, service: &Service) -> Self {
        Self {
            headers: headers.values().filter(|value| value.is_sensitive()).cloned().collect(),
            // Otherwise it is told the proxy alone, and no answer can have it.
            proxy: service.http.proxy.clone().filter(|_| !service.endpoint.is_encrypted()),
            confidential: service.confidential.clone(),
        }
    }

    /// What an error may keep of an answer's body.
    pub(crate) fn redact(&self, status: StatusCode, body: &Bytes) -> Bytes {
        if self.confidential.is_some() && status.is_success() {
            return Bytes::new();
        }
        self.texts().fold(body.clone(), replace)
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
        let others = self.proxy.iter().flat_map(|proxy| proxy.secrets()).chain(sent);
        self.headers.iter().map(HeaderValue::as_bytes).chain(others.map(|secret| secret.expose().as_bytes()))
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
    let first = *secret.first()?;
    // Most texts hold no byte that a secret could begin with, and each answer is looked through.
    memchr2_iter(first, b'\\', text).find_map(|start| Some(start..start + shown(&text[start..], secret)?))
}

/// How much of a text is the secret that it begins with, where it does.
fn shown(text: &[u8], secret: &[u8]) -> Option<usize> {
    if text.starts_with(secret) {
        return Some(secret.len());
    }
    let mut rest = text;
    for (index, byte) in secret.iter().enumerate() {
        if index >= LEAST && is_cut_off(rest) {
            return Some(text.len());
        }
        rest = rest.get(written(rest, *byte)?..)?;
    }
    Some(text.len() - rest.len())
}

/// Whether a text ends here, or within what JSON writes for one character.
fn is_cut_off(rest: &[u8]) -> bool {
    matches!(rest, [] | [b'\\']) || rest.starts_with(b"\\u") && rest.len() < 6
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

    fn of(secrets: &[&'static str]) -> Secrets {
        let headers = secrets.iter().copied().map(HeaderValue::from_static).collect();
        Secrets { headers, ..Secrets::default() }
    }

    fn redacted(body: &[u8], secret: &'static str) -> Bytes {
        of(&[secret]).redact(StatusCode::BAD_REQUEST, &Bytes::copy_from_slice(body))
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
            assert!(!of(&[SECRET]).allow(text), "{text}");
        }
        for body in [&br#"<MII/a+b="\\y>"#[..], br"<MII\u002fa\u002", b"", b"\\", b"\\u", b"\\u00", b"MII"] {
            assert_eq!(redacted(body, SECRET), body);
        }
        assert_eq!(redacted(b"abc", ""), "abc");
    }

    #[test]
    fn each_of_several_is_replaced() {
        let body = Bytes::from_static(b"one two one\xffone");
        assert_eq!(
            of(&["one", "two"]).redact(StatusCode::OK, &body),
            &b"[redacted] [redacted] [redacted]\xff[redacted]"[..]
        );
    }

    #[test]
    fn the_beginning_of_a_secret_at_the_end_of_a_text_is_replaced_where_it_is_long_enough() {
        assert_eq!(redacted(b"the token MIISECRE", "MIISECRET"), "the token [redacted]");
        assert_eq!(redacted(b"the token MIISECR", "MIISECRET"), "the token MIISECR");
        assert_eq!(redacted(b"the token MIISECRE.", "MIISECRET"), "the token MIISECRE.");
        for cut in ["\\", "\\u", "\\u00", "\\u002"] {
            let body = format!("the token MIISECRE{cut}");
            assert_eq!(redacted(body.as_bytes(), "MIISECRE/T"), "the token [redacted]", "{cut}");
            let body = format!("the token MIISECR{cut}");
            assert_eq!(redacted(body.as_bytes(), "MIISECR/T"), body, "{cut}");
        }
    }
}
