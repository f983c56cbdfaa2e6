//! Rule `parameter_schemas`: each parameter is a value that can be sent.

use std::collections::BTreeMap;

use crate::diagnostic::Report;
use crate::document::node::Node;
use crate::rules::parameters::named;
use crate::spec::model::{Parameter, Place, Spec, resolve};

pub(crate) fn apply(spec: &mut Spec, report: &Report) {
    let Spec { operations, schemas, .. } = spec;
    for operation in operations {
        let report = &report.on(&operation.label);
        for parameter in &mut operation.parameters {
            if let Some(message) = simplify(schemas, parameter) {
                report.warn(parameter.at, message);
            }
            parameter.schema.remove_all(&["default", "nullable"]);
        }
    }
}

/// Writes the schema of a parameter in place. It says what is wrong with one that has to become a string.
fn simplify(schemas: &BTreeMap<String, Node>, parameter: &mut Parameter) -> Option<String> {
    let named = named(parameter);
    let resolved = resolve(schemas, &parameter.schema).cloned().unwrap_or_default();
    let kind = resolved.str("type").unwrap_or_default();
    if is_scalar(&resolved) {
        // A reference to an enum keeps the enum's own name.
        if !(parameter.schema.has("$ref") && resolved.has("enum")) {
            parameter.schema = resolved;
        }
        let format = parameter.schema.str("format").unwrap_or_default().to_owned();
        if matches!(format.as_str(), "binary" | "password") {
            parameter.schema.remove("format");
        }
        let message = || {
            format!("{named} is a secret, which the URL or the builder's Debug output shows; remove format: password")
        };
        return (format == "password").then(message);
    }
    if parameter.place == Place::Query && (is_scalar_map(&resolved) || is_scalar_choice(&resolved)) {
        parameter.schema = resolved;
        return None;
    }
    let items = resolved.get("items").and_then(|items| resolve(schemas, items)).cloned();
    let message = if parameter.place != Place::Query {
        format!(
            "{named} is not a single value, and is sent as the string that is set; write type: string, integer, number or boolean"
        )
    } else if kind == "array" {
        let mut items = items.unwrap_or_default();
        let message = (!is_scalar(&items)).then(|| {
            string(&mut items);
            format!("{named} is a list of more than single values, and is sent as a list of strings; write items: with type: string")
        });
        items.remove_all(&["default", "nullable", "format"]);
        let mut schema = resolved;
        schema.put("items", items);
        parameter.schema = schema;
        return message;
    } else {
        format!(
            "{named} is not a single value, and is sent as the string that is set; write one parameter for each property"
        )
    };
    string(&mut parameter.schema);
    Some(message)
}

fn is_scalar(schema: &Node) -> bool {
    schema.str("type").is_some_and(|kind| matches!(kind, "string" | "integer" | "number" | "boolean"))
}

/// Whether a schema is a mapping of which each entry is sent as a parameter.
fn is_scalar_map(schema: &Node) -> bool {
    !schema.has("properties") && schema.get("additionalProperties").is_some_and(is_scalar)
}

fn is_scalar_choice(schema: &Node) -> bool {
    !schema.list("oneOf").is_empty() && schema.list("oneOf").iter().all(is_scalar)
}

fn string(schema: &mut Node) {
    *schema = Node::map(schema.at);
    schema.set("type", "string");
}
