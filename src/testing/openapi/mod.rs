//! OpenAPI documents: their operations, request validation, and example responses.

pub(super) mod call;
pub(super) mod document;
mod example;
mod schema;
