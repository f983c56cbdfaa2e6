//! The steps from an OpenAPI document to a typed client: locate, read, parse, check, prepare, generate, inspect, format.
//!
//! The build script runs them; the tests call them one by one.

pub mod check;
pub mod document;
pub mod finding;
pub mod generate;
mod generator;
mod inspect;
pub mod locate;
pub mod names;
pub mod operation;
pub mod prepare;
mod syntax;

pub use document::Document;
pub use finding::Finding;
