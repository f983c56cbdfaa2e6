//! Rules `single_parts` and `all_of`: merges schemas that are composed with `allOf`.

use crate::diagnostic::Report;
use crate::document::node::Node;
use crate::rules::objects::{CHOICE, Objects};
use crate::spec::model::Spec;
use crate::spec::names::is_among;
use crate::spec::walk::{Context, anything};

/// Fields that only document a schema.
const ANNOTATIONS: &str = "title description example deprecated readOnly writeOnly nullable externalDocs xml default";

/// Replaces a schema with a single part by that part.
pub(crate) fn single(schema: &mut Node, context: &Context) {
    // The part may itself have a single part.
    while schema.has("allOf") && collapse(schema, context) {}
}

/// Merges components with several parts into one object.
pub(crate) fn apply(spec: &mut Spec, report: &Report) {
    let schemas = spec.schemas.clone();
    let mut objects = Objects::new(&schemas);
    spec.each_schema(report, &mut |schema, context| {
        if schema.has("allOf") {
            merge(schema, context, &mut objects);
        }
    });
}

/// The parts that describe values.
fn parts(schema: &Node) -> Vec<Node> {
    let is_annotation =
        |part: &&Node| part.entries().is_some_and(|map| map.keys().all(|key| is_among(key, ANNOTATIONS)));
    schema.list("allOf").iter().filter(|part| !is_annotation(part)).cloned().collect()
}

fn is_alone(schema: &Node) -> bool {
    !schema.has("properties") && !schema.has("additionalProperties") && schema.list("required").is_empty()
}

/// Replaces a schema by its only part, and returns whether it has only one.
fn collapse(schema: &mut Node, context: &Context) -> bool {
    if schema.list("allOf").is_empty() {
        let message = "allOf is empty, and is ignored; list schemas in it, or remove allOf";
        context.note(schema.at, "lists of allOf are empty, and are ignored", message);
        schema.remove("allOf");
        return true;
    }
    let mut parts = parts(schema);
    parts.dedup();
    if parts.len() > 1 || !is_alone(schema) {
        return false;
    }
    if schema.list("allOf").iter().any(|part| part.flag("readOnly")) {
        schema.set("readOnly", true);
    }
    let only = parts.pop().unwrap_or_else(|| Node::map(schema.at));
    replace(schema, only);
    true
}

/// Replaces a schema by its only part, which gets the fields that describe the schema.
pub(crate) fn replace(schema: &mut Node, part: Node) {
    let whole = std::mem::replace(schema, part);
    for key in ["description", "deprecated", "readOnly", "default", "nullable"] {
        // A reference cannot be null. A part that is read-only remains so.
        let is_lost = key == "nullable" && schema.has("$ref") || key == "readOnly" && !whole.flag(key);
        if let Some(node) = whole.get(key).filter(|_| !is_lost) {
            schema.put(key, node.clone());
        }
    }
}

fn merge(schema: &mut Node, context: &Context, objects: &mut Objects<'_>) {
    // Naming a schema can leave a single part.
    if collapse(schema, context) {
        return;
    }
    let at = schema.at;
    let kinds: Vec<String> = objects.kinds(schema).into_iter().collect();
    let unsupported = match kinds.as_slice() {
        [kind] if kind != "object" && kind != CHOICE => return first(schema, kind, context),
        _ if kinds.iter().any(|kind| kind == CHOICE) => {
            Some("allOf has a part with oneOf or anyOf; write out each choice with all its properties".to_owned())
        }
        [_, _, ..] => {
            let types = kinds.join(" and ");
            Some(format!("allOf combines {types}, and no value is of both types; write oneOf, or parts of one type"))
        }
        _ => None,
    };
    let object = match unsupported.map_or_else(|| objects.of(schema), Err) {
        Ok(object) => object,
        Err(reason) => {
            context.warn(at, format!("{reason}; any JSON value is accepted here"));
            return anything(schema);
        }
    };
    for (name, types) in &object.conflicts {
        let message = format!(
            "allOf combines two properties {name}, {types}, and any JSON value is accepted; give both one type"
        );
        context.warn(at, message);
    }
    object.replace(schema);
}

/// Replaces parts of one type, which is not that of objects, by the first of them.
fn first(schema: &mut Node, kind: &str, context: &Context) {
    let message = format!("allOf has several parts of type {kind}, of which the first is read; write one schema");
    let summary = "lists of allOf have several parts that are not objects, of which the first is read";
    context.note(schema.at, summary, message);
    *schema = parts(schema).into_iter().next().unwrap_or_default();
}
