//! OpenAPI documents: their operations, the checks of requests against them, and example responses.

pub(super) mod call;
pub(super) mod document;
mod example;
mod form;
mod schema;
mod yaml;
