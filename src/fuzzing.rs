//! The fuzz targets. Tests run them with the seeds in `src/fuzzing/seeds/`.

use std::fmt::Debug;
use std::time::{Duration, UNIX_EPOCH};

use bytes::Bytes;
use http::{HeaderMap, Method, StatusCode};
use reqwest::{Request, Url};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::auth::authenticate::sign::{Keys, sign};
use crate::error::redact::Redactor;
use crate::error::{Error, ErrorKind};
use crate::headers::request_id::RequestId;

/// The parts of a request id occur in it in order.
pub fn request_id(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let id = RequestId::from(&*text);
    let parts = [id.uuid(), id.timestamp(), id.hostname()];
    let joined = parts.into_iter().flatten().collect::<Vec<_>>().join("-");
    assert!(text.starts_with(&joined), "{joined:?} is not a prefix of {text:?}");
    assert!(parts[0].is_some() || parts[1].is_none());
    assert!(parts[1].is_some() || parts[2].is_none());
}

/// The error for any body is one line that ends with the request id.
pub fn error_body(data: &[u8]) {
    let body = Bytes::copy_from_slice(data);
    let error = Error::new(ErrorKind::Service, "returned 400 Bad Request");
    let error = error.with_response(StatusCode::BAD_REQUEST, HeaderMap::new(), &body, &Redactor::default());
    let text = error.to_string();
    assert_eq!(text.lines().count(), 1, "{text:?}");
    assert!(text.ends_with(')') && text.contains("request id"), "{text:?}");
    assert!(text.len() < 4 * 1024, "{text:?}");
    assert!(data.starts_with(error.body()));
}

/// A request with any path, query and body can be signed, and signing it again gives the same result.
pub fn signer(data: &[u8]) {
    let mut parts = data.splitn(3, |byte| *byte == b'\n');
    let mut part = || String::from_utf8_lossy(parts.next().unwrap_or_default()).into_owned();
    let (path, query, body) = (part(), part(), part());
    let Ok(mut url) = Url::parse("https://service.example") else { return };
    url.set_path(&path);
    url.set_query((!query.is_empty()).then_some(&query));
    let mut request = Request::new(Method::POST, url);
    *request.body_mut() = Some(body.into());
    let Ok(keys) = Keys::new("AK".to_owned(), "SK".to_owned(), Some("token".to_owned())) else { return };
    let at = UNIX_EPOCH + Duration::from_secs(1_700_000_000);
    if sign(&mut request, &keys, Some("project"), at).is_ok() {
        let first = request.headers().get("authorization").cloned();
        assert!(first.is_some());
        assert_eq!(sign(&mut request, &keys, Some("project"), at), Ok(()));
        assert_eq!(request.headers().get("authorization").cloned(), first);
    }
}

/// A response that can be decoded is unchanged after a round trip.
///
/// The caller provides the type, since a crate with a custom document has different types.
pub fn response<T: DeserializeOwned + Serialize + PartialEq + Debug>(data: &[u8]) {
    if let Ok(response) = serde_json::from_slice::<T>(data) {
        let written = serde_json::to_vec(&response).unwrap_or_default();
        assert_eq!(serde_json::from_slice::<T>(&written).ok(), Some(response));
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests may panic")]
mod seeds;

#[cfg(test)]
mod tests;
