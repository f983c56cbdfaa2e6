#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

// Documentation that macros generate in other crates refers to this crate by name.
extern crate self as secmaster_client;

pub mod auth;
mod client;
mod code;
mod config_error;
mod create_action;
mod error;
#[cfg(any(test, fuzzing))]
#[allow(clippy::missing_panics_doc, missing_docs, unreachable_pub, reason = "only tests and fuzz targets use it")]
pub mod fuzzing;
mod generated;
mod headers;
mod operation;
mod request;
mod response;
#[doc(hidden)]
pub mod runtime;
#[cfg(feature = "schemars")]
mod schema;
mod session;

#[cfg(feature = "test-util")]
#[cfg_attr(docsrs, doc(cfg(feature = "test-util")))]
pub mod testing;

pub use client::builder::ClientBuilder;
pub use code::Code;
pub use config_error::{ConfigError, ConfigErrorKind};
pub use error::{Error, ErrorKind};
pub use headers::deprecation::Deprecation;
pub use headers::request_id::RequestId;
pub use operation::Operation;
pub use response::Response;
pub use response::pages::PaginationStream;
pub use response::stream::ByteStream;
pub use session::Session;
pub use session::retry::RetryPolicy;

pub use generated::secmaster::{Client, OPERATIONS, builder, types};

pub use {bytes, http, reqwest, serde_json};

/// The OpenAPI document that this client was generated from, as YAML.
#[cfg(feature = "codegen")]
pub const OPENAPI: &str = runtime::document(include_str!(concat!(env!("OUT_DIR"), "/secmaster.openapi")));
/// The OpenAPI document that this client was generated from, as YAML.
#[cfg(not(feature = "codegen"))]
pub const OPENAPI: &str = runtime::document(include_str!("../openapi/secmaster.yaml"));

/// Compiles the examples in `docs/migration.md` as doctests.
#[cfg(doctest)]
#[doc = include_str!("../docs/migration.md")]
pub struct Migration;
