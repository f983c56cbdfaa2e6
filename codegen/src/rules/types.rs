//! Rule `types`: each schema has an OpenAPI type, and only the fields of that type.

use crate::document::node::{Data, Node};
use crate::document::suggest::closest;
use crate::spec::names::is_among;
use crate::spec::walk::{Context, anything};

/// The OpenAPI types, the synonyms that documents use for them, and their fields.
const TYPES: [(&str, &str, &str); 6] = [
    (
        "string",
        "str text file binary date datetime date-time uuid char",
        "minLength maxLength pattern format enum default",
    ),
    ("integer", "int int32 int64 long short bigint", NUMERIC),
    ("number", "float double decimal", NUMERIC),
    ("boolean", "bool", "enum default"),
    ("object", "map dict", OBJECT),
    ("array", "list", "items minItems maxItems uniqueItems default"),
];
const NUMERIC: &str = "minimum maximum exclusiveMinimum exclusiveMaximum multipleOf format enum default";
const OBJECT: &str = "properties required additionalProperties minProperties maxProperties allOf oneOf anyOf default";

/// Fields that are allowed for any type.
const ANY: &str =
    "title description example nullable deprecated readOnly writeOnly xml externalDocs discriminator type not";

pub(crate) fn apply(schema: &mut Node, context: &Context) {
    word(schema, context);
    infer(schema, context);
    if schema.str("type") == Some("array") {
        array(schema, context);
    }
    foreign(schema, context);
}

/// Parses the name of the type.
fn word(schema: &mut Node, context: &Context) {
    let Some(Node { at, data }) = schema.get("type").cloned() else { return };
    let Data::String(text) = data else {
        schema.remove("type");
        return;
    };
    let lower = text.to_ascii_lowercase();
    let names = || TYPES.iter().map(|(name, ..)| *name);
    let known = TYPES.iter().find(|(name, words, _)| *name == lower || is_among(&lower, words)).map(|(name, ..)| *name);
    let summary = "types are not OpenAPI types";
    match known.or_else(|| closest(&text, names()).filter(|_| text != "null")) {
        Some(name) if name == text => {}
        Some(name) => {
            let message = format!("type is {text}, and is read as {name}; write type: {name}");
            match known {
                Some(_) => context.note(at, summary, message),
                None => context.warn(at, message),
            }
            schema.set("type", name);
            if lower == "file" || lower == "binary" {
                schema.set("format", "binary");
            }
        }
        None => {
            let names = names().collect::<Vec<_>>().join(", ");
            if text == "null" {
                let message = "type is null, as in OpenAPI 3.1; write the type of the other values and nullable: true";
                context.note(at, summary, message);
            } else {
                let message = format!("type is {text}, and any JSON value is accepted here; write one of {names}");
                context.warn(at, message);
            }
            anything(schema);
        }
    }
}

/// Infers the type if it is missing, or if it is `object` next to fields of another type.
fn infer(schema: &mut Node, context: &Context) {
    let kind = schema.str("type").map(str::to_owned);
    let has = |keys: &[&str]| keys.iter().any(|key| schema.has(key));
    if !matches!(kind.as_deref(), None | Some("object")) || has(&["allOf", "oneOf", "anyOf", "not"]) {
        return;
    }
    let is_own_type = kind.is_none() || context.is_component;
    let format = schema.str("format").unwrap_or_default().to_ascii_lowercase();
    let inferred = match format.as_str() {
        _ if has(&["properties", "additionalProperties"]) => "object",
        _ if has(&["items"]) => "array",
        _ if !schema.list("enum").is_empty() => of_values(schema.list("enum")).unwrap_or("object"),
        "float" | "double" => "number",
        "long" => "integer",
        format if format.starts_with("int") || format.starts_with("uint") => "integer",
        format if !format.is_empty() || has(&["pattern"]) => "string",
        _ if has(&["minLength", "maxLength"]) && is_own_type => "string",
        _ => return,
    };
    let message = match kind.as_deref() {
        Some(kind) if kind == inferred => return,
        Some(kind) => {
            format!("type is {kind}, and is read as {inferred} because of its other fields; write type: {inferred}")
        }
        None => {
            format!("this schema has no type, and is read as {inferred} because of its fields; write type: {inferred}")
        }
    };
    context.note(schema.at, "types are inferred from other fields", message);
    schema.set("type", inferred);
}

/// The common type of all values in a list.
fn of_values(values: &[Node]) -> Option<&'static str> {
    let of = |node: &Node| match &node.data {
        Data::String(_) => Some("string"),
        Data::Bool(_) => Some("boolean"),
        Data::Number(number) if number.is_f64() => Some("number"),
        Data::Number(_) => Some("integer"),
        _ => None,
    };
    let first = values.iter().find_map(of)?;
    Some(if values.iter().filter_map(of).all(|other| other == first) { first } else { "string" })
}

/// An array has items. An enum of the array applies to them.
fn array(schema: &mut Node, context: &Context) {
    if !schema.has("items") {
        let message = "an array needs the schema of its elements; write items: with it, or items: {} for any values";
        context.note(schema.at, "arrays have no items, and their elements are any JSON value", message);
        schema.put("items", Node::map(schema.at));
    }
    let Some(listed) = schema.remove("enum") else { return };
    let message = "the enum of an array belongs to its elements; write it inside items:";
    context.note(listed.at, "enums of arrays are read as those of their elements", message);
    if let Some(items) = schema.get_mut("items").filter(|items| !items.has("$ref") && !items.has("enum"))
        && let Data::List(values) = &listed.data
        && of_values(values) == items.str("type")
    {
        items.put("enum", listed);
    }
}

/// Removes fields that belong to another type.
fn foreign(schema: &mut Node, context: &Context) {
    let kind = schema.str("type").map(str::to_owned);
    let own = TYPES.iter().find(|(name, ..)| Some(*name) == kind.as_deref()).map_or(OBJECT, |(.., own)| own);
    let (shown, advice) = kind.map_or_else(
        || ("a schema without a type".to_owned(), "write its type"),
        |kind| (format!("type: {kind}"), "write another type"),
    );
    let Some(map) = schema.entries_mut() else { return };
    map.retain(|key, value| {
        let is_own = is_among(key, own) || is_among(key, ANY);
        if !is_own && !key.starts_with("x-") {
            let message = format!("{key} does not belong to {shown}, and is ignored; {advice}, or remove {key}");
            context.note(value.at, "fields of schemas do not belong to their type, and are ignored", message);
        }
        is_own
    });
}
