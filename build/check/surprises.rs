//! Warns of what makes a whole answer fail over one value in it.

use std::collections::BTreeSet;

use serde_json::Value;

use super::Found;
use super::kind::Kind;
use super::schemas::{is_composed, is_replaced};
use super::tree::{Place, Tree};

pub fn check(tree: &Tree<'_>, found: &mut Found<'_>) {
    for node in tree.of(Kind::Schema).filter(|node| node.value.get("pattern").is_some()) {
        found.warn_in(node, "the client does not check pattern, and takes any text; take pattern out, and name the form in the description");
    }
    for node in
        tree.of(Kind::Schema).filter(|node| node.value.get("format").and_then(Value::as_str) == Some("password"))
    {
        if !is_replaced(&node.place()) {
            found.warn_in(node, "format: password keeps a text out of Debug output in a schema of its own alone; move it to components/schemas, and refer to it");
        }
    }
    let mut seen = BTreeSet::new();
    for operation in &tree.operations {
        let Some(place) = tree.place(&operation.pointer) else { continue };
        for (_, response) in place.entries("responses") {
            let Some(response) = tree.follow(response, Kind::Response) else { continue };
            for (_, media) in
                response.entries("content").iter().filter(|(name, _)| name.starts_with("application/json"))
            {
                if let Some(schema) = media.child("schema") {
                    answer(tree, schema, &operation.label(), &mut seen, found);
                }
            }
        }
    }
}

/// Looks through a schema that an answer is read with.
fn answer<'a>(tree: &Tree<'a>, schema: Place<'a>, label: &str, seen: &mut BTreeSet<String>, found: &mut Found<'_>) {
    let Some(schema) = tree.follow(schema, Kind::Schema) else { return };
    if is_replaced(&schema) || !seen.insert(schema.pointer.clone()) {
        return;
    }
    let mut warn = |place: &Place<'_>, text: &str| found.warn(&place.pointer, Some(label), text);
    // An enum of one value is how schemas are told apart.
    if let Some(listed) =
        schema.child("enum").filter(|_| schema.items("enum").len() > 1 && schema.text("type") != Some("boolean"))
    {
        warn(
            &listed,
            "an answer with a value that enum does not list fails as a whole; take enum out, and name the values in the description",
        );
    }
    if let Some(closed) = schema.child("additionalProperties").filter(|closed| closed.value == &Value::Bool(false)) {
        warn(&closed, "an answer with a field that is not listed fails as a whole; take additionalProperties out");
    }
    let required: Vec<&str> = schema.items("required").iter().filter_map(|name| name.value.as_str()).collect();
    let properties = schema.entries("properties");
    for (name, property) in
        properties.iter().filter(|(name, property)| !required.contains(name) && !property.flag("nullable"))
    {
        let has_default = property.value.get("default").is_some_and(|default| !default.is_null());
        let what = match property.text("type") {
            Some("array") => "list",
            Some("object") if !property.has("properties") && !is_composed(property) => "mapping",
            kind if has_default && (kind.is_some() || is_composed(property)) => "value",
            _ => continue,
        };
        let text = format!("an answer with null in place of the {what} {name} fails as a whole; write nullable: true");
        warn(property, &text);
    }
    let parts = ["allOf", "oneOf", "anyOf"].iter().flat_map(|key| schema.items(key));
    let inner = ["items", "additionalProperties"].iter().filter_map(|key| schema.child(key));
    let next: Vec<Place<'a>> =
        properties.iter().map(|(_, property)| property.clone()).chain(parts).chain(inner).collect();
    for schema in next {
        answer(tree, schema, label, seen, found);
    }
}
