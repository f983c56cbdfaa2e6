//! Rule `shape`: each object has the fields that OpenAPI 3.0 defines, with values of the right type.
//!
//! A value of another type is read as what it means, or removed. So later rules rely on the types.

use super::shape_values::{content, content_of};
use crate::diagnostic::Report;
use crate::document::near::near;
use crate::document::node::{Data, Map, Node};
use crate::spec::kind::Kind;
use crate::spec::kind::{Field, Shape};
use crate::spec::model::Spec;

/// Marks an operation of which some parameters are not known, so that those of its path are not missed.
pub(crate) const LOST: &str = "x-parameters-lost";

const METHODS: [&str; 8] = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

pub(crate) fn apply(spec: &mut Spec, report: &Report) {
    let mut raw = std::mem::take(&mut spec.raw);
    if raw.entries().is_none() {
        report.error(raw.at, "this document is not a mapping; write an OpenAPI document");
    } else {
        object(&mut raw, Kind::Document, report);
    }
    spec.raw = raw;
}

/// Mends an object. False if it is none, so that it has to be removed.
fn object(node: &mut Node, kind: Kind, report: &Report) -> bool {
    let at = node.at;
    let label = kind.label();
    if node.entries().is_none() {
        let message = format!("this {label} is {}; write a mapping", node.describe());
        match kind {
            // What follows says what becomes of it.
            Kind::Schema => {
                report.note(at, "schemas are not mappings and are read as any JSON value", message);
            }
            _ => report.warn(at, message),
        }
        if kind != Kind::Schema {
            return false;
        }
        *node = Node::map(at);
    }
    if node.has("$ref") && (kind.section().is_some() || kind == Kind::PathItem) {
        beside_reference(node, report);
        return true;
    }
    if kind == Kind::Schema {
        required_in_properties(node, report);
        if node.list("type").iter().any(|word| word.as_str() == Some("null")) {
            node.set("nullable", true);
        }
    }
    for field in kind.fields().iter().filter(|field| field.required && !node.has(field.name)) {
        if !is_misspelled(kind, node, field.name) {
            missing(node, kind, field, report);
        }
    }
    says_nothing(node, kind, report);
    let mut unknown = Vec::new();
    let Some(map) = node.entries_mut() else { return true };
    map.retain(|key, value| {
        if key.starts_with("x-") {
            return true;
        }
        if let Some(entry) = kind.entries() {
            return match entry {
                Kind::PathItem => path_item(key, value, report),
                _ => object(value, entry, report),
            };
        }
        let Some(field) = kind.fields().iter().find(|field| field.name == key) else {
            unknown.push((key.clone(), value.at));
            // Parameters of Swagger 2 are read later.
            return matches!(kind, Kind::Parameter);
        };
        content(kind, field, value, report) && inside(field, value, report)
    });
    for (key, at) in unknown {
        self::unknown(kind, &key, at, report);
    }
    true
}

/// Reports objects that the client does not need, and that mean nothing.
fn says_nothing(node: &Node, kind: Kind, report: &Report) {
    let message = match kind {
        Kind::Header if !node.has("schema") && !node.has("content") && !node.has("type") => {
            "this header has no schema; write schema: with a type, such as type: string"
        }
        Kind::Link if !node.has("operationId") && !node.has("operationRef") => {
            "this link leads to no operation; write operationId: with the id of one"
        }
        Kind::SecurityScheme if node.str("type") == Some("apiKey") && !node.has("name") => {
            "this security scheme has no name; write name: with that of the header"
        }
        _ => return,
    };
    report.note(node.at, "objects lack a field that OpenAPI requires", message);
}

/// Mends what a field consists of.
fn inside(field: &Field, value: &mut Node, report: &Report) -> bool {
    match (field.shape, &mut value.data) {
        (Shape::One(kind), _) => return object(value, kind, report),
        (Shape::FlagOrSchema, Data::Map(_)) => return object(value, Kind::Schema, report),
        (Shape::Map(kind), Data::Map(map)) => map.retain(|_, value| object(value, kind, report)),
        (Shape::List(kind), Data::List(items)) => items.retain_mut(|value| object(value, kind, report)),
        _ => {}
    }
    true
}

