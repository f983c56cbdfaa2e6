//! From a checked document to Rust code: the client, and what joins it to the runtime.

use std::fmt::Write as _;

use serde_json::Value;

use super::check::kind::Kind;
use super::check::tree::Tree;
use super::document::Document;
use super::operation::{Operation, operations};
use super::rename::Send;
use super::{Finding, generator, inspect, names, prepare};

/// What a document was turned into.
#[derive(Debug)]
pub struct Generated {
    /// The client, formatted, and what joins it to the runtime.
    pub code: String,
    /// Names of `cfg`s, and whether the document has what each stands for.
    pub cfgs: Vec<(&'static str, bool)>,
}

/// Generates the code of a document that passed the checks.
pub fn generate(document: &Document) -> Result<Generated, Vec<Finding>> {
    let (file, sends) = generator::run(document, &prepare::prepared(document))?;
    let findings = inspect::inspect(document, &file);
    if !findings.is_empty() {
        return Err(findings);
    }
    // The generator's examples are of no use as tests, and would be listed as ignored ones.
    let client = prettyplease::unparse(&file).replace("```ignore\n", "```text\n");
    let glue = glue(document, &sends)?;
    Ok(Generated { code: format!("{client}\n{glue}"), cfgs: cfgs(&file) })
}

/// What joins the generated client to the runtime, with the table of operations sorted by their methods.
fn glue(document: &Document, sends: &[Send]) -> Result<String, Vec<Finding>> {
    let tree = Tree::new(document);
    let mut rows: Vec<(String, Operation<'_>)> = operations(document)
        .into_iter()
        .map(|operation| (names::function(operation.id().unwrap_or_default()), operation))
        .collect();
    rows.sort_by(|(a, _), (b, _)| a.cmp(b));

    let version = document.value.pointer("/info/version").and_then(Value::as_str).unwrap_or_default();
    let endpoint = endpoint(&document.value);
    let mut text = format!(
        "crate::generated_client! {{\n    contract: 1,\n    version: {version:?},\n    endpoint: {endpoint:?},\n    operations: [\n"
    );
    for (function, operation) in &rows {
        let Some(send) = sends.iter().find(|send| send.function == *function) else {
            return Err(vec![
                document
                    .finding(
                        &operation.pointer,
                        &format!("the generator made no method {function}; choose a plainer operationId"),
                    )
                    .in_operation(&operation.label()),
            ]);
        };
        // Writing to a String cannot fail.
        let _ = writeln!(
            text,
            "        {{\n            id: {:?},\n            function: {function:?},\n            method: {:?},\n            path: {:?},\n            \
             content_type: {:?},\n            streamed: {},\n        }},",
            operation.id().unwrap_or_default(),
            operation.method.to_uppercase(),
            operation.path,
            content_type(&tree, operation),
            send.streamed,
        );
    }
    text.push_str("    ],\n}\n");
    Ok(text)
}

/// The address of the service: the first server, where `{region}` stays and other variables get their default.
fn endpoint(document: &Value) -> Option<String> {
    let server = document.pointer("/servers/0")?;
    let mut url = server.get("url")?.as_str()?.trim_end_matches('/').to_owned();
    for (name, variable) in server.get("variables").and_then(Value::as_object).into_iter().flatten() {
        if name != "region" {
            url = url.replace(&format!("{{{name}}}"), variable.get("default").and_then(Value::as_str)?);
        }
    }
    url.starts_with("http").then_some(url)
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
