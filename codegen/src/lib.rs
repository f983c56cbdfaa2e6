//! Generates typed clients from OpenAPI 3.0 documents. They use the runtime of `secmaster-client` and its features:
//! authentication, retries, request ids, a single error type, tracing, and the table of operations.
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
//! Invalid documents are corrected if the intent is clear. Each [`Diagnostic`] describes what was corrected or left out,
//! or why there is no client. An operation that the client cannot support is left out with a warning. [`Builder::strict`]
//! treats warnings as errors; use it for documents that you maintain.

mod builder;
mod diagnostic;
mod document;
mod output;
mod rules;
mod spec;

use std::path::Path;

pub use builder::{Builder, Generated};
pub use diagnostic::{Diagnostic, Level};

/// Generates a client in a build script, with the defaults of [`Builder`].
///
/// Prints diagnostics for cargo, and exits the process if one is an error.
pub fn compile(path: impl AsRef<Path>) {
    Builder::new().compile(path);
}

/// Parses a YAML or JSON document as the generator does. None if its syntax is invalid.
#[doc(hidden)]
#[must_use]
pub fn to_json(document: &str) -> Option<serde_json::Value> {
    document::parse(document, 0, &diagnostic::Report::new("document")).map(|node| node.to_json())
}

/// Runs the fuzz target `document`: for any document, the generator terminates, each diagnostic is one line, and the
/// code is deterministic.
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
