//! Parses each object alone, so that what the parser does not take is found where it stands.

use serde_json::{Error, Value, from_value};

use super::super::prepare;
use super::Found;
use super::kind::Kind;
use super::tree::Tree;

pub fn check(tree: &Tree<'_>, found: &mut Found<'_>) {
    let prepared = prepare::prepared(tree.document);
    // Parts come after what they are a part of; the innermost one at fault is the one to name.
    for node in tree.nodes.iter().rev() {
        if node.value.get("$ref").is_some() || found.is_wrong(&node.pointer) {
            continue;
        }
        let value = match node.kind {
            // What is taken out before the generation is not parsed, and may look as it likes.
            Kind::Document | Kind::PathItem | Kind::Operation => prepared.pointer(&node.pointer).unwrap_or(node.value),
            _ => node.value,
        };
        let Err(error) = parse(node.kind, value) else { continue };
        let label = node.kind.label();
        let error = error.to_string();
        let text = match error.strip_prefix("missing field `").and_then(|rest| rest.strip_suffix('`')) {
            Some(field) => format!("this {label} has no {field}; write {field}: with its value"),
            None => format!("this {label} is not as OpenAPI 3.0 wants it ({error}); correct it"),
        };
        found.error_in(node, &text);
    }
}

fn parse(kind: Kind, value: &Value) -> Result<(), Error> {
    let value = value.clone();
    match kind {
        Kind::Document => from_value::<openapiv3::OpenAPI>(value).map(drop),
        Kind::PathItem => from_value::<openapiv3::PathItem>(value).map(drop),
        Kind::Operation => from_value::<openapiv3::Operation>(value).map(drop),
        Kind::Parameter => from_value::<openapiv3::Parameter>(value).map(drop),
        Kind::RequestBody => from_value::<openapiv3::RequestBody>(value).map(drop),
        Kind::Response => from_value::<openapiv3::Response>(value).map(drop),
        Kind::Header => from_value::<openapiv3::Header>(value).map(drop),
        Kind::Link => from_value::<openapiv3::Link>(value).map(drop),
        Kind::Schema => from_value::<openapiv3::Schema>(value).map(drop),
        Kind::SecurityScheme => from_value::<openapiv3::SecurityScheme>(value).map(drop),
        // All that can be wrong with the others, the fields say.
        _ => Ok(()),
    }
}
