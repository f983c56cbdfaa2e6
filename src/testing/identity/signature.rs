//! Verifies the signature of a request (SDK-HMAC-SHA256) from the bytes that arrived.
//!
//! It follows the published specification and shares no code with the client's signer, so that the two do not share a
//! mistake.

use hmac::{Hmac, KeyInit, Mac};
use jiff::civil::DateTime;
use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, percent_encode};
use sha2::{Digest, Sha256};

use crate::testing::Request;

const ALGORITHM: &str = "SDK-HMAC-SHA256";
const DATE: &str = "x-sdk-date";
const SECURITY_TOKEN: &str = "x-security-token";
/// Headers that a signature must cover: the first two always, the others if they are sent.
const COVERED: [&str; 4] = ["host", DATE, "x-project-id", SECURITY_TOKEN];
/// The maximum difference between the time of signing and the cloud's clock.
const WINDOW: SignedDuration = SignedDuration::from_mins(15);
/// All but the unreserved characters of RFC 3986.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// Verifies a request that has an `Authorization`. `secret_of` returns the secret key of an access key, if the key is
/// valid with the security token of the request. The error describes why the request is refused, without a key or the
/// signature.
pub(super) fn verify(
    request: &Request,
    now: Timestamp,
    secret_of: impl FnOnce(&str, Option<&str>) -> Result<String, &'static str>,
) -> Result<(), String> {
    let (access, signed, signature) = authorization(one(request, "authorization")?).ok_or_else(|| {
        format!("Authorization is not of the form {ALGORITHM} Access=..., SignedHeaders=...;..., Signature=...")
    })?;
    let [host, date, ..] = COVERED;
    for name in COVERED {
        if (name == host || name == date || is_sent(request, name)) && !signed.contains(&name) {
            return Err(format!("the header {name} is not signed"));
        }
    }
    let date = one(request, DATE)?;
    check_date(date, now)?;
    let token = is_sent(request, SECURITY_TOKEN).then(|| one(request, SECURITY_TOKEN)).transpose()?;
    let secret = secret_of(access, token)?;
    let text = format!("{ALGORITHM}\n{date}\n{}", hex(&Sha256::digest(canonical(request, &signed)?)));
    if hmac(&secret, &text)? != signature {
        return Err("the signature is wrong: it belongs to another secret key, or to another request".to_owned());
    }
    Ok(())
}

/// The access key, the names of the signed headers, and the signature.
fn authorization(text: &str) -> Option<(&str, Vec<&str>, &str)> {
    let rest = text.strip_prefix(ALGORITHM)?.strip_prefix(" Access=")?;
    let (access, rest) = rest.split_once(", SignedHeaders=")?;
    let (signed, signature) = rest.split_once(", Signature=")?;
    Some((access, signed.split(';').collect(), signature))
}

/// Checks the time of signing.
fn check_date(date: &str, now: Timestamp) -> Result<(), String> {
    let signed_at = DateTime::strptime("%Y%m%dT%H%M%SZ", date).and_then(|time| Offset::UTC.to_timestamp(time));
    let signed_at = signed_at.map_err(|_| "x-sdk-date is not of the form 20191115T033655Z")?;
    if now.duration_since(signed_at).abs() > WINDOW {
        return Err("the signature has expired: x-sdk-date is more than 15 minutes off".to_owned());
    }
    Ok(())
}

/// The canonical form of a request.
fn canonical(request: &Request, signed: &[&str]) -> Result<String, String> {
    let line = |name: &&str| Ok(format!("{name}:{}\n", one(request, name)?.trim()));
    let headers: String = signed.iter().map(line).collect::<Result<_, String>>()?;
    Ok([
        request.method(),
        &canonical_path(request.path()),
        &canonical_query(request.query().unwrap_or_default()),
        &headers,
        &signed.join(";"),
        &hex(&Sha256::digest(request.body())),
    ]
    .join("\n"))
}

/// A path with its segments encoded, and with a slash at its end.
///
/// It is decoded first, since a server that parses the path only has the decoded characters.
fn canonical_path(path: &str) -> String {
    let decoded: Vec<u8> = percent_decode_str(path).collect();
    let path = encode(&decoded).replace("%2F", "/");
    if path.ends_with('/') { path } else { path + "/" }
}

/// The names and values of a query, sorted before they are encoded. A `+` is literal.
fn canonical_query(query: &str) -> String {
    let decode = |text| percent_decode_str(text).collect::<Vec<u8>>();
    let pairs = query.split('&').filter(|pair| !pair.is_empty()).map(|pair| pair.split_once('=').unwrap_or((pair, "")));
    let mut pairs: Vec<_> = pairs.map(|(name, value)| (decode(name), decode(value))).collect();
    pairs.sort();
    pairs.iter().map(|(name, value)| format!("{}={}", encode(name), encode(value))).collect::<Vec<_>>().join("&")
}

fn encode(bytes: &[u8]) -> String {
    percent_encode(bytes, RESERVED).to_string()
}

fn is_sent(request: &Request, name: &str) -> bool {
    request.headers().contains_key(name)
}

/// The value of a header that occurs exactly once.
fn one<'a>(request: &'a Request, name: &str) -> Result<&'a str, String> {
    request.single_header(name).map_err(|why| format!("the header {name} {why}"))
}

fn hmac(key: &str, text: &str) -> Result<String, String> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).map_err(|error| error.to_string())?;
    mac.update(text.as_bytes());
    Ok(hex(&mac.finalize().into_bytes()))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests may panic")]
mod tests;
