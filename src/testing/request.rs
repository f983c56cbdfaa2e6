//! A recorded request.

use std::fmt;

use bytes::Bytes;
use http::{HeaderMap, HeaderName};

/// A request that the fake server received.
///
/// Its `Debug` output omits credentials: the values of secret headers, and the body, which may contain a password.
#[derive(Debug, Clone)]
pub struct Request(http::Request<Body>);

impl Request {
    pub(super) fn new(mut request: http::Request<Bytes>) -> Self {
        for (name, value) in request.headers_mut() {
            value.set_sensitive(is_secret(name));
        }
        Self(request.map(Body))
    }

    /// The HTTP method, such as `POST`.
    pub fn method(&self) -> &str {
        self.0.method().as_str()
    }

    /// The path, percent-encoded as it was sent.
    pub fn path(&self) -> &str {
        self.0.uri().path()
    }

    /// The query after the `?`, percent-encoded as it was sent; `None` if there is no `?`.
    pub fn query(&self) -> Option<&str> {
        self.0.uri().query()
    }

    /// All headers.
    pub fn headers(&self) -> &HeaderMap {
        self.0.headers()
    }

    /// The first value of a header, whose name may be in any case; `None` if it is missing or not visible ASCII.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers().get(name)?.to_str().ok()
    }

    /// The body; empty if none was sent.
    pub fn body(&self) -> &[u8] {
        &self.0.body().0
    }

    /// The body as JSON; `None` if it is not JSON.
    pub fn json(&self) -> Option<serde_json::Value> {
        serde_json::from_slice(self.body()).ok()
    }
}

/// A body. `Debug` shows only its length, since it may contain a password.
#[derive(Clone, Default)]
pub(super) struct Body(pub(super) Bytes);

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes", self.0.len())
    }
}

/// Whether the value of a header is a credential, which must not be shown.
pub(super) fn is_secret(name: &HeaderName) -> bool {
    let name = name.as_str();
    name.ends_with("-token") || ["authorization", "cookie", "proxy-authorization", "set-cookie"].contains(&name)
}
