//! Rule `shape`: each object has the fields of OpenAPI 3.0, with values of the right type.
//!
//! A value of another type is converted if the intent is clear, or else removed. Later rules rely on the types.

use crate::diagnostic::Report;
use crate::document::node::{At, Data, Map, Node};
use crate::document::suggest::closest;
use crate::rules::shape_values;
use crate::spec::grammar::{self, Field};
use crate::spec::model::Spec;
use crate::spec::walk::properties_mut;

/// Marks an operation with invalid parameters, so that missing path parameters are not reported as well. A document
/// cannot set it, since unknown fields are removed.
pub(crate) const INVALID_PARAMETERS: &str = "invalid parameters";

pub(crate) fn apply(spec: &mut Spec, report: &Report) {
    let raw = &mut spec.raw;
    if raw.entries().is_none() {
        report.error(raw.at, "the file is not a mapping; write an OpenAPI document");
    } else {
        object(raw, "document", report);
    }
}

/// Corrects an object. Returns false if it is not an object and must be removed.
fn object(node: &mut Node, kind: &str, report: &Report) -> bool {
    let at = node.at;
    if node.entries().is_none() {
        let message = format!("this {} is {}; write a mapping", grammar::label(kind), node.describe());
        if kind != "schema" {
            report.warn(at, message);
            return false;
        }
        report.note(at, "schemas are not mappings and are read as any JSON value", message);
        *node = Node::map(at);
    }
    if node.has("$ref") && (grammar::section(kind).is_some() || kind == "path") {
        nullable_reference(node, report);
        return true;
    }
    if kind == "schema" {
        required_in_properties(node, report);
        if node.list("type").iter().any(|word| word.as_str() == Some("null")) {
            node.set("nullable", true);
        }
    }
    missing(node, kind, report);
    let fields = grammar::fields(kind);
    node.entries_mut().into_iter().for_each(|map| {
        map.retain(|key, value| match fields.iter().find(|field| field.name == key || field.name == "*") {
            _ if key.starts_with("x-") => true,
            Some(Field { name: "*", shape, .. }) => inside(shape, key, value, report),
            Some(field) => shape_values::correct(kind, field, value, report) && inside(field.shape, key, value, report),
            None => {
                unknown(kind, key, value.at, report);
                // Swagger 2 parameters are converted later.
                kind == "parameter"
            }
        });
    });
    true
}

/// Corrects the objects of a field.
fn inside(shape: &str, key: &str, value: &mut Node, report: &Report) -> bool {
    let kind = shape.trim_matches(['[', ']', '{', '}']);
    match &mut value.data {
        Data::Map(map) if shape.starts_with('{') => map.retain(|_, value| object(value, kind, report)),
        Data::List(items) if shape.starts_with('[') => items.retain_mut(|value| object(value, kind, report)),
        Data::Map(_) if shape == "flag_or_schema" => return object(value, "schema", report),
        _ if shape == "path" => return path_item(key, value, report),
        _ if !grammar::fields(shape).is_empty() => return object(value, shape, report),
        _ => {}
    }
    true
}

/// Corrects a path, and names its operations in diagnostics.
fn path_item(path: &str, item: &mut Node, report: &Report) -> bool {
    let mut operations = Map::new();
    for method in methods() {
        let spelled = item.entries().into_iter().flatten().map(|(key, _)| key);
        let spelled = spelled.filter(|key| key.eq_ignore_ascii_case(method)).max().cloned();
        let Some((spelled, mut node)) = spelled.and_then(|key| item.entries_mut()?.remove_entry(&key)) else {
            continue;
        };
        if spelled != method {
            report.warn(node.at, format!("the method {spelled} is not in lower case; write {method}"));
        }
        let is_lost = node.get("parameters").is_some_and(|parameters| !matches!(parameters.data, Data::List(_)));
        let report = report.on(&label(method, path, &node));
        if object(&mut node, "operation", &report) {
            if is_lost {
                node.set(INVALID_PARAMETERS, true);
            }
            operations.insert(method.to_owned(), node);
        }
    }
    let is_mapping = object(item, "path", report);
    item.entries_mut().into_iter().for_each(|map| map.append(&mut operations));
    is_mapping
}

