//! Rule `parameters`: the parameters of each operation, with references resolved and Swagger 2 forms converted.

use std::collections::BTreeSet;
use std::fmt;

use crate::diagnostic::Report;
use crate::document::node::{At, Data, Map, Node};
use crate::rules::shape::INVALID_PARAMETERS;
use crate::spec::model::{Components, Operation, Parameter, Place};
use crate::spec::refs;

/// Request headers that the client sets, in lower case. As a parameter, each would be visible in the builder's `Debug`
/// output, and the client would overwrite it.
const OWNED: &str = "accept authorization connection content-length content-type cookie expect host te transfer-encoding upgrade \
                     user-agent x-auth-token x-project-id x-sdk-date x-security-token";

/// Parts of the names of references to such headers.
const OWNED_WORDS: [&str; 6] =
    ["authtoken", "securitytoken", "accesstoken", "contenttype", "xsdkdate", "authorization"];

/// Fields of a Swagger 2 parameter that belong to its schema in OpenAPI 3.0.
const SCHEMA_FIELDS: &str =
    "type format items enum default minimum maximum minLength maxLength pattern minItems maxItems uniqueItems";

pub(crate) fn apply(operation: &mut Operation, components: &Components<'_>, report: &Report) {
    let mut body = Vec::new();
    for field in ["parameters", "inherited"] {
        let mut own = BTreeSet::new();
        for node in operation.raw.list_mut(field).map(std::mem::take).unwrap_or_default() {
            let Some(node) = resolved(components.raw, node, report) else {
                operation.raw.set(INVALID_PARAMETERS, true);
                continue;
            };
            let Some(parameter) = read(node, &mut body, report) else { continue };
            if !own.insert((parameter.place, parameter.name.clone())) {
                report.warn(parameter.at, format!("{parameter} is declared twice; keep one of the two"));
            } else if !operation.parameters.iter().any(|other| is_same(other, &parameter)) {
                operation.parameters.push(parameter);
            }
        }
    }
    if !body.is_empty() && !operation.raw.has("requestBody") {
        operation.raw.put("requestBody", request_body(body));
    }
}

impl Parameter {
    /// A required string.
    pub(crate) fn string(at: At, name: &str, place: Place) -> Self {
        let (name, schema) = (name.to_owned(), string(at));
        Self { at, name, place, required: true, is_joined: false, description: None, schema }
    }
}

impl fmt::Display for Parameter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the {} parameter {}", self.place.as_str(), self.name)
    }
}

fn is_same(one: &Parameter, other: &Parameter) -> bool {
    (one.place, &one.name) == (other.place, &other.name)
}

/// Resolves a parameter or a reference to one. None if the reference cannot be resolved.
fn resolved(root: &Node, node: Node, report: &Report) -> Option<Node> {
    if !node.has("$ref") {
        return Some(node);
    }
    let message = match refs::follow(root, &node, "parameter") {
        Ok(found) => return Some(Node { at: node.at, data: found.data.clone() }),
        Err(message) => message,
    };
    let name = node.str("$ref").map(refs::name).unwrap_or_default();
    let by_name = root.get("components").and_then(|all| all.get("parameters")).and_then(|all| all.get(&name));
    if let Some(found) = by_name.filter(|found| !found.has("$ref")) {
        report.note(node.at, "references are read by their last part", message);
        return Some(Node { at: node.at, data: found.data.clone() });
    }
    let squeezed: String = name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    if OWNED_WORDS.iter().any(|word| squeezed.contains(word)) {
        report.note(node.at, "references to headers that the client sets itself are ignored", message);
    } else {
        let message = format!("{message}; a path parameter is a string, and any other is left out");
        report.warn(node.at, message);
    }
    None
}

/// Parses one parameter. None if the client does not have it; the fields of a body are added to `body`.
fn read(mut node: Node, body: &mut Vec<Node>, report: &Report) -> Option<Parameter> {
    let at = node.at;
    let left_out = |at, message: String| {
        report.warn(at, message);
        None
    };
    let Some(name) = node.str("name").filter(|name| !name.trim().is_empty()).map(str::to_owned) else {
        return left_out(at, "this parameter has no name, and is left out; write name: with a string".to_owned());
    };
    let places = "path, query, header, cookie";
    let Some((documented, in_at)) = node.get("in").and_then(|node| Some((node.as_str()?.to_owned(), node.at))) else {
        return left_out(at, format!("this parameter has no in, and is left out; write in: with one of {places}"));
    };
    with_schema(&mut node);
    let place = match documented.to_ascii_lowercase().as_str() {
        "path" => Place::Path,
        "query" => Place::Query,
        "header" => Place::Header,
        "formdata" | "body" => {
            let message = format!("in is {documented}; write a requestBody");
            report.note(in_at, "parameters of Swagger 2 become the request body", message);
            body.push(node);
            return None;
        }
        "cookie" => {
            let message = "is left out, since the client has no cookies; remove it";
            return left_out(at, format!("the cookie parameter {name} {message}"));
        }
        _ => {
            let message = format!("in is {documented}, and the parameter {name} is left out; write one of {places}");
            return left_out(in_at, message);
        }
    };
    if place == Place::Header && OWNED.split(' ').any(|owned| name.eq_ignore_ascii_case(owned)) {
        let message = format!("the client sets the header {name} itself; remove the parameter");
        report.note(at, "header parameters are set by the client itself", message);
        return None;
    }
    let is_token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    if place == Place::Header && !name.bytes().all(is_token) {
        let message = format!(
            "the header parameter {name} is not a valid header name, and is left out; write letters, digits and hyphens, such as X-Language"
        );
        return left_out(at, message);
    }
    let mut description = node.str("description").map(str::to_owned);
    if node.flag("deprecated") {
        description = Some(format!("{} Deprecated.", description.unwrap_or_default()).trim().to_owned());
    }
    let schema = node.remove("schema");
    let is_joined = node.get("explode").is_some_and(|explode| explode.data == Data::Bool(false))
        || node.str("collectionFormat").is_some_and(|format| format != "multi");
    let required = node.flag("required");
    let mut parameter = Parameter { at, name, place, required, is_joined, description, schema: Node::map(at) };
    if node.flag("allowReserved") {
        let message = format!("{parameter} is always encoded; remove allowReserved");
        report.note(at, "parameters allow reserved characters, which are encoded", message);
    }
    set_schema(&mut parameter, schema, &node, report);
    Some(parameter)
}

