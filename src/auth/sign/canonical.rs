//! The canonical form of a request: the text that sender and service make of it alike, and that the signature covers.

use std::borrow::Cow;

use sha2::{Digest, Sha256};

use crate::hex;

/// Names the hash of the body, where a sender does not want to leave it to the service.
const CONTENT_SHA256: &str = "x-sdk-content-sha256";

/// What goes into the canonical form, all of it as it is sent.
pub(super) struct Parts<'a> {
    pub(super) method: &'a str,
    pub(super) path: &'a str,
    pub(super) query: &'a str,
    /// The headers to sign, in any order and case.
    pub(super) headers: Vec<(&'a str, &'a str)>,
    pub(super) body: &'a [u8],
}

/// The canonical form.
pub(super) struct Canonical {
    pub(super) text: String,
    /// The names of the headers in it, joined by `;`.
    pub(super) signed_headers: String,
}

/// Takes the canonical form of a request.
pub(super) fn of(parts: &Parts<'_>) -> Canonical {
    let headers = headers(&parts.headers);
    let names: Vec<&str> = headers.iter().map(|(name, _)| &**name).collect();
    let signed_headers = names.join(";");
    // Room for a request of this service, so that the text need not be moved while it grows.
    let mut text = String::with_capacity(512);
    text.push_str(parts.method);
    text.make_ascii_uppercase();
    for line in [&path(parts.path), &query(parts.query)] {
        text.push('\n');
        text.push_str(line);
    }
    text.push('\n');
    for (name, value) in &headers {
        for part in [name, ":", value, "\n"] {
            text.push_str(part);
        }
    }
    text.push('\n');
    text.push_str(&signed_headers);
    text.push('\n');
    match headers.iter().find(|(name, _)| name == CONTENT_SHA256) {
        Some((_, given)) if !parts.body.is_empty() => text.push_str(given),
        _ => text.push_str(&sha256(parts.body)),
    }
    Canonical { text, signed_headers }
}

/// The canonical form of a path: each segment percent-encoded as a whole, with a slash at the end.
///
/// A path arrives here as it is sent, with some characters encoded by the URL library and others not, such as `:` and `@`. So it
/// is decoded first, and then all but the unreserved characters are encoded. That gives one result for one resource, however
/// the sender or a proxy spelled it, and it is what a service computes that only has the decoded path. The official SDKs
/// disagree here: some encode a percent sign of the path again. This is the way of the Python SDK. Like there, an encoded
/// slash becomes a slash.
pub(super) fn path(path: &str) -> String {
    let mut path = encode(&decode(path, Plus::Plus), b"/");
    if !path.ends_with('/') {
        path.push('/');
    }
    path
}

/// The canonical form of a query in the form that browsers and the HTTP library write.
pub(super) fn query(query: &str) -> String {
    if query.is_empty() {
        return String::new();
    }
    let mut pairs: Vec<_> = query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .map(|(name, value)| (decode(name, Plus::Space), decode(value, Plus::Space)))
        .collect();
    // Sorted before they are encoded: a percent sign would go before every letter.
    pairs.sort();
    let pairs: Vec<_> =
        pairs.iter().map(|(name, value)| format!("{}={}", encode(name, b""), encode(value, b""))).collect();
    pairs.join("&")
}

/// The headers to sign, sorted, with names in lower case. Names with an underscore are left out, since gateways drop such headers.
fn headers<'a>(headers: &[(&'a str, &'a str)]) -> Vec<(Cow<'a, str>, &'a str)> {
    let mut headers: Vec<_> = headers
        .iter()
        .filter(|(name, _)| !name.contains('_'))
        .map(|(name, value)| (lower_case(name), value.trim()))
        .collect();
    headers.sort();
    headers
}

fn lower_case(name: &str) -> Cow<'_, str> {
    if name.bytes().any(|byte| byte.is_ascii_uppercase()) {
        Cow::Owned(name.to_ascii_lowercase())
    } else {
        Cow::Borrowed(name)
    }
}

/// What a `+` stands for.
#[derive(Clone, Copy, PartialEq)]
enum Plus {
    Plus,
    Space,
}

/// Takes percent-encoding away. A percent sign that encodes nothing stands for itself.
fn decode(text: &str, plus: Plus) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        rest = after;
        let byte = match (first, after) {
            (b'%', [high, low, after @ ..]) => match (digit(*high), digit(*low)) {
                (Some(high), Some(low)) => {
                    rest = after;
                    high << 4 | low
                }
                _ => b'%',
            },
            (b'+', _) if plus == Plus::Space => b' ',
            (byte, _) => *byte,
        };
        bytes.push(byte);
    }
    bytes
}

fn digit(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).and_then(|digit| digit.try_into().ok())
}

/// Percent-encodes all but the unreserved characters of RFC 3986 and those to keep.
fn encode(bytes: &[u8], keep: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() + 1);
    for byte in bytes {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(byte) || keep.contains(byte) {
            text.push(char::from(*byte));
        } else {
            hex::push_percent(&mut text, *byte);
        }
    }
    text
}

/// The SHA-256 of bytes, in hex.
pub(super) fn sha256(bytes: &[u8]) -> String {
    hex::lower(&Sha256::digest(bytes))
}
