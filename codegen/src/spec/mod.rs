//! The elements of OpenAPI 3.0 documents.

pub(crate) mod grammar;
pub(crate) mod media;
pub(crate) mod model;
pub(crate) mod names;
pub(crate) mod refs;
pub(crate) mod walk;
