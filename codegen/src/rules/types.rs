//! Rule `types`: each schema has a type that OpenAPI knows, and only fields that belong to it.

use crate::diagnostic::Report;
use crate::document::near::near;
use crate::document::node::{Data, Node};
use crate::spec::model::Spec;
use crate::spec::walk::{Context, anything};

/// The types of OpenAPI.
const TYPES: [&str; 6] = ["string", "integer", "number", "boolean", "object", "array"];

/// Other words that documents use for them, in lower case.
const OTHER_WORDS: [(&str, &str); 22] = [
    ("str", "string"),
    ("text", "string"),
    ("file", "string"),
    ("binary", "string"),
    ("date", "string"),
    ("datetime", "string"),
    ("date-time", "string"),
    ("uuid", "string"),
    ("char", "string"),
    ("int", "integer"),
    ("int32", "integer"),
    ("int64", "integer"),
    ("long", "integer"),
    ("short", "integer"),
    ("bigint", "integer"),
    ("float", "number"),
    ("double", "number"),
    ("decimal", "number"),
    ("bool", "boolean"),
    ("list", "array"),
    ("map", "object"),
    ("dict", "object"),
];

/// What may be said of any type.
const ANY: [&str; 12] = [
    "title",
    "description",
    "example",
    "nullable",
    "deprecated",
    "readOnly",
    "writeOnly",
    "xml",
    "externalDocs",
    "discriminator",
    "type",
    "not",
];

const COMPOSED: [&str; 4] = ["allOf", "oneOf", "anyOf", "not"];

pub(crate) fn apply(spec: &mut Spec, report: &Report) {
    spec.each_schema(report, &mut |schema, context| {
        if schema.has("$ref") {
            return;
        }
        word(schema, context);
        infer(schema, context);
        foreign(schema, context);
    });
}

/// Reads the word for the type.
fn word(schema: &mut Node, context: &Context<'_>) {
    let Some(word) = schema.get("type") else { return };
    let at = word.at;
    let Some(text) = word.as_str().map(str::to_owned) else {
        schema.remove("type");
        return;
    };
    let lower = text.to_ascii_lowercase();
    if TYPES.contains(&text.as_str()) {
        return;
    }
    let known = TYPES.iter().copied().find(|&known| known == lower);
    let meant = known.or_else(|| OTHER_WORDS.iter().find(|(other, _)| *other == lower).map(|(_, known)| *known));
    if text == "null" {
        let message = "type is null, as in OpenAPI 3.1; write the type of the other values and nullable: true";
        context.report.note(at, "types are written in other words", message);
        anything(schema);
    } else if let Some(meant) = meant {
        let message = format!("type is {text}, and is read as {meant}; write type: {meant}");
        context.report.note(at, "types are written in other words", message);
        schema.set("type", meant);
        if lower == "file" || lower == "binary" {
            schema.set("format", "binary");
        }
    } else if let Some(meant) = near(&text, TYPES.into_iter()) {
        context
            .report
            .warn(at, format!("type is {text}, and is read as {meant}; write {meant}, if that is what it means"));
        schema.set("type", meant);
    } else {
        let message = format!("type is {text}, and any JSON value is accepted here; write one of {}", TYPES.join(", "));
        context.report.warn(at, message);
        anything(schema);
    }
}

