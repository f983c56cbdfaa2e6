//! The OpenAPI document: its examples, and its deprecated operations.

use secmaster_client::{OPENAPI, OPERATIONS};
use serde_json::{Map, Value};

use super::assert_lossless;

/// The document as JSON.
fn document() -> Value {
    secmaster_client_codegen::to_json(OPENAPI).unwrap()
}

/// Resolves a value that may be a reference.
fn resolve<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
    match value["$ref"].as_str() {
        Some(reference) => document.pointer(reference.strip_prefix('#').unwrap()).unwrap(),
        None => value,
    }
}

/// The operations of the document.
fn operations(document: &Value) -> Vec<&Value> {
    let items = document["paths"].as_object().unwrap().values();
    items.flat_map(|item| item.as_object().unwrap().values()).filter(|it| it["operationId"].is_string()).collect()
}

/// The examples of a body, by the name of its schema.
fn examples<'a>(document: &'a Value, body: &'a Value) -> Vec<(&'a str, &'a Value)> {
    let mut found = Vec::new();
    for media in resolve(document, body)["content"].as_object().into_iter().flat_map(Map::values) {
        let schema = &media["schema"];
        let schema = if schema["type"] == "array" { &schema["items"] } else { schema };
        for example in media["examples"].as_object().into_iter().flat_map(Map::values) {
            let name = schema["$ref"].as_str().unwrap().rsplit('/').next().unwrap();
            let value = &resolve(document, example)["value"];
            match value.as_array() {
                Some(values) => found.extend(values.iter().map(|value| (name, value))),
                None => found.push((name, value)),
            }
        }
    }
    found
}

#[test]
fn examples_are_decoded_and_sent_without_loss() {
    let document = document();
    let (mut sent, mut received) = (0, 0);
    for operation in operations(&document) {
        for (name, value) in examples(&document, &operation["requestBody"]) {
            assert_lossless(name, value);
            sent += 1;
        }
        for response in operation["responses"].as_object().unwrap().values() {
            for (name, value) in examples(&document, response) {
                assert_lossless(name, value);
                received += 1;
            }
        }
    }
    assert!(sent >= 20 && received >= 80, "{sent} examples of requests and {received} of responses");
}

#[test]
fn deprecated_operations_name_date_and_replacement() {
    let document = document();
    let mut offline = Vec::new();
    for operation in operations(&document) {
        let id = operation["operationId"].as_str().unwrap();
        if operation["deprecated"] != true {
            assert!(operation["x-successor"].is_null(), "{id}");
            continue;
        }
        let (date, successor) = (&operation["x-offline-date"], operation["x-successor"].as_str().unwrap());
        let description = operation["description"].as_str().unwrap();
        assert!(date == "2026-12-31" && description.contains("2026-12-31"), "{id}: {description}");
        assert!(description.contains(&format!("Use {successor}")), "{id}: {description}");
        assert!(OPERATIONS.iter().any(|operation| operation.id() == successor), "{id}: {successor}");
        for status in ["200", "400"] {
            let headers = &resolve(&document, &operation["responses"][status])["headers"];
            for header in ["X-API-Deprecation-Date", "X-API-Deprecation-Info"] {
                assert!(headers[header].is_object(), "{id} and {status}: {header}");
            }
        }
        offline.push(id);
    }
    offline.sort_unstable();
    let expected = [
        "CopyPlaybookVersion",
        "CreatePlaybookAction",
        "CreatePlaybookRule",
        "DeletePlaybookAction",
        "DeletePlaybookRule",
        "ListPlaybookActions",
        "ShowPlaybookMonitors",
        "ShowPlaybookRule",
        "ShowPlaybookStatistics",
        "UpdatePlaybookAction",
        "UpdatePlaybookRule",
    ];
    assert_eq!(offline, expected);
}
