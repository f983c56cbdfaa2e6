//! The steps from an OpenAPI document to a typed client: locate, read, parse, check, generate, format.
//!
//! The build script runs them; the tests call them one by one.

pub mod check;
pub mod document;
pub mod finding;
pub mod generate;
pub mod locate;
pub mod names;

pub use document::Document;
pub use finding::Finding;
