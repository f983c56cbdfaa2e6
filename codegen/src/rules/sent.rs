//! Rule `sent`: a request contains only what the caller set, and the defaults of required fields.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::Report;
use crate::document::node::Node;
use crate::rules::defaults::fitting;
use crate::spec::model::{Components, Operation, Payload, Spec, resolve};
use crate::spec::walk::{Context, Side, append, parts_mut, properties_mut};

pub(crate) fn apply(spec: &mut Spec, report: &Report) {
    let schemas = spec.schemas.clone();
    spec.each_schema(report, &mut |schema, context| {
        if !context.side.is_received() && !schema.has("$ref") {
            request(schema, context, &schemas);
        }
    });
}

fn request(schema: &mut Node, context: &Context, schemas: &BTreeMap<String, Node>) {
    if context.side == Side::Parameter || context.root {
        schema.remove("default");
    }
    if context.is_component {
        schema.remove("nullable");
    }
    properties(schema, schemas);
    for part in parts_mut(schema) {
        // Properties were processed before.
        if !part.has("x-default") {
            part.remove("default");
        }
    }
}

/// Callers can omit optional properties, and required ones with a default.
fn properties(schema: &mut Node, schemas: &BTreeMap<String, Node>) {
    let names = schema.list("required").iter().filter_map(|node| node.as_str().map(str::to_owned));
    let mut required: BTreeSet<String> = names.collect();
    for (name, property) in properties_mut(schema) {
        let default = property.remove("default");
        let is_required = required.contains(name);
        if let Some(default) = default {
            let shown = default.as_str().map_or_else(|| default.to_json().to_string(), str::to_owned);
            let shown = if shown.is_empty() { "\"\"".to_owned() } else { shown.replace('`', "'") };
            append(property, &format!("Default: `{shown}`."));
            let resolved = resolve(schemas, property).filter(|_| is_required);
            if let Some(value) = resolved.and_then(|schema| fitting(schema, &default)) {
                property.set("default", value);
                property.set("x-default", true);
                property.remove("nullable");
                required.remove(name);
                continue;
            }
        }
        // Distinguishes an empty list that was set from one that was not.
        if !is_required && matches!(property.str("type"), Some("array" | "object")) {
            property.set("nullable", true);
        }
    }
    if let Some(list) = schema.list_mut("required") {
        list.retain(|node| node.as_str().is_some_and(|name| required.contains(name)));
    }
}

/// A form with values that are not scalars is sent as bytes.
pub(crate) fn forms(operation: &mut Operation, components: &Components<'_>, report: &Report) {
    let Some(body) = &mut operation.body else { return };
    let Payload::Form(schema) = &body.payload else { return };
    if let Some(message) = unsupported_reason(components.schemas, schema) {
        report.warn(body.at, message);
        body.payload = Payload::Bytes;
    }
}

/// Why a form cannot be sent: only scalar values are supported.
fn unsupported_reason(schemas: &BTreeMap<String, Node>, form: &Node) -> Option<String> {
    let is_single = |property: &Node| {
        let kind = resolve(schemas, property).and_then(|schema| schema.str("type"));
        kind.is_some_and(|kind| !matches!(kind, "object" | "array"))
    };
    let Some(form) = resolve(schemas, form).filter(|form| form.has("properties")) else {
        let message = "the form has no properties, and its body is sent as raw bytes, which the caller encodes; write a schema with properties";
        return Some(message.to_owned());
    };
    let (name, _) = form.each("properties").find(|(_, property)| !is_single(property))?;
    Some(format!(
        "the property {name} of the form is not a single value, and the body is sent as raw bytes, which the caller encodes; write one property for each value"
    ))
}
