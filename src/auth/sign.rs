//! Signs requests with an access key and a secret key (SDK-HMAC-SHA256).
//!
//! [`sign`] is the last step before a request is sent: it covers the address and the body as they are then, and whatever is
//! changed after it makes the service refuse the request.

mod canonical;
mod keys;
#[cfg(test)]
mod tests;

use std::str;
use std::time::SystemTime;

use http::header::{AUTHORIZATION, HOST, HeaderName, HeaderValue};
use reqwest::Request;

use crate::time;
use canonical::{Canonical, Parts};
pub(crate) use keys::Keys;

const ALGORITHM: &str = "SDK-HMAC-SHA256";
/// When the request was signed. The service refuses what is more than 15 minutes off its own clock.
const SDK_DATE: HeaderName = HeaderName::from_static("x-sdk-date");
/// The project that the keys act in.
const PROJECT_ID: HeaderName = HeaderName::from_static("x-project-id");
/// What temporary keys are only good together with.
const SECURITY_TOKEN: HeaderName = HeaderName::from_static("x-security-token");

/// Signs a request, and gives it the headers that a signed request has.
///
/// The query is written anew in its canonical form: sorted, and with `%20` for a space. So what is sent can be read in one way
/// only, where a form's `+` would be a space to some servers and a plus sign to others. On a request that was signed before,
/// all that the earlier signature set is replaced.
///
/// # Errors
///
/// Where a request like this can not be signed: with what is wrong with it. The request is not fit to be sent then.
pub(crate) fn sign(request: &mut Request, keys: &Keys, project_id: Option<&str>, at: SystemTime) -> Result<(), String> {
    let date = time::sdk_date(at);
    prepare(request, keys, project_id, &date)?;
    let canonical = canonicalize(request, is_signed)?;
    authorize(request, keys, &date, &canonical)
}

/// Whether a header is covered by the signature. Proxies rewrite others on the way, the content type among them.
fn is_signed(name: &HeaderName) -> bool {
    [HOST, SDK_DATE, PROJECT_ID, SECURITY_TOKEN].contains(name)
}

/// Gives the request all that is signed.
fn prepare(request: &mut Request, keys: &Keys, project_id: Option<&str>, date: &str) -> Result<(), String> {
    let headers = request.headers_mut();
    for name in [AUTHORIZATION, SDK_DATE, PROJECT_ID, SECURITY_TOKEN] {
        headers.remove(name);
    }
    headers.insert(SDK_DATE, value(date, "the time of signing")?);
    if let Some(id) = project_id {
        headers.insert(PROJECT_ID, value(id, "the project id")?);
    }
    if let Some(token) = keys.security_token()? {
        headers.insert(SECURITY_TOKEN, token);
    }

    if let Some(query) = request.url().query() {
        let query = canonical::query(query);
        request.url_mut().set_query((!query.is_empty()).then_some(&query));
    }
    Ok(())
}

/// Takes the canonical form of a request, with those of its headers that `signed` picks.
fn canonicalize(request: &Request, signed: impl Fn(&HeaderName) -> bool) -> Result<Canonical, String> {
    let body = match request.body() {
        None => &[],
        Some(body) => body.as_bytes().ok_or("its body is a stream, which can not be signed; give the whole body")?,
    };
    let host = host(request)?;
    let mut headers = vec![(HOST.as_str(), host.as_str())];
    for (name, value) in request.headers().iter().filter(|(name, _)| *name != HOST && signed(name)) {
        let value = str::from_utf8(value.as_bytes())
            .map_err(|_| format!("the header {name} is not UTF-8, so that it can not be signed"))?;
        headers.push((name.as_str(), value));
    }
    Ok(canonical::of(&Parts {
        method: request.method().as_str(),
        path: request.url().path(),
        query: request.url().query().unwrap_or_default(),
        headers,
        body,
    }))
}

/// The `Host` that the HTTP library will send: the one that is set, or else the address's host, with its port where that is not
/// the usual one of the scheme.
fn host(request: &Request) -> Result<String, String> {
    if let Some(host) = request.headers().get(HOST) {
        let host = str::from_utf8(host.as_bytes()).map_err(|_| "the header host is not UTF-8")?;
        return Ok(host.to_owned());
    }
    let url = request.url();
    let host = url.host_str().ok_or("its address has no host, so that it can not be signed")?;
    Ok(match url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    })
}

/// Puts the signature on the request.
fn authorize(request: &mut Request, keys: &Keys, date: &str, canonical: &Canonical) -> Result<(), String> {
    let authorization = authorization(keys, &string_to_sign(date, canonical), &canonical.signed_headers);
    let mut value = value(&authorization, "the access key")?;
    value.set_sensitive(true);
    request.headers_mut().insert(AUTHORIZATION, value);
    Ok(())
}

fn string_to_sign(date: &str, canonical: &Canonical) -> String {
    [ALGORITHM, "\n", date, "\n", &canonical::sha256(canonical.text.as_bytes())].concat()
}

fn authorization(keys: &Keys, string_to_sign: &str, signed_headers: &str) -> String {
    let signature = keys.signature(string_to_sign);
    [ALGORITHM, " Access=", keys.access(), ", SignedHeaders=", signed_headers, ", Signature=", &signature].concat()
}

fn value(text: &str, what: &str) -> Result<HeaderValue, String> {
    HeaderValue::from_str(text)
        .map_err(|_| format!("{what} can not be sent as a header; it may hold no control character"))
}
