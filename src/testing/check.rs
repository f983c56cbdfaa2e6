//! Checks a request against its operation in the document.

use http::header::CONTENT_TYPE;
use serde_json::Value;

use super::Request;
use super::document::{Body, Operation, Parameter, PathParameters};
use super::schema::Schema;

/// What a request says, all of which the document allows.
pub(super) struct Input<'a> {
    pub(super) path: PathParameters<'a>,
    pub(super) query: Vec<(String, String)>,
    /// Null if there is none, or if it is not JSON.
    pub(super) body: Value,
}

impl<'a> Input<'a> {
    /// Reads a request.
    ///
    /// # Errors
    ///
    /// The first thing that the document does not allow.
    pub(super) fn read(operation: &Operation, path: PathParameters<'a>, request: &Request) -> Result<Self, String> {
        let media_type = operation.body.as_ref().map(|body| check_content_type(body, request)).transpose()?;
        let pairs = form_urlencoded::parse(request.query().unwrap_or_default().as_bytes());
        let query: Vec<(String, String)> = pairs.into_owned().collect();
        for parameter in &operation.parameters {
            let name = parameter.name.as_str();
            let values: Vec<&str> = match parameter.location.as_str() {
                "path" => path.iter().filter(|(found, _)| *found == name).map(|(_, value)| value.as_str()).collect(),
                "query" => query.iter().filter(|(found, _)| found == name).map(|(_, value)| value.as_str()).collect(),
                "header" if !is_reserved(name) => request.header(name).into_iter().collect(),
                _ => continue,
            };
            check_parameter(parameter, &values)?;
        }
        let body = media_type.flatten().map(|(name, schema)| read_body(name, schema, request.body())).transpose()?;
        Ok(Self { path, query, body: body.unwrap_or_default() })
    }

    pub(super) fn parameter(&self, name: &str) -> Option<&str> {
        self.path.iter().find(|(found, _)| *found == name).map(|(_, value)| value.as_str())
    }

    pub(super) fn number(&self, name: &str) -> Option<usize> {
        self.query.iter().find(|(found, _)| found == name).and_then(|(_, value)| value.parse().ok())
    }
}

/// Whether OpenAPI describes a header elsewhere than in the parameters.
fn is_reserved(name: &str) -> bool {
    ["accept", "authorization", "content-type", "x-auth-token"].contains(&name.to_lowercase().as_str())
}

/// Finds the media type of a body, and its schema; `None` if there is no body and needs to be none.
fn check_content_type<'a>(body: &'a Body, request: &Request) -> Result<Option<(&'a str, &'a Schema)>, String> {
    let given: Vec<_> = request.headers().get_all(CONTENT_TYPE).iter().collect();
    if request.body().is_empty() && !body.required {
        return Ok(None);
    }
    let text = match given.as_slice() {
        [] => "missing".to_owned(),
        [given] => String::from_utf8_lossy(given.as_bytes()).into_owned(),
        _ => "there more than once".to_owned(),
    };
    let essence = |text: &str| text.split(';').next().unwrap_or_default().trim().to_lowercase();
    let lower = text.to_lowercase();
    let charset = lower.split_once("charset=").map_or("utf-8", |(_, charset)| charset.trim_matches([' ', '"']));
    let mut known = body.content.iter();
    if let Some((name, schema)) = known.find(|(name, _)| essence(name) == essence(&text) && charset == "utf-8") {
        return Ok(Some((name, schema)));
    }
    let names: Vec<_> = body.content.iter().map(|(name, _)| name.as_str()).collect();
    Err(format!("content-type is {text}; it has to be {}", names.join(" or ")))
}

fn check_parameter(parameter: &Parameter, values: &[&str]) -> Result<(), String> {
    let Parameter { name, location, required, schema, .. } = parameter;
    let readings = match values {
        [] if *required => return Err(format!("the {location} parameter {name} is missing")),
        [] => return Ok(()),
        [one] => {
            let items: Vec<_> = one.split(',').collect();
            vec![(*one).into(), scalar(one), list(&items), items.into()]
        }
        several => vec![list(several), several.into()],
    };
    // The text of a parameter can mean a string, a number or a list: the schema decides.
    match schema.check(readings.get(1).unwrap_or(&Value::Null)) {
        Err(why) if !readings.iter().any(|reading| schema.check(reading).is_ok()) => {
            Err(format!("the {location} parameter {name} {why}"))
        }
        _ => Ok(()),
    }
}

/// A number or a flag, or else a string.
fn scalar(text: &str) -> Value {
    serde_json::from_str(text)
        .ok()
        .filter(|value: &Value| value.is_number() || value.is_boolean())
        .unwrap_or(text.into())
}

fn list(texts: &[&str]) -> Value {
    texts.iter().map(|text| scalar(text)).collect()
}

fn read_body(media_type: &str, schema: &Schema, body: &[u8]) -> Result<Value, String> {
    if !media_type.contains("json") {
        return Ok(Value::Null);
    }
    let value = serde_json::from_slice(body).map_err(|error| format!("the body is not JSON: {error}"))?;
    schema.check(&value).map_err(|why| format!("the body {why}"))?;
    Ok(value)
}
