//! Header parameters as generated code collects them.
//!
//! These are custom types for two reasons: an invalid value is reported with the name of its parameter, and the
//! `api-version` that the generator adds to every request is dropped, since it is not in the API reference.

use bytes::Bytes;
pub use http::header::{ACCEPT, CONTENT_TYPE, HeaderName};

/// A header value that may be invalid.
pub struct HeaderValue(pub(super) Option<http::HeaderValue>);

impl HeaderValue {
    pub fn from_static(text: &'static str) -> Self {
        Self(http::HeaderValue::from_maybe_shared(Bytes::from_static(text.as_bytes())).ok())
    }
}

impl From<String> for HeaderValue {
    fn from(text: String) -> Self {
        Self(http::HeaderValue::try_from(text).ok())
    }
}

/// The header parameters of a request.
pub struct HeaderMap(pub(super) Vec<(&'static str, HeaderValue)>);

impl HeaderMap {
    pub fn with_capacity(_: usize) -> Self {
        Self(Vec::new())
    }

    pub fn append(&mut self, name: impl Name, value: HeaderValue) {
        self.0.extend(name.parameter().map(|name| (name, value)));
    }
}

/// The name of a header parameter. The generator writes the name of its version header as a [`HeaderName`].
pub trait Name {
    fn parameter(self) -> Option<&'static str>;
}

impl Name for &'static str {
    fn parameter(self) -> Option<&'static str> {
        Some(self)
    }
}

impl Name for HeaderName {
    fn parameter(self) -> Option<&'static str> {
        None
    }
}
