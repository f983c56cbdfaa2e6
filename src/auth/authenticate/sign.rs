//! Signs requests with an access key and a secret key (SDK-HMAC-SHA256).
//!
//! [`sign`] is the last step before a request is sent: it covers the URL and the body, so the service rejects a request
//! that is changed afterwards.

mod canonical;
mod keys;
#[cfg(test)]
mod tests;
#[cfg(feature = "test-util")]
pub(crate) mod verify;

use std::str;
use std::time::SystemTime;

use http::header::{AUTHORIZATION, HOST, HeaderName, HeaderValue};
use jiff::Timestamp;
use reqwest::Request;

use crate::headers::{PROJECT_ID, SDK_DATE, SECURITY_TOKEN};
use canonical::Canonical;
pub(crate) use keys::Keys;

const ALGORITHM: &str = "SDK-HMAC-SHA256";

/// Signs a request and adds the headers of a signed request.
///
/// The query is rewritten in its canonical form: sorted, and with `%20` for a space, since some servers decode a `+` as
/// a space and others as a plus sign. An earlier signature of the request is replaced.
///
/// The error describes what is wrong with the request, which must then not be sent.
pub(crate) fn sign(request: &mut Request, keys: &Keys, project_id: Option<&str>, at: SystemTime) -> Result<(), String> {
    let date = sdk_date(at);
    prepare(request, keys, project_id, &date)?;
    let canonical = canonicalize(request, is_signed)?;
    authorize(request, keys, &date, &canonical)
}

/// Formats a time for `X-Sdk-Date`, such as `20191115T033655Z`, in UTC. A clock before 1970 or too far ahead is wrong,
/// and the service rejects the request in any case.
fn sdk_date(at: SystemTime) -> String {
    let at = Timestamp::try_from(at).unwrap_or_default().max(Timestamp::UNIX_EPOCH);
    at.strftime("%Y%m%dT%H%M%SZ").to_string()
}

/// Whether the signature covers a header. Proxies rewrite others, such as the content type.
fn is_signed(name: &HeaderName) -> bool {
    [HOST, SDK_DATE, PROJECT_ID, SECURITY_TOKEN].contains(name)
}

fn prepare(request: &mut Request, keys: &Keys, project_id: Option<&str>, date: &str) -> Result<(), String> {
    let headers = request.headers_mut();
    for name in [AUTHORIZATION, SDK_DATE, PROJECT_ID, SECURITY_TOKEN] {
        headers.remove(name);
    }
    headers.insert(SDK_DATE, value(date, "the time of signing")?);
    if let Some(id) = project_id {
        headers.insert(PROJECT_ID, value(id, "the project id")?);
    }
    if let Some(token) = &keys.security_token {
        headers.insert(SECURITY_TOKEN, token.clone());
    }

    if let Some(query) = request.url().query() {
        let query = canonical::canonical_query(query);
        request.url_mut().set_query((!query.is_empty()).then_some(&query));
    }
    Ok(())
}

/// The canonical form of a request, with the headers that `signed` selects.
fn canonicalize(request: &Request, signed: impl Fn(&HeaderName) -> bool) -> Result<Canonical, String> {
    let body = match request.body() {
        None => &[],
        Some(body) => body.as_bytes().ok_or("its body is a stream, which cannot be signed; pass the whole body")?,
    };
    let host = host(request)?;
    let mut headers = vec![(HOST.as_str(), host.as_str())];
    for (name, value) in request.headers().iter().filter(|(name, _)| *name != HOST && signed(name)) {
        let value = str::from_utf8(value.as_bytes())
            .map_err(|_| format!("the header {name} is not UTF-8, so it cannot be signed"))?;
        headers.push((name.as_str(), value));
    }
    let (method, url) = (request.method().as_str(), request.url());
    Ok(canonical::canonicalize(method, url.path(), url.query().unwrap_or_default(), headers, body))
}

/// The `Host` that the HTTP library sends: the one that is set, or else the URL's host, with the port if it is not the
/// default of the scheme.
fn host(request: &Request) -> Result<String, String> {
    if let Some(host) = request.headers().get(HOST) {
        let host = str::from_utf8(host.as_bytes()).map_err(|_| "the header host is not UTF-8")?;
        return Ok(host.to_owned());
    }
    let url = request.url();
    let host = url.host_str().ok_or("its URL has no host, so it cannot be signed")?;
    Ok(match url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    })
}

fn authorize(request: &mut Request, keys: &Keys, date: &str, canonical: &Canonical) -> Result<(), String> {
    let authorization = authorization(keys, &string_to_sign(date, canonical), &canonical.signed_headers);
    let mut value = value(&authorization, "the access key")?;
    value.set_sensitive(true);
    request.headers_mut().insert(AUTHORIZATION, value);
    Ok(())
}

fn string_to_sign(date: &str, canonical: &Canonical) -> String {
    [ALGORITHM, "\n", date, "\n", &canonical::sha256(canonical.request.as_bytes())].concat()
}

fn authorization(keys: &Keys, string_to_sign: &str, signed_headers: &str) -> String {
    let signature = keys.signature(string_to_sign);
    [ALGORITHM, " Access=", &keys.access, ", SignedHeaders=", signed_headers, ", Signature=", &signature].concat()
}

fn value(text: &str, what: &str) -> Result<HeaderValue, String> {
    HeaderValue::from_str(text)
        .map_err(|_| format!("{what} cannot be sent as a header, since it has a control character"))
}
