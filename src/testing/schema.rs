//! The schemas of an OpenAPI document, checked as JSON Schema.

use std::sync::{Arc, OnceLock};

use jsonschema::Validator;
use serde_json::{Map, Value, json};

/// A schema, compiled when it is first used.
pub(super) struct Schema {
    root: Arc<Value>,
    source: Value,
    validator: OnceLock<Result<Validator, String>>,
}

impl Schema {
    /// A schema in the document `root`.
    pub(super) fn new(root: &Arc<Value>, schema: &Value) -> Self {
        Self { root: Arc::clone(root), source: schema.clone(), validator: OnceLock::new() }
    }

    /// Checks a value.
    ///
    /// # Errors
    ///
    /// What is wrong and where in the value, without the value itself, which may be a secret.
    pub(super) fn check(&self, value: &Value) -> Result<(), String> {
        let validator = self.validator.get_or_init(|| {
            let mut definitions = Map::new();
            let schema = convert(&self.root, &self.source, &mut definitions);
            let schema = json!({ "allOf": [schema], "$defs": definitions });
            jsonschema::draft202012::new(&schema).map_err(|error| format!("has a schema that is not valid: {error}"))
        });
        validator.as_ref().map_err(Clone::clone)?.validate(value).map_err(|error| {
            let path = error.instance_path().to_string();
            let place = if path.is_empty() { path } else { format!("at {path} ") };
            format!("{place}does not fit the schema: {}", error.masked())
        })
    }
}

/// The node that a chain of references leads to.
pub(super) fn resolve<'a>(root: &'a Value, mut node: &'a Value) -> &'a Value {
    // A chain that is longer leads in a circle.
    for _ in 0..16 {
        let Some(reference) = node.get("$ref").and_then(Value::as_str) else { return node };
        node = reference.strip_prefix('#').and_then(|pointer| root.pointer(pointer)).unwrap_or(&Value::Null);
    }
    &Value::Null
}

/// The properties of a schema, with those of all that it consists of.
pub(super) fn properties<'a>(root: &'a Value, schema: &'a Value) -> Vec<(&'a String, &'a Value)> {
    let schema = resolve(root, schema);
    let own = schema.get("properties").and_then(Value::as_object).into_iter().flatten();
    let parts = schema.get("allOf").and_then(Value::as_array).into_iter().flatten();
    own.chain(parts.flat_map(|part| properties(root, part))).collect()
}

/// Writes a schema of OpenAPI 3.0 as JSON Schema, and all that it refers to into `definitions`.
fn convert(root: &Value, schema: &Value, definitions: &mut Map<String, Value>) -> Value {
    let Value::Object(source) = schema else { return schema.clone() };
    if let Some(reference) = source.get("$ref").and_then(Value::as_str) {
        let name = reference.replace(['#', '/', '~'], ".");
        if !definitions.contains_key(&name) {
            // It may refer to itself.
            definitions.insert(name.clone(), true.into());
            let converted = convert(root, resolve(root, schema), definitions);
            definitions.insert(name.clone(), converted);
        }
        return json!({ "$ref": format!("#/$defs/{name}") });
    }
    let mut map = source.clone();
    for (key, value) in &mut map {
        match (key.as_str(), value) {
            ("properties", Value::Object(parts)) => {
                parts.values_mut().for_each(|part| *part = convert(root, part, definitions));
            }
            ("allOf" | "anyOf" | "oneOf", Value::Array(parts)) => {
                for part in parts {
                    *part = convert(root, part, definitions);
                }
            }
            ("items" | "not" | "additionalProperties", part) => *part = convert(root, part, definitions),
            _ => {}
        }
    }
    for (exclusive, bound) in [("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")] {
        match map.get(exclusive).and_then(Value::as_bool) {
            Some(true) => map.remove(bound).and_then(|bound| map.insert(exclusive.to_owned(), bound)),
            Some(false) => map.remove(exclusive),
            None => None,
        };
    }
    // A property that only responses have is not mandatory in a request.
    if let Some(Value::Array(required)) = map.get_mut("required") {
        let read_only = |name: &Value| source.get("properties")?.get(name.as_str()?)?.get("readOnly")?.as_bool();
        required.retain(|name| read_only(name) != Some(true));
    }
    if map.remove("nullable") == Some(true.into()) { json!({ "anyOf": [map, { "type": "null" }] }) } else { map.into() }
}
