//! Whether each object has the fields that it must have, no unknown ones, and in each what belongs there.

use serde_json::Value;

use super::Found;
use super::fields::{Field, Shape};
use super::kind::Kind;
use super::near::near;
use super::tree::{Node, Tree};

pub fn check(tree: &Tree<'_>, found: &mut Found<'_>) {
    for node in &tree.nodes {
        let Some(map) = node.value.as_object() else {
            let label = node.kind.label();
            found.error_in(node, &format!("this {label} is {}; write a mapping", describe(node.value)));
            continue;
        };
        if map.contains_key("$ref") && (node.kind.section().is_some() || node.kind == Kind::PathItem) {
            continue;
        }
        for field in node.kind.fields() {
            match map.get(field.name) {
                None if field.required => missing(node, field, found),
                None => {}
                Some(value) => content(node, field, value, found),
            }
        }
        let has = |key: &str| map.contains_key(key);
        match node.kind {
            // A type beside it is a finding already.
            Kind::Parameter | Kind::Header if !has("schema") && !has("content") && !has("type") => {
                let label = node.kind.label();
                let text =
                    format!("this {label} says nothing of its values; write schema: with a type, such as type: string");
                found.error_in(node, &text);
            }
            Kind::Link if !has("operationId") && !has("operationRef") => {
                found.error_in(node, "this link leads to no operation; write operationId: with the id of one");
            }
            _ => {}
        }
        if node.kind.entries().is_none() {
            for key in map.keys().filter(|key| !key.starts_with("x-")) {
                unknown(node, key, found);
            }
        }
    }
}

/// Whether a field that is not there is only misspelt, which is a finding already.
pub fn is_misspelt(kind: Kind, object: &Value, name: &str) -> bool {
    let fields = kind.fields();
    let keys = object.as_object().into_iter().flatten().map(|(key, _)| key.as_str());
    keys.filter(|key| !key.starts_with("x-") && fields.iter().all(|field| field.name != *key))
        .any(|key| near(key, fields.iter().map(|field| field.name)) == Some(name))
}

fn missing(node: &Node<'_>, field: &Field, found: &mut Found<'_>) {
    if is_misspelt(node.kind, node.value, field.name) {
        return;
    }
    let label = node.kind.label();
    let name = field.name;
    found.error_in(node, &format!("this {label} has no {name}; write {name}: with {}", content_of(node.kind, field)));
}

/// What a required field has to hold, in the words of a finding.
fn content_of(kind: Kind, field: &Field) -> String {
    match (kind, field.name) {
        (Kind::Document, "info") => "a title and a version".to_owned(),
        (Kind::Document, "paths") => "at least one operation".to_owned(),
        (Kind::Info, "version") => "text such as '1.0.0'".to_owned(),
        (Kind::Operation, "responses") => "an answer of success and one of failure, such as '200' and 4XX".to_owned(),
        _ => wanted(field.shape),
    }
}

fn unknown(node: &Node<'_>, key: &str, found: &mut Found<'_>) {
    if node.kind.fields().iter().any(|field| field.name == key) {
        return;
    }
    let label = node.kind.label();
    let advice = match (node.kind, key) {
        (Kind::Schema, "const") => "write enum: with the one value".to_owned(),
        (Kind::Schema, "examples") => "write example: with one value".to_owned(),
        (Kind::Parameter | Kind::Header, "type" | "format" | "enum" | "items" | "default" | "pattern") => {
            "write it inside schema:".to_owned()
        }
        _ => near(key, node.kind.fields().iter().map(|field| field.name)).map_or_else(
            || "take it out, or begin its name with x-".to_owned(),
            |name| format!("write {name}, if that is what it means"),
        ),
    };
    let text = format!("this {label} has an unknown field {key}, which would be dropped without a word; {advice}");
    found.error_of(node, key, &text);
}