/// Infers a type that is missing, or that is `object` beside fields that only another type has.
fn infer(schema: &mut Node, context: &Context<'_>) {
    let kind = schema.str("type").map(str::to_owned);
    let is_composed = COMPOSED.iter().any(|key| schema.has(key));
    if !matches!(kind.as_deref(), None | Some("object")) || is_composed {
        return;
    }
    let has = |keys: &[&str]| keys.iter().any(|key| schema.has(key));
    let format = schema.str("format").unwrap_or_default().to_ascii_lowercase();
    let has_length = has(&["minLength", "maxLength"]);
    let inferred = if has(&["properties", "additionalProperties"]) {
        Some("object")
    } else if has(&["items"]) {
        Some("array")
    } else if !schema.list("enum").is_empty() {
        of_values(schema.list("enum"))
    } else if format.starts_with("int") || format.starts_with("uint") || format == "long" {
        Some("integer")
    } else if matches!(format.as_str(), "float" | "double") {
        Some("number")
    } else if !format.is_empty()
        || has(&["pattern"])
        || has_length && (kind.is_none() || context.root && context.component.is_some())
    {
        Some("string")
    } else if has_length || has(&["minimum", "maximum", "multipleOf"]) {
        let found =
            ["minLength", "maxLength", "minimum", "maximum", "multipleOf"].into_iter().find(|key| schema.has(key));
        let field = found.unwrap_or_default();
        let message = match &kind {
            None => format!("this schema has {field}, but no type, and any JSON value is accepted; write type: number"),
            Some(kind) => format!(
                "{field} does not belong to type: {kind}, and any JSON value is accepted; write another type, or remove {field}"
            ),
        };
        context.report.note(
            schema.at,
            "schemas have a type that their other fields contradict, and are read as any JSON value",
            message,
        );
        anything(schema);
        return;
    } else {
        None
    };
    let Some(inferred) = inferred.filter(|inferred| kind.as_deref() != Some(*inferred)) else { return };
    let message = match kind {
        Some(kind) => {
            format!("type is {kind}, and is read as {inferred} by the fields beside it; write type: {inferred}")
        }
        None => format!("this schema has no type, and is read as {inferred} by its fields; write type: {inferred}"),
    };
    context.report.note(schema.at, "types are inferred from other fields", message);
    schema.set("type", inferred);
}

/// The type of all values of a list.
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

/// Removes what belongs to another type.
fn foreign(schema: &mut Node, context: &Context<'_>) {
    let kind = schema.str("type").map(str::to_owned);
    if kind.as_deref() == Some("array") {
        array(schema, context);
    }
    let own: &[&str] = match kind.as_deref() {
        Some("string") => &["minLength", "maxLength", "pattern", "format", "enum", "default"],
        Some("integer" | "number") => {
            &["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "format", "enum", "default"]
        }
        Some("boolean") => &["default", "enum"],
        Some("array") => &["items", "minItems", "maxItems", "uniqueItems", "default"],
        _ => &[
            "properties",
            "required",
            "additionalProperties",
            "minProperties",
            "maxProperties",
            "allOf",
            "oneOf",
            "anyOf",
            "default",
        ],
    };
    let shown = kind.unwrap_or_else(|| "object".to_owned());
    let Some(map) = schema.entries_mut() else { return };
    map.retain(|key, value| {
        if own.contains(&key.as_str()) || ANY.contains(&key.as_str()) {
            return true;
        }
        if !key.starts_with("x-") {
            let message =
                format!("{key} does not belong to type: {shown}, and is ignored; write another type, or remove {key}");
            context.report.note(value.at, "fields of schemas do not belong to their type, and are ignored", message);
        }
        false
    });
}

/// An array has items, and the enum that stands beside them.
fn array(schema: &mut Node, context: &Context<'_>) {
    if !schema.has("items") {
        let message = "an array needs the schema of its elements; write items: with it, or items: {} for any values";
        context.report.note(schema.at, "arrays have no items, and their elements are any JSON value", message);
        let items = Node::map(schema.at);
        schema.put("items", items);
    }
    let Some(listed) = schema.remove("enum") else { return };
    let message = "the enum of an array belongs to its elements; write it inside items:";
    context.report.note(listed.at, "enums of arrays are read as those of their elements", message);
    if let Some(items) = schema.get_mut("items").filter(|items| !items.has("$ref") && !items.has("enum"))
        && let Data::List(values) = &listed.data
        && of_values(values) == items.str("type")
    {
        items.put("enum", listed);
    }
}
