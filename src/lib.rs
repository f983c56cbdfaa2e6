#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

pub mod auth;
mod builder;
mod call;
mod client;
mod code;
mod create_action;
mod deprecation;
mod endpoint;
mod error;
mod error_body;
mod failure;
#[cfg(any(test, fuzzing))]
#[allow(clippy::missing_panics_doc, missing_docs, unreachable_pub, reason = "only tests and fuzz targets see these")]
pub mod fuzzing;
mod generated;
mod header;
mod hex;
mod operation;
mod path;
#[cfg(feature = "__pieces")]
#[doc(hidden)]
#[allow(clippy::missing_errors_doc, clippy::must_use_candidate, reason = "only the benchmarks of this crate see these")]
pub mod pieces;
mod proxy;
mod request_id;
mod response;
mod retry;
mod retry_after;
#[cfg(feature = "schemars")]
mod schema;
mod secrets;
mod service;
mod time;
mod transport;

#[cfg(feature = "test-util")]
#[cfg_attr(docsrs, doc(cfg(feature = "test-util")))]
pub mod testing;

pub use builder::{BuildError, ClientBuilder};
pub use client::Client;
pub use code::Code;
pub use deprecation::Deprecation;
pub use error::{Error, ErrorKind};
pub use operation::Operation;
pub use request_id::RequestId;
pub use response::Response;
pub use retry::RetryPolicy;

pub use generated::secmaster::{OPERATIONS, types};

/// The text of the OpenAPI document that this client was generated from.
#[cfg(feature = "codegen")]
pub const OPENAPI: &str = include_str!(concat!(env!("OUT_DIR"), "/secmaster.openapi"));
/// The text of the OpenAPI document that this client was generated from.
#[cfg(not(feature = "codegen"))]
pub const OPENAPI: &str = include_str!("../openapi/secmaster.yaml");

/// What [`Client::call`] hands to its closure, and what the closure hands back.
pub mod api {
    pub use crate::generated::secmaster::{Client, builder};
    pub use progenitor_client::{ByteStream, Error, ResponseValue};
    /// The HTTP library, whose answer and error are in [`Error`].
    pub use reqwest;
}

/// The HTTP types in this crate's signatures.
pub mod http {
    pub use http::{HeaderMap, StatusCode};
}
