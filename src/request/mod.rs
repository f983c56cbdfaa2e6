//! Requests described by generated code. [`Session`](crate::session::Session) sends them.
//!
//! The types have the names and methods that generated code expects of the HTTP library; see
//! [`runtime`](crate::runtime).
#![allow(
    missing_docs,
    clippy::missing_errors_doc,
    clippy::needless_pass_by_value,
    clippy::must_use_candidate,
    clippy::return_self_not_must_use,
    reason = "only generated code uses this"
)]

pub mod header;
pub(crate) mod path;
mod query;

use std::convert::Infallible;
use std::time::Duration;

use bytes::Bytes;
use http::Method;
use http::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use serde::Serialize;

use crate::auth::secret::{Secret, collect_secrets};
use crate::error::{Error, ErrorKind};
pub use query::QueryParam;

/// The placeholder for `project_id` in the prepared document, both as a path segment and as the optional query
/// parameter that replaces the path parameter. No encoded value contains it.
pub(crate) const PROJECT_ID: &str = "<project_id>";

/// A request without an endpoint and without credentials.
#[derive(Default)]
pub struct Request {
    pub(crate) method: Method,
    /// The encoded path, which may contain [`PROJECT_ID`].
    pub(crate) path: String,
    pub(crate) query: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Option<Bytes>,
    /// The project, if the caller set it.
    pub(crate) project_id: Option<String>,
    /// The secrets in the body.
    pub(crate) secrets: Vec<Secret>,
}

/// The body of a request.
pub type Body = Bytes;

/// Starts requests.
#[derive(Clone, Debug, Default)]
pub struct Client;

/// Builds a [`Client`].
#[derive(Debug, Default)]
pub struct ClientBuilder;

impl ClientBuilder {
    pub fn new() -> Self {
        Self
    }

    pub fn connect_timeout(self, _: Duration) -> Self {
        self
    }

    pub fn timeout(self, _: Duration) -> Self {
        self
    }

    pub fn build(self) -> Result<Client, Infallible> {
        Ok(Client)
    }
}

macro_rules! methods {
    ($($name:ident $method:ident),*) => {
        impl Client {
            $(pub fn $name(&self, path: String) -> RequestBuilder {
                RequestBuilder::new(Method::$method, path)
            })*
        }
    };
}
methods!(get GET, put PUT, post POST, delete DELETE, options OPTIONS, head HEAD, patch PATCH, trace TRACE);

/// A request that is being built, and its first error.
pub struct RequestBuilder {
    /// Boxed, since it moves through several futures.
    request: Box<Request>,
    failure: Option<Error>,
}

impl RequestBuilder {
    fn new(method: Method, path: String) -> Self {
        Self { request: Box::new(Request { method, path, ..Request::default() }), failure: None }
    }

    pub fn header(self, name: HeaderName, value: header::HeaderValue) -> Self {
        self.push("the header", name.as_str(), value)
    }

    /// Adds the header parameters.
    pub fn headers(self, headers: header::HeaderMap) -> Self {
        headers.0.into_iter().fold(self, |request, (name, value)| request.push("the header parameter", name, value))
    }

    pub fn query<T: Serialize + ?Sized>(mut self, parameter: &QueryParam<'_, T>) -> Self {
        if parameter.name == PROJECT_ID {
            self.request.project_id = parameter.string();
            return self;
        }
        match parameter.pairs() {
            Ok(pairs) => {
                let query = std::mem::take(&mut self.request.query);
                let mut query = form_urlencoded::Serializer::new(query);
                self.request.query = query.extend_pairs(pairs).finish();
                self
            }
            Err(error) => self.fail(&format!("the query parameter {}: {error}", parameter.name)),
        }
    }

    pub fn json<T: Serialize + ?Sized>(mut self, body: &T) -> Self {
        let (body, secrets) = collect_secrets(|| serde_json::to_vec(body));
        self.request.secrets = secrets;
        match body {
            // An optional body that was not set.
            Ok(body) if body == b"null" => self,
            Ok(body) => self.typed_body("application/json", body),
            Err(error) => self.fail(&format!("the body cannot be serialized as JSON: {error}")),
        }
    }

    pub fn form_urlencoded<T: Serialize + ?Sized>(mut self, body: &T) -> Result<Self, Error> {
        let (pairs, secrets) = collect_secrets(|| query::form_pairs(body));
        self.request.secrets = secrets;
        match pairs {
            Ok(None) => Ok(self),
            Ok(Some(pairs)) => {
                let form = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
                Ok(self.typed_body("application/x-www-form-urlencoded", form))
            }
            Err(error) => Ok(self.fail(&format!("the body cannot be serialized as a form: {error}"))),
        }
    }

    pub fn body(mut self, body: impl Into<Body>) -> Self {
        self.request.body = Some(body.into());
        self
    }

    pub fn build(self) -> Result<Box<Request>, Error> {
        self.failure.map_or(Ok(self.request), Err)
    }

    fn push(mut self, what: &str, name: &str, value: header::HeaderValue) -> Self {
        let Ok(header) = HeaderName::try_from(name) else {
            return self.fail(&format!("{name} is not a header name; correct the OpenAPI document"));
        };
        let Some(value) = value.0 else {
            let message = format!("{what} {name} has a line break or another control character; remove it");
            return self.fail(&message);
        };
        // A body of bytes has the media type that the caller sets, if the document has none.
        if header == CONTENT_TYPE {
            self.request.headers.insert(header, value);
        } else {
            self.request.headers.append(header, value);
        }
        self
    }

    fn typed_body(mut self, media_type: &'static str, body: impl Into<Body>) -> Self {
        self.request.headers.insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
        self.body(body)
    }

    fn fail(mut self, message: &str) -> Self {
        let new = || Error::new(ErrorKind::InvalidRequest, format!("request not sent: {message}"));
        self.failure.get_or_insert_with(new);
        self
    }
}
