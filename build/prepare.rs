//! Prepares a document for the generator: what the client does by itself is taken out.

use serde_json::{Map, Value, json};

use super::check::kind::Kind;
use super::check::tree::{Tree, target};
use super::document::Document;
use super::operation::METHODS;

/// The request headers that the client sets by itself, in lower case. As a parameter, each would be a required argument of every call,
/// shown by the builder's `Debug`, and then overwritten.
const OWNED: [&str; 7] =
    ["x-auth-token", "content-type", "x-project-id", "x-security-token", "x-sdk-date", "authorization", "host"];

/// String formats for which the generator would use types of crates that the client does not depend on. Vendors also write such values
/// in various ways, and an unexpected one would fail the whole response. So they stay strings.
const PLAIN: [&str; 3] = ["date", "date-time", "uuid"];

/// Stands for a `project_id` in the path that may be left out; see `runtime`. It is the literal segment of the path, and the name of
/// the query parameter that the path parameter becomes. No encoded value contains it.
pub const PROJECT_ID: &str = "<project_id>";

/// The document as the generator gets it.
pub fn prepared(document: &Document) -> Value {
    let tree = Tree::new(document);
    let mut value = document.value.clone();
    for schema in tree.of(Kind::Schema) {
        if let Some(Value::Object(schema)) = value.pointer_mut(&schema.pointer) {
            // Checking a pattern needs a library of regular expressions at run time.
            schema.remove("pattern");
            if schema.get("format").and_then(Value::as_str).is_some_and(|format| PLAIN.contains(&format)) {
                schema.remove("format");
            }
        }
    }
    for operation in &tree.operations {
        if let Some(Value::Object(responses)) = value.pointer_mut(&format!("{}/responses", operation.pointer)) {
            keep_successes(responses);
        }
    }
    // Last but one, since this moves what comes after it in a list.
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
    make_project_optional(&mut value);
    value
}

/// Removes the failures. The runtime makes an error of each before generated code sees it, so failures may have any number of bodies.
fn keep_successes(responses: &mut Map<String, Value>) {
    if responses.keys().any(|status| status.starts_with('2')) {
        responses.retain(|status, _| status.starts_with('2'));
    } else if let Some(any) = responses.remove("default") {
        // Alone, it describes successes as well.
        *responses = Map::from_iter([("2XX".to_owned(), any)]);
    } else {
        responses.clear();
    }
}

/// Makes `project_id` in the path optional: the runtime fills in the client's project.
///
/// A path parameter cannot be optional, so it becomes a query parameter that the runtime recognizes by its name. An operation where it
/// is not a string of its own segment, or where another parameter has the same name, keeps the path parameter.
fn make_project_optional(document: &mut Value) {
    let components = document.pointer("/components/parameters").cloned().unwrap_or_default();
    let schemas = document.pointer("/components/schemas").cloned().unwrap_or_default();
    let Some(Value::Object(paths)) = document.get_mut("paths") else { return };
    *paths = std::mem::take(paths)
        .into_iter()
        .map(|(path, mut item)| {
            let is_segment = path.split('/').any(|segment| segment == "{project_id}");
            if !is_segment || !replace_parameter(&mut item, &components, &schemas) {
                return (path, item);
            }
            (path.replace("{project_id}", PROJECT_ID), item)
        })
        .collect();
}

/// Replaces the path parameter of all operations of a path, unless one of them does not have it in the expected form.
fn replace_parameter(item: &mut Value, components: &Value, schemas: &Value) -> bool {
    let resolve = |parameter: &Value| match parameter.get("$ref").and_then(Value::as_str) {
        Some(reference) => reference.rsplit('/').next().and_then(|name| components.get(name)).cloned(),
        None => Some(parameter.clone()),
    };
    let is_named = |parameter: &Value| {
        let name = parameter.get("name").and_then(Value::as_str);
        name.is_some_and(|name| super::names::parameter(name) == "project_id")
    };
    let is_string = |parameter: &Value| {
        let schema = parameter.get("schema");
        let named = schema.and_then(|schema| schema.get("$ref")).and_then(Value::as_str);
        let schema = named.and_then(|reference| schemas.get(reference.rsplit('/').next()?)).or(schema);
        schema.is_some_and(|schema| schema.get("type").and_then(Value::as_str) == Some("string"))
    };
    let mut lists: Vec<&mut Vec<Value>> = Vec::new();
    let mut operations = 0;
    for (key, value) in item.as_object_mut().into_iter().flatten() {
        let list = if key == "parameters" {
            Some(value)
        } else if METHODS.contains(&key.as_str()) {
            operations += 1;
            value.get_mut("parameters")
        } else {
            None
        };
        lists.extend(list.and_then(Value::as_array_mut));
    }
    let mut places = Vec::new();
    for (list, parameters) in lists.iter().enumerate() {
        for (index, parameter) in parameters.iter().enumerate() {
            let Some(parameter) = resolve(parameter).filter(is_named) else { continue };
            let in_path = parameter.get("in").and_then(Value::as_str) == Some("path");
            if !in_path || !is_string(&parameter) {
                return false;
            }
            places.push((list, index, parameter));
        }
    }
    // One that all operations share, or one of each.
    if places.len() != 1 && places.len() != operations {
        return false;
    }
    for (list, index, mut parameter) in places {
        parameter["name"] = PROJECT_ID.into();
        parameter["in"] = "query".into();
        parameter["required"] = false.into();
        parameter["schema"] = json!({ "type": "string" });
        lists[list][index] = parameter;
    }
    true
}

/// Whether a parameter, or the one that it refers to, is a header that the client sets by itself.
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
