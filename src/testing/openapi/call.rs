//! A request that was validated against its operation in the document.

use http::header::CONTENT_TYPE;
use serde_json::{Map, Value};

use super::document::{Operation, Pairs, str_or_empty};
use super::schema::Schema;
use crate::headers::single;
use crate::testing::Request;

/// Headers that are no parameters in OpenAPI.
const RESERVED: [&str; 4] = ["accept", "authorization", "content-type", "x-auth-token"];

pub(in crate::testing) struct Call<'a> {
    pub(in crate::testing) operation: &'a Operation,
    pub(in crate::testing) request: &'a Request,
    /// From the last one to the first.
    pub(in crate::testing) path: Pairs,
    pub(in crate::testing) query: Pairs,
    /// Null if the request has no body.
    pub(in crate::testing) body: Value,
}

impl<'a> Call<'a> {
    /// Parses and validates a request. The error is the first violation of the document.
    pub(crate) fn read(operation: &'a Operation, path: Pairs, request: &'a Request) -> Result<Self, String> {
        let body_schema = check_content_type(operation, request)?;
        let query = form_urlencoded::parse(request.query().unwrap_or_default().as_bytes()).into_owned().collect();
        for (parameter, schema) in &operation.parameters {
            let name = str_or_empty(&parameter["name"]);
            let values: Vec<&str> = match str_or_empty(&parameter["in"]) {
                "path" => values(&path, name).collect(),
                "query" => values(&query, name).collect(),
                "header" if RESERVED.iter().all(|reserved| !name.eq_ignore_ascii_case(reserved)) => {
                    request.header(name).into_iter().collect()
                }
                _ => continue,
            };
            check_parameter(parameter, schema, &values)?;
        }
        let body = body_schema.map(|schema| read_body(schema, request)).transpose()?.unwrap_or_default();
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
    let header = single(request.headers(), CONTENT_TYPE.as_str());
    let essence = |text: &str| text.split(';').next().unwrap_or_default().trim().to_lowercase();
    let lower = header.unwrap_or_default().to_lowercase();
    let charset = lower.split_once("charset=").map_or("utf-8", |(_, charset)| charset.trim_matches([' ', '"']));
    let mut matching = operation.bodies.iter().filter(|(name, _)| essence(name) == essence(&lower));
    if let (Some((_, schema)), "utf-8" | "utf8") = (matching.next(), charset) {
        return Ok(Some(schema));
    }
    let names: Vec<_> = operation.bodies.iter().map(|(name, _)| name.as_str()).collect();
    let found = header.map_or_else(str::to_owned, |text| format!("is {text}"));
    Err(format!("content-type {found}; it must be {}", names.join(" or ")))
}

fn check_parameter(parameter: &Value, schema: &Schema, values: &[&str]) -> Result<(), String> {
    let [location, name] = ["in", "name"].map(|field| str_or_empty(&parameter[field]));
    let readings = match values {
        [] if parameter["required"] == true => return Err(format!("the {location} parameter {name} is missing")),
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
        vec![serde_json::from_slice(request.body()).map_err(|error| format!("the body is not JSON: {error}"))?]
    } else if media_type.contains("form") {
        let strings = form_fields(content_type, request.body())?;
        let mut typed = strings.clone();
        let values = typed.as_object_mut().into_iter().flat_map(Map::values_mut);
        values.for_each(|value| *value = value.as_str().map_or(value.clone(), scalar));
        vec![typed, strings]
    } else {
        return Ok(Value::Null);
    };
    schema.check_any(&readings).map_err(|why| format!("the body {why}"))?;
    Ok(readings.into_iter().next().unwrap_or_default())
}

/// Parses the body of a form as an object of strings. A repeated field becomes an array.
fn form_fields(content_type: &str, body: &[u8]) -> Result<Value, String> {
    let mut fields = Map::new();
    let is_multipart = content_type.to_ascii_lowercase().starts_with("multipart/");
    let pairs = || form_urlencoded::parse(body).into_owned().collect();
    for (name, value) in if is_multipart { parts(content_type, body)? } else { pairs() } {
        match fields.get_mut(&name) {
            Some(Value::Array(values)) => values.push(value.into()),
            Some(first) => *first = Value::Array(vec![first.take(), value.into()]),
            None => drop(fields.insert(name, value.into())),
        }
    }
    Ok(fields.into())
}

/// The parts of a multipart form. Invalid UTF-8 in a file is replaced, since only its presence is checked.
fn parts(content_type: &str, body: &[u8]) -> Result<Vec<(String, String)>, String> {
    let boundary = content_type.split(';').find_map(|parameter| parameter.trim().strip_prefix("boundary="));
    let boundary = boundary.ok_or("the content type has no boundary")?.trim_matches('"');
    let (body, delimiter) = (String::from_utf8_lossy(body), format!("--{boundary}"));
    let mut sections = body.split(&delimiter).skip(1);
    let mut parts = Vec::new();
    loop {
        let section = sections.next().ok_or("the body has no closing boundary")?;
        if section.starts_with("--") {
            return Ok(parts);
        }
        let (head, content) = section.split_once("\r\n\r\n").ok_or("a part of the body has no blank line")?;
        let name = head.split([';', '\r', '\n']).find_map(|item| item.trim().strip_prefix("name="));
        let name = name.ok_or("a part of the body has no name")?.trim_matches('"');
        parts.push((name.to_owned(), content.strip_suffix("\r\n").unwrap_or(content).to_owned()));
    }
}
