//! JSON Schemas of the named types, from the document.
//!
//! The schemas that schemars would derive from the generated types lack lengths, patterns, examples and defaults.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use crate::output::progenitor::replacement;
use crate::spec::model::Spec;
use crate::spec::names;

/// Generates the call of the runtime macro that implements `schemars::JsonSchema`.
pub(crate) fn implementations(spec: &Spec, krate: &str) -> String {
    // A runtime type implements its schema itself.
    let own = spec.documented.iter().filter(|(name, _)| spec.schemas.contains_key(*name) && !is_replaced(spec, name));
    let rows = own.map(|(name, schema)| {
        let mut named = BTreeSet::new();
        let text = json_schema(spec, schema, &mut named).to_string();
        let pair = |name: &String| format!("{name:?} => {}", names::type_name(name));
        let pairs: Vec<String> = named.iter().map(pair).collect();
        format!("    {}: {text:?}, [{}];\n", names::type_name(name), pairs.join(", "))
    });
    let rows: String = rows.collect();
    if rows.is_empty() { String::new() } else { format!("\n{krate}::json_schemas! {{\n{rows}}}\n") }
}

/// Whether a runtime type replaces a schema.
fn is_replaced(spec: &Spec, name: &str) -> bool {
    spec.schemas.get(name).is_some_and(|schema| replacement(schema).is_some())
}

/// Converts an OpenAPI 3.0 schema to JSON Schema 2020-12. Adds the names of referenced schemas to `named`.
fn json_schema(spec: &Spec, schema: &Value, named: &mut BTreeSet<String>) -> Value {
    let Some(map) = schema.as_object() else { return schema.clone() };
    if let Some(reference) = map.get("$ref").and_then(Value::as_str) {
        let name = reference.rsplit('/').next().unwrap_or_default();
        // A schema that a runtime type replaces is inlined.
        if let Some(target) = spec.documented.get(name).filter(|_| is_replaced(spec, name)) {
            return json_schema(spec, target, named);
        }
        named.insert(name.to_owned());
        return json!({ "$ref": name });
    }
    let is_set = |key: &str| map.get(key) == Some(&Value::Bool(true));
    let mut result = Map::new();
    for (key, value) in map {
        let (key, value) = match (key.as_str(), value) {
            ("nullable" | "discriminator" | "xml" | "externalDocs" | "exclusiveMinimum" | "exclusiveMaximum", _) => {
                continue;
            }
            (key, _) if key.starts_with("x-") => continue,
            ("example", value) => ("examples", json!([value])),
            // OpenAPI 3.0 has a flag for exclusive bounds, JSON Schema separate keywords.
            ("minimum", value) if is_set("exclusiveMinimum") => ("exclusiveMinimum", value.clone()),
            ("maximum", value) if is_set("exclusiveMaximum") => ("exclusiveMaximum", value.clone()),
            (key @ ("items" | "not" | "additionalProperties"), value) => (key, json_schema(spec, value, named)),
            (key @ ("allOf" | "anyOf" | "oneOf"), Value::Array(choices)) => {
                (key, choices.iter().map(|choice| json_schema(spec, choice, named)).collect())
            }
            (key @ "properties", Value::Object(map)) => {
                let properties = map.iter().map(|(name, schema)| (name.clone(), json_schema(spec, schema, named)));
                (key, properties.collect::<Map<_, _>>().into())
            }
            (key, value) => (key, value.clone()),
        };
        result.insert(key.to_owned(), value);
    }
    if is_set("nullable") { nullable(result) } else { result.into() }
}

/// Makes a schema nullable.
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
