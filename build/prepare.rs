//! Takes out of a document what the generated code must not have, though it may stand there.

use serde_json::Value;

use super::check::kind::Kind;
use super::check::tree::{Tree, target};
use super::document::Document;

/// The request headers that the client sets by itself, in lower case. As a parameter, each would be an argument that every call has to
/// give, that the builder's `Debug` shows, and that the client then overwrites.
const OWNED: [&str; 7] =
    ["x-auth-token", "content-type", "x-project-id", "x-security-token", "x-sdk-date", "authorization", "host"];

/// Text formats for which the generator would use the types of crates that the client does not have. Vendors also write such values
/// in ways of their own, and one that is not as expected would fail the whole answer. So they stay text.
const PLAIN: [&str; 3] = ["date", "date-time", "uuid"];

/// The document's values, as the generator gets them.
pub fn prepared(document: &Document) -> Value {
    let tree = Tree::new(document);
    let mut value = document.value.clone();
    for schema in tree.of(Kind::Schema) {
        if let Some(Value::Object(schema)) = value.pointer_mut(&schema.pointer) {
            // Checking a pattern takes a library of regular expressions at run time.
            schema.remove("pattern");
            if schema.get("format").and_then(Value::as_str).is_some_and(|format| PLAIN.contains(&format)) {
                schema.remove("format");
            }
        }
    }
    // Last, since this moves what comes after it in a list.
    for operation in &tree.operations {
        for owner in [&operation.pointer, &operation.item] {
            if let Some(Value::Array(parameters)) = value.pointer_mut(&format!("{owner}/parameters")) {
                parameters.retain(|parameter| !is_owned(document, parameter));
            }
        }
    }
    if let Some(Value::Object(parameters)) = value.pointer_mut("/components/parameters") {
        parameters.retain(|_, parameter| !is_owned(document, parameter));
    }
    value
}

/// Whether a parameter, or what it refers to, is a header that the client sets by itself.
pub fn is_owned(document: &Document, parameter: &Value) -> bool {
    let mut parameter = parameter;
    // A chain of references longer than this goes round in a circle.
    for _ in 0..16 {
        let text = |key: &str| parameter.get(key).and_then(Value::as_str);
        let Some(reference) = text("$ref") else {
            return text("in") == Some("header")
                && text("name").is_some_and(|name| OWNED.contains(&name.to_ascii_lowercase().as_str()));
        };
        let named = target(reference)
            .and_then(|(section, name)| document.value.pointer("/components")?.get(section)?.get(name));
        match named {
            Some(value) => parameter = value,
            None => return false,
        }
    }
    false
}
