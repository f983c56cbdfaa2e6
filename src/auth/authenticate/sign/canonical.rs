//! The canonical form of a request: the string that client and service both derive from it, and that the signature
//! covers.

use data_encoding::HEXLOWER;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, percent_encode};
use sha2::{Digest, Sha256};

use crate::headers::CONTENT_SHA256;

/// All but the unreserved characters of RFC 3986.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');
/// The same for a whole path.
const RESERVED_IN_PATH: &AsciiSet = &RESERVED.remove(b'/');

pub(super) struct Canonical {
    pub(super) request: String,
    /// The names of the headers in it, joined by `;`.
    pub(super) signed_headers: String,
}

/// Derives the canonical form of a request from its parts as they are sent. `headers` are the headers to sign, with
/// names in lower case.
pub(super) fn canonicalize(
    method: &str,
    path: &str,
    query: &str,
    mut headers: Vec<(&str, &str)>,
    body: &[u8],
) -> Canonical {
    // Gateways drop headers whose names have an underscore.
    headers.retain(|(name, _)| !name.contains('_'));
    for (_, value) in &mut headers {
        *value = value.trim();
    }
    headers.sort_unstable();
    let names: Vec<&str> = headers.iter().map(|(name, _)| *name).collect();
    let signed_headers = names.join(";");
    let lines: Vec<_> = headers.iter().flat_map(|(name, value)| [name, ":", value, "\n"]).collect();
    let given = headers.iter().find(|(name, _)| *name == CONTENT_SHA256.as_str() && !body.is_empty());
    let hash = given.map_or_else(|| sha256(body), |(_, hash)| (*hash).to_owned());
    let method = method.to_ascii_uppercase();
    let request = [&method, &canonical_path(path), &canonical_query(query), &lines.concat(), &signed_headers, &hash]
        .map(String::as_str)
        .join("\n");
    Canonical { request, signed_headers }
}

/// The canonical form of a path: each segment percent-encoded as a whole, with a slash at the end.
///
/// The URL library encodes some characters of a path and leaves others, such as `:` and `@`. So the path is decoded
/// first, and then everything but the unreserved characters is encoded. The result does not depend on how the client or
/// a proxy encoded the path, and a service that only has the decoded path computes the same. The official SDKs differ
/// here: some encode a percent sign of the path again. This follows the Python SDK, which also turns an encoded slash
/// into a slash.
pub(super) fn canonical_path(path: &str) -> String {
    let decoded: Vec<u8> = percent_decode_str(path).collect();
    let mut path = percent_encode(&decoded, RESERVED_IN_PATH).to_string();
    if !path.ends_with('/') {
        path.push('/');
    }
    path
}

/// The canonical form of a query that is encoded as browsers and the HTTP library do.
pub(super) fn canonical_query(query: &str) -> String {
    if query.is_empty() {
        return String::new();
    }
    let mut pairs: Vec<_> = query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .map(|(name, value)| (decode(name), decode(value)))
        .collect();
    // Sorted before encoding, since a percent sign would sort before every letter.
    pairs.sort();
    let pairs: Vec<_> = pairs
        .iter()
        .map(|(name, value)| format!("{}={}", percent_encode(name, RESERVED), percent_encode(value, RESERVED)))
        .collect();
    pairs.join("&")
}

/// Decodes a part of a form-encoded query, in which `+` is a space. A percent sign that encodes nothing is literal.
fn decode(text: &str) -> Vec<u8> {
    percent_decode_str(&text.replace('+', " ")).collect()
}

pub(super) fn sha256(bytes: &[u8]) -> String {
    HEXLOWER.encode(&Sha256::digest(bytes))
}
