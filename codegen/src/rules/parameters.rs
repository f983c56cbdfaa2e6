//! Rule `parameters`: the parameters of each operation, with references resolved and forms of Swagger 2 read.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::Report;
use crate::document::node::{At, Map, Node};
use crate::rules::shape::LOST;
use crate::spec::model::{Operation, Parameter, Place, Spec, resolve};
use crate::spec::refs;

/// The request headers that the client sets itself, in lower case. As a parameter, each would be an argument that the builder's
/// `Debug` shows, and that the client overwrites.
const OWNED: [&str; 16] = [
    "accept",
    "authorization",
    "connection",
    "content-length",
    "content-type",
    "cookie",
    "expect",
    "host",
    "te",
    "transfer-encoding",
    "upgrade",
    "user-agent",
    "x-auth-token",
    "x-project-id",
    "x-sdk-date",
    "x-security-token",
];

/// Names of references that stand for such headers.
const OWNED_WORDS: [&str; 8] = [
    "xauthtoken",
    "authtoken",
    "securitytoken",
    "accesstoken",
    "contenttype",
    "xsecuritytoken",
    "xsdkdate",
    "authorization",
];

/// The fields of a parameter of Swagger 2 that stand in its schema today.
const SCHEMA_FIELDS: [&str; 13] = [
    "type",
    "format",
    "items",
    "enum",
    "default",
    "minimum",
    "maximum",
    "minLength",
    "maxLength",
    "pattern",
    "minItems",
    "maxItems",
    "uniqueItems",
];

pub(crate) fn apply(spec: &mut Spec, report: &Report) {
    let Spec { raw, operations, schemas, .. } = spec;
    for operation in operations {
        let report = &report.on(&operation.label);
        let mut forms = Vec::new();
        for field in ["parameters", "inherited"] {
            let Some(list) = operation.raw.list_mut(field).map(std::mem::take) else { continue };
            let mut own = BTreeSet::new();
            for node in list {
                let Some(node) = resolved(raw, node, report) else {
                    operation.raw.set(LOST, true);
                    continue;
                };
                if let Some(parameter) = one(operation, node, schemas, &mut forms, report) {
                    add(operation, parameter, &mut own, report);
                }
            }
        }
        form(operation, forms);
    }
}

fn add(operation: &mut Operation, parameter: Parameter, own: &mut BTreeSet<(Place, String)>, report: &Report) {
    let exists =
        operation.parameters.iter().any(|other| (other.place, &other.name) == (parameter.place, &parameter.name));
    if !own.insert((parameter.place, parameter.name.clone())) {
        let message = format!("{} is declared twice; keep one of the two", named(&parameter));
        report.warn(parameter.at, message);
    } else if !exists {
        operation.parameters.push(parameter);
    }
}

/// A parameter in the words of a diagnostic.
pub(crate) fn named(parameter: &Parameter) -> String {
    format!("the {} parameter {}", parameter.place.as_str(), parameter.name)
}

/// What a parameter or its reference means. None if it leads nowhere.
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
        report.note(node.at, "references lead to no parameter, but to a header that the client sets itself", message);
    } else {
        let message = format!("{message}; a parameter of the path is a string, and any other is left out");
        report.warn(node.at, message);
    }
    None
}

/// Reads one parameter. None if the client has none for it.
fn one(
    operation: &mut Operation,
    mut node: Node,
    schemas: &BTreeMap<String, Node>,
    forms: &mut Vec<Node>,
    report: &Report,
) -> Option<Parameter> {
    let at = node.at;
    let Some(name) = node.str("name").filter(|name| !name.trim().is_empty()).map(str::to_owned) else {
        report.warn(at, "this parameter has no name, and is left out; write name: with a string");
        return None;
    };
    let Some(place) = node.str("in").map(str::to_ascii_lowercase) else {
        report.warn(at, "this parameter has no in, and is left out; write in: with one of path, query, header, cookie");
        return None;
    };
    let in_at = node.get("in").map_or(at, |node| node.at);
    schema(&mut node, &place, &name, schemas, report);
    let place = match place.as_str() {
        "path" => Place::Path,
        "query" => Place::Query,
        "header" => Place::Header,
        "formdata" => {
            report.note(
                in_at,
                "parameters of Swagger 2 become the request body",
                "in is formData; write a requestBody",
            );
            forms.push(node);
            return None;
        }
        "body" => {
            report.note(in_at, "parameters of Swagger 2 become the request body", "in is body; write a requestBody");
            body(operation, node);
            return None;
        }
        "cookie" => {
            let message =
                format!("the cookie parameter {name} is left out, since the client has no cookies; remove it");
            report.warn(at, message);
            return None;
        }
        other => {
            let message = format!(
                "in is {other}, and the parameter {name} is left out; write one of path, query, header, cookie"
            );
            report.warn(in_at, message);
            return None;
        }
    };
    let lower = name.to_ascii_lowercase();
    if place == Place::Header && OWNED.contains(&lower.as_str()) {
        let message = format!("the client sets the header {name} itself; remove the parameter");
        report.note(at, "header parameters are set by the client itself", message);
        return None;
    }
    let is_token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    if place == Place::Header && !name.bytes().all(is_token) {
        let message = format!(
            "the header parameter {name} has a name that no header can have, and is left out; write letters, digits and hyphens, such as X-Language"
        );
        report.warn(at, message);
        return None;
    }
    if node.flag("allowReserved") {
        let message = format!("the query parameter {name} is always encoded; remove allowReserved");
        report.note(at, "parameters allow reserved characters, which are encoded", message);
    }
    let description = node.str("description").map(str::to_owned);
    let description = if node.flag("deprecated") {
        Some(format!("{} Deprecated.", description.unwrap_or_default()).trim().to_owned())
    } else {
        description
    };
    Some(Parameter {
        at,
        required: node.flag("required"),
        description,
        schema: node.remove("schema").unwrap_or_else(|| Node::map(at)),
        place,
        name,
    })
}

