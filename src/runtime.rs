//! The names that generated code uses. **For generated code only; it may change with any version.**
//!
//! progenitor generates code that refers to its runtime crate by name. This crate provides these names instead of
//! `progenitor-client` and of the HTTP library. So generated code only *describes* a request and cannot send it, and
//! all responses and errors use types of this crate, which contain status, headers and request id.
//!
//! ```text
//! your code
//!   |  client.create_playbook_action()...send().await
//! generated code     Client, builder, types: generated from openapi/*.yaml by codegen/ during the build
//!   |  names
//! runtime            this module: re-exports and hooks
//!   |
//! session            sends all requests: deadline { prepare, authenticate, send, read, retry? }
//!   |
//!   |-- auth::authenticate   adds a token or a signature to a request; caches logins
//!   |-- request              a request, its header and query parameters, path encoding
//!   |-- response             the state of a call (Exchange) -> Response<T>, ByteStream
//!   '-- error                Error, redaction; depends only on headers, operation, AuthError and Secret
//!
//! client::builder (ClientBuilder) -> auth::credentials -> session
//!                credentials log in to IAM with a generated client and a separate session, and become an Authenticator
//! ```
//!
//! Imports point down in this diagram, and no two files import each other.
#![allow(missing_docs, reason = "only generated code uses this")]

use std::future::{Future, ready};

use crate::operation::Operation;

pub use tracing;

pub use crate::auth::secret::Secret;
pub use crate::error::Error;
pub use crate::request::QueryParam;
pub use crate::request::path::encode_path;
pub use crate::response::pages::{Paging, pages, rows, total};
pub use crate::response::stream::ByteStream;
pub use crate::response::{RawResponse, Response};
pub use crate::session::{Api, Session};

/// Requests, under the names that generated code expects of the HTTP library.
pub mod http {
    pub use crate::request::{Body, Client, ClientBuilder, Request, RequestBuilder, header};
}

/// The operation that generated code sends.
#[derive(Debug)]
pub struct OperationInfo {
    /// The name of the generated method.
    pub operation_id: &'static str,
}

/// The interface of a generated client.
pub trait ClientInfo<Inner> {
    fn api_version() -> &'static str;
    fn baseurl(&self) -> &str;
    fn client(&self) -> &http::Client;
    fn inner(&self) -> &Inner;
}

/// The hooks that generated code calls around a request.
pub trait ClientHooks<Inner>: Api + ClientInfo<Session> + Sync {
    fn pre(&self, _: &mut http::Request, _: &OperationInfo) -> impl Future<Output = Result<(), Error>> + Send {
        ready(Ok(()))
    }

    fn exec(
        &self,
        request: Box<http::Request>,
        info: &OperationInfo,
    ) -> impl Future<Output = Result<RawResponse, Error>> + Send {
        let operation = Operation::by_function(Self::operations(), info.operation_id);
        async move {
            let unknown = || {
                Error::InvalidRequest(
                    "the operation is not in the OpenAPI document; generate the client again".to_owned(),
                )
            };
            self.inner().execute(operation.ok_or_else(unknown)?, request).await
        }
    }

    fn post(
        &self,
        _: &Result<RawResponse, Error>,
        _: &OperationInfo,
    ) -> impl Future<Output = Result<(), Error>> + Send {
        ready(Ok(()))
    }
}

impl<C: Api + ClientInfo<Session> + Sync> ClientHooks<Session> for C {}

#[cfg(feature = "schemars")]
pub use crate::schema::read as read_schema;
#[cfg(feature = "schemars")]
pub use schemars;

/// An OpenAPI document. It is returned by a function, since the documentation of a constant would show the whole value.
#[must_use]
pub const fn document(content: &'static str) -> &'static str {
    content
}

/// Imported by generated code for `form_urlencoded`, which is a method of [`http::RequestBuilder`] here.
pub trait RequestBuilderExt {}
