//! The operations of an OpenAPI document.

use std::sync::{Arc, LazyLock};

use percent_encoding::percent_decode_str;
use serde_json::{Map, Value};

use super::schema::{Schema, properties, resolve, to_json_schema};
use super::{example, yaml};
use crate::testing::Request;

/// The operations of one document.
pub(in crate::testing) type Document = Arc<[Operation]>;

/// The documents of SecMaster, of IAM and of the metadata service, which all servers share.
pub(in crate::testing) static PACKAGED: LazyLock<Result<[Document; 3], String>> = LazyLock::new(|| {
    let secmaster = parse(Service::SecMaster, crate::OPENAPI)?;
    let iam = parse(Service::Iam, include_str!("../../../openapi/iam.yaml"))?;
    let metadata = parse(Service::Metadata, include_str!("../../../openapi/metadata.yaml"))?;
    Ok([secmaster, iam, metadata])
});

const METHODS: [&str; 8] = ["delete", "get", "head", "options", "patch", "post", "put", "trace"];

/// The property of a response that contains the requested data.
const PAYLOADS: [&str; 5] = ["data", "dataclass_details", "field_details", "workspace", "workspaces"];

/// The services that the fake server emulates. Each has different IDs and error formats.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::testing) enum Service {
    /// SecMaster, and the service of any added document.
    SecMaster,
    Iam,
    Metadata,
}

pub(in crate::testing) struct Operation {
    pub(in crate::testing) service: Service,
    pub(in crate::testing) id: String,
    pub(in crate::testing) method: String,
    /// The path template.
    pub(in crate::testing) path: String,
    /// Whether it needs no IAM credentials.
    pub(in crate::testing) is_public: bool,
    pub(in crate::testing) parameters: Vec<Parameter>,
    pub(super) needs_body: bool,
    /// The schemas of the body by media type.
    pub(super) bodies: Vec<(String, Schema)>,
    pub(in crate::testing) response: Response,
}

pub(in crate::testing) struct Parameter {
    pub(in crate::testing) name: String,
    /// `path`, `query`, `header` or `cookie`.
    pub(in crate::testing) location: String,
    pub(in crate::testing) required: bool,
    pub(in crate::testing) maximum: Option<u64>,
    pub(super) schema: Schema,
}

/// The success response.
pub(in crate::testing) struct Response {
    pub(in crate::testing) status: u16,
    pub(in crate::testing) content_type: Option<String>,
    pub(in crate::testing) example: Value,
    /// The names of its properties.
    pub(in crate::testing) properties: Vec<String>,
    /// The property with the requested data; `None` if the response itself is the data.
    pub(in crate::testing) payload: Option<String>,
    /// The names of the properties of the requested data.
    pub(in crate::testing) fields: Vec<String>,
}

/// The names and decoded values of parameters.
pub(in crate::testing) type Pairs = Vec<(String, String)>;

/// Parses a document.
pub(in crate::testing) fn parse(service: Service, text: &str) -> Result<Document, String> {
    let root = yaml::parse(text)?;
    let components = Arc::new(to_json_schema(&root["components"]));
    let mut operations = Vec::new();
    for (path, item) in root["paths"].as_object().ok_or("it has no paths")? {
        let item = resolve(&root, item);
        for method in METHODS.into_iter().filter(|method| item[method].is_object()) {
            operations.push(Operation::new(service, &root, &components, path, item, method));
        }
    }
    // A literal path takes precedence over one with a parameter in that segment.
    operations.sort_by_key(|operation| operation.path.matches('{').count());
    Ok(operations.into())
}

impl Operation {
    fn new(service: Service, root: &Value, components: &Arc<Value>, path: &str, item: &Value, method: &str) -> Self {
        let operation = &item[method];
        let mut parameters: Vec<Parameter> = Vec::new();
        for parameter in [operation, item].into_iter().filter_map(|node| node["parameters"].as_array()).flatten() {
            let parameter = Parameter::new(root, components, resolve(root, parameter));
            // A parameter of the operation overrides that of the path.
            if !parameters.iter().any(|known| known.name == parameter.name && known.location == parameter.location) {
                parameters.push(parameter);
            }
        }
        let body = resolve(root, &operation["requestBody"]);
        let schema = |node: &Value| Schema::new(components, node.get("schema").unwrap_or(&Value::Bool(true)));
        let bodies = body["content"].as_object().into_iter().flatten();
        Self {
            service,
            id: as_string(&operation["operationId"]),
            method: method.to_uppercase(),
            path: path.to_owned(),
            is_public: is_public(operation.get("security").unwrap_or(&root["security"])),
            parameters,
            needs_body: body["required"] == true,
            bodies: bodies.map(|(name, node)| (name.clone(), schema(node))).collect(),
            response: Response::new(root, operation),
        }
    }

    /// The path parameters of a request, if it matches this operation.
    pub(in crate::testing) fn matches(&self, request: &Request) -> Option<Pairs> {
        if self.method == request.method() { match_path(&self.path, request.path()) } else { None }
    }
}

impl Parameter {
    fn new(root: &Value, components: &Arc<Value>, parameter: &Value) -> Self {
        let schema = parameter.get("schema").unwrap_or(&Value::Bool(true));
        Self {
            name: as_string(&parameter["name"]),
            location: as_string(&parameter["in"]),
            required: parameter["required"] == true,
            maximum: resolve(root, schema)["maximum"].as_u64(),
            schema: Schema::new(components, schema),
        }
    }
}

impl Response {
    fn new(root: &Value, operation: &Value) -> Self {
        let all = operation["responses"].as_object();
        let success = all.and_then(|all| all.iter().find(|(status, _)| status.starts_with('2')));
        let response = success.map_or(&Value::Null, |(_, response)| resolve(root, response));
        let content = response["content"].as_object().and_then(|content| content.iter().next());
        let schema = content.map_or(&Value::Null, |(_, media_type)| &media_type["schema"]);
        let outer = properties(root, schema);
        let payload = outer.iter().find(|(name, _)| PAYLOADS.contains(&name.as_str()));
        let inner = resolve(root, payload.map_or(schema, |(_, schema)| schema));
        let names = |properties: Vec<(&String, _)>| properties.into_iter().map(|(name, _)| name.clone()).collect();
        Self {
            status: success.and_then(|(status, _)| status.parse().ok()).unwrap_or(200),
            content_type: content.map(|(name, _)| name.clone()),
            example: content.map(|(_, media_type)| example::of_media_type(root, media_type)).unwrap_or_default(),
            payload: payload.map(|(name, _)| (*name).clone()),
            fields: names(properties(root, inner.get("items").unwrap_or(inner))),
            properties: names(outer),
        }
    }
}

/// Whether an operation needs no credentials: none are documented, or they are optional.
fn is_public(security: &Value) -> bool {
    let is_none = |requirement: &Value| requirement.as_object().is_some_and(Map::is_empty);
    security.as_array().is_some_and(|all| all.is_empty() || all.iter().any(is_none))
}

fn as_string(node: &Value) -> String {
    node.as_str().unwrap_or_default().to_owned()
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
