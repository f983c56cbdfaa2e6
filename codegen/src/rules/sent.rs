//! Rule `sent`: a request has what the caller set, and nothing else but the defaults of required fields.

use crate::diagnostic::Report;
use crate::document::node::{Data, Node};
use crate::rules::limits::append;
use crate::spec::model::{Payload, Spec};
use crate::spec::walk::Side;

pub(crate) fn apply(spec: &mut Spec, report: &Report) {
    spec.each_schema(report, &mut |schema, context| {
        if schema.has("$ref") || context.side.is_received() {
            return;
        }
        if context.side == Side::Parameter || context.root {
            schema.remove("default");
        }
        if context.root && context.component.is_some() {
            schema.remove("nullable");
        }
        properties(schema);
        for part in crate::spec::walk::parts_mut(schema) {
            // Those of properties are settled by now.
            if !part.has("x-default") {
                part.remove("default");
            }
        }
    });
    forms(spec, report);
}

/// Each property that is not required can be left out, and so can a required one with a default.
fn properties(schema: &mut Node) {
    let required: Vec<String> =
        schema.list("required").iter().filter_map(|node| node.as_str().map(str::to_owned)).collect();
    let mut defaulted = Vec::new();
    let Some(properties) = schema.get_mut("properties").and_then(Node::entries_mut) else { return };
    for (name, property) in properties {
        let default = property.remove("default");
        let is_required = required.contains(name);
        if let Some(default) = default {
            append(property, &format!("Default: `{}`.", shown(&default)).replace("``", "`\"\"`"));
            if is_required && let Some(value) = fitting(property, &default) {
                property.set("default", value);
                property.set("x-default", true);
                property.remove("nullable");
                defaulted.push(name.clone());
                continue;
            }
        }
        // So that an empty list that was set differs from one that was not.
        let is_collection = property.str("type") == Some("array") || property.str("type") == Some("object");
        if !is_required && is_collection {
            property.set("nullable", true);
        }
    }
    if let Some(list) = schema.list_mut("required") {
        list.retain(|node| node.as_str().is_none_or(|name| !defaulted.iter().any(|other| other == name)));
    }
}

fn shown(default: &Node) -> String {
    default.as_str().map_or_else(|| default.to_json().to_string(), str::to_owned).replace('`', "'")
}

/// The default as a value of its schema.
pub(crate) fn fitting(schema: &Node, default: &Node) -> Option<Data> {
    let text = match &default.data {
        Data::String(text) => text.clone(),
        Data::Bool(_) | Data::Number(_) => default.to_json().to_string(),
        _ => return None,
    };
    match schema.str("type")? {
        "string" => {
            let values = schema.list("enum");
            let fits = values.is_empty() || values.iter().any(|value| value.as_str() == Some(&text));
            (fits && schema.str("format").is_none()).then_some(Data::String(text))
        }
        "boolean" => text.parse().ok().map(Data::Bool),
        "integer" => {
            let number: i64 = text.parse().ok()?;
            let fits = match schema.str("format") {
                Some("int32") => i32::try_from(number).is_ok(),
                Some("uint32") => u32::try_from(number).is_ok(),
                Some("uint64") => u64::try_from(number).is_ok(),
                _ => true,
            };
            fits.then(|| Data::Number(number.into()))
        }
        "number" => serde_json::Number::from_f64(text.parse().ok()?).map(Data::Number),
        _ => None,
    }
}

/// A form has single values only.
fn forms(spec: &mut Spec, report: &Report) {
    let schemas = &spec.schemas;
    for operation in &mut spec.operations {
        let report = &report.on(&operation.label);
        let Some(body) = &mut operation.body else { continue };
        let Payload::Form(schema) = &body.payload else { continue };
        let resolved = crate::spec::model::resolve(schemas, schema);
        let nested = resolved.and_then(|schema| {
            let is_nested = |property: &Node| {
                let resolved = crate::spec::model::resolve(schemas, property);
                !resolved.and_then(|schema| schema.str("type")).is_some_and(|kind| !matches!(kind, "object" | "array"))
            };
            schema.each("properties").find(|(_, property)| is_nested(property)).map(|(name, _)| name.clone())
        });
        let message = match (resolved.is_some_and(|schema| schema.has("properties")), nested) {
            (true, None) => continue,
            (true, Some(name)) => format!(
                "the property {name} of the form is not a single value, and the body is sent as the bytes that the caller encodes; write one property for each value"
            ),
            (false, _) => "the form has no properties, and its body is sent as the bytes that the caller encodes; write a schema with properties".to_owned(),
        };
        report.warn(body.at, message);
        body.payload = Payload::Bytes;
    }
}
