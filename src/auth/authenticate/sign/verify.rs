//! Verifies the signature of a request, as the service does, from what arrived: a mistake of the signer or a change on
//! the way is an error. The official signatures of the tests are right for both.

use http::HeaderMap;
use http::header::{AUTHORIZATION, HOST};
use jiff::civil::DateTime;
use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp};

use super::{ALGORITHM, Keys, canonical, string_to_sign};
use crate::headers::{PROJECT_ID, SDK_DATE, SECURITY_TOKEN, single};

/// The maximum difference between the time of signing and the clock of the service.
const WINDOW: SignedDuration = SignedDuration::from_mins(15);

/// Verifies a request that has an `Authorization`. `secret_of` returns the secret key of an access key, if the key is
/// valid with the security token of the request. The error describes why the request is refused, without a key or the
/// signature.
pub(crate) fn verify(
    [method, path, query]: [&str; 3],
    headers: &HeaderMap,
    body: &[u8],
    now: Timestamp,
    secret_of: impl FnOnce(&str, Option<&str>) -> Result<String, &'static str>,
) -> Result<(), String> {
    let (access, signed, signature) = authorization(one(headers, AUTHORIZATION.as_str())?).ok_or_else(|| {
        format!("Authorization is not of the form {ALGORITHM} Access=..., SignedHeaders=...;..., Signature=...")
    })?;
    for name in [HOST, SDK_DATE, PROJECT_ID, SECURITY_TOKEN] {
        let must_be_signed = name == HOST || name == SDK_DATE || headers.contains_key(&name);
        if must_be_signed && !signed.contains(&name.as_str()) {
            return Err(format!("the header {name} is not signed"));
        }
    }
    let date = one(headers, SDK_DATE.as_str())?;
    let signed_at = DateTime::strptime("%Y%m%dT%H%M%SZ", date).and_then(|time| Offset::UTC.to_timestamp(time));
    let signed_at = signed_at.map_err(|_| "x-sdk-date is not of the form 20191115T033655Z")?;
    if now.duration_since(signed_at).abs() > WINDOW {
        return Err("the signature has expired: x-sdk-date is more than 15 minutes off".to_owned());
    }
    let token = headers.contains_key(SECURITY_TOKEN).then(|| one(headers, SECURITY_TOKEN.as_str())).transpose()?;
    let keys = Keys::new(access.to_owned(), secret_of(access, token)?, None)?;
    let values = signed.iter().map(|name| Ok((*name, one(headers, name)?))).collect::<Result<_, String>>()?;
    let canonical = canonical::canonicalize(method, path, &query.replace('+', "%2B"), values, body);
    if keys.signature(&string_to_sign(date, &canonical)) != signature {
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

fn one<'a>(headers: &'a HeaderMap, name: &str) -> Result<&'a str, String> {
    single(headers, name).map_err(|why| format!("the header {name} {why}"))
}
