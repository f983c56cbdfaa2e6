//! Examples: documented ones, or ones generated from a schema.

use serde_json::{Map, Value, json};

use super::schema::resolve;

/// The maximum nesting depth of an example. A schema may refer to itself.
const DEPTH: usize = 8;

/// The example of a media type.
pub(super) fn of_media_type(root: &Value, media_type: &Value) -> Value {
    let documented = || {
        let first = media_type["examples"].as_object()?.values().next()?;
        resolve(root, first).get("value").cloned()
    };
    let made = || media_type.get("schema").and_then(|schema| of_schema(root, schema, DEPTH));
    media_type.get("example").cloned().or_else(documented).or_else(made).unwrap_or_default()
}

/// A value that matches a schema; `None` if it is nested too deeply.
fn of_schema(root: &Value, schema: &Value, depth: usize) -> Option<Value> {
    let depth = depth.checked_sub(1)?;
    let schema = resolve(root, schema);
    let first = |key: &str| schema[key].as_array()?.first();
    let length = |key: &str| schema[key].as_u64().and_then(|length| usize::try_from(length).ok()).unwrap_or_default();
    if let Some(value) = schema.get("example").or_else(|| schema.get("default")).or_else(|| first("enum")) {
        return Some(value.clone());
    }
    if let Some(part) = first("oneOf").or_else(|| first("anyOf")) {
        return of_schema(root, part, depth);
    }
    match schema["type"].as_str() {
        Some("string") => Some(string(schema, length("minLength")).into()),
        Some("integer" | "number") => Some(schema.get("minimum").cloned().unwrap_or(1.into())),
        Some("boolean") => Some(true.into()),
        Some("array") => {
            let item = of_schema(root, &schema["items"], depth);
            Some(item.map_or(json!([]), |item| vec![item; length("minItems").max(1)].into()))
        }
        _ => {
            let mut map = Map::new();
            for part in schema["allOf"].as_array().into_iter().flatten() {
                match of_schema(root, part, depth)? {
                    Value::Object(fields) => map.extend(fields),
                    other => return Some(other),
                }
            }
            for (name, property) in schema["properties"].as_object().into_iter().flatten() {
                map.extend(of_schema(root, property, depth).map(|value| (name.clone(), value)));
            }
            Some(map.into())
        }
    }
}

fn string(schema: &Value, length: usize) -> String {
    let text = match schema["format"].as_str() {
        Some("date-time") => "2021-01-30T23:00:00Z",
        Some("date") => "2021-01-30",
        Some("uuid") => "909494e3-558e-46b6-a9eb-07a8e18ca62f",
        _ => "string",
    };
    format!("{text:x<length$}")
}
