//! A request that was validated against its operation in the document.

use http::header::CONTENT_TYPE;
use serde_json::Value;

use super::document::{Operation, Pairs, Parameter};
use super::form;
use super::schema::Schema;
use crate::testing::Request;

/// Headers that OpenAPI does not describe as parameters.
const RESERVED: [&str; 4] = ["accept", "authorization", "content-type", "x-auth-token"];

/// A valid request to an operation.
pub(in crate::testing) struct Call<'a> {
    pub(in crate::testing) operation: &'a Operation,
    pub(in crate::testing) request: &'a Request,
    path: Pairs,
    pub(in crate::testing) query: Pairs,
    /// Null if the request has no body.
    pub(in crate::testing) body: Value,
}

impl<'a> Call<'a> {
    /// Parses and validates a request. The error is the first violation of the document.
    pub(in crate::testing) fn read(
        operation: &'a Operation,
        path: Pairs,
        request: &'a Request,
    ) -> Result<Self, String> {
        let schema = check_content_type(operation, request)?;
        let pairs = form_urlencoded::parse(request.query().unwrap_or_default().as_bytes());
        let query: Pairs = pairs.into_owned().collect();
        for parameter in &operation.parameters {
            let name = parameter.name.as_str();
            let values: Vec<&str> = match parameter.location.as_str() {
                "path" => values(&path, name).collect(),
                "query" => values(&query, name).collect(),
                "header" if !RESERVED.contains(&name.to_lowercase().as_str()) => {
                    request.header(name).into_iter().collect()
                }
                _ => continue,
            };
            check_parameter(parameter, &values)?;
        }
        let body = schema.map(|schema| read_body(schema, request)).transpose()?.unwrap_or_default();
        Ok(Self { operation, request, path, query, body })
    }

    /// A path parameter; empty if it does not exist.
    pub(in crate::testing) fn parameter(&self, name: &str) -> &str {
        values(&self.path, name).next().unwrap_or_default()
    }

    pub(in crate::testing) fn query(&self, name: &str) -> Option<&str> {
        values(&self.query, name).next()
    }

    pub(in crate::testing) fn number(&self, name: &str) -> Option<usize> {
        self.query(name)?.parse().ok()
    }

    /// A string in the body, by its JSON pointer.
    pub(in crate::testing) fn field(&self, pointer: &str) -> Option<&str> {
        self.body.pointer(pointer).and_then(Value::as_str)
    }
}

fn values<'a>(pairs: &'a Pairs, name: &str) -> impl Iterator<Item = &'a str> {
    pairs.iter().filter(move |(found, _)| found == name).map(|(_, value)| value.as_str())
}

/// Finds the schema for the media type of a body; `None` if a body is neither present nor required.
fn check_content_type<'a>(operation: &'a Operation, request: &Request) -> Result<Option<&'a Schema>, String> {
    if operation.bodies.is_empty() || request.body().is_empty() && !operation.needs_body {
        return Ok(None);
    }
    let header = request.single_header(CONTENT_TYPE.as_str());
    let text = header.unwrap_or_default();
    let essence = |text: &str| text.split(';').next().unwrap_or_default().trim().to_lowercase();
    let lower = text.to_lowercase();
    let charset = lower.split_once("charset=").map_or("utf-8", |(_, charset)| charset.trim_matches([' ', '"']));
    let is_utf8 = ["utf-8", "utf8"].contains(&charset);
    if let Some((_, schema)) = operation.bodies.iter().find(|(name, _)| essence(name) == essence(text) && is_utf8) {
        return Ok(Some(schema));
    }
    let names: Vec<_> = operation.bodies.iter().map(|(name, _)| name.as_str()).collect();
    let found = header.map_or_else(str::to_owned, |text| format!("is {text}"));
    Err(format!("content-type {found}; it must be {}", names.join(" or ")))
}

fn check_parameter(parameter: &Parameter, values: &[&str]) -> Result<(), String> {
    let Parameter { name, location, required, schema, .. } = parameter;
    let readings = match values {
        [] if *required => return Err(format!("the {location} parameter {name} is missing")),
        [] => return Ok(()),
        [one] => {
            let items: Vec<_> = one.split(',').collect();
            vec![scalar(one), (*one).into(), list(&items), items.into()]
        }
        several => vec![list(several), several.into()],
    };
    schema.check_any(&readings).map_err(|why| format!("the {location} parameter {name} {why}"))
}

/// A number or a boolean, or else a string.
fn scalar(text: &str) -> Value {
    let value = serde_json::from_str(text).ok();
    value.filter(|value: &Value| value.is_number() || value.is_boolean()).unwrap_or(text.into())
}

fn list(items: &[&str]) -> Value {
    items.iter().map(|item| scalar(item)).collect()
}

fn read_body(schema: &Schema, request: &Request) -> Result<Value, String> {
    let content_type = request.header(CONTENT_TYPE.as_str()).unwrap_or_default();
    let media_type = content_type.to_lowercase();
    let readings = if media_type.contains("json") {
        let body = serde_json::from_slice(request.body()).map_err(|error| format!("the body is not JSON: {error}"))?;
        vec![body]
    } else if media_type.contains("form") {
        let strings = form::fields(content_type, request.body())?;
        let fields = strings.as_object().into_iter().flatten();
        let typed = |(name, value): (&String, &Value)| (name.clone(), value.as_str().map_or(value.clone(), scalar));
        vec![fields.map(typed).collect(), strings]
    } else {
        return Ok(Value::Null);
    };
    schema.check_any(&readings).map_err(|why| format!("the body {why}"))?;
    Ok(readings.into_iter().next().unwrap_or_default())
}
