//! Whether schemas that are put together from others can be: `allOf`, `oneOf`, `anyOf`, `not`.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::Found;
use super::kind::Kind;
use super::schemas::is_replaced;
use super::tree::{Node, Place, Tree, target};

const PARTS: [&str; 3] = ["allOf", "oneOf", "anyOf"];

pub fn check(tree: &Tree<'_>, found: &mut Found<'_>) {
    for node in tree.of(Kind::Schema) {
        let place = node.place();
        lists(node, &place, found);
        negation(node, &place, found);
        conflicts(tree, node, &place, found);
        overlaps(tree, node, &place, found);
        discriminator(tree, node, &place, found);
    }
    endless(tree, found);
}

fn lists(node: &Node<'_>, place: &Place<'_>, found: &mut Found<'_>) {
    for key in PARTS {
        if place.value.get(key).and_then(Value::as_array).is_some_and(Vec::is_empty) {
            let text = format!("{key} is empty, so that nothing would fit; list schemas in it, or take {key} out");
            found.error_of(node, key, &text);
        }
    }
    if place.has("oneOf") && place.has("anyOf") {
        found.error_of(node, "anyOf", "oneOf and anyOf can not stand in one schema; keep one of the two");
    }
    let several = |key: &str| place.items(key).len() > 1;
    if node.field == "schemas"
        && place.flag("nullable")
        && !place.has("type")
        && PARTS.iter().any(|key| several(key))
        && !is_replaced(place)
    {
        let name = node.pointer.rsplit('/').next().unwrap_or_default();
        let text = format!(
            "a component that is put together from others can not be nullable; take nullable out here, and write it where the component is used: nullable: true, and allOf: with '#/components/schemas/{name}' as its one entry"
        );
        found.error_of(node, "nullable", &text);
    }
}

/// Of what is not allowed, only a list of values can be expressed.
fn negation(node: &Node<'_>, place: &Place<'_>, found: &mut Found<'_>) {
    let Some(not) = place.child("not") else { return };
    let map = not.value.as_object().into_iter().flatten();
    let alone = map.map(|(key, _)| key.as_str()).all(|key| matches!(key, "type" | "enum"));
    let values = not.value.get("enum").and_then(Value::as_array);
    let plain = values.is_some_and(|values| {
        values.iter().all(Value::is_string)
            || values.iter().all(Value::is_number)
            || values.iter().all(Value::is_boolean)
    });
    if !(alone && plain) {
        let text = "not can only hold an enum of texts, numbers or truth values; take not out, and say in the description what is not allowed";
        found.error_of(node, "not", text);
    }
}

/// What allOf puts together has to agree, or nothing would fit; a property on which the parts disagree is dropped.
fn conflicts(tree: &Tree<'_>, node: &Node<'_>, place: &Place<'_>, found: &mut Found<'_>) {
    let mut parts = place.items("allOf");
    if parts.len() < 2 {
        return;
    }
    parts.push(place.clone());
    let parts: Vec<Place<'_>> = parts.into_iter().filter_map(|part| tree.follow(part, Kind::Schema)).collect();
    let types: BTreeSet<&str> = parts.iter().filter_map(|part| part.text("type")).collect();
    if types.len() > 1 {
        let types: Vec<&str> = types.into_iter().collect();
        let text = format!(
            "allOf puts together {}, and no value is of both types; write oneOf, or parts of one type",
            types.join(" and ")
        );
        found.error_of(node, "allOf", &text);
    }
    let mut properties: BTreeMap<&str, &str> = BTreeMap::new();
    for (name, property) in parts.iter().flat_map(|part| part.entries("properties")) {
        let Some(property) = tree.follow(property, Kind::Schema) else { continue };
        let Some(kind) = property.text("type") else { continue };
        match properties.insert(name, kind) {
            Some(other) if other != kind => {
                let text = format!(
                    "allOf puts together two properties {name}, of type {other} and of type {kind}; give both one type"
                );
                found.error_of(node, "allOf", &text);
            }
            _ => {}
        }
    }
}

/// Where more than one part of anyOf may fit, the generated type holds all of them at once, which it only can for objects.
fn overlaps(tree: &Tree<'_>, node: &Node<'_>, place: &Place<'_>, found: &mut Found<'_>) {
    let parts: Vec<Place<'_>> =
        place.items("anyOf").into_iter().filter_map(|part| tree.follow(part, Kind::Schema)).collect();
    if parts.len() < 2 || is_replaced(place) {
        return;
    }
    let mut kinds = BTreeSet::new();
    for part in parts {
        let kind = part.text("type");
        let anything = !says(&part, &[]);
        let single = kind.is_some_and(|kind| !matches!(kind, "object" | "array"));
        if anything || single && !kinds.insert(kind) {
            let what = kind
                .map_or_else(|| "a part that anything fits".to_owned(), |kind| format!("two parts of type: {kind}"));
            found.error_of(
                node,
                "anyOf",
                &format!("anyOf has {what}, which the generated type could not read; write oneOf"),
            );
            return;
        }
    }
}

