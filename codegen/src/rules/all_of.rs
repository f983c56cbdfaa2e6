//! Rule `all_of`: schemas that are put together by `allOf` become one.

use crate::diagnostic::Report;
use crate::document::node::Node;
use crate::rules::objects::{Object, Objects, Obstacle};
use crate::spec::model::Spec;
use crate::spec::walk::{Context, anything, is_anything};

/// A schema with one part becomes that part.
pub(crate) fn single(spec: &mut Spec, report: &Report) {
    spec.each_schema(report, &mut |schema, context| {
        // The part may be such a schema again.
        while schema.has("allOf") && collapse(schema, context) {}
    });
}

/// The components with several parts become one object each.
pub(crate) fn apply(spec: &mut Spec, report: &Report) {
    let schemas = spec.schemas.clone();
    let mut objects = Objects::new(&schemas);
    spec.each_schema(report, &mut |schema, context| {
        if schema.has("allOf") {
            merge(schema, context, &mut objects);
        }
    });
}

/// Whether a schema has become its only part.
fn collapse(schema: &mut Node, context: &Context<'_>) -> bool {
    let at = schema.at;
    let mut parts: Vec<Node> = schema.list("allOf").to_vec();
    if parts.is_empty() {
        let message = "allOf is empty, and is ignored; list schemas in it, or remove allOf";
        context.report.note(at, "lists of allOf are empty, and are ignored", message);
        schema.remove("allOf");
        return true;
    }
    parts.retain(|part| !is_annotation(part));
    parts.dedup();
    if parts.len() > 1 || !is_alone(schema) {
        return false;
    }
    let kept = ["description", "nullable"].map(|key| (key, schema.remove(key)));
    *schema = parts.pop().unwrap_or_else(|| Node::map(at));
    for (key, node) in kept {
        if let Some(node) = node.filter(|_| !schema.has("$ref")) {
            schema.put(key, node);
        }
    }
    true
}

fn is_alone(schema: &Node) -> bool {
    !schema.has("properties") && !schema.has("additionalProperties") && schema.list("required").is_empty()
}

fn merge(schema: &mut Node, context: &Context<'_>, objects: &mut Objects<'_>) {
    let at = schema.at;
    let parts: Vec<Node> = schema.list("allOf").iter().filter(|part| !is_annotation(part)).cloned().collect();
    match objects.of(schema) {
        Ok(object) => replace(schema, object, context),
        Err(obstacle) => {
            let message = match obstacle {
                Obstacle::Circle(name) => {
                    format!("the schema {name} takes itself in by allOf; write a property that is a $ref alone")
                }
                Obstacle::Type(kind) => {
                    let same = parts.iter().all(|part| part.str("type") == Some(&kind));
                    if same && is_alone(schema) {
                        let message = format!(
                            "allOf has several parts of type {kind}, of which the first is read; write one schema"
                        );
                        context.report.note(
                            at,
                            "lists of allOf have several parts that are no objects, of which the first is read",
                            message,
                        );
                        *schema = parts.into_iter().next().unwrap_or_default();
                        return;
                    }
                    format!(
                        "allOf puts together object and {kind}, and no value is of both types; write oneOf, or parts of one type"
                    )
                }
                Obstacle::Choice => {
                    "allOf has a part with oneOf or anyOf; write out each choice with all its properties".to_owned()
                }
                Obstacle::Size => {
                    "allOf puts together more schemas than the generator copies; write out the properties".to_owned()
                }
            };
            context.report.warn(at, format!("{message}; any JSON value is accepted here"));
            anything(schema);
        }
    }
}

fn replace(schema: &mut Node, object: Object, context: &Context<'_>) {
    let at = schema.at;
    for (name, one, other) in object.conflicts {
        let message = format!(
            "allOf puts together two properties {name}, of type {one} and of type {other}, and any JSON value is accepted; give both one type"
        );
        context.report.warn(at, message);
    }
    schema.remove("allOf");
    schema.set("type", "object");
    schema.set("properties", object.properties);
    schema.set("required", object.required);
    schema.remove("additionalProperties");
    if let Some(additional) = object.additional {
        schema.put("additionalProperties", additional);
    }
}

/// Whether a part of `allOf` only documents the others.
fn is_annotation(part: &Node) -> bool {
    let mut bare = part.clone();
    bare.remove_all(&[
        "title",
        "example",
        "deprecated",
        "readOnly",
        "writeOnly",
        "nullable",
        "externalDocs",
        "xml",
        "default",
    ]);
    is_anything(&bare)
}
