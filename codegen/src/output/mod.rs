//! From what the rules have made of a document to the code of a client.

mod count;
mod emit;
mod glue;
mod json_schemas;
mod paging;
mod progenitor;
mod rename;

use std::collections::BTreeSet;

use crate::diagnostic::Report;
use crate::document::node::At;
use crate::rules::project_id::MARK;
use crate::spec::model::{Payload, Spec};
use crate::spec::names;

/// The code of a client. None if there is an error, which is then in the report.
pub(crate) fn code(spec: &mut Spec, krate: &str, report: &Report) -> Option<String> {
    let tokens = match progenitor::generate(spec, krate, report) {
        Ok(tokens) => tokens,
        Err(message) => return refuse(report, &message),
    };
    let result = rename::rename(tokens, krate, &optional_bodies(spec), &paging::paged_operations(spec, krate))
        .and_then(|tokens| syn::parse2(tokens).map_err(|error| format!("it is not Rust ({error})")));
    let file = match result {
        Ok(file) => file,
        Err(what) => {
            let message = format!(
                "the code of the generator progenitor is not as expected: {what}; this is a mistake of secmaster-client-codegen, report it together with the document"
            );
            return refuse(report, &message);
        }
    };
    if let Err(what) = count::difference(spec, &file) {
        let message = format!(
            "the generated code differs from the document: {what}; this is a mistake of secmaster-client-codegen, report it together with the document"
        );
        report.warn(At::default(), message);
    }
    // The examples of the generator cannot run.
    let client = documented(&prettyplease::unparse(&file).replace("```ignore\n", "```text\n"));
    Some(format!("{client}{}", glue::glue(spec, krate)))
}

fn refuse(report: &Report, message: &str) -> Option<String> {
    report.error(At::default(), message);
    None
}

/// The builders whose body may be left out.
fn optional_bodies(spec: &Spec) -> BTreeSet<String> {
    let optional = spec.operations.iter().filter(|operation| {
        let body = operation.body.as_ref().filter(|body| !body.required);
        body.is_some_and(|body| body.payload != Payload::Empty)
    });
    optional.map(|operation| names::builder(&operation.id)).collect()
}

/// Documentation shows the path as the document has it.
fn documented(code: &str) -> String {
    let mut result = String::with_capacity(code.len());
    for line in code.split_inclusive('\n') {
        if line.contains(MARK) && line.contains("` request to `") {
            result.push_str(&line.replace(MARK, "{project_id}"));
        } else {
            result.push_str(line);
        }
    }
    result
}