/// A schema is chosen by what it requires and by enums of one value; the discriminator is not looked at.
fn discriminator(tree: &Tree<'_>, node: &Node<'_>, place: &Place<'_>, found: &mut Found<'_>) {
    let parts: Vec<Place<'_>> = ["oneOf", "anyOf"]
        .iter()
        .flat_map(|key| place.items(key))
        .filter_map(|part| tree.follow(part, Kind::Schema))
        .collect();
    if let Some(name) = place.child("discriminator").and_then(|discriminator| discriminator.text("propertyName")) {
        let told = |part: &Place<'_>| {
            part.items("required").iter().any(|item| item.value.as_str() == Some(name))
                && part
                    .child("properties")
                    .and_then(|properties| properties.child(name))
                    .is_some_and(|property| property.items("enum").len() == 1)
        };
        if parts.is_empty() {
            found.warn_in(
                node,
                "discriminator is ignored, since there is neither oneOf nor anyOf to choose from; take it out",
            );
        } else if !parts.iter().all(told) {
            let text = format!(
                "discriminator is ignored; to have the schemas told apart, give each of them {name} as a required property with an enum of its one value"
            );
            found.warn_in(node, &text);
        }
        return;
    }
    let loose = |part: &Place<'_>| {
        part.text("type") == Some("object")
            && part.items("required").is_empty()
            && part.value.get("additionalProperties") != Some(&Value::Bool(false))
    };
    let before_last = parts.split_last().map(|(_, before)| before).unwrap_or_default();
    if place.has("oneOf")
        && parts.iter().all(|part| part.text("type") == Some("object"))
        && before_last.iter().any(loose)
    {
        let text = "the first schema of oneOf that fits is taken, and one that requires nothing fits every object; give each of them a required property of its own";
        found.warn_in(node, text);
    }
}

/// Where schemas are put together, the generator copies them. One that takes itself in would be copied without an end, and the
/// build would break off with an overflow of the stack.
fn endless(tree: &Tree<'_>, found: &mut Found<'_>) {
    let components: Vec<Place<'_>> = tree
        .place("/components")
        .map(|components| components.entries("schemas").into_iter().map(|(_, schema)| schema).collect())
        .unwrap_or_default();
    let copies: BTreeMap<String, Vec<String>> =
        components.iter().map(|schema| (schema.pointer.clone(), copied(tree, schema))).collect();
    let aliases: BTreeMap<String, Vec<String>> =
        components.iter().map(|schema| (schema.pointer.clone(), named(tree, &alias(schema)))).collect();
    let mut told: BTreeSet<String> = BTreeSet::new();
    for (pointer, direct) in &copies {
        let mut reached: BTreeSet<String> = BTreeSet::new();
        let mut next: Vec<String> = direct.clone();
        while let Some(target) = next.pop() {
            if reached.insert(target.clone()) {
                next.extend([&copies, &aliases].into_iter().filter_map(|map| map.get(&target)).flatten().cloned());
            }
        }
        let is_new = reached.is_disjoint(&told) && reached.is_disjoint(&found.wrong);
        if reached.contains(pointer) && is_new {
            told.insert(pointer.clone());
            let name = pointer.rsplit('/').next().unwrap_or_default();
            let text = format!(
                "the schema {name} takes itself in by allOf, oneOf or anyOf, which would have no end; write a property that is a $ref alone, without anything beside it"
            );
            found.error(pointer, None, &text);
        }
    }
}

/// The components that are copied into a component.
fn copied(tree: &Tree<'_>, component: &Place<'_>) -> Vec<String> {
    let inside = |pointer: &str| {
        pointer.strip_prefix(&component.pointer).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    let references: Vec<&str> = tree
        .of(Kind::Schema)
        .filter(|node| inside(&node.pointer) && copies(&node.place()))
        .flat_map(|node| references(&node.place()))
        .collect();
    named(tree, &references)
}

/// What a component is only another name for.
fn alias<'a>(component: &Place<'a>) -> Vec<&'a str> {
    let parts: Vec<Place<'_>> = PARTS.iter().flat_map(|key| component.items(key)).collect();
    let only = if parts.len() == 1 { parts.first().and_then(|part| part.text("$ref")) } else { None };
    component.text("$ref").or(only).into_iter().collect()
}

/// The pointers of the components that references lead to.
fn named(tree: &Tree<'_>, references: &[&str]) -> Vec<String> {
    let component = |reference: &&str| {
        let (section, name) = target(reference)?;
        Some(tree.component(section, &name)?.pointer)
    };
    references.iter().filter_map(component).collect()
}

/// Whether a schema is made by copying its parts, and not by naming them.
fn copies(place: &Place<'_>) -> bool {
    let parts = PARTS.iter().filter(|key| place.has(key)).count();
    let together = place.items("allOf").iter().filter(|part| says(part, &[])).count();
    parts > 0 && (parts > 1 || together > 1 || says(place, &["allOf", "oneOf", "anyOf", "type", "discriminator"]))
}

/// Whether a schema says anything of its values, besides what these keys say.
fn says(place: &Place<'_>, besides: &[&str]) -> bool {
    const DESCRIBING: [&str; 8] =
        ["description", "title", "nullable", "default", "example", "deprecated", "readOnly", "writeOnly"];
    let keys = place.value.as_object().into_iter().flatten().map(|(key, _)| key.as_str());
    keys.filter(|key| !key.starts_with("x-")).any(|key| !DESCRIBING.contains(&key) && !besides.contains(&key))
}

/// The references among a schema's parts, and the parts of its parts.
fn references<'a>(place: &Place<'a>) -> Vec<&'a str> {
    let parts = PARTS.iter().flat_map(|key| place.items(key));
    parts.flat_map(|part| part.text("$ref").map_or_else(|| references(&part), |reference| vec![reference])).collect()
}
