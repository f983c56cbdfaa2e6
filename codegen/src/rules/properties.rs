//! Rule `properties`: each property gets a separate field, and required names are properties.

use std::collections::{BTreeMap, BTreeSet};

use crate::document::node::{Data, Map, Node};
use crate::spec::names;
use crate::spec::walk::{Context, Side, anything};

pub(crate) fn apply(schema: &mut Node, context: &Context) {
    if !matches!(schema.str("type"), None | Some("object")) {
        return;
    }
    additional(schema, context);
    fields(schema, context);
    required(schema, context);
    if schema.has("type") && !schema.has("properties") && !schema.has("additionalProperties") {
        anything(schema);
    }
}

/// The additional properties that are allowed. `false` only matters to a service.
fn additional(schema: &mut Node, context: &Context) {
    let Some(additional) = schema.get("additionalProperties") else { return };
    match additional.data {
        Data::Bool(true) => schema.set("additionalProperties", Map::new()),
        Data::Map(_) => {}
        _ => {
            if context.side.is_received() {
                let message = "additionalProperties: false is ignored in a response, since services add fields; remove additionalProperties";
                context.note(additional.at, "responses exclude other fields, which are ignored", message);
            }
            schema.remove("additionalProperties");
            if !schema.has("properties") {
                schema.set("properties", Map::new());
            }
        }
    }
    if schema.has("additionalProperties") && schema.each("properties").next().is_none() {
        schema.remove("properties");
    }
}

/// If two properties map to one field, the second is treated as an additional property.
fn fields(schema: &mut Node, context: &Context) {
    let at = schema.at;
    let mut seen: BTreeMap<String, String> = BTreeMap::new();
    let mut is_lost = false;
    if let Some(properties) = schema.get_mut("properties").and_then(Node::entries_mut) {
        properties.retain(|name, property| {
            let field = names::field(name);
            let Some(other) = seen.get(&field) else { return seen.insert(field, name.clone()).is_none() };
            let message = format!(
                "the properties {other} and {name} would both become the field {field}, and {name} is in the field extra; keep one of the two"
            );
            context.warn(property.at, message);
            is_lost = true;
            false
        });
    }
    if is_lost && !schema.has("additionalProperties") {
        schema.put("additionalProperties", Node::map(at));
    }
    if let Some(name) = seen.get("extra").filter(|_| schema.has("additionalProperties")) {
        let message = format!(
            "the property {name} would become the field extra, which is for the additionalProperties; these are not read, remove one of the two"
        );
        context.warn(at, message);
        schema.remove("additionalProperties");
    }
}

/// Required properties exist, and the caller can set them.
fn required(schema: &mut Node, context: &Context) {
    let Some(Node { at, data: Data::List(mut names) }) = schema.remove("required") else { return };
    let mut seen = BTreeSet::new();
    names.retain(|node| {
        let name = node.as_str().unwrap_or_default();
        let Some(property) = schema.get("properties").and_then(|properties| properties.get(name)) else {
            let message = format!(
                "required lists {name}, which is not a property; add {name} to properties, or remove it from required"
            );
            context.note(node.at, "names in required are not properties", message);
            return false;
        };
        let is_received_alone = property.flag("readOnly") && context.side == Side::Request;
        if is_received_alone {
            let message =
                format!("the property {name} is readOnly, and is not required in requests; remove it from required");
            let summary = "required properties are readOnly, and optional in requests";
            context.note(property.at, summary, message);
        }
        !is_received_alone && seen.insert(name.to_owned())
    });
    if !names.is_empty() {
        schema.put("required", Node::new(at, names));
    }
}
