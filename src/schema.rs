//! JSON schemas of generated types.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::Value;

use crate::auth::secret::Secret;
use crate::code::Code;

/// Registers the schema of another type, and returns a reference to it.
type Reference = (&'static str, fn(&mut SchemaGenerator) -> Schema);

/// Parses a schema from generated code, and resolves its references to the schemas of other types.
#[must_use]
pub fn read(text: &str, references: &[Reference], generator: &mut SchemaGenerator) -> Schema {
    let mut value = serde_json::from_str(text).unwrap_or(Value::Bool(true));
    resolve(&mut value, references, generator);
    // Generated schemas are objects or booleans.
    Schema::try_from(value).unwrap_or_default()
}

fn resolve(value: &mut Value, references: &[Reference], generator: &mut SchemaGenerator) {
    match value {
        Value::Object(map) => {
            let named = map.get("$ref").and_then(Value::as_str);
            match named.and_then(|name| references.iter().find(|(known, _)| *known == name)) {
                Some((_, reference)) => *value = reference(generator).to_value(),
                None => map.values_mut().for_each(|value| resolve(value, references, generator)),
            }
        }
        Value::Array(values) => values.iter_mut().for_each(|value| resolve(value, references, generator)),
        _ => {}
    }
}

/// A string or an integer, as the service writes it.
impl JsonSchema for Code {
    fn schema_name() -> Cow<'static, str> {
        "Code".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": ["string", "integer"] })
    }
}

/// A string.
impl JsonSchema for Secret {
    fn schema_name() -> Cow<'static, str> {
        "Secret".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "format": "password" })
    }
}
