//! JSON Schemas of the named types, as the document describes them.
//!
//! What schemars would derive from the generated types says less than the document: lengths, patterns, examples and defaults are lost.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use serde_json::{Map, Value, json};

use crate::output::progenitor::replacement;
use crate::spec::model::Spec;
use crate::spec::names;

/// The call of the runtime's macro that implements `schemars::JsonSchema`.
pub(crate) fn implementations(spec: &Spec, krate: &str) -> String {
    let mut rows = String::new();
    for (name, schema) in &spec.documented {
        // A type of the runtime has its own schema.
        if spec.schemas.get(name).is_none_or(|schema| replacement(schema).is_some()) {
            continue;
        }
        let mut named = BTreeSet::new();
        let text = json_schema(spec, schema, &mut named).to_string();
        let pair = |name: &String| format!("{name:?} => {}", names::type_name(name));
        let pairs: Vec<String> = named.iter().map(pair).collect();
        // Writing to a String cannot fail.
        let _ = writeln!(rows, "    {}: {text:?}, [{}];", names::type_name(name), pairs.join(", "));
    }
    if rows.is_empty() { String::new() } else { format!("\n{krate}::json_schemas! {{\n{rows}}}\n") }
}

/// A schema of OpenAPI 3.0 as JSON Schema 2020-12. The names of the schemas that it refers to are added to `named`.
fn json_schema(spec: &Spec, schema: &Value, named: &mut BTreeSet<String>) -> Value {
    let Some(map) = schema.as_object() else { return schema.clone() };
    if let Some(reference) = map.get("$ref").and_then(Value::as_str) {
        let name = reference.rsplit('/').next().unwrap_or_default().to_owned();
        // What a type of the runtime stands for is written where it is referred to.
        let is_replaced = spec.schemas.get(&name).is_some_and(|schema| replacement(schema).is_some());
        if let Some(target) = spec.documented.get(&name).filter(|_| is_replaced) {
            return json_schema(spec, target, named);
        }
        named.insert(name.clone());
        return json!({ "$ref": name });
    }
    let mut result = Map::new();
    for (key, value) in map {
        match key.as_str() {
            // In OpenAPI 3.0 a flag excludes a bound, in JSON Schema a keyword of its own.
            "exclusiveMinimum" | "exclusiveMaximum" | "nullable" | "discriminator" | "xml" | "externalDocs" => {}
            "example" => {
                result.insert("examples".to_owned(), json!([value]));
            }
            "items" | "not" | "additionalProperties" => {
                result.insert(key.clone(), json_schema(spec, value, named));
            }
            "properties" => {
                let properties = value.as_object().into_iter().flatten();
                let properties: Map<_, _> =
                    properties.map(|(name, schema)| (name.clone(), json_schema(spec, schema, named))).collect();
                result.insert(key.clone(), properties.into());
            }
            "allOf" | "anyOf" | "oneOf" => {
                let choices = value.as_array().into_iter().flatten();
                result.insert(key.clone(), choices.map(|schema| json_schema(spec, schema, named)).collect());
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
    let is_composed = ["allOf", "anyOf", "oneOf", "not"].iter().any(|part| schema.contains_key(*part));
    let name = schema.get("type").and_then(Value::as_str).map(str::to_owned);
    let Some(name) = name.filter(|_| !is_composed) else {
        return json!({ "anyOf": [schema, { "type": "null" }] });
    };
    schema.insert("type".to_owned(), json!([name, "null"]));
    if let Some(Value::Array(values)) = schema.get_mut("enum")
        && !values.contains(&Value::Null)
    {
        values.push(Value::Null);
    }
    schema.into()
}
