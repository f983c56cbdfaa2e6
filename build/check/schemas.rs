//! Whether each schema is of one type, and says only what belongs to that type.

use std::collections::BTreeMap;

use serde_json::Value;

use super::super::{names, replacements};
use super::Found;
use super::kind::Kind;
use super::near::near;
use super::tree::{Node, Place, Tree};

/// What may be said of each type, besides the words that suit all of them.
const WORDS: [(&str, &[&str]); 4] = [
    ("string", &["minLength", "maxLength", "pattern"]),
    ("integer", &["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"]),
    ("array", &["items", "minItems", "maxItems", "uniqueItems"]),
    ("object", &["properties", "required", "additionalProperties", "minProperties", "maxProperties"]),
];

/// Serde reads arrays of a fixed length up to this one.
const LONGEST_ARRAY: u64 = 32;

pub fn check(tree: &Tree<'_>, found: &mut Found<'_>) {
    for node in tree.of(Kind::Schema) {
        let place = node.place();
        let kind = place.text("type");
        let part = ["allOf", "oneOf", "anyOf", "not"].contains(&node.field);
        if kind.is_none() && !place.has("type") && !part && !is_composed(&place) {
            untyped(node, &place, found);
        }
        match kind {
            Some(kind @ ("boolean" | "array" | "object")) if place.has("format") => {
                found.error_of(node, "format", &format!("type: {kind} has no format; take format out"));
            }
            _ => {}
        }
        if let Some(kind) = kind {
            misplaced(node, &place, kind, found);
        }
        if kind == Some("array") {
            array(node, &place, found);
        }
        if let (Some(shortest), Some(longest)) = (count(&place, "minLength"), count(&place, "maxLength"))
            && shortest > longest
        {
            let text = format!(
                "no text has at least {shortest} and at most {longest} characters; write limits that leave room"
            );
            found.error_of(node, "minLength", &text);
        }
        if kind == Some("integer") {
            integer(node, &place, found);
        }
        if kind == Some("object") && !part && !is_composed(&place) {
            required(node, &place, found);
        }
        fields(tree, node, &place, found);
    }
}

/// Whether a schema is put together from others.
pub fn is_composed(place: &Place<'_>) -> bool {
    ["allOf", "oneOf", "anyOf", "not"].iter().any(|key| place.has(key))
}

/// Whether a component gives way to a type of the client's own.
pub fn is_replaced(schema: &Place<'_>) -> bool {
    schema.pointer.starts_with("/components/schemas/")
        && schema.pointer.matches('/').count() == 3
        && replacements::of_schema(schema.value).is_some()
}

/// Whether values are single ones, such as a text or a number, which can be written into an address or a header.
pub fn is_plain(tree: &Tree<'_>, schema: &Place<'_>, null: bool) -> bool {
    plain(tree, schema, null, 0)
}

fn plain(tree: &Tree<'_>, schema: &Place<'_>, null: bool, depth: usize) -> bool {
    let Some(schema) = tree.follow(schema.clone(), Kind::Schema) else { return true };
    // What goes this deep goes round in a circle, which is a mistake of its own.
    if is_replaced(&schema) || depth > 16 {
        return true;
    }
    let listed = schema.value.get("enum").and_then(Value::as_array);
    if !null && (schema.flag("nullable") || listed.is_some_and(|values| values.contains(&Value::Null))) {
        return false;
    }
    match schema.text("type") {
        Some("object" | "array") => false,
        Some(_) => true,
        None if ["properties", "items", "additionalProperties"].iter().any(|key| schema.has(key)) => false,
        None => ["allOf", "oneOf", "anyOf"]
            .iter()
            .flat_map(|key| schema.items(key))
            .all(|part| plain(tree, &part, null, depth + 1)),
    }
}

