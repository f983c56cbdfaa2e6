//! Rule `choices`: converts `oneOf`, `anyOf` and `not`.
//!
//! A choice in a request remains a choice. In a response no field of any alternative may be lost: objects are merged
//! into one with all fields, and anything else becomes any JSON value.

use crate::diagnostic::Report;
use crate::document::node::{Data, Node};
use crate::rules::all_of;
use crate::rules::objects::{Meaning, Object, Objects};
use crate::spec::model::Spec;
use crate::spec::walk::{Context, anything};

/// The maximum number of alternatives. A choice between more is any JSON value.
const MOST: usize = 64;

pub(crate) fn apply(spec: &mut Spec, report: &Report) {
    let schemas = spec.schemas.clone();
    let mut objects = Objects::new(&schemas);
    spec.each_schema(report, &mut |schema, context| {
        if schema.remove("not").is_some() {
            let message = "the keyword not is ignored; document the disallowed values in the description";
            context.note(schema.at, "schemas use the keyword not, which is ignored", message);
        }
        if schema.remove("discriminator").is_some() {
            let message = "discriminator is ignored; to distinguish the schemas, make the property required in each of them, with an enum of its single value";
            context.note(schema.at, "discriminators are ignored", message);
        }
        if schema.has("oneOf") || schema.has("anyOf") {
            choice(schema, context, &mut objects);
        }
    });
}

fn choice(schema: &mut Node, context: &Context, objects: &mut Objects<'_>) {
    let at = schema.at;
    let is_both = schema.has("oneOf") && schema.has("anyOf");
    let is_alone = !is_both && !schema.has("properties") && !schema.has("additionalProperties");
    let mut parts: Vec<Node> = Vec::new();
    for part in schema.list("oneOf").iter().chain(schema.list("anyOf")) {
        if parts.len() <= MOST && !parts.contains(part) {
            parts.push(part.clone());
        }
    }
    if parts.len() > MOST {
        let message =
            format!("a choice has more than {MOST} alternatives, and any JSON value is accepted here; write fewer");
        context.warn(at, message);
        return anything(schema);
    }
    if is_both {
        let message = "the schema has both oneOf and anyOf, which are read as one choice; keep one of the two";
        context.note(at, "schemas have both oneOf and anyOf", message);
    }
    schema.remove_all(&["anyOf", "oneOf"]);
    let stays = is_alone && !context.side.is_received() && !parts.is_empty();
    match parts.as_slice() {
        [only] if is_alone => all_of::replace(schema, only.clone()),
        _ if is_string_or_integer(&parts) => schema.set("oneOf", parts),
        _ if stays => {
            schema.remove_all(&["type", "nullable", "required", "default"]);
            schema.set("oneOf", parts);
        }
        _ => merge(schema, &parts, context, objects),
    }
}

/// Merges all alternatives into one object, or else returns any JSON value.
fn merge(schema: &mut Node, parts: &[Node], context: &Context, objects: &mut Objects<'_>) {
    let mut all = Object::default();
    let own = schema.clone();
    let mut each = std::iter::once(&own).chain(parts);
    let is_merged = each.all(|part| {
        let object = objects.of(part);
        object.and_then(|object| objects.merge(&mut all, object, Meaning::Any)).is_ok()
    });
    if !is_merged || all.properties.is_empty() {
        let message = "oneOf and anyOf of different types are read as any JSON value; write a schema of one type";
        context.note(schema.at, "choices are read as any JSON value", message);
        return anything(schema);
    }
    let message =
        "oneOf and anyOf of objects become one struct with all fields, each optional; define one object instead";
    context.note(schema.at, "choices between objects become one struct with all fields", message);
    for (name, difference) in &all.conflicts {
        let message = format!(
            "the choices have two properties {name}, {difference}, and any JSON value is accepted; give both one type"
        );
        context.warn(schema.at, message);
    }
    all.required.clear();
    all.additional = all.additional.filter(|node| node.data != Data::Bool(false));
    all.replace(schema);
}

/// Whether the choice is between strings and integers, for which the runtime has a type.
pub(crate) fn is_string_or_integer(parts: &[Node]) -> bool {
    let is = |part: &Node, kind: &str| part.str("type") == Some(kind) && !part.has("enum");
    matches!(parts, [one, other] if is(one, "string") && is(other, "integer") || is(one, "integer") && is(other, "string"))
}
