//! Rule `properties`: each property gets its own field, and what is required is a property.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::Report;
use crate::document::node::{Data, Node};
use crate::spec::model::Spec;
use crate::spec::names;
use crate::spec::walk::{Context, Side, anything};

pub(crate) fn apply(spec: &mut Spec, report: &Report) {
    spec.each_schema(report, &mut |schema, context| {
        if schema.has("$ref") || !matches!(schema.str("type"), None | Some("object")) {
            return;
        }
        additional(schema, context);
        fields(schema, context);
        required(schema, context);
        let is_bare =
            schema.str("type") == Some("object") && !schema.has("properties") && !schema.has("additionalProperties");
        if is_bare {
            anything(schema);
        }
    });
}

/// What may stand beside the properties. `false` only matters to a service.
fn additional(schema: &mut Node, context: &Context<'_>) {
    let Some(additional) = schema.get("additionalProperties") else { return };
    match additional.data {
        Data::Bool(true) => {
            let any = Node::map(additional.at);
            schema.put("additionalProperties", any);
        }
        Data::Map(_) => {}
        _ => {
            if context.side.is_received() {
                let message = "additionalProperties: false is ignored in a response, since services add fields; remove additionalProperties";
                context.report.note(additional.at, "responses exclude other fields, which are ignored", message);
            }
            schema.remove("additionalProperties");
            if !schema.has("properties") {
                schema.set("properties", BTreeMap::new());
            }
        }
    }
    if schema.get("properties").and_then(Node::entries).is_some_and(BTreeMap::is_empty)
        && schema.has("additionalProperties")
    {
        schema.remove("properties");
    }
}

/// Of two properties with one field, the second is left to the additional properties.
fn fields(schema: &mut Node, context: &Context<'_>) {
    let mut seen: BTreeMap<String, String> = BTreeMap::new();
    let mut lost = Vec::new();
    for (name, property) in schema.each("properties") {
        let field = names::field(name);
        if let Some(other) = seen.get(&field) {
            let message = format!(
                "the properties {other} and {name} would both become the field {field}, and {name} is in the field extra; keep one of the two"
            );
            lost.push((name.clone(), property.at, message));
        } else {
            seen.insert(field, name.clone());
        }
    }
    for (name, at, message) in &lost {
        context.report.warn(*at, message.as_str());
        schema.get_mut("properties").map(|properties| properties.remove(name));
    }
    if !lost.is_empty() && !schema.has("additionalProperties") {
        let any = Node::map(schema.at);
        schema.put("additionalProperties", any);
    }
    if schema.has("additionalProperties")
        && let Some(name) = seen.get("extra")
    {
        let at = schema.at;
        let message = format!(
            "the property {name} would become the field extra, which is for the additionalProperties; these are not read, remove one of the two"
        );
        context.report.warn(at, message);
        schema.remove("additionalProperties");
    }
}

/// What is required exists, and can be set by the caller.
fn required(schema: &mut Node, context: &Context<'_>) {
    let Some(required) = schema.remove("required") else { return };
    let Data::List(names) = required.data else { return };
    let mut kept = BTreeSet::new();
    let mut items = Vec::new();
    for node in names {
        let Some(name) = node.as_str().map(str::to_owned) else { continue };
        let property = schema.get("properties").and_then(|properties| properties.get(&name));
        let Some(property) = property else {
            let message = format!(
                "required names {name}, which is not among the properties; add {name} to properties, or remove it from required"
            );
            context.report.note(node.at, "names in required are no properties", message);
            continue;
        };
        if property.flag("readOnly") && context.side == Side::Request {
            let message =
                format!("the property {name} is readOnly, and is not required in requests; remove it from required");
            context.report.note(property.at, "required properties are readOnly, and optional in requests", message);
        } else if kept.insert(name) {
            items.push(node);
        }
    }
    if !items.is_empty() {
        schema.put("required", Node::new(required.at, items));
    }
}
