//! The schemas of an OpenAPI document, checked as JSON Schema.

use std::sync::{Arc, OnceLock};

use jsonschema::Validator;
use serde_json::{Map, Value, json};

/// A schema, compiled when it is first used.
pub(in crate::testing) struct Schema {
    /// The components of the document, as JSON Schema.
    components: Arc<Value>,
    source: Value,
    validator: OnceLock<Result<Validator, String>>,
}

impl Schema {
    pub(super) fn new(components: &Arc<Value>, schema: &Value) -> Self {
        Self { components: Arc::clone(components), source: to_json_schema(schema), validator: OnceLock::new() }
    }

    /// Checks that one interpretation of a string is valid: it can represent a string, a number or a list. The error
    /// describes what is wrong with the first one and where, without the value, which may be a secret.
    pub(super) fn check_any(&self, readings: &[Value]) -> Result<(), String> {
        let validator = self.validator.get_or_init(|| {
            let mut schema = json!({ "allOf": [self.source] });
            if self.source.to_string().contains("\"$ref\"") {
                schema["components"] = self.components.as_ref().clone();
            }
            jsonschema::draft202012::new(&schema).map_err(|error| format!("has a schema that is not valid: {error}"))
        });
        let validator = validator.as_ref().map_err(Clone::clone)?;
        let (Some(first), false) = (readings.first(), readings.iter().any(|value| validator.is_valid(value))) else {
            return Ok(());
        };
        validator.validate(first).map_err(|error| {
            let path = error.instance_path().to_string();
            let place = if path.is_empty() { path } else { format!("at {path} ") };
            format!("{place}does not match the schema: {}", error.masked())
        })
    }
}

pub(super) fn resolve<'a>(root: &'a Value, mut node: &'a Value) -> &'a Value {
    // A longer chain is circular.
    for _ in 0..16 {
        let Some(reference) = node["$ref"].as_str() else { return node };
        node = reference.strip_prefix('#').and_then(|pointer| root.pointer(pointer)).unwrap_or(&Value::Null);
    }
    &Value::Null
}

/// The properties of a schema, including those of its parts.
pub(super) fn properties<'a>(root: &'a Value, schema: &'a Value) -> Vec<(&'a String, &'a Value)> {
    let schema = resolve(root, schema);
    let own = schema["properties"].as_object().into_iter().flatten();
    let parts = schema["allOf"].as_array().into_iter().flatten();
    own.chain(parts.flat_map(|part| properties(root, part))).collect()
}

/// Converts the schemas in a value to JSON Schema, from which OpenAPI 3.0 differs in three keywords.
pub(super) fn to_json_schema(value: &Value) -> Value {
    let source = match value {
        Value::Object(source) => source,
        Value::Array(items) => return items.iter().map(to_json_schema).collect(),
        other => return other.clone(),
    };
    let mut map: Map<_, _> = source.iter().map(|(key, value)| (key.clone(), to_json_schema(value))).collect();
    for (exclusive, bound) in [("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")] {
        if source.get(exclusive).is_some_and(Value::is_boolean) {
            let is_exclusive = map.remove(exclusive) == Some(true.into());
            let bound = if is_exclusive { map.remove(bound) } else { None };
            map.extend(bound.map(|bound| (exclusive.to_owned(), bound)));
        }
    }
    // A property that only responses have is not required in a request.
    if let Some(Value::Array(required)) = map.get_mut("required") {
        let properties = source.get("properties").unwrap_or(&Value::Null);
        required.retain(|name| name.as_str().is_none_or(|name| properties[name]["readOnly"] != true));
    }
    if map.remove("nullable") == Some(true.into()) { json!({ "anyOf": [map, { "type": "null" }] }) } else { map.into() }
}