/// Moves Swagger 2 fields to where OpenAPI 3.0 expects them.
fn with_schema(node: &mut Node) {
    if node.has("schema") {
        return;
    }
    let fields = SCHEMA_FIELDS.split(' ').filter_map(|field| Some((field.to_owned(), node.remove(field)?)));
    let schema: Map = fields.collect();
    if !schema.is_empty() {
        node.put("schema", Node::new(node.at, schema));
    }
}

/// Sets the schema of a parameter. If the client cannot serialize it as the document requires, it becomes a string.
fn set_schema(parameter: &mut Parameter, schema: Option<Node>, node: &Node, report: &Report) {
    let usual = if parameter.place == Place::Query { "form" } else { "simple" };
    if node.each("content").next().is_some() {
        as_string(parameter, "has content", "schema: instead", report);
    } else if let Some(style) = node.str("style").filter(|style| *style != usual) {
        let advice = match style {
            "deepObject" => format!("one parameter for each property, named {}[property]", parameter.name),
            _ => format!("style: {usual}, or remove style"),
        };
        as_string(parameter, &format!("has the style {style}"), &advice, report);
    } else if let Some(mut schema) = schema {
        if report_secret(parameter, &schema, report) {
            schema.remove("format");
        }
        parameter.schema = schema;
    } else {
        let message = format!(
            "{parameter} has no schema, and is sent as a string; write schema: with a type, such as type: string"
        );
        report.note(parameter.at, "parameters have no schema and are sent as strings", message);
        parameter.schema = string(parameter.at);
    }
}

/// Reports a parameter that is a secret, and returns whether it is one.
pub(crate) fn report_secret(parameter: &Parameter, schema: &Node, report: &Report) -> bool {
    let is_secret = schema.str("format") == Some("password");
    if is_secret {
        let message = format!(
            "{parameter} is a secret, which the URL or the builder's Debug output shows; remove format: password"
        );
        report.note(parameter.at, "parameters are secrets that the URL or the builder's Debug output shows", message);
    }
    is_secret
}

/// Turns a parameter into a string that the caller formats, and reports the reason.
pub(crate) fn as_string(parameter: &mut Parameter, why: &str, advice: &str, report: &Report) {
    let message = format!("{parameter} {why}, and is sent as a plain string; write {advice}");
    report.warn(parameter.at, message);
    parameter.schema = string(parameter.at);
}

/// The schema of a string.
pub(crate) fn string(at: At) -> Node {
    let mut schema = Node::map(at);
    schema.set("type", "string");
    schema
}

/// Converts a Swagger 2 body to OpenAPI 3.0: a parameter `in: body`, or the fields of a form.
fn request_body(parameters: Vec<Node>) -> Node {
    let at = parameters.first().map(|node| node.at).unwrap_or_default();
    let (mut properties, mut required, mut media) = (Map::new(), Vec::new(), "application/x-www-form-urlencoded");
    let wrap = |key: &str, node: Node| Node::new(at, Map::from([(key.to_owned(), node)]));
    let body = |media, schema| {
        let mut body = wrap("content", wrap(media, wrap("schema", schema)));
        body.set("required", true);
        body
    };
    for mut parameter in parameters {
        let schema = parameter.remove("schema").unwrap_or_else(|| Node::map(at));
        if parameter.str("in").is_some_and(|place| place.eq_ignore_ascii_case("body")) {
            return body("application/json", schema);
        }
        if schema.str("type") == Some("file") || schema.str("format") == Some("binary") {
            media = "multipart/form-data";
        }
        let name = parameter.str("name").unwrap_or_default().to_owned();
        if parameter.flag("required") {
            required.push(Node::new(parameter.at, name.as_str()));
        }
        properties.insert(name, schema);
    }
    let mut schema = wrap("properties", Node::new(at, properties));
    schema.set("type", "object");
    schema.set("required", required);
    body(media, schema)
}
