//! The operations of an OpenAPI document.

use std::sync::{Arc, LazyLock};

use percent_encoding::percent_decode_str;
use saphyr::{LoadableYamlNode, Scalar, Yaml};
use serde_json::{Map, Value};

use super::example;
use super::schema::{Schema, properties, resolve, to_json_schema};
use crate::testing::Request;

pub(in crate::testing) type Document = Arc<[Operation]>;

/// The documents of SecMaster, of IAM and of the metadata service, which all servers share.
pub(in crate::testing) static PACKAGED: LazyLock<Result<Vec<Document>, String>> = LazyLock::new(|| {
    let (iam, metadata) = (include_str!("../../../openapi/iam.yaml"), include_str!("../../../openapi/metadata.yaml"));
    let texts = [(Service::SecMaster, crate::OPENAPI), (Service::Iam, iam), (Service::Metadata, metadata)];
    texts.into_iter().map(|(service, text)| parse(service, text)).collect()
});

const METHODS: [&str; 8] = ["delete", "get", "head", "options", "patch", "post", "put", "trace"];

/// The depth up to which responses have only documented properties.
const DEPTH: usize = 3;

/// The services that the fake server emulates. Each has different IDs and error formats.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::testing) enum Service {
    /// Also the service of any added document.
    SecMaster,
    Iam,
    Metadata,
}

pub(in crate::testing) struct Operation {
    pub(in crate::testing) service: Service,
    pub(in crate::testing) id: String,
    pub(in crate::testing) method: String,
    pub(in crate::testing) path: String,
    /// Whether it needs no IAM credentials: none are documented, or they are optional.
    pub(in crate::testing) is_public: bool,
    /// As documented, each with its schema.
    pub(in crate::testing) parameters: Vec<(Value, Schema)>,
    pub(super) needs_body: bool,
    /// The schemas of the body by media type.
    pub(super) bodies: Vec<(String, Schema)>,
    /// The status, content type and body of a success response.
    pub(in crate::testing) status: u16,
    pub(in crate::testing) content_type: Option<String>,
    pub(in crate::testing) example: Value,
    /// The names of the properties of the body, each with those of its value.
    pub(in crate::testing) fields: Value,
}

/// The names and decoded values of parameters.
pub(in crate::testing) type Pairs = Vec<(String, String)>;

pub(in crate::testing) fn parse(service: Service, text: &str) -> Result<Document, String> {
    let yaml = Yaml::load_from_str(text).map_err(|error| error.to_string())?;
    let root = yaml.first().map(value).ok_or("it is empty")?;
    let components = Arc::new(to_json_schema(&root["components"]));
    let mut operations = Vec::new();
    for (path, item) in root["paths"].as_object().ok_or("it has no paths")? {
        let item = resolve(&root, item);
        let methods = METHODS.into_iter().filter(|method| item[method].is_object());
        operations.extend(methods.map(|method| Operation::new(service, &root, &components, path, item, method)));
    }
    // A literal path takes precedence over one with a parameter in that segment.
    operations.sort_by_key(|operation| operation.path.matches('{').count());
    Ok(operations.into())
}