/// Without a type, the generator only understands what belongs to objects or to lists.
fn untyped(node: &Node<'_>, place: &Place<'_>, found: &mut Found<'_>) {
    let word = |words: &[&'static str]| words.iter().copied().find(|word| place.has(word));
    let kinds: Vec<(&str, &str)> =
        WORDS.iter().filter_map(|(kind, words)| word(words).map(|word| (*kind, word))).collect();
    let (lists, formats, null) = (place.has("enum"), place.has("format"), place.flag("nullable"));
    let alone = kinds.len() == 1 && !lists && !formats;
    let understood = match kinds.first() {
        None => !(formats || lists && null),
        Some(("object" | "array", _)) => alone,
        Some(("string", word)) => alone && !null && *word != "pattern",
        Some(_) => false,
    };
    if !understood {
        let (kind, word) = kinds.first().copied().unwrap_or(("string", if lists { "enum" } else { "format" }));
        found.error_in(
            node,
            &format!("this schema has {word}, but no type; write type: {kind}, if that is what it means"),
        );
    }
}

/// What belongs to another type is dropped without a word, and often shows that the type is wrong.
fn misplaced(node: &Node<'_>, place: &Place<'_>, kind: &str, found: &mut Found<'_>) {
    for (meant, words) in
        [("array", &["items"] as &[&str]), ("object", &["properties", "required", "additionalProperties"])]
    {
        for word in words.iter().filter(|word| meant != kind && place.has(word)) {
            if found.is_wrong(&format!("{}/{word}", node.pointer)) {
                continue;
            }
            let text = format!("{word} means nothing for type: {kind}; write type: {meant}, or take {word} out");
            found.error_of(node, word, &text);
        }
    }
}

fn array(node: &Node<'_>, place: &Place<'_>, found: &mut Found<'_>) {
    if !place.has("items") {
        let text = "a list needs the schema of its elements; write items: with it, or items: {} for anything";
        found.error_in(node, text);
    }
    let fixed = count(place, "maxItems").filter(|most| Some(*most) == count(place, "minItems"));
    if let Some(length) = fixed.filter(|length| *length > LONGEST_ARRAY) {
        let text = format!(
            "a list of exactly {length} elements is more than the generated type can read, which ends at {LONGEST_ARRAY}; take minItems or maxItems out"
        );
        found.error_of(node, "maxItems", &text);
    }
}

/// The excluded limits that no number of 64 bits is beyond.
fn integer(node: &Node<'_>, place: &Place<'_>, found: &mut Found<'_>) {
    for (limit, excluded, last, beyond, other) in [
        ("minimum", "exclusiveMinimum", i64::MAX, "greater", "smaller"),
        ("maximum", "exclusiveMaximum", i64::MIN, "less", "larger"),
    ] {
        if place.flag(excluded) && place.value.get(limit).and_then(Value::as_i64) == Some(last) {
            let text = format!(
                "no whole number of 64 bits is {beyond} than {last}, which {excluded} demands; write a {other} {limit}, or take {excluded} out"
            );
            found.error_of(node, limit, &text);
        }
    }
}

fn count(place: &Place<'_>, key: &str) -> Option<u64> {
    place.value.get(key).and_then(Value::as_u64)
}

fn required(node: &Node<'_>, place: &Place<'_>, found: &mut Found<'_>) {
    let properties: Vec<&str> = place.entries("properties").iter().map(|(name, _)| *name).collect();
    for name in place.items("required").iter().filter_map(|item| item.value.as_str()) {
        if !properties.contains(&name) {
            let advice = near(name, properties.iter().copied()).map_or_else(
                || format!("add {name} to properties, or take it out of required"),
                |meant| format!("write {meant}, if that is what it means"),
            );
            found.error_of(
                node,
                "required",
                &format!("required names {name}, which is not among the properties; {advice}"),
            );
        }
    }
}

/// Two properties that become one field, the properties of what is taken in by allOf included.
fn fields(tree: &Tree<'_>, node: &Node<'_>, place: &Place<'_>, found: &mut Found<'_>) {
    let mut own = place.entries("properties");
    for part in place.items("allOf").into_iter().filter_map(|part| tree.follow(part, Kind::Schema)) {
        own.extend(part.entries("properties"));
    }
    let mut seen: BTreeMap<String, (&str, String)> = BTreeMap::new();
    for (name, property) in own {
        let owner = property.pointer.rsplit_once('/').map(|(owner, _)| owner.to_owned()).unwrap_or_default();
        let field = names::field(name);
        match seen.get(&field) {
            Some((other, from)) if *other != name && (*from != owner || owner.starts_with(&place.pointer)) => {
                let text = format!(
                    "the properties {other} and {name} would both become the field {field}; keep one of the two"
                );
                found.error(&property.pointer, node.operation.as_deref(), &text);
            }
            Some(_) => {}
            None => {
                seen.insert(field, (name, owner));
            }
        }
    }
    let open = place.child("additionalProperties").is_some_and(|schema| schema.value.is_object());
    if let Some((name, _)) = seen.get("extra").filter(|_| open) {
        let text = format!(
            "the property {name} would become the field extra, which holds the additionalProperties; take one of the two out"
        );
        found.error_of(node, "additionalProperties", &text);
    }
}
