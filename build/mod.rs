//! The steps from an OpenAPI document to a typed client: locate, read, parse, check, generate, format.
//!
//! The build script runs them; the tests call them one by one.

pub mod check;
pub mod document;
pub mod finding;
pub mod generate;
pub mod locate;
pub mod names;
mod replacements;
mod schemas;

pub use document::Document;
pub use finding::Finding;

/// The documents in `openapi/`, without their ending. Each becomes a client.
pub const DOCUMENTS: [&str; 3] = [MAIN, "iam", "metadata"];

/// The document that users call, and may bring instead.
pub const MAIN: &str = "secmaster";

/// The code that is written for a document.
pub fn code(name: &str, document: &Document) -> Result<generate::Generated, Vec<Finding>> {
    let mut generated = generate::generate(document)?;
    if name == MAIN {
        // The types of the other documents are not public.
        generated.code.push('\n');
        generated.code.push_str(&schemas::implementations(&document.value));
    }
    Ok(generated)
}
