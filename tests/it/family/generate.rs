//! Generates the code that calls each operation, and the list of types, from the document.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use secmaster_client::{OPENAPI, OPERATIONS};
use serde_json::{Map, Value, json};

/// The body of an operation that accepts a form.
pub const FORM: &str = "--b\r\ncontent-disposition: form-data; name=\"uploadFile\"\r\n\r\nfile\r\n--b--\r\n";
pub const FORM_TYPE: &str = "multipart/form-data; boundary=b";

/// The packaged document as JSON Schema: `nullable` becomes an alternative with the type null.
pub fn document() -> Value {
    fn read(value: Value) -> Value {
        match value {
            Value::Object(mut map) => {
                let nullable = map.remove("nullable") == Some(true.into());
                let map: Map<_, _> = map.into_iter().map(|(key, value)| (key, read(value))).collect();
                if nullable { json!({ "anyOf": [map, { "type": "null" }] }) } else { map.into() }
            }
            Value::Array(values) => values.into_iter().map(read).collect(),
            other => other,
        }
    }
    read(secmaster_client_codegen::to_json(OPENAPI).unwrap())
}

pub fn resolve<'a>(document: &'a Value, node: &'a Value) -> &'a Value {
    match node["$ref"].as_str() {
        Some(reference) => resolve(document, document.pointer(&reference[1..]).unwrap()),
        None => node,
    }
}

/// The documented examples of a media type, or a value with the required fields.
pub fn bodies(document: &Value, media_type: &Value) -> Vec<Value> {
    if let Some(examples) = media_type["examples"].as_object() {
        return examples.values().map(|example| resolve(document, example)["value"].clone()).collect();
    }
    vec![minimal_value(document, &media_type["schema"])]
}

pub fn minimal_value(document: &Value, schema: &Value) -> Value {
    let schema = resolve(document, schema);
    match schema["type"].as_str() {
        Some("array") => json!([minimal_value(document, &schema["items"])]),
        Some("string") => "string".into(),
        Some("integer") => schema["minimum"].as_i64().unwrap_or(1).into(),
        Some("boolean") => true.into(),
        _ => {
            let names = schema["required"].as_array().into_iter().flatten().map(|name| name.as_str().unwrap());
            names.map(|name| (name.to_owned(), minimal_value(document, &schema["properties"][name]))).collect()
        }
    }
}

/// The code of `operations.rs`.
fn code() -> String {
    let document = document();
    let mut code = "\
// @generated from openapi/secmaster.yaml by generate.rs; edit the OpenAPI document instead.
#![allow(deprecated, clippy::too_many_lines, reason = \"generated for all operations\")]

use std::collections::BTreeMap;

use secmaster_client::{Client, Error, Response, types};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::generate::{FORM, FORM_TYPE};
use super::{Decode, decode};

fn typed<T: DeserializeOwned>(body: Value) -> T {
    serde_json::from_value(body).unwrap()
}

fn json<T: Serialize>(response: Response<T>) -> Value {
    serde_json::to_value(response.into_inner()).unwrap()
}

/// Calls an operation with its mandatory parameters and a body, and returns the decoded response as JSON; null if it is a file.
pub async fn call(client: &Client, id: &str, body: Value) -> Result<Value, Error> {
    match id {
"
    .to_owned();
    for operation in OPERATIONS {
        let documented = &document["paths"][operation.path()][operation.method().to_lowercase()];
        let mut call = format!("client.{}()", snake_case(operation.id()));
        for (name, value) in mandatory(&document, operation.path(), documented) {
            write!(call, ".{name}({value})").unwrap();
        }
        let content = resolve(&document, &documented["requestBody"])["content"].as_object();
        if let Some((media_type, content)) = content.and_then(|content| content.iter().next()) {
            call += &body(media_type, &content["schema"]);
        }
        let is_file =
            resolve(&document, &documented["responses"]["200"])["content"]["application/octet-stream"].is_object();
        let read = if is_file { "|_| Value::Null" } else { "json" };
        writeln!(code, "        {:?} => {call}.send().await.map({read}),", operation.id()).unwrap();
    }
    code += "        _ => panic!(\"{id} is not in this code; regenerate it\"),\n    }\n}\n\n";
    code +=
        "/// The types by their names in the document.\npub fn types() -> BTreeMap<&'static str, Decode> {\n    [\n";
    let client = fs::read_to_string(folder().join("src/generated/secmaster.rs")).unwrap();
    for name in document["components"]["schemas"].as_object().unwrap().keys() {
        if ["struct", "enum"].iter().any(|kind| client.contains(&format!("    pub {kind} {name} {{"))) {
            writeln!(code, "        ({name:?}, decode::<types::{name}> as Decode),").unwrap();
        }
    }
    code + "    ]\n    .into()\n}\n"
}

/// The mandatory parameters of an operation, with values as Rust.
fn mandatory(document: &Value, path: &str, operation: &Value) -> Vec<(String, String)> {
    let parameters = [&document["paths"][path], operation].map(|node| node["parameters"].as_array().cloned());
    let parameters = parameters.into_iter().flatten().flatten();
    let parameters = parameters.map(|parameter| resolve(document, &parameter).clone());
    let mandatory = parameters.filter(|parameter| parameter["required"] == true);
    let with_value = |parameter: Value| {
        let name = parameter["name"].as_str().unwrap().to_owned();
        let is_path = parameter["in"] == "path";
        let value = if is_path { format!("the-{name}").into() } else { minimal_value(document, &parameter["schema"]) };
        (name, value.to_string())
    };
    mandatory.map(with_value).collect()
}

/// The call that sets a body.
fn body(media_type: &str, schema: &Value) -> String {
    let name = |schema: &Value| format!("types::{}", schema["$ref"].as_str().unwrap().rsplit('/').next().unwrap());
    if media_type.starts_with("multipart/") {
        ".content_type(FORM_TYPE).body(FORM)".to_owned()
    } else if schema["type"] == "array" {
        format!(".body(typed::<Vec<{}>>(body))", name(&schema["items"]))
    } else {
        format!(".body(typed::<{}>(body))", name(schema))
    }
}

fn snake_case(id: &str) -> String {
    let mut name = String::new();
    for character in id.chars() {
        if character.is_uppercase() && !name.is_empty() {
            name.push('_');
        }
        name.extend(character.to_lowercase());
    }
    name
}

fn folder() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

#[test]
fn the_generated_calls_match_the_openapi_document() {
    let (file, made) = (folder().join("tests/it/family/operations.rs"), code());
    if std::env::var("BLESS").is_ok_and(|value| value == "1") {
        fs::write(&file, &made).unwrap();
    }
    let accept = "regenerate it with BLESS=1 cargo test the_generated_calls";
    assert!(fs::read_to_string(file).unwrap() == made, "{accept}");
}
