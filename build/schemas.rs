//! JSON schemas for the named types, as the document describes them.
//!
//! What the schemars derive would make of the generated types says less than the document and sometimes something else: it
//! loses lengths, patterns, examples and defaults, and allows null where the document does not.

use std::fmt::Write as _;

use serde_json::{Map, Value, json};

use super::names;

/// The macro call that implements `schemars::JsonSchema` for each named schema of a document.
pub fn implementations(document: &Value) -> String {
    let schemas = document.pointer("/components/schemas").and_then(Value::as_object);
    let mut code = String::from("crate::json_schemas! {\n");
    for (name, schema) in schemas.into_iter().flatten() {
        // A type of this crate has a schema of its own.
        if super::replacements::of_schema(schema).is_some() {
            continue;
        }
        let mut named = Vec::new();
        let text = json_schema(document, schema, &mut named).to_string();
        named.sort();
        named.dedup();
        let reference = |name: &String| format!("{name:?} => {}", names::type_name(name));
        let references = named.iter().map(reference).collect::<Vec<_>>().join(", ");
        // Writing to a String cannot fail.
        let _ = writeln!(code, "    {}: {text:?}, [{references}];", names::type_name(name));
    }
    code.push_str("}\n");
    code
}

/// A schema of OpenAPI 3.0 as JSON Schema 2020-12. The names of the schemas that it refers to are added to `named`.
pub fn json_schema(document: &Value, schema: &Value, named: &mut Vec<String>) -> Value {
    let Some(map) = schema.as_object() else { return schema.clone() };
    if let Some(reference) = map.get("$ref").and_then(Value::as_str) {
        let name = reference.rsplit('/').next().unwrap_or_default().replace("~1", "/").replace("~0", "~");
        // What a type of this crate stands for is said where it is referred to.
        let target = document.pointer(reference.trim_start_matches('#'));
        if let Some(target) = target.filter(|target| super::replacements::of_schema(target).is_some()) {
            return json_schema(document, target, named);
        }
        let reference = json!({ "$ref": name });
        named.push(name);
        return reference;
    }
    let mut result = Map::new();
    for (key, value) in map {
        match key.as_str() {
            // A bound is excluded by a flag beside it in OpenAPI 3.0, and by a keyword of its own in JSON Schema. The rest says
            // nothing about what is valid, or is seen to below.
            "exclusiveMinimum" | "exclusiveMaximum" | "nullable" | "discriminator" | "xml" | "externalDocs" => {}
            "example" => {
                result.insert("examples".to_owned(), json!([value]));
            }
            "items" | "not" | "additionalProperties" => {
                result.insert(key.clone(), json_schema(document, value, named));
            }
            "properties" => {
                let properties = value.as_object().into_iter().flatten();
                let properties: Map<_, _> =
                    properties.map(|(name, schema)| (name.clone(), json_schema(document, schema, named))).collect();
                result.insert(key.clone(), properties.into());
            }
            "allOf" | "anyOf" | "oneOf" => {
                let choices = value.as_array().into_iter().flatten();
                result.insert(key.clone(), choices.map(|schema| json_schema(document, schema, named)).collect());
            }
            "minimum" | "maximum" => {
                let excluded = if key == "minimum" { "exclusiveMinimum" } else { "exclusiveMaximum" };
                let key = if map.get(excluded) == Some(&Value::Bool(true)) { excluded } else { key };
                result.insert(key.to_owned(), value.clone());
            }
            _ if key.starts_with("x-") => {}
            _ => {
                result.insert(key.clone(), value.clone());
            }
        }
    }
    if map.get("nullable") == Some(&Value::Bool(true)) { nullable(result) } else { result.into() }
}

/// The same schema, with null allowed.
fn nullable(mut schema: Map<String, Value>) -> Value {
    let parts = ["allOf", "anyOf", "oneOf", "not"];
    if parts.iter().any(|part| schema.contains_key(*part)) {
        return json!({ "anyOf": [schema, { "type": "null" }] });
    }
    match schema.get_mut("type") {
        Some(Value::String(name)) => {
            let name = name.clone();
            schema.insert("type".to_owned(), json!([name, "null"]));
            if let Some(Value::Array(values)) = schema.get_mut("enum")
                && !values.contains(&Value::Null)
            {
                values.push(Value::Null);
            }
            schema.into()
        }
        _ => json!({ "anyOf": [schema, { "type": "null" }] }),
    }
}