/// Puts the schema of a parameter where it belongs, wherever it stands.
fn schema(node: &mut Node, place: &str, name: &str, schemas: &BTreeMap<String, Node>, report: &Report) {
    let at = node.at;
    let named = format!("the {place} parameter {name}");
    if node.get("content").is_some_and(|content| content.entries().is_some_and(|map| !map.is_empty())) {
        let message = format!("{named} has content, and is sent as the string that is set; write schema: in its place");
        report.warn(at, message);
        text(node);
        return;
    }
    let usual = if place == "query" { "form" } else { "simple" };
    if let Some(style) = node.str("style").filter(|style| *style != usual) {
        let advice = match style {
            "deepObject" => format!("one parameter for each property, named {name}[property]"),
            _ => format!("style: {usual}, or remove style"),
        };
        let message = format!("{named} has the style {style}, and is sent as the string that is set; write {advice}");
        report.warn(at, message);
        text(node);
        return;
    }
    if !node.has("schema") {
        let mut schema = Map::new();
        for field in SCHEMA_FIELDS {
            if let Some(value) = node.remove(field) {
                schema.insert(field.to_owned(), value);
            }
        }
        if schema.is_empty() {
            let message = format!(
                "{named} has no schema, and is sent as a string; write schema: with a type, such as type: string"
            );
            report.note(at, "parameters have no schema and are sent as strings", message);
            text(node);
            return;
        }
        node.put("schema", Node::new(at, schema));
    }
    let Some(schema) = node.get("schema") else { return };
    if schema.str("format") == Some("password") {
        let message =
            format!("{named} is a secret, which the URL or the builder's Debug output shows; remove format: password");
        report.note(at, "parameters are secrets that the URL or the builder's Debug output shows", message);
        text(node);
    } else if resolve(schemas, schema).is_some_and(|schema| schema.str("type") == Some("array"))
        && node.get("explode").is_some_and(|explode| explode == &Node::new(at, false))
    {
        let message = format!(
            "{named} is a list with explode: false, and is sent as the string that is set, with the values separated by commas; write type: string"
        );
        report.warn(at, message);
        text(node);
    }
}

/// Lets a parameter be a string.
fn text(node: &mut Node) {
    let mut schema = Node::map(node.at);
    schema.set("type", "string");
    node.put("schema", schema);
}

/// The body of Swagger 2 as OpenAPI 3.0 writes it.
fn body(operation: &mut Operation, mut parameter: Node) {
    let at = parameter.at;
    let schema = parameter.remove("schema").unwrap_or_else(|| Node::map(at));
    request_body(operation, at, "application/json", schema);
}

/// The form of Swagger 2 as OpenAPI 3.0 writes it.
fn form(operation: &mut Operation, parameters: Vec<Node>) {
    let Some(at) = parameters.first().map(|node| node.at) else { return };
    let (mut properties, mut required, mut has_files) = (Map::new(), Vec::new(), false);
    for mut parameter in parameters {
        let name = parameter.str("name").unwrap_or_default().to_owned();
        let schema = parameter.remove("schema").unwrap_or_else(|| Node::map(at));
        has_files |= schema.str("type") == Some("file") || schema.str("format") == Some("binary");
        if parameter.flag("required") {
            required.push(Node::new(parameter.at, name.as_str()));
        }
        properties.insert(name, schema);
    }
    let mut schema = Node::map(at);
    schema.set("type", "object");
    schema.set("properties", properties);
    schema.set("required", required);
    let media = if has_files { "multipart/form-data" } else { "application/x-www-form-urlencoded" };
    request_body(operation, at, media, schema);
}

fn request_body(operation: &mut Operation, at: At, media: &str, schema: Node) {
    if operation.raw.has("requestBody") {
        return;
    }
    let wrap = |key: &str, node: Node| Node::new(at, Map::from([(key.to_owned(), node)]));
    let mut body = wrap("content", wrap(media, wrap("schema", schema)));
    body.set("required", true);
    operation.raw.put("requestBody", body);
}