fn content(node: &Node<'_>, field: &Field, value: &Value, found: &mut Found<'_>) {
    let fits = match field.shape {
        Shape::Text => value.is_string() || (value.is_null() && !field.required),
        Shape::Word(words) => value.as_str().is_some_and(|word| words.contains(&word)),
        Shape::Flag => value.is_boolean(),
        Shape::Count => value.is_u64(),
        Shape::Number => value.is_number(),
        Shape::Texts => value.as_array().is_some_and(|items| items.iter().all(Value::is_string)),
        Shape::AnyList | Shape::List(_) => value.is_array(),
        Shape::Anything => true,
        Shape::FlagOrSchema => value.is_boolean() || value.is_object(),
        Shape::One(_) | Shape::Map(_) => value.is_object(),
    };
    if fits {
        return;
    }
    let name = field.name;
    let is = describe(value);
    let text = match (node.kind, name, field.shape, value) {
        (Kind::Schema, "required", _, Value::Bool(_)) => format!(
            "required is {is}, but in a schema it is a list of names; write it beside properties:, with the names of those that must be there"
        ),
        (Kind::Schema, "type", _, Value::Array(_)) => {
            "type is a list, as in OpenAPI 3.1; write one type, and nullable: true where null is allowed".to_owned()
        }
        (Kind::Schema, "type", _, Value::String(word)) if word == "null" => {
            "type is null, as in OpenAPI 3.1; write the type of the other values and nullable: true".to_owned()
        }
        (Kind::Schema, "exclusiveMinimum" | "exclusiveMaximum", _, Value::Number(_)) => {
            let limit = name.trim_start_matches("exclusive").to_lowercase();
            format!("{name} is {is}, as in OpenAPI 3.1; write {limit}: {is} and {name}: true")
        }
        (Kind::Schema, "items", _, Value::Array(_)) => {
            "items is a list; write one schema, which holds for every element".to_owned()
        }
        (_, _, Shape::Text, Value::Number(_) | Value::Bool(_)) => {
            format!("{name} is {is}, which YAML does not read as text; put it in quotes")
        }
        (_, _, Shape::Texts, Value::Array(_)) => format!("{name} holds more than text; put each entry in quotes"),
        (_, _, Shape::Word(words), Value::String(word)) => near(word, words.iter().copied()).map_or_else(
            || format!("{name} is {is}; write {}", wanted(field.shape)),
            |meant| format!("{name} is {is}; write {meant}, if that is what it means"),
        ),
        (_, _, _, Value::Null) if field.required => {
            format!("{name} is empty; write {name}: with {}", content_of(node.kind, field))
        }
        (_, _, _, Value::Null) => format!("{name} is empty; write {}, or take {name} out", wanted(field.shape)),

        _ => format!("{name} is {is}; write {}", wanted(field.shape)),
    };
    found.error_of(node, name, &text);
}

/// A value in the words of a finding.
fn describe(value: &Value) -> String {
    match value {
        Value::Null => "empty".to_owned(),
        Value::Bool(_) | Value::Number(_) => value.to_string(),
        Value::String(text) if text.is_empty() => "an empty text".to_owned(),
        Value::String(text) => text.chars().take(40).collect(),
        Value::Array(_) => "a list".to_owned(),
        Value::Object(_) => "a mapping".to_owned(),
    }
}

/// What belongs into a field, in the words of a finding.
fn wanted(shape: Shape) -> String {
    match shape {
        Shape::Text => "text".to_owned(),
        Shape::Word(words) => format!("one of {}", words.join(", ")),
        Shape::Flag => "true or false".to_owned(),
        Shape::Count => "a whole number that is not negative".to_owned(),
        Shape::Number => "a number".to_owned(),
        Shape::Texts => "a list of texts".to_owned(),
        Shape::AnyList | Shape::List(_) => "a list".to_owned(),
        Shape::Anything => "a value".to_owned(),
        Shape::FlagOrSchema => "a schema, true or false".to_owned(),
        Shape::One(_) | Shape::Map(_) => "a mapping".to_owned(),
    }
}
