//! The types of this crate that stand for schemas of a document.

use progenitor::TypeImpl;
use serde_json::Value;

use super::names;

/// The generated type's name, the type to use instead, and what the generator may expect of it.
type Replacement = (String, &'static str, &'static [TypeImpl]);

/// The replacements in a document.
pub fn of(document: &Value) -> Vec<Replacement> {
    let schemas = document.pointer("/components/schemas").and_then(Value::as_object);
    schemas
        .into_iter()
        .flatten()
        .filter_map(|(name, schema)| of_schema(schema).map(|(path, traits)| (names::type_name(name), path, traits)))
        .collect()
}

/// The type to use instead of a schema's own, where there is one.
pub fn of_schema(schema: &Value) -> Option<(&'static str, &'static [TypeImpl])> {
    if is_text_or_integer(schema) {
        // The service writes its codes as text and as numbers, which this type reads alike.
        Some(("crate::Code", &[TypeImpl::Display, TypeImpl::FromStr]))
    } else if schema.get("format").and_then(Value::as_str) == Some("password") {
        // The type that the generator would make shows the text in its Debug output.
        Some(("crate::auth::Secret", &[]))
    } else {
        None
    }
}

/// Whether a schema is a choice between text and whole numbers.
fn is_text_or_integer(schema: &Value) -> bool {
    let choices = schema.get("anyOf").or_else(|| schema.get("oneOf")).and_then(Value::as_array);
    let Some(choices) = choices else { return false };
    let mut types: Vec<&str> = choices.iter().filter_map(|choice| choice.get("type").and_then(Value::as_str)).collect();
    types.sort_unstable();
    choices.len() == 2 && types == ["integer", "string"]
}
