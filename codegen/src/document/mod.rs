//! Parsed documents: values with their line numbers, and JSON merge patches.

mod escape;
pub(crate) mod node;
mod parse;
pub(crate) mod patch;
mod scalar;
pub(crate) mod suggest;
mod syntax;

pub(crate) use parse::parse;
