//! The document as the rules process it: operations with their parts, and schemas by name.

use std::collections::BTreeMap;

use serde_json::Value;

use super::walk::{Context, Side, walk};
use crate::diagnostic::Report;
use crate::document::node::{At, Node};

/// A document.
#[derive(Debug, Default)]
pub(crate) struct Spec {
    /// The fields that were not parsed yet.
    pub(crate) raw: Node,
    pub(crate) version: String,
    /// The endpoint of the service, which may contain `{region}`.
    pub(crate) endpoint: Option<String>,
    /// The operations of the client.
    pub(crate) operations: Vec<Operation>,
    /// The number of operations in the document.
    pub(crate) documented_operations: usize,
    /// The component schemas by name.
    pub(crate) schemas: BTreeMap<String, Node>,
    /// The original names of component schemas, with their current names.
    pub(crate) renamed: BTreeMap<String, String>,
    /// The original component schemas, by their current names.
    pub(crate) documented: BTreeMap<String, Value>,
    /// Which schemas are used in requests and in responses.
    pub(crate) sides: BTreeMap<String, Side>,
}

/// An operation.
#[derive(Debug, Default)]
pub(crate) struct Operation {
    pub(crate) at: At,
    pub(crate) id: String,
    /// Its name in diagnostics.
    pub(crate) label: String,
    pub(crate) method: &'static str,
    /// The path that is passed to the generator.
    pub(crate) path: String,
    /// The fields that were not parsed yet.
    pub(crate) raw: Node,
    pub(crate) summary: Option<String>,
    pub(crate) description: Option<String>,
    pub(crate) parameters: Vec<Parameter>,
    pub(crate) body: Option<Body>,
    /// The success statuses.
    pub(crate) statuses: Vec<String>,
    /// The response of each of them.
    pub(crate) response: Payload,
    /// Whether a success response may also have no body.
    pub(crate) is_optional: bool,
    /// How the list that it returns is paginated.
    pub(crate) paging: Option<Paging>,
    /// The schemas of error responses.
    pub(crate) failures: Vec<Node>,
}

/// How a list is paginated.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Paging {
    /// The page size.
    pub(crate) limit: i64,
    /// The maximum of offset plus limit.
    pub(crate) end: Option<i64>,
}

/// The components that the parts of an operation refer to.
#[derive(Debug)]
pub(crate) struct Components<'a> {
    /// The document.
    pub(crate) raw: &'a Node,
    /// The component schemas by name.
    pub(crate) schemas: &'a BTreeMap<String, Node>,
}

/// A parameter.
#[derive(Debug, Clone)]
pub(crate) struct Parameter {
    pub(crate) at: At,
    pub(crate) name: String,
    /// Its location in the request.
    pub(crate) place: Place,
    pub(crate) required: bool,
    /// Whether the values of a list are joined by commas.
    pub(crate) is_joined: bool,
    pub(crate) description: Option<String>,
    pub(crate) schema: Node,
}

/// The location of a parameter in the request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Place {
    Query,
    Header,
    Path,
}

impl Place {
    /// The name in a document.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Query => "query",
            Self::Header => "header",
            Self::Path => "path",
        }
    }
}

/// The body of a request.
#[derive(Debug)]
pub(crate) struct Body {
    pub(crate) at: At,
    pub(crate) required: bool,
    pub(crate) description: Option<String>,
    /// The media type to send, unless the caller sets it.
    pub(crate) media_type: Option<String>,
    pub(crate) payload: Payload,
}

/// The content of a body.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) enum Payload {
    #[default]
    Empty,
    Json(Node),
    Form(Node),
    Text,
    Bytes,
}

impl Payload {
    /// The schema, if any.
    pub(crate) fn schema(&self) -> Option<&Node> {
        if let Self::Json(schema) | Self::Form(schema) = self { Some(schema) } else { None }
    }

    /// The schema, if any.
    pub(crate) fn schema_mut(&mut self) -> Option<&mut Node> {
        if let Self::Json(schema) | Self::Form(schema) = self { Some(schema) } else { None }
    }
}

impl Spec {
    /// Visits every schema: first the components, then those of operations. The visitor may replace the schema, and its
    /// parts are visited afterwards.
    pub(crate) fn each_schema(&mut self, report: &Report, visit: &mut dyn FnMut(&mut Node, &Context)) {
        for (name, schema) in &mut self.schemas {
            let side = self.sides.get(name).copied().unwrap_or(Side::Both);
            walk(schema, &Context { report: report.clone(), side, is_component: true, root: true }, visit);
        }
        for operation in &mut self.operations {
            let report = report.on(&operation.label);
            let context = |side| Context { report: report.clone(), side, is_component: false, root: true };
            let parameters = operation.parameters.iter_mut().map(|parameter| (&mut parameter.schema, Side::Parameter));
            let body = operation.body.as_mut().and_then(|body| body.payload.schema_mut());
            let responses = operation.response.schema_mut().into_iter().chain(&mut operation.failures);
            let bodies = body.map(|schema| (schema, Side::Request)).into_iter();
            for (schema, side) in parameters.chain(bodies).chain(responses.map(|schema| (schema, Side::Response))) {
                walk(schema, &context(side), visit);
            }
        }
    }
}

/// The maximum length of a chain of references, which may be circular.
const HOPS: usize = 100;

/// Resolves references to schemas by name. None if the target is missing, or the chain is circular or too long.
pub(crate) fn resolve<'a>(schemas: &'a BTreeMap<String, Node>, schema: &'a Node) -> Option<&'a Node> {
    let mut schema = schema;
    for _ in 0..HOPS {
        let Some(name) = super::walk::target(schema) else { return Some(schema) };
        schema = schemas.get(name)?;
    }
    None
}
