//! Generates typed clients from OpenAPI 3.0 documents. They run on the runtime of `secmaster-client`, and have what its own client
//! has: authentication, retries, request ids, one error type, tracing, and the table of operations.
//!
//! In the build script of a crate that depends on `secmaster-client`, `serde` and `serde_json`:
//!
//! ```no_run
//! // build.rs
//! secmaster_client_codegen::compile("openapi/ecs.json");
//! ```
//!
//! In the crate itself:
//!
//! ```text
//! pub mod ecs { secmaster_client::include_client!("ecs"); }
//! ```
//!
//! Documents with mistakes are corrected if the intent is clear, and each [`Diagnostic`] reports how. An operation that cannot be in
//! the client is left out with a warning. [`Builder::strict`] treats warnings as errors; use it for your own documents.

mod builder;
mod diagnostic;
mod document;
mod output;
mod rules;
mod spec;

use std::path::Path;

pub use builder::{Builder, Generated};
pub use diagnostic::{Diagnostic, Level};

/// Generates the client of a document in a build script, with the defaults of [`Builder`].
///
/// An error is printed for cargo, and ends the process.
pub fn compile(path: impl AsRef<Path>) {
    Builder::new().compile(path);
}

/// The values of a YAML or JSON text, as the generator reads them. None if its syntax is wrong.
#[doc(hidden)]
#[must_use]
pub fn to_json(text: &str) -> Option<serde_json::Value> {
    document::parse(text, 0, &diagnostic::Report::new("text")).map(|node| node.to_json())
}

/// What the fuzz target `document` does with its bytes: whatever a document says, the whole pipeline comes to an end, each diagnostic
/// is one line, and the same document gives the same code.
#[doc(hidden)]
pub fn fuzz(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let generated = Builder::new().verbose(true).generate_from_str("fuzz.yaml", text);
    for diagnostic in &generated.diagnostics {
        let line = diagnostic.to_string();
        assert!(line.starts_with("fuzz.yaml") && line.lines().count() == 1, "{line:?}");
    }
    let has_error = generated.count(Level::Error) > 0;
    assert!(has_error != generated.code.is_some(), "{:?}", generated.diagnostics);
    assert!(generated.code == Builder::new().generate_from_str("fuzz.yaml", text).code, "the code differs");
}
