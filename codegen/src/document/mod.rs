//! Documents as they are read: values that know their lines, and the JSON merge patch of one document over another.

mod escape;
pub(crate) mod near;
pub(crate) mod node;
mod parse;
pub(crate) mod patch;
mod scalar;
mod syntax;

pub(crate) use parse::parse;
