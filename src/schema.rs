//! JSON schemas of the generated types.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::Value;

use crate::Code;
use crate::auth::Secret;

/// Makes the schema of another type known, and gives a reference to it.
type Reference = (&'static str, fn(&mut SchemaGenerator) -> Schema);

/// Reads a schema that build.rs wrote, and leads its references to where the generator keeps the schemas of other types.
pub(crate) fn read(text: &str, references: &[Reference], generator: &mut SchemaGenerator) -> Schema {
    let mut value = serde_json::from_str(text).unwrap_or(Value::Bool(true));
    lead(&mut value, references, generator);
    // The text is an object or a flag, for build.rs wrote it.
    Schema::try_from(value).unwrap_or_default()
}

fn lead(value: &mut Value, references: &[Reference], generator: &mut SchemaGenerator) {
    match value {
        Value::Object(map) => {
            let named = map.get("$ref").and_then(Value::as_str);
            match named.and_then(|name| references.iter().find(|(known, _)| *known == name)) {
                Some((_, reference)) => *value = reference(generator).to_value(),
                None => map.values_mut().for_each(|value| lead(value, references, generator)),
            }
        }
        Value::Array(values) => values.iter_mut().for_each(|value| lead(value, references, generator)),
        _ => {}
    }
}

/// Text or a whole number, as the service writes it.
impl JsonSchema for Code {
    fn schema_name() -> Cow<'static, str> {
        "Code".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": ["string", "integer"] })
    }
}

/// Text.
impl JsonSchema for Secret {
    fn schema_name() -> Cow<'static, str> {
        "Secret".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "format": "password" })
    }
}
