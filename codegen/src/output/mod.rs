//! Generates the code of a client from the processed document.

mod emit;
mod glue;
mod json_schemas;
mod paging;
mod progenitor;
mod rename;
mod verify;

use std::collections::BTreeSet;

use crate::diagnostic::Report;
use crate::document::node::At;
use crate::spec::model::Spec;
use crate::spec::names;

const BUG: &str = "this is a bug in secmaster-client-codegen; report it together with the OpenAPI document";

/// Generates the code of a client. None if an error was reported.
pub(crate) fn code(spec: &mut Spec, krate: &str, report: &Report) -> Option<String> {
    let file = match client(spec, krate, report) {
        Ok(file) => file,
        Err(message) => {
            report.error(At::default(), message);
            return None;
        }
    };
    if let Err(what) = verify::difference(spec, &file) {
        let message = format!("the generated code differs from the OpenAPI document: {what}; {BUG}");
        report.warn(At::default(), message);
    }
    Some(prettyplease::unparse(&file) + &glue::glue(spec, krate))
}

fn client(spec: &mut Spec, krate: &str, report: &Report) -> Result<syn::File, String> {
    let tokens = progenitor::generate(spec, krate, report)?;
    rename::rename(tokens, krate, &optional_bodies(spec), &paging::paged_operations(spec, krate, report))
        .and_then(|tokens| syn::parse2(tokens).map_err(|error| format!("it is not Rust ({error})")))
        .map_err(|what| format!("the output of progenitor is not as expected: {what}; {BUG}"))
}

/// The builders with an optional body.
fn optional_bodies(spec: &Spec) -> BTreeSet<String> {
    let optional =
        spec.operations.iter().filter(|operation| operation.body.as_ref().is_some_and(|body| !body.required));
    optional.map(|operation| names::builder(&operation.id)).collect()
}
