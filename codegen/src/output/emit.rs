//! Serializes the result of the rules as a document for the generator.

use serde_json::{Map, Value, json};

use crate::document::node::{Data, Node};
use crate::spec::model::{Operation, Parameter, Payload, Spec};

/// The schema fields that the generator needs. Others would change names or types.
const FIELDS: [&str; 11] = [
    "type",
    "format",
    "enum",
    "default",
    "properties",
    "required",
    "items",
    "additionalProperties",
    "oneOf",
    "nullable",
    "description",
];

/// A document for the generator.
pub(crate) fn document(spec: &Spec) -> Value {
    let mut paths = json!({});
    for operation in &spec.operations {
        paths[&operation.path][operation.method] = self::operation(operation);
    }
    let schemas: Map<_, _> = spec.schemas.iter().map(|(name, schema)| (name.clone(), self::schema(schema))).collect();
    json!({
        "openapi": "3.0.3",
        // The runtime sends no version, but the generated code creates a header from it.
        "info": { "title": "Client", "version": spec.version.chars().filter(char::is_ascii_graphic).collect::<String>() },
        "paths": paths,
        "components": { "schemas": schemas },
    })
}

fn operation(operation: &Operation) -> Value {
    let body = operation.body.as_ref().map(|body| {
        // The generator requires every body. An optional body can be null.
        json!({ "content": content(&body.payload, !body.required), "required": true, "description": body.description })
    });
    let response = json!({ "content": content(&operation.response, operation.is_optional), "description": "" });
    let responses: Map<_, _> = operation.statuses.iter().map(|status| (status.clone(), response.clone())).collect();
    json!({
        "operationId": operation.id,
        "summary": operation.summary,
        "description": operation.description,
        "parameters": operation.parameters.iter().map(parameter).collect::<Vec<_>>(),
        "requestBody": body,
        "responses": responses,
    })
}

fn parameter(parameter: &Parameter) -> Value {
    json!({
        "name": parameter.name,
        "in": parameter.place.as_str(),
        "required": parameter.required,
        "description": parameter.description,
        "schema": schema(&parameter.schema),
    })
}

/// The content of a body.
fn content(payload: &Payload, is_optional: bool) -> Value {
    let (media, schema) = match payload {
        Payload::Empty => return json!({}),
        Payload::Json(schema) => ("application/json", self::schema(schema)),
        Payload::Form(schema) => ("application/x-www-form-urlencoded", self::schema(schema)),
        Payload::Text => ("text/plain", json!({ "type": "string" })),
        Payload::Bytes => ("application/octet-stream", json!({ "type": "string", "format": "binary" })),
    };
    // Bytes and strings may be empty.
    let is_nullable = is_optional && payload.schema().is_some();
    let schema = if is_nullable { json!({ "allOf": [schema], "nullable": true }) } else { schema };
    json!({ media: { "schema": schema } })
}

/// A property. A reference has no fields next to it, so its documentation and its default need a composition.
fn property(node: &Node) -> Value {
    let value = schema(node);
    let default = node.get("default").filter(|_| node.has("x-default"));
    let own = [("description", node.get("description")), ("default", default)];
    if !node.has("$ref") || own.iter().all(|(_, node)| node.is_none()) {
        return value;
    }
    let own = own.into_iter().filter_map(|(key, node)| Some((key.to_owned(), node?.to_json())));
    own.chain([("allOf".to_owned(), json!([value]))]).collect::<Map<_, _>>().into()
}

/// A schema with the fields that the generator reads.
fn schema(node: &Node) -> Value {
    if let Some(reference) = node.get("$ref") {
        return json!({ "$ref": reference.to_json() });
    }
    let fields = node.entries().into_iter().flatten().filter(|(key, _)| FIELDS.contains(&key.as_str()));
    let fields = fields.map(|(key, value)| {
        let value = match (key.as_str(), &value.data) {
            ("properties", Data::Map(map)) => {
                map.iter().map(|(name, node)| (name.clone(), property(node))).collect::<Map<_, _>>().into()
            }
            ("oneOf", Data::List(items)) => items.iter().map(schema).collect(),
            ("items" | "additionalProperties", Data::Map(_)) => schema(value),
            _ => value.to_json(),
        };
        (key.clone(), value)
    });
    fields.collect::<Map<_, _>>().into()
}
