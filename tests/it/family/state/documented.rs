//! Responses from the state have only documented fields.

use std::sync::LazyLock;

use secmaster_client::{OPENAPI, OPERATIONS};
use serde_json::Value;

use crate::family::generate::resolve;

static DOCUMENT: LazyLock<Value> = LazyLock::new(|| secmaster_client_codegen::to_json(OPENAPI).unwrap());

/// Asserts that a success response has no field that its operation does not document.
pub fn assert_documented(method: &str, target: &str, body: &Value) {
    let path = target.split('?').next().unwrap();
    let matches = |template: &str| {
        let (template, path) = (template.split('/'), path.split('/'));
        template.clone().count() == path.clone().count()
            && template.zip(path).all(|(name, segment)| name.starts_with('{') || name == segment)
    };
    let found = OPERATIONS.iter().filter(|operation| operation.method() == method && matches(operation.path()));
    let operation = found.min_by_key(|operation| operation.path().matches('{').count()).unwrap();
    let documented = &DOCUMENT["paths"][operation.path()][method.to_lowercase()];
    let response = resolve(&DOCUMENT, &documented["responses"]["200"]);
    let schema = &response["content"]["application/json"]["schema"];
    assert_eq!(undocumented(schema, body), Vec::<String>::new(), "{}: {body}", operation.id());
}

/// The names of the fields that a schema does not have. A schema without properties allows all.
fn undocumented(schema: &'static Value, value: &Value) -> Vec<String> {
    if let Some(items) = value.as_array() {
        let schema = &resolve(&DOCUMENT, schema)["items"];
        return items.iter().flat_map(|item| undocumented(schema, item)).collect();
    }
    let properties = properties(schema);
    let fields = value.as_object().filter(|_| !properties.is_empty());
    fields
        .into_iter()
        .flatten()
        .flat_map(|(name, value)| match properties.iter().find(|(documented, _)| *documented == name) {
            Some((_, schema)) => undocumented(schema, value),
            None => vec![name.clone()],
        })
        .collect()
}

fn properties(schema: &'static Value) -> Vec<(&'static String, &'static Value)> {
    let schema = resolve(&DOCUMENT, schema);
    let own = schema["properties"].as_object().into_iter().flatten();
    let parts = schema["allOf"].as_array().into_iter().flatten();
    own.chain(parts.flat_map(properties)).collect()
}
