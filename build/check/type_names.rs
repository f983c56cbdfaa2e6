//! Whether each schema gets a Rust type of its own.
//!
//! The generator names a schema after its place. Where two get one name, it keeps one of them for both.

use std::collections::BTreeMap;

use serde_json::Value;

use super::super::document::step;
use super::super::names;
use super::super::prepare;
use super::Found;
use super::kind::Kind;
use super::schemas::is_replaced;
use super::tree::{Place, Tree};

/// What the generated types use under such a name.
const TAKEN: [&str; 4] = ["Default", "Err", "Ok", "String"];

/// A schema that becomes a type.
pub struct Named<'a> {
    pub name: String,
    pub place: Place<'a>,
}

pub(super) fn check(tree: &Tree<'_>, found: &mut Found<'_>) {
    let mut first: BTreeMap<String, Place<'_>> = BTreeMap::new();
    let mut told: Vec<String> = Vec::new();
    for Named { name, place } in all(tree) {
        if TAKEN.contains(&name.as_str()) {
            let text = format!(
                "the schema would become the type {name}, which the generated code needs for itself; give it another name"
            );
            found.error(&place.pointer, None, &text);
            continue;
        }
        let Some(other) = first.get(&name) else {
            first.insert(name, place);
            continue;
        };
        let inside = told.iter().any(|told| place.pointer.starts_with(&format!("{told}/")));
        if inside || other.value == place.value {
            continue;
        }
        told.push(place.pointer.clone());
        let line = tree.document.line(&other.pointer);
        let is_component = |place: &Place<'_>| {
            place.pointer.matches('/').count() == 3 && place.pointer.starts_with("/components/schemas/")
        };
        let advice = if is_component(&place) && is_component(other) {
            "rename one of them"
        } else {
            "put one of them into components/schemas under a name of its own"
        };
        let label = tree
            .operations
            .iter()
            .find(|operation| place.pointer.starts_with(&operation.pointer))
            .map(super::super::operation::Operation::label);
        let text = format!("this schema and the one at line {line} would both become the type {name}; {advice}");
        found.error(&place.pointer, label.as_deref(), &text);
    }
}

/// All schemas that become types, those that the document names first.
pub fn all<'a>(tree: &Tree<'a>) -> Vec<Named<'a>> {
    let mut all = Vec::new();
    let components = tree.place("/components").map(|components| components.entries("schemas")).unwrap_or_default();
    for (key, schema) in &components {
        all.push(Named { name: names::type_name(key), place: schema.clone() });
    }
    for (key, schema) in components {
        if is_replaced(&schema) {
            continue;
        }
        let mut name = names::type_name(key);
        // The name is then that of the option.
        if schema.flag("nullable") && schema.has("type") {
            name.push_str("Inner");
            if is_named(&schema) {
                all.push(Named { name: name.clone(), place: schema.clone() });
            }
        }
        inside(tree, &schema, &name, &mut all, 0);
    }
    for operation in &tree.operations {
        let Some(id) = operation.id() else { continue };
        let Some(place) = tree.place(&operation.pointer) else { continue };
        let owners = [tree.place(&operation.item), Some(place.clone())];
        for parameter in owners.into_iter().flatten().flat_map(|owner| owner.items("parameters")) {
            if prepare::is_owned(tree.document, parameter.value) {
                continue;
            }
            let Some(parameter) = tree.follow(parameter, Kind::Parameter) else { continue };
            let Some(schema) = parameter.child("schema") else { continue };
            let part = parameter.text("name").unwrap_or_default();
            schema_at(tree, &schema, &names::operation_type(id, part), &mut all, 0);
        }
        let body = place.child("requestBody").and_then(|body| tree.follow(body, Kind::RequestBody));
        let responses =
            place.entries("responses").into_iter().filter_map(|(_, response)| tree.follow(response, Kind::Response));
        let bodies =
            body.into_iter().map(|body| (body, "body")).chain(responses.map(|response| (response, "response")));
        for (body, part) in bodies {
            for (_, media) in body.entries("content").iter().filter(|(name, _)| name.starts_with("application/")) {
                let Some(schema) = media.child("schema") else { continue };
                schema_at(tree, &schema, &names::operation_type(id, part), &mut all, 0);
            }
        }
    }
    all
}

/// Whether a schema becomes a type with a name, and not one that Rust or a library has.
pub fn is_named(schema: &Place<'_>) -> bool {
    for key in ["allOf", "oneOf", "anyOf"] {
        match schema.items(key).as_slice() {
            [] => {}
            [only] => return !only.has("$ref") && is_named(only),
            _ => return true,
        }
    }
    let listed = schema.has("enum");
    match schema.text("type") {
        Some("boolean") => false,
        Some("string") => listed || schema.has("minLength") || schema.has("maxLength"),
        Some("integer" | "number" | "array") => listed,
        _ if schema.has("properties") || !schema.items("required").is_empty() => true,
        _ => listed || schema.value.get("additionalProperties") == Some(&Value::Bool(false)),
    }
}

/// A schema that stands inside another, or in an operation.
fn schema_at<'a>(tree: &Tree<'a>, schema: &Place<'a>, suggested: &str, all: &mut Vec<Named<'a>>, depth: usize) {
    if schema.has("$ref") {
        return;
    }
    let name = schema.text("title").map_or_else(|| suggested.to_owned(), names::type_name);
    if is_named(schema) {
        all.push(Named { name: name.clone(), place: schema.clone() });
    }
    inside(tree, schema, &name, all, depth);
}

/// The schemas inside one that has this name, or would have it if it needed one.
fn inside<'a>(tree: &Tree<'a>, schema: &Place<'a>, name: &str, all: &mut Vec<Named<'a>>, depth: usize) {
    // What goes this deep goes round in a circle, which is a mistake of its own.
    if depth > 16 {
        return;
    }
    let properties = schema.entries("properties");
    for (key, property) in &properties {
        schema_at(tree, property, &names::property_type(name, key), all, depth + 1);
    }
    if let Some(items) = schema.child("items") {
        schema_at(tree, &items, &names::type_name(&format!("{name}Item")), all, depth + 1);
    }
    if let Some(values) = schema.child("additionalProperties").filter(|values| values.value.is_object()) {
        let owner = if properties.is_empty() { name.to_owned() } else { format!("{name}_extra") };
        schema_at(tree, &values, &names::type_name(&format!("{owner}Value")), all, depth + 1);
    }
    match schema.items("allOf").as_slice() {
        [only] => schema_at(tree, only, name, all, depth + 1),
        // The parts become one, and what is inside them is named after it.
        parts => {
            let parts: Vec<Place<'a>> =
                parts.iter().filter_map(|part| tree.follow(part.clone(), Kind::Schema)).collect();
            for (index, part) in parts.iter().enumerate() {
                // A property that two parts have becomes one as well, which is none of the two.
                let others = parts.iter().enumerate().filter(|(other, _)| *other != index);
                let shared = part.entries("properties").iter().any(|(key, _)| {
                    others.clone().any(|(_, other)| other.value.pointer(&format!("/properties{}", step(key))).is_some())
                });
                if !shared {
                    inside(tree, part, name, all, depth + 1);
                }
            }
        }
    }
    for key in ["oneOf", "anyOf"] {
        if let [only] = schema.items(key).as_slice() {
            schema_at(tree, only, name, all, depth + 1);
        }
    }
}
