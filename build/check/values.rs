//! Whether the values in a schema, those of `enum` and `default`, fit the schema, and whether they can be Rust names.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use serde_json::Value;

use super::super::names;
use super::Found;
use super::kind::Kind;
use super::tree::{Node, Place, Tree};

/// The range of each integer format that is smaller than what is read from the document.
const RANGES: [(&str, i64, i64); 9] = [
    ("int8", i8::MIN as i64, i8::MAX as i64),
    ("uint8", 0, u8::MAX as i64),
    ("int16", i16::MIN as i64, i16::MAX as i64),
    ("uint16", 0, u16::MAX as i64),
    ("int32", i32::MIN as i64, i32::MAX as i64),
    ("int", i32::MIN as i64, i32::MAX as i64),
    ("uint32", 0, u32::MAX as i64),
    ("uint", 0, u32::MAX as i64),
    ("uint64", 0, i64::MAX),
];

pub fn check(tree: &Tree<'_>, found: &mut Found<'_>) {
    for node in tree.of(Kind::Schema) {
        // What stands under not is looked at there.
        if node.field == "not" || found.is_wrong(&format!("{}/type", node.pointer)) {
            continue;
        }
        let place = node.place();
        let listed = place.value.get("enum").and_then(Value::as_array);
        if let Some(values) = listed {
            enumeration(tree, node, values, found);
        }
        // The generator leaves a default of null out, as it leaves out one that is not there.
        let Some(default) = place.value.get("default").filter(|default| !default.is_null()) else { continue };
        if let Err(reason) = fits(tree, &place, default, Look::default()) {
            found.error_of(node, "default", &format!("the default {default} {reason}"));
        }
    }
}

fn enumeration(tree: &Tree<'_>, node: &Node<'_>, values: &[Value], found: &mut Found<'_>) {
    let place = node.place();
    if values.is_empty() {
        found.error_of(
            node,
            "enum",
            "enum lists no value, so that none would be allowed; list the values, or take enum out",
        );
        return;
    }
    let values: Vec<&Value> = values.iter().filter(|value| !value.is_null()).collect();
    let is_mixed = values.iter().any(|value| value.is_string()) && values.iter().any(|value| !value.is_string());
    if is_mixed && !place.has("type") {
        found.error_of(
            node,
            "enum",
            "enum mixes text with other values; write all of them as text, in quotes, and type: string",
        );
        return;
    }
    let alone = without_enum(place.value);
    let alone = Place { pointer: place.pointer.clone(), value: &alone };
    let mut misfits: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for value in &values {
        if let Err(reason) = fits(tree, &alone, value, Look::default()) {
            misfits.entry(reason).or_default().push(value.to_string());
        }
    }
    let fit = misfits.is_empty();
    for (reason, values) in misfits {
        let which = if values.len() == 1 { "the value" } else { "each of the values" };
        found.error_of(node, "enum", &format!("{which} {} of enum {reason}", values.join(", ")));
    }
    let texts: Vec<&str> = values.iter().filter_map(|value| value.as_str()).collect();
    if fit && !names::variants_differ(&texts) {
        found.error_of(
            node,
            "enum",
            &format!("{}; keep one of them, or take enum out and write type: string alone", alike(&texts)),
        );
    }
}

fn without_enum(schema: &Value) -> Value {
    let mut schema = schema.clone();
    if let Some(map) = schema.as_object_mut() {
        map.remove("enum");
    }
    schema
}

/// Which values would become the same variant.
fn alike(values: &[&str]) -> String {
    for (index, value) in values.iter().enumerate() {
        for other in values.iter().skip(index + 1) {
            if value == other {
                return format!("enum lists {value:?} twice");
            }
            if !names::variants_differ(&[value, other]) {
                return format!("the values {value:?} and {other:?} of enum would get the same name in Rust");
            }
        }
    }
    "the values of enum would not all get a name of their own in Rust".to_owned()
}

/// How far inside a schema a value is compared with it.
#[derive(Clone, Copy, Default)]
struct Look {
    depth: usize,
    /// Whether the schema is only one part of what the value has to fit.
    partial: bool,
}

/// Whether a value fits a schema, or else why not and what to write.
fn fits(tree: &Tree<'_>, schema: &Place<'_>, value: &Value, look: Look) -> Result<(), String> {
    let Some(schema) = tree.follow(schema.clone(), Kind::Schema).filter(|_| look.depth < 16) else { return Ok(()) };
    let inside = Look { depth: look.depth + 1, partial: look.partial };
    if value.is_null() && (schema.flag("nullable") || !schema.has("type")) {
        return Ok(());
    }
    if let Some(listed) = schema.value.get("enum").and_then(Value::as_array)
        && !listed.contains(value)
    {
        let listed: Vec<String> = listed.iter().map(Value::to_string).collect();
        return Err(format!("is not in the list of values; write one of {}", listed.join(", ")));
    }
    let together = schema.items("allOf");
    for part in &together {
        // A field that one part does not know may belong to another.
        fits(tree, part, value, Look { partial: together.len() > 1, ..inside })?;
    }
    for key in ["oneOf", "anyOf"] {
        let parts = schema.items(key);
        if !parts.is_empty() && parts.iter().all(|part| fits(tree, part, value, inside).is_err()) {
            return Err(format!("fits none of {key}; write a value that fits one of them"));
        }
    }
    match schema.text("type") {
        Some("string") => text(&schema, value),
        Some("integer") => integer(&schema, value),
        Some("number") if !value.is_number() => Err("is not a number; write a number, without quotes".to_owned()),
        Some("boolean") if !value.is_boolean() => {
            Err("is neither true nor false; write one of them, without quotes".to_owned())
        }
        Some("array") => list(tree, &schema, value, inside),
        Some("object") => object(tree, &schema, value, inside),
        _ => Ok(()),
    }
}

