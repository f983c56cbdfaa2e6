//! Rule `choices`: what `oneOf`, `anyOf` and `not` become.
//!
//! A choice that is sent stays one. Of one that is received, no field may be lost whichever it is: objects become one with the fields
//! of all, and anything else is any JSON value.

use crate::diagnostic::Report;
use crate::document::node::{Data, Node};
use crate::rules::objects::{Object, Objects};
use crate::spec::model::Spec;
use crate::spec::walk::{Context, anything};

pub(crate) fn apply(spec: &mut Spec, report: &Report) {
    let schemas = spec.schemas.clone();
    let mut objects = Objects::new(&schemas);
    spec.each_schema(report, &mut |schema, context| {
        if schema.has("$ref") {
            return;
        }
        for (key, kind, message) in [
            ("not", "schemas have not, which is ignored", "not is ignored; say in the description what is not allowed"),
            (
                "discriminator",
                "discriminators are ignored",
                "discriminator is ignored; to distinguish the schemas, give each of them the property as required with an enum of its one value",
            ),
        ] {
            if schema.remove(key).is_some() {
                context.report.note(schema.at, kind, message);
            }
        }
        if schema.has("oneOf") || schema.has("anyOf") {
            choice(schema, context, &mut objects);
        }
    });
}

fn choice(schema: &mut Node, context: &Context<'_>, objects: &mut Objects<'_>) {
    let at = schema.at;
    let is_both = schema.has("oneOf") && schema.has("anyOf");
    let beside = ["properties", "additionalProperties"].into_iter().find(|key| schema.has(key));
    let mut parts: Vec<Node> = Vec::new();
    for part in schema.list("oneOf").iter().chain(schema.list("anyOf")) {
        if !parts.contains(part) && parts.len() < 64 {
            parts.push(part.clone());
        }
    }
    if let ([only], false, None) = (parts.as_slice(), is_both, beside) {
        *schema = only.clone();
        return;
    }
    if is_both {
        let message = "oneOf and anyOf stand in one schema, and are read as one choice; keep one of the two";
        context.report.note(at, "schemas have both oneOf and anyOf", message);
    }
    if is_string_or_integer(&parts) {
        schema.remove_all(&["anyOf", "oneOf"]);
        schema.set("oneOf", parts);
        return;
    }
    if !context.side.is_received() && !is_both && beside.is_none() && !parts.is_empty() {
        schema.remove_all(&["anyOf", "oneOf", "type", "nullable", "required", "default"]);
        schema.set("oneOf", parts);
        return;
    }
    let mut all = Object::default();
    let mut own = schema.clone();
    own.remove_all(&["oneOf", "anyOf"]);
    let is_merged = std::iter::once(&own)
        .chain(&parts)
        .all(|part| objects.of(part).and_then(|object| objects.add(&mut all, object)).is_ok());
    if is_merged && !all.properties.is_empty() {
        let message = "of a choice between objects, the client has one type with the fields of all, each optional; write the object out";
        context.report.note(at, "choices between objects become one type with the fields of all", message);
        schema.remove_all(&["oneOf", "anyOf", "required", "additionalProperties"]);
        schema.set("type", "object");
        schema.set("properties", all.properties);
        if let Some(additional) = all.additional.filter(|node| node.data != Data::Bool(false)) {
            schema.put("additionalProperties", additional);
        }
    } else {
        let message = "oneOf and anyOf of different types are read as any JSON value; write a schema of one type";
        context.report.note(at, "choices are read as any JSON value", message);
        anything(schema);
    }
}

/// Whether a choice is between strings and whole numbers, for which the runtime has a type.
pub(crate) fn is_string_or_integer(parts: &[Node]) -> bool {
    let is = |part: &Node, kind: &str| part.str("type") == Some(kind) && !part.has("enum");
    matches!(parts, [one, other] if is(one, "string") && is(other, "integer") || is(one, "integer") && is(other, "string"))
}
