//! The canonical form of a request: the string that client and service derive from it alike, and that the signature covers.

use std::borrow::Cow;
use std::fmt::Write as _;

use crate::headers::CONTENT_SHA256;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, percent_encode};
use sha2::{Digest, Sha256};

/// All but the unreserved characters of RFC 3986.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');
/// The same for a whole path.
const RESERVED_IN_PATH: &AsciiSet = &RESERVED.remove(b'/');

/// The parts of the canonical form, as they are sent.
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

/// Derives the canonical form of a request.
pub(super) fn canonicalize(parts: &Parts<'_>) -> Canonical {
    let headers = headers(&parts.headers);
    let names: Vec<&str> = headers.iter().map(|(name, _)| &**name).collect();
    let signed_headers = names.join(";");
    let mut text = parts.method.to_ascii_uppercase();
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
    match headers.iter().find(|(name, _)| *name == CONTENT_SHA256.as_str()) {
        Some((_, given)) if !parts.body.is_empty() => text.push_str(given),
        _ => text.push_str(&sha256(parts.body)),
    }
    Canonical { text, signed_headers }
}

/// The canonical form of a path: each segment percent-encoded as a whole, with a slash at the end.
///
/// A path arrives here as it is sent, with some characters encoded by the URL library and others not, such as `:` and `@`. So it
/// is decoded first, and then all but the unreserved characters are encoded. That gives one result for one resource, however
/// the client or a proxy spelled it, and it is what a service computes that only has the decoded path. The official SDKs
/// disagree here: some encode a percent sign of the path again. This follows the Python SDK. Like there, an encoded slash becomes
/// a slash.
pub(super) fn path(path: &str) -> String {
    let decoded: Vec<u8> = percent_decode_str(path).collect();
    let mut path = percent_encode(&decoded, RESERVED_IN_PATH).to_string();
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
        .map(|(name, value)| (decode(name), decode(value)))
        .collect();
    // Sorted before they are encoded: a percent sign would go before every letter.
    pairs.sort();
    let pairs: Vec<_> = pairs
        .iter()
        .map(|(name, value)| format!("{}={}", percent_encode(name, RESERVED), percent_encode(value, RESERVED)))
        .collect();
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

/// Decodes a part of a form-encoded query, in which `+` is a space. A percent sign that encodes nothing stands for itself.
fn decode(text: &str) -> Vec<u8> {
    percent_decode_str(&text.replace('+', " ")).collect()
}

/// The SHA-256 of bytes, in hex.
pub(super) fn sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// Bytes as lower-case hexadecimal digits.
pub(super) fn hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(2 * bytes.len());
    for byte in bytes {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}