impl Operation {
    fn new(service: Service, root: &Value, components: &Arc<Value>, path: &str, item: &Value, method: &str) -> Self {
        let operation = &item[method];
        let schema = |node: &Value| Schema::new(components, node.get("schema").unwrap_or(&Value::Bool(true)));
        let mut parameters: Vec<(Value, Schema)> = Vec::new();
        for node in [operation, item].into_iter().filter_map(|node| node["parameters"].as_array()).flatten() {
            let node = resolve(root, node);
            // A parameter of the operation overrides that of the path.
            if !parameters.iter().any(|(known, _)| known["name"] == node["name"] && known["in"] == node["in"]) {
                parameters.push((node.clone(), schema(node)));
            }
        }
        let body = resolve(root, &operation["requestBody"]);
        let security = operation.get("security").unwrap_or(&root["security"]).as_array();
        let is_none = |requirement: &Value| requirement.as_object().is_some_and(Map::is_empty);
        let bodies = body["content"].as_object().into_iter().flatten();
        let all = operation["responses"].as_object();
        let success = all.and_then(|all| all.iter().find(|(status, _)| status.starts_with('2')));
        let response = success.map_or(&Value::Null, |(_, response)| resolve(root, response));
        let content = response["content"].as_object().and_then(|content| content.iter().next());
        let body_schema = content.map_or(&Value::Null, |(_, media_type)| &media_type["schema"]);
        Self {
            service,
            id: str_or_empty(&operation["operationId"]).to_owned(),
            method: method.to_uppercase(),
            path: path.to_owned(),
            is_public: security.is_some_and(|all| all.is_empty() || all.iter().any(is_none)),
            parameters,
            needs_body: body["required"] == true,
            bodies: bodies.map(|(name, node)| (name.clone(), schema(node))).collect(),
            status: success.and_then(|(status, _)| status.parse().ok()).unwrap_or(200),
            content_type: content.map(|(name, _)| name.clone()),
            example: content.map(|(_, media_type)| example::of_media_type(root, media_type)).unwrap_or_default(),
            fields: fields(root, body_schema, DEPTH),
        }
    }

    /// The path parameters of a request, if it matches this operation.
    pub(in crate::testing) fn matches(&self, request: &Request) -> Option<Pairs> {
        if self.method == request.method() { match_path(&self.path, request.path()) } else { None }
    }
}

/// The names of the properties of a schema, or of its items.
fn fields(root: &Value, schema: &Value, depth: usize) -> Value {
    let Some(depth) = depth.checked_sub(1) else { return Value::Null };
    let schema = resolve(root, schema);
    let properties = properties(root, schema.get("items").unwrap_or(schema));
    properties.into_iter().map(|(name, schema)| (name.clone(), fields(root, schema, depth))).collect()
}

/// The fields of a value that are documented. All are allowed if none is.
pub(in crate::testing) fn documented(fields: &Value, value: &Value) -> Value {
    match (fields, value) {
        (Value::Object(fields), Value::Object(_)) if !fields.is_empty() => {
            fields.iter().map(|(name, fields)| (name.clone(), documented(fields, &value[name]))).collect()
        }
        (_, Value::Array(items)) => items.iter().map(|item| documented(fields, item)).collect(),
        _ => value.clone(),
    }
}

/// A string; empty if it is none.
pub(in crate::testing) fn str_or_empty(node: &Value) -> &str {
    node.as_str().unwrap_or_default()
}

/// The decoded values of a template's parameters in a path, each of at least one character and within its segment;
/// `None` if the path does not match the template.
fn match_path(template: &str, path: &str) -> Option<Pairs> {
    let Some((before, rest)) = template.split_once('{') else { return (template == path).then(Vec::new) };
    let (name, after) = rest.split_once('}')?;
    let path = path.strip_prefix(before)?;
    let segment = path.split('/').next().unwrap_or_default();
    (1..=segment.len()).find_map(|end| {
        let (value, rest) = path.split_at_checked(end)?;
        let mut found = match_path(after, rest)?;
        found.push((name.to_owned(), percent_decode_str(value).decode_utf8_lossy().into_owned()));
        Some(found)
    })
}

/// Converts YAML, of which JSON is a subset.
fn value(node: &Yaml<'_>) -> Value {
    match node {
        Yaml::Value(Scalar::Boolean(flag)) => (*flag).into(),
        Yaml::Value(Scalar::Integer(number)) => (*number).into(),
        Yaml::Value(Scalar::FloatingPoint(number)) => number.into_inner().into(),
        Yaml::Value(Scalar::String(text)) | Yaml::Representation(text, ..) => text.as_ref().into(),
        Yaml::Sequence(items) => items.iter().map(value).collect(),
        // The status 200 may be written without quotes.
        Yaml::Mapping(entries) => {
            let name = |key| value(key).as_str().map_or_else(|| value(key).to_string(), str::to_owned);
            entries.iter().map(|(key, node)| (name(key), value(node))).collect()
        }
        Yaml::Tagged(_, node) => value(node),
        Yaml::Value(Scalar::Null) | Yaml::Alias(_) | Yaml::BadValue => Value::Null,
    }
}
