//! Writes what the rules have made of a document as a document for the generator.

use serde_json::{Map, Value, json};

use crate::document::node::{Data, Node};
use crate::spec::model::{Operation, Payload, Spec};

/// What the generator reads of a schema. All else would change names or types.
const FIELDS: [&str; 13] = [
    "$ref",
    "type",
    "format",
    "enum",
    "default",
    "properties",
    "required",
    "items",
    "additionalProperties",
    "allOf",
    "oneOf",
    "nullable",
    "description",
];

/// A document for the generator.
pub(crate) fn document(spec: &Spec) -> Value {
    let mut paths = Map::new();
    for operation in &spec.operations {
        let item = paths.entry(operation.path.clone()).or_insert_with(|| json!({}));
        item[operation.method] = self::operation(operation);
    }
    let schemas: Map<String, Value> =
        spec.schemas.iter().map(|(name, schema)| (name.clone(), self::schema(schema))).collect();
    json!({
        "openapi": "3.0.3",
        // The runtime sends no version, but the generated code makes a header of it.
        "info": { "title": "Client", "version": spec.version.chars().filter(char::is_ascii_graphic).collect::<String>() },
        "paths": paths,
        "components": { "schemas": schemas },
    })
}

fn operation(operation: &Operation) -> Value {
    let mut value = json!({ "operationId": operation.id });
    for (key, text) in [("summary", &operation.summary), ("description", &operation.description)] {
        if let Some(text) = text {
            value[key] = json!(text);
        }
    }
    let parameters = operation.parameters.iter().map(|parameter| {
        let mut value = json!({
            "name": parameter.name,
            "in": parameter.place.as_str(),
            "required": parameter.required,
            "schema": schema(&parameter.schema),
        });
        if let Some(text) = &parameter.description {
            value["description"] = json!(text);
        }
        value
    });
    value["parameters"] = parameters.collect();
    if let Some(body) = &operation.body {
        let mut request = content(&body.payload, !body.required);
        request["required"] = json!(true);
        if let Some(text) = &body.description {
            request["description"] = json!(text);
        }
        value["requestBody"] = request;
    }
    let mut responses = Map::new();
    for (status, payload) in &operation.successes {
        let mut response = content(payload, operation.is_optional);
        response["description"] = json!("");
        responses.insert(status.clone(), response);
    }
    value["responses"] = responses.into();
    value
}

/// The content of a body.
fn content(payload: &Payload, is_optional: bool) -> Value {
    let optional = |schema| match self::schema(schema) {
        schema if is_optional => json!({ "allOf": [schema], "nullable": true }),
        schema => schema,
    };
    let (media, schema) = match payload {
        Payload::Empty => return json!({}),
        Payload::Json(schema) => ("application/json", optional(schema)),
        Payload::Form(schema) => ("application/x-www-form-urlencoded", optional(schema)),
        Payload::Text => ("text/plain", json!({ "type": "string" })),
        Payload::Bytes => ("application/octet-stream", json!({ "type": "string", "format": "binary" })),
    };
    json!({ "content": { media: { "schema": schema } } })
}

/// A schema with the fields that the generator reads.
fn schema(node: &Node) -> Value {
    let mut result = Map::new();
    for (key, value) in node.entries().into_iter().flatten().filter(|(key, _)| FIELDS.contains(&key.as_str())) {
        let value = match (key.as_str(), &value.data) {
            ("properties", Data::Map(map)) => {
                Value::Object(map.iter().map(|(name, property)| (name.clone(), schema(property))).collect())
            }
            ("allOf" | "oneOf", Data::List(items)) => items.iter().map(schema).collect(),
            ("items" | "additionalProperties", Data::Map(_)) => schema(value),
            _ => value.to_json(),
        };
        result.insert(key.clone(), value);
    }
    result.into()
}
