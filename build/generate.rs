//! From a checked document to Rust code: the client, and the table of its operations.

use std::fmt::Write as _;

use super::check::kind::Kind;
use super::check::tree::Tree;
use super::document::Document;
use super::operation::{Operation, operations};
use super::{Finding, generator, inspect, names, prepare};

/// What a document was turned into.
#[derive(Debug)]
pub struct Generated {
    /// The client, as progenitor makes it, formatted, and the table of its operations.
    pub code: String,
    /// Names of `cfg`s, and whether the document has what each stands for.
    pub cfgs: Vec<(&'static str, bool)>,
}

/// Generates the code of a document that passed the checks.
pub fn generate(document: &Document) -> Result<Generated, Vec<Finding>> {
    let file = generator::run(document, &prepare::prepared(document))?;
    let findings = inspect::inspect(document, &file);
    if !findings.is_empty() {
        return Err(findings);
    }
    // The generator's examples are of no use as tests, and would be listed as such that are passed over.
    let client = prettyplease::unparse(&file).replace("```ignore\n", "```text\n");
    let table = table(document, &client)?;
    Ok(Generated { code: format!("{client}\n{table}"), cfgs: cfgs(&file) })
}

/// The table of operations, sorted by the generated method's name so that it can be searched.
fn table(document: &Document, client: &str) -> Result<String, Vec<Finding>> {
    let tree = Tree::new(document);
    let mut rows: Vec<(String, Operation<'_>)> = operations(document)
        .into_iter()
        .map(|operation| (names::function(operation.id().unwrap_or_default()), operation))
        .collect();
    rows.sort_by(|(a, _), (b, _)| a.cmp(b));

    let mut text = String::from(
        "/// Every operation of the document, sorted by the name of its generated method.\npub static OPERATIONS: &[crate::Operation] = &[\n",
    );
    for (function, operation) in &rows {
        if !client.contains(&format!("operation_id: {function:?}")) {
            return Err(vec![
                document
                    .finding(
                        &operation.pointer,
                        &format!("the generator made no method {function}; choose a plainer operationId"),
                    )
                    .in_operation(&operation.label()),
            ]);
        }
        let id = operation.id().unwrap_or_default();
        // Writing to a String can not fail.
        let _ = writeln!(
            text,
            "    crate::Operation {{\n        id: {id:?},\n        function: {function:?},\n        method: {:?},\n        path: {:?},\n        content_type: {:?},\n        span: || tracing::info_span!({id:?}, status = tracing::field::Empty, request_id = tracing::field::Empty, duration_ms = tracing::field::Empty),\n    }},",
            operation.method.to_uppercase(),
            operation.path,
            content_type(&tree, operation),
        );
    }
    text.push_str("];\n");
    Ok(text)
}

/// The media type of an operation's body, as the document writes it.
fn content_type<'a>(tree: &Tree<'a>, operation: &Operation<'a>) -> Option<&'a str> {
    let body = tree.place(&operation.pointer)?.child("requestBody")?;
    let body = tree.follow(body, Kind::RequestBody)?;
    body.value.get("content")?.as_object()?.keys().next().map(String::as_str)
}

/// What the hand-written code about one schema needs to be there.
fn cfgs(file: &syn::File) -> Vec<(&'static str, bool)> {
    let fields =
        [("name", true), ("description", true), ("action_type", false), ("action_id", false), ("sort_order", true)];
    vec![("has_create_action", inspect::has_texts(file, "CreateAction", &fields))]
}
