//! A request as it arrived.

use std::fmt;

use bytes::Bytes;
use http::request::Parts;
use http::{HeaderMap, HeaderName, Method, Uri};

/// A request that the fake server received.
#[derive(Clone)]
pub struct Request {
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
}

impl Request {
    pub(super) fn new(parts: Parts, body: Bytes) -> Self {
        let Parts { method, uri, mut headers, .. } = parts;
        for (name, value) in &mut headers {
            value.set_sensitive(is_secret(name));
        }
        Self { method, uri, headers, body }
    }

    /// The HTTP method, such as `POST`.
    #[must_use]
    pub fn method(&self) -> &str {
        self.method.as_str()
    }

    /// The path, percent-encoded as it was sent.
    #[must_use]
    pub fn path(&self) -> &str {
        self.uri.path()
    }

    /// The query after the `?`, percent-encoded as it was sent; `None` if there is no `?`.
    #[must_use]
    pub fn query(&self) -> Option<&str> {
        self.uri.query()
    }

    /// All headers.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// The first value of a header, whose name may be in any case; `None` if it is missing or not visible ASCII.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The body, which is empty if none was sent.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// The body as JSON; `None` if it is not JSON.
    #[must_use]
    pub fn json(&self) -> Option<serde_json::Value> {
        serde_json::from_slice(&self.body).ok()
    }
}

/// Shows no credentials: neither the values of secret headers, nor the body, which may have a password.
impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("method", &self.method)
            .field("uri", &self.uri)
            .field("headers", &self.headers)
            .field("body_bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}

/// Whether the value of a header is a credential, which nothing may show.
pub(super) fn is_secret(name: &HeaderName) -> bool {
    let name = name.as_str();
    name.ends_with("-token") || ["authorization", "cookie", "proxy-authorization", "set-cookie"].contains(&name)
}
