//! Whether each reference leads to a component of this file, of the kind that is wanted in its place.

use serde_json::Value;

use super::Found;
use super::kind::Kind;
use super::near::near;
use super::tree::{Node, Tree, target};

/// What may stand beside a reference without meaning anything to a reader.
const HARMLESS: [&str; 6] = ["$ref", "description", "summary", "title", "example", "deprecated"];

pub fn check(tree: &Tree<'_>, found: &mut Found<'_>) {
    for node in &tree.nodes {
        let Some(reference) = node.value.get("$ref") else { continue };
        if node.kind == Kind::PathItem {
            found.error_of(node, "$ref", "a path can not be a reference; write its operations here");
            continue;
        }
        let Some(section) = node.kind.section() else { continue };
        match mistake(tree, section, node.kind, reference) {
            Some(text) => found.error_of(node, "$ref", &text),
            None if node.kind == Kind::Schema => siblings(node, found),
            None => {}
        }
    }
    circles(tree, found);
}

fn mistake(tree: &Tree<'_>, section: &str, kind: Kind, reference: &Value) -> Option<String> {
    let form = format!("#/components/{section}/Name");
    let Some(reference) = reference.as_str() else {
        return Some(if reference.is_null() {
            format!("$ref is empty; write '{form}' in quotes, since # begins a comment without them")
        } else {
            format!("$ref is not text; write '{form}'")
        });
    };
    let label = kind.label();
    if reference.is_empty() {
        return Some(format!("$ref is an empty text; write '{form}'"));
    }
    if !reference.starts_with('#') {
        let file = reference.split('#').next().unwrap_or_default();
        return Some(if reference.contains(['#', '/', '.']) {
            format!(
                "the reference leads out of this file, to {file}; copy the {label} into components/{section} and write {form}"
            )
        } else {
            format!("the reference {reference} is not a path; write #/components/{section}/{reference}")
        });
    }
    let Some((found, name)) = target(reference) else {
        return Some(format!(
            "the reference {reference} is not the path of a component; put the {label} into components/{section} and write {form}"
        ));
    };
    if found != section {
        return Some(format!(
            "the reference {reference} leads to components/{found}, but a {label} belongs here; write {form}"
        ));
    }
    if tree.component(section, &name).is_some() {
        return None;
    }
    let known = tree.document.value.pointer(&format!("/components/{section}")).and_then(Value::as_object);
    let meant = near(&name, known.into_iter().flatten().map(|(name, _)| name.as_str()));
    Some(match meant {
        Some(meant) => format!(
            "the reference {reference} leads nowhere; write #/components/{section}/{meant}, if that is what it means"
        ),
        None => format!(
            "the reference {reference} leads nowhere; add {name} to components/{section}, or write the name of one that is there"
        ),
    })
}

/// OpenAPI 3.0 ignores whatever stands beside a reference.
fn siblings(node: &Node<'_>, found: &mut Found<'_>) {
    let ignored: Vec<&str> = node
        .value
        .as_object()
        .into_iter()
        .flatten()
        .map(|(key, _)| key.as_str())
        .filter(|key| !HARMLESS.contains(key) && !key.starts_with("x-"))
        .collect();
    if !ignored.is_empty() {
        let ignored = ignored.join(", ");
        let text = format!(
            "{ignored} beside $ref is ignored; write allOf: with the reference as its one entry, and {ignored} beside that"
        );
        found.warn_in(node, &text);
    }
}

/// Components that are nothing but references to each other.
fn circles(tree: &Tree<'_>, found: &mut Found<'_>) {
    for node in &tree.nodes {
        let Some(section) = node.kind.section().filter(|section| node.field == *section) else { continue };
        let Some(circle) = circle(tree, section, node) else { continue };
        // Each circle is one mistake, told where the first of its components stands.
        if circle.iter().all(|pointer| *pointer >= node.pointer) {
            let names: Vec<&str> = circle.iter().filter_map(|pointer| pointer.rsplit('/').next()).collect();
            let text = if names.len() == 1 {
                format!("{} refers to itself; write out what it is", names.join(""))
            } else {
                format!("{} refer to each other in a circle; write out what one of them is", names.join(", "))
            };
            found.error_in(node, &text);
        }
    }
}

/// The pointers of the components that a component refers to, and through them to itself.
fn circle(tree: &Tree<'_>, section: &str, node: &Node<'_>) -> Option<Vec<String>> {
    let mut circle = vec![node.pointer.clone()];
    let mut value = node.value;
    loop {
        let (_, name) = target(alias(value)?)?;
        let place = tree.component(section, &name)?;
        if place.pointer == node.pointer {
            return Some(circle);
        }
        if circle.contains(&place.pointer) {
            return None;
        }
        circle.push(place.pointer);
        value = place.value;
    }
}

/// The one thing that a component is another name for.
fn alias(value: &Value) -> Option<&str> {
    if let Some(reference) = value.get("$ref") {
        return reference.as_str();
    }
    ["allOf", "oneOf", "anyOf"].iter().find_map(|key| match value.get(key)?.as_array()?.as_slice() {
        [only] => only.get("$ref")?.as_str(),
        _ => None,
    })
}