/// The name of an operation in diagnostics: its id, or its method and path.
pub(crate) fn label(method: &str, path: &str, operation: &Node) -> String {
    let id = operation.str("operationId").filter(|id| !id.trim().is_empty());
    id.map_or_else(|| format!("{} {path}", method.to_uppercase()), str::to_owned)
}

/// The HTTP methods of a path.
pub(crate) fn methods() -> [&'static str; 8] {
    ["get", "put", "post", "delete", "options", "head", "patch", "trace"]
}

/// Removes the other fields of a reference, except those that describe it.
fn nullable_reference(node: &mut Node, report: &Report) {
    if node.has("nullable") {
        let message =
            "nullable next to $ref is ignored; write nullable next to allOf: with the reference as its only entry";
        report.note(node.at, "references have nullable next to them, which is ignored", message);
    }
    node.entries_mut()
        .into_iter()
        .for_each(|map| map.retain(|key, _| key == "$ref" || matches!(key.as_str(), "description" | "deprecated")));
}

/// Moves `required: true` from a property to its owner.
fn required_in_properties(node: &mut Node, report: &Report) {
    let mut names = Vec::new();
    for (name, property) in properties_mut(node) {
        let Some(Data::Bool(required)) = property.get("required").map(|node| node.data.clone()) else { continue };
        let message = format!(
            "required is {required}, but in a schema it is a list of names; write it next to properties:, with the names of the required ones"
        );
        report.note(property.at, "properties have required: true or false inside them", message);
        if required {
            names.push(Node::new(property.at, name.as_str()));
        }
        property.remove("required");
    }
    match node.list_mut("required") {
        Some(list) => list.append(&mut names),
        None if names.is_empty() => {}
        None => node.set("required", names),
    }
}

/// Reports missing required fields, unless they are misspelled.
fn missing(node: &Node, kind: &str, report: &Report) {
    let fields = grammar::fields(kind);
    let closest_to = |key: &str| closest(key, fields.iter().map(|field| field.name));
    let is_unknown = |key: &str| !key.starts_with("x-") && fields.iter().all(|field| field.name != key);
    let keys: Vec<&str> = node.entries().into_iter().flatten().map(|(key, _)| key.as_str()).collect();
    for field in fields.iter().filter(|field| field.required && !node.has(field.name)) {
        let name = field.name;
        let is_misspelled = || keys.iter().any(|key| is_unknown(key) && closest_to(key) == Some(name));
        if field.instead.iter().any(|other| node.has(other)) || is_misspelled() {
            continue;
        }
        let message =
            format!("this {} has no {name}; write {name}: with {}", grammar::label(kind), shape_values::content(field));
        match (kind, name) {
            ("document", "paths") => report.error(node.at, message),
            // The rules for versions and parameters report these.
            ("document", "openapi") | ("parameter", _) => {}
            (_, "info" | "version" | "responses") => report.warn(node.at, message),
            _ => report.note(node.at, "objects lack a field that OpenAPI requires", message),
        }
    }
}

fn unknown(kind: &str, key: &str, at: At, report: &Report) {
    let label = grammar::label(kind);
    if matches!(kind, "parameter" | "header")
        && matches!(key, "type" | "format" | "enum" | "items" | "default" | "pattern")
    {
        let summary = match kind {
            "parameter" => "fields of parameters are read as if they were inside schema:",
            _ => "fields of headers are written as in Swagger 2 and are ignored",
        };
        let message = format!("this {label} has the field {key} of Swagger 2; write it inside schema:");
        return report.note(at, summary, message);
    }
    let suggestion = closest(key, grammar::fields(kind).iter().map(|field| field.name));
    let advice = match (kind, key, suggestion) {
        ("schema", "const", _) => "write enum: with the single value".to_owned(),
        ("schema", "examples", _) => "write example: with one value".to_owned(),
        (_, _, Some(name)) => format!("did you mean {name}?"),
        _ => "remove it, or begin its name with x-".to_owned(),
    };
    let message = format!("this {label} has an unknown field {key}, which is ignored; {advice}");
    if suggestion.is_some() && kind != "header" {
        report.warn(at, message);
    } else {
        report.note(at, "unknown fields are ignored", message);
    }
}