/// Mends a path, whose operations are named in diagnostics.
fn path_item(path: &str, item: &mut Node, report: &Report) -> bool {
    let mut operations = Map::new();
    let spelled: Vec<String> = item.entries().into_iter().flatten().map(|(key, _)| key.clone()).collect();
    for key in spelled {
        let lower = key.to_ascii_lowercase();
        if key != lower
            && METHODS.contains(&lower.as_str())
            && !item.has(&lower)
            && let Some(node) = item.remove(&key)
        {
            report.warn(node.at, format!("the method {key} is not written in small letters; write {lower}"));
            item.put(&lower, node);
        }
    }
    for method in METHODS {
        let Some(mut node) = item.remove(method) else { continue };
        let report = &report.on(&label(method, path, &node));
        let is_lost = node.get("parameters").is_some_and(|parameters| !matches!(parameters.data, Data::List(_)));
        if object(&mut node, Kind::Operation, report) {
            if is_lost {
                node.set(LOST, true);
            }
            operations.insert(method.to_owned(), node);
        }
    }
    let is_mapping = object(item, Kind::PathItem, report);
    if let Some(map) = item.entries_mut() {
        map.extend(operations);
    }
    is_mapping
}

/// What diagnostics call an operation: its id, or its method and path.
pub(crate) fn label(method: &str, path: &str, operation: &Node) -> String {
    let id = operation.str("operationId").filter(|id| !id.trim().is_empty());
    id.map_or_else(|| format!("{} {path}", method.to_uppercase()), str::to_owned)
}

/// The methods that a path may have.
pub(crate) fn methods() -> [&'static str; 8] {
    METHODS
}

/// Of a reference, nothing else is read.
fn beside_reference(node: &mut Node, report: &Report) {
    let at = node.at;
    if node.has("nullable") {
        let message = "nullable beside $ref is ignored; write allOf: with the reference as its only entry, and nullable beside that";
        report.note(at, "references have nullable beside them, which is ignored", message);
    }
    if let Some(map) = node.entries_mut() {
        map.retain(|key, _| key == "$ref");
    }
}

/// `required: true` in a property means that its owner requires it.
fn required_in_properties(node: &mut Node, report: &Report) {
    let mut names = Vec::new();
    if let Some(properties) = node.get_mut("properties").and_then(Node::entries_mut) {
        for (name, property) in properties {
            let Some(Data::Bool(required)) = property.get("required").map(|node| &node.data) else { continue };
            let message = format!(
                "required is {required}, but in a schema it is a list of names; write it beside properties:, with the names of those that are required"
            );
            report.note(property.at, "properties have required: true or false inside them", message);
            if *required {
                names.push(Node::new(property.at, name.as_str()));
            }
            property.remove("required");
        }
    }
    if names.is_empty() {
        return;
    }
    match node.get_mut("required").map(|node| &mut node.data) {
        Some(Data::List(items)) => items.append(&mut names),
        _ => node.set("required", names),
    }
}

/// Whether a missing field is only misspelled.
fn is_misspelled(kind: Kind, node: &Node, name: &str) -> bool {
    let fields = kind.fields();
    let keys = node.entries().into_iter().flatten().map(|(key, _)| key.as_str());
    keys.filter(|key| !key.starts_with("x-") && fields.iter().all(|field| field.name != *key))
        .any(|key| near(key, fields.iter().map(|field| field.name)) == Some(name))
}

fn missing(node: &Node, kind: Kind, field: &Field, report: &Report) {
    let (label, name) = (kind.label(), field.name);
    let message = format!("this {label} has no {name}; write {name}: with {}", content_of(kind, field));
    match (kind, name) {
        (Kind::Document, "paths") => report.error(node.at, message),
        // The rules for paths and parameters report these.
        (Kind::Document, "openapi") | (Kind::Parameter, _) => {}
        (Kind::Document, "info") | (Kind::Info, "version") | (Kind::Operation, "responses") => {
            report.warn(node.at, message);
        }
        _ => report.note(node.at, "objects lack a field that OpenAPI requires", message),
    }
}

fn unknown(kind: Kind, key: &str, at: crate::document::node::At, report: &Report) {
    let label = kind.label();
    let meant = near(key, kind.fields().iter().map(|field| field.name));
    let advice = match (kind, key) {
        (Kind::Schema, "const") => "write enum: with the one value".to_owned(),
        (Kind::Schema, "examples") => "write example: with one value".to_owned(),
        (Kind::Parameter | Kind::Header, "type" | "format" | "enum" | "items" | "default" | "pattern") => {
            let message = format!("this {label} has the field {key} of Swagger 2; write it inside schema:");
            let kind = if kind == Kind::Parameter {
                "fields of parameters are read as if they stood inside schema:"
            } else {
                "fields of headers are written as in Swagger 2 and are ignored"
            };
            report.note(at, kind, message);
            return;
        }
        _ => meant.map_or_else(
            || "remove it, or begin its name with x-".to_owned(),
            |name| format!("write {name}, if that is what it means"),
        ),
    };
    let message = format!("this {label} has an unknown field {key}, which is ignored; {advice}");
    if meant.is_some() && kind != Kind::Header {
        report.warn(at, message);
    } else {
        report.note(at, "unknown fields are ignored", message);
    }
}
