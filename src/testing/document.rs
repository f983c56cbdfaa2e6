//! The operations of an OpenAPI document.

use std::sync::{Arc, LazyLock};

use percent_encoding::percent_decode_str;
use serde_json::Value;

use super::schema::{Schema, properties, resolve};
use super::{Request, example, yaml};

/// The packaged document, which all servers share.
pub(super) static PACKAGED: LazyLock<Result<Arc<Document>, String>> =
    LazyLock::new(|| Document::parse(crate::OPENAPI).map(Arc::new));

const METHODS: [&str; 8] = ["delete", "get", "head", "options", "patch", "post", "put", "trace"];

/// In which property a response has what was asked for.
const PAYLOADS: [&str; 5] = ["data", "dataclass_details", "field_details", "workspace", "workspaces"];

pub(super) struct Document {
    operations: Vec<Operation>,
}

pub(super) struct Operation {
    pub(super) id: String,
    pub(super) method: String,
    /// The template.
    pub(super) path: String,
    pub(super) parameters: Vec<Parameter>,
    pub(super) body: Option<Body>,
    pub(super) response: Response,
}

pub(super) struct Parameter {
    pub(super) name: String,
    /// `path`, `query`, `header` or `cookie`.
    pub(super) location: String,
    pub(super) required: bool,
    pub(super) maximum: Option<u64>,
    pub(super) schema: Schema,
}

pub(super) struct Body {
    pub(super) required: bool,
    pub(super) content: Vec<(String, Schema)>,
}

/// The response of a success.
pub(super) struct Response {
    pub(super) status: u16,
    pub(super) content_type: Option<String>,
    pub(super) example: Value,
    /// The names of its properties.
    pub(super) properties: Vec<String>,
    /// The one that has what was asked for; `None` if the response is that itself.
    pub(super) payload: Option<String>,
    /// The names of the properties of what was asked for.
    pub(super) fields: Vec<String>,
}

/// The names and values of a path's parameters.
pub(super) type PathParameters<'a> = Vec<(&'a str, String)>;

impl Document {
    /// Parses a document.
    ///
    /// # Errors
    ///
    /// Why it is not one.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let root = Arc::new(yaml::parse(text)?);
        let paths = root.get("paths").and_then(Value::as_object).ok_or("it has no paths")?;
        let items = paths.iter().map(|(path, item)| (path, resolve(&root, item)));
        let all = items.flat_map(|(path, item)| METHODS.map(|method| (path, item, method)));
        let mut operations: Vec<_> = all
            .filter_map(|(path, item, method)| Some(Operation::new(&root, path, item, method, item.get(method)?)))
            .collect();
        // A path that is written out goes before one with a parameter in that place.
        operations.sort_by_key(|operation| operation.path.matches('{').count());
        Ok(Self { operations })
    }

    /// The operation that a request is for.
    pub(super) fn route(&self, request: &Request) -> Option<(&Operation, PathParameters<'_>)> {
        let mut of_method = self.operations.iter().filter(|operation| operation.method == request.method());
        of_method.find_map(|operation| Some((operation, match_path(&operation.path, request.path())?)))
    }
}

impl Operation {
    fn new(root: &Arc<Value>, path: &str, item: &Value, method: &str, operation: &Value) -> Self {
        let mut parameters: Vec<Parameter> = Vec::new();
        for parameter in [operation, item].into_iter().filter_map(|node| node.get("parameters")?.as_array()).flatten() {
            let parameter = Parameter::new(root, resolve(root, parameter));
            // One of the operation replaces that of the path.
            if !parameters.iter().any(|known| known.name == parameter.name && known.location == parameter.location) {
                parameters.push(parameter);
            }
        }
        let body = operation.get("requestBody").map(|body| {
            let body = resolve(root, body);
            let content = body.get("content").and_then(Value::as_object).into_iter().flatten();
            let schema = |media_type: &Value| Schema::new(root, media_type.get("schema").unwrap_or(&true.into()));
            Body {
                required: flag(body, "required"),
                content: content.map(|(name, media_type)| (name.clone(), schema(media_type))).collect(),
            }
        });
        Self {
            id: text(operation, "operationId"),
            method: method.to_uppercase(),
            path: path.to_owned(),
            parameters,
            body,
            response: Response::new(root, operation),
        }
    }
}

impl Parameter {
    fn new(root: &Arc<Value>, parameter: &Value) -> Self {
        let anything = Value::Bool(true);
        let content = || parameter.get("content")?.as_object()?.values().next()?.get("schema");
        let schema = parameter.get("schema").or_else(content).unwrap_or(&anything);
        Self {
            name: text(parameter, "name"),
            location: text(parameter, "in"),
            required: flag(parameter, "required"),
            maximum: resolve(root, schema).get("maximum").and_then(Value::as_u64),
            schema: Schema::new(root, schema),
        }
    }
}

impl Response {
    fn new(root: &Value, operation: &Value) -> Self {
        let all = operation.get("responses").and_then(Value::as_object);
        let success = all.and_then(|all| all.iter().find(|(status, _)| status.starts_with('2')));
        let response = success.map_or(&Value::Null, |(_, response)| resolve(root, response));
        let content = response.get("content").and_then(Value::as_object).and_then(|content| content.iter().next());
        let schema = content.and_then(|(_, media_type)| media_type.get("schema")).unwrap_or(&Value::Null);
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

fn text(node: &Value, key: &str) -> String {
    node.get(key).and_then(Value::as_str).unwrap_or_default().to_owned()
}

fn flag(node: &Value, key: &str) -> bool {
    node.get(key) == Some(&true.into())
}

/// The decoded values of a template's parameters in a path, each of at least one character and within its segment; `None` if the path
/// is not one of the template.
fn match_path<'a>(template: &'a str, path: &str) -> Option<PathParameters<'a>> {
    let Some((before, rest)) = template.split_once('{') else { return (template == path).then(Vec::new) };
    let (name, after) = rest.split_once('}')?;
    let path = path.strip_prefix(before)?;
    let segment = path.split('/').next().unwrap_or_default();
    (1..=segment.len()).find_map(|end| {
        let (value, rest) = path.split_at_checked(end)?;
        let mut found = match_path(after, rest)?;
        found.push((name, percent_decode_str(value).decode_utf8_lossy().into_owned()));
        Some(found)
    })
}
