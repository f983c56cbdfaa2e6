//! Rule `parameter_schemas`: each parameter has a value that can be sent.

use std::collections::BTreeMap;

use crate::diagnostic::Report;
use crate::document::node::Node;
use crate::rules::parameters::{as_string, report_secret, string};
use crate::spec::model::{Components, Operation, Parameter, Place, resolve};

pub(crate) fn apply(operation: &mut Operation, components: &Components<'_>, report: &Report) {
    for parameter in &mut operation.parameters {
        simplify(components.schemas, parameter, report);
        parameter.schema.remove_all(&["default", "nullable"]);
    }
}

/// Inlines the schema of a parameter.
fn simplify(schemas: &BTreeMap<String, Node>, parameter: &mut Parameter, report: &Report) {
    let mut resolved = resolve(schemas, &parameter.schema).cloned().unwrap_or_default();
    let is_query = parameter.place == Place::Query;
    if is_scalar(&resolved) {
        report_secret(parameter, &resolved, report);
        // A reference to an enum is retained, so that the enum keeps its name.
        if !(parameter.schema.has("$ref") && resolved.has("enum")) {
            parameter.schema = resolved;
        }
        if matches!(parameter.schema.str("format"), Some("binary" | "password")) {
            parameter.schema.remove("format");
        }
    } else if is_query && is_scalar_choice(&resolved) {
        // A reference is retained, as that to an enum.
        if !parameter.schema.has("$ref") {
            parameter.schema = resolved;
        }
    } else if is_query && parameter.is_joined {
        as_string(parameter, "is a comma-separated list (explode: false)", "type: string", report);
    } else if is_query && is_scalar_map(&resolved) {
        parameter.schema = resolved;
    } else if is_query && resolved.str("type") == Some("array") {
        let items = resolved.get("items").and_then(|items| resolve(schemas, items));
        let mut items = items.filter(|items| is_scalar(items)).cloned().unwrap_or_else(|| {
            let message = format!(
                "{parameter} is a list whose elements are not scalars, and is sent as a list of strings; write items: with type: string"
            );
            report.warn(parameter.at, message);
            string(parameter.at)
        });
        items.remove_all(&["default", "nullable", "format"]);
        resolved.put("items", items);
        parameter.schema = resolved;
    } else if is_query {
        as_string(parameter, "is not a single value", "one parameter for each property", report);
    } else {
        as_string(parameter, "is not a single value", "type: string, integer, number or boolean", report);
    }
}

fn is_scalar(schema: &Node) -> bool {
    matches!(schema.str("type"), Some("string" | "integer" | "number" | "boolean"))
}

/// Whether a schema is a mapping whose entries are sent as separate parameters.
fn is_scalar_map(schema: &Node) -> bool {
    !schema.has("properties") && schema.get("additionalProperties").is_some_and(is_scalar)
}

fn is_scalar_choice(schema: &Node) -> bool {
    !schema.list("oneOf").is_empty() && schema.list("oneOf").iter().all(is_scalar)
}