fn text(schema: &Place<'_>, value: &Value) -> Result<(), String> {
    let Some(text) = value.as_str() else { return Err("is not text; put it in quotes".to_owned()) };
    let length = text.chars().count() as u64;
    let limit = |key: &str| schema.value.get(key).and_then(Value::as_u64);
    if let Some(shortest) = limit("minLength").filter(|shortest| length < *shortest) {
        return Err(format!("is shorter than minLength, {shortest}; write a longer text, or a smaller minLength"));
    }
    if let Some(longest) = limit("maxLength").filter(|longest| length > *longest) {
        return Err(format!("is longer than maxLength, {longest}; write a shorter text, or a larger maxLength"));
    }
    let is_address = match schema.text("format") {
        Some("ip") => text.parse::<IpAddr>().is_ok(),
        Some("ipv4") => text.parse::<Ipv4Addr>().is_ok(),
        Some("ipv6") => text.parse::<Ipv6Addr>().is_ok(),
        _ => true,
    };
    if is_address { Ok(()) } else { Err("is not an address of its format; write one, or take format out".to_owned()) }
}

fn integer(schema: &Place<'_>, value: &Value) -> Result<(), String> {
    let Some(number) = value.as_i64() else {
        return Err("is not a whole number of at most 64 bits; write one, without quotes".to_owned());
    };
    let range = schema.text("format").and_then(|format| RANGES.iter().find(|(name, ..)| *name == format));
    if let Some((format, least, most)) = range
        && !(*least..=*most).contains(&number)
    {
        return Err(format!("does not fit the format {format}; write a number from {least} to {most}"));
    }
    let limit = |key: &str| schema.value.get(key).and_then(Value::as_i64);
    // A limit that no number is beyond is told of where it stands, and not once more for each value.
    let least = limit("minimum").and_then(|least| least.checked_add(schema.flag("exclusiveMinimum").into()));
    let most = limit("maximum").and_then(|most| most.checked_sub(schema.flag("exclusiveMaximum").into()));
    if let Some(least) = least.filter(|least| number < *least) {
        return Err(format!("is less than the minimum; write at least {least}"));
    }
    if let Some(most) = most.filter(|most| number > *most) {
        return Err(format!("is more than the maximum; write at most {most}"));
    }
    Ok(())
}

fn list(tree: &Tree<'_>, schema: &Place<'_>, value: &Value, look: Look) -> Result<(), String> {
    let Some(elements) = value.as_array() else { return Err("is not a list; write a list".to_owned()) };
    let limit = |key: &str| schema.value.get(key).and_then(Value::as_u64);
    if let Some(length) =
        limit("minItems").filter(|least| Some(*least) == limit("maxItems") && *least != elements.len() as u64)
    {
        return Err(format!("does not have the {length} elements that minItems and maxItems demand; write as many"));
    }
    let unique = elements.iter().enumerate().all(|(index, element)| !elements[..index].contains(element));
    if schema.flag("uniqueItems") && !unique {
        return Err("has an element twice, which uniqueItems forbids; take one out".to_owned());
    }
    let Some(items) = schema.child("items") else { return Ok(()) };
    elements.iter().try_for_each(|element| {
        fits(tree, &items, element, Look { partial: false, ..look })
            .map_err(|reason| format!("has the element {element}, which {reason}"))
    })
}

fn object(tree: &Tree<'_>, schema: &Place<'_>, value: &Value, look: Look) -> Result<(), String> {
    let inside = Look { partial: false, ..look };
    let Some(fields) = value.as_object() else { return Err("is not an object; write a mapping".to_owned()) };
    let properties = schema.entries("properties");
    let extra = schema.child("additionalProperties").filter(|extra| extra.value.is_object());
    for (name, field) in fields {
        let property = properties.iter().find(|(known, _)| known == name).map(|(_, property)| property);
        match property.or(extra.as_ref()) {
            Some(property) => fits(tree, property, field, inside)
                .map_err(|reason| format!("has the field {name}, of which {field} {reason}"))?,
            None if look.partial || properties.is_empty() => {}
            None => return Err(format!("has the field {name}, which is not among the properties; take it out")),
        }
    }
    let missing = schema
        .items("required")
        .into_iter()
        .filter_map(|name| name.value.as_str())
        .find(|name| !fields.contains_key(*name));
    missing.map_or(Ok(()), |name| Err(format!("lacks {name}, which is required; add it")))
}
