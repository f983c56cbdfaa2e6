//! Whether each operation gets a method and a builder of its own.

use std::collections::BTreeMap;

use serde_json::Value;

use super::super::names;
use super::super::operation::Operation;
use super::Found;
use super::kind::Kind;
use super::shape::is_misspelt;
use super::tree::Tree;

/// What the generated client already has under such a name.
const METHODS: [&str; 13] = [
    "api_version",
    "builder",
    "clone",
    "exec",
    "new",
    "new_with_client",
    "post",
    "pre",
    "project_id",
    "session",
    "with_header",
    "with_retry",
    "with_timeout",
];

/// What the generated builders already use under such a name.
const TYPES: [&str; 10] = [
    "ByteStream",
    "ClientHooks",
    "ClientInfo",
    "Error",
    "OperationInfo",
    "Option",
    "RequestBuilderExt",
    "ResponseValue",
    "Result",
    "String",
];

pub fn check(tree: &Tree<'_>, found: &mut Found<'_>) {
    let mut methods: BTreeMap<String, String> = BTreeMap::new();
    let mut builders: BTreeMap<String, String> = BTreeMap::new();
    for operation in &tree.operations {
        let label = operation.label();
        for text in unsupported(operation) {
            found.error(&operation.pointer, Some(&label), &text);
        }
        let Some(id) = operation.id() else {
            let has = |field: &str| operation.value.get(field).is_some_and(|value| value.as_str() != Some(""));
            if has("operationId") || is_misspelt(Kind::Operation, operation.value, "operationId") {
                continue;
            }
            let text =
                "operationId is missing; write operationId: with a name for the method, such as CreatePlaybookAction";
            found.error(&operation.pointer, Some(&label), text);
            continue;
        };
        let pointer = format!("{}/operationId", operation.pointer);
        let (method, builder) = (names::function(id), names::builder(id));
        if METHODS.contains(&method.as_str()) || TYPES.contains(&builder.as_str()) {
            let text = format!(
                "the operationId {id} takes a name that the generated client needs for itself; write another, such as {id}Operation"
            );
            found.error(&pointer, Some(&label), &text);
            continue;
        }
        let line = operation.request_line();
        let as_method = methods.get(&method).map(|other| (other, format!("method {method}")));
        let as_builder = builders.get(&builder).map(|other| (other, format!("builder {builder}")));
        if let Some((other, what)) = as_method.or(as_builder) {
            let text = format!("{line} and {other} would both become the {what}; give one of them another operationId");
            found.error(&pointer, Some(&label), &text);
        }
        methods.entry(method).or_insert_with(|| line.clone());
        builders.entry(builder).or_insert(line);
    }
    servers(tree, found);
}

/// What the generated code of an operation would need, and the client does not have.
fn unsupported(operation: &Operation<'_>) -> Vec<String> {
    let mut texts = Vec::new();
    for key in operation.value.as_object().into_iter().flatten().map(|(key, _)| key) {
        if key.starts_with("x-dropshot-") {
            texts.push(format!(
                "{key} asks for code that needs libraries which the client does not have; take {key} out"
            ));
        }
    }
    texts
}

/// Servers of a path or an operation mean nothing to the client, which has one endpoint.
fn servers(tree: &Tree<'_>, found: &mut Found<'_>) {
    for node in tree.of(Kind::PathItem).chain(tree.of(Kind::Operation)) {
        if node.value.get("servers").and_then(Value::as_array).is_some_and(|list| !list.is_empty()) {
            let label = node.kind.label();
            let text = format!(
                "the servers of this {label} are ignored, since every call goes to the endpoint that the client was built with; take servers: out"
            );
            found.warn_in(node, &text);
        }
    }
}
