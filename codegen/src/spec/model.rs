//! A document as the rules work on it: operations with their parts, and schemas by name.

use std::collections::BTreeMap;

use serde_json::Value;

use super::walk::{Context, Side, walk};
use crate::diagnostic::Report;
use crate::document::node::{At, Node};

/// A document.
#[derive(Debug, Default)]
pub(crate) struct Spec {
    /// What is not read into the other fields yet.
    pub(crate) raw: Node,
    pub(crate) version: String,
    /// The service's address, which may have `{region}` in it.
    pub(crate) endpoint: Option<String>,
    /// The operations that the client gets.
    pub(crate) operations: Vec<Operation>,
    /// How many operations the document has.
    pub(crate) documented_operations: usize,
    /// The component schemas by name.
    pub(crate) schemas: BTreeMap<String, Node>,
    /// The names that component schemas have in the document, with those that they have now.
    pub(crate) renamed: BTreeMap<String, String>,
    /// The component schemas as the document describes them, by the names that they have now.
    pub(crate) documented: BTreeMap<String, Value>,
    /// Which schemas are sent and received.
    pub(crate) sides: BTreeMap<String, Side>,
}

/// An operation.
#[derive(Debug, Default)]
pub(crate) struct Operation {
    pub(crate) at: At,
    pub(crate) id: String,
    /// What diagnostics call it.
    pub(crate) label: String,
    pub(crate) method: &'static str,
    /// The path as the document has it.
    pub(crate) documented_path: String,
    /// The path as the generator gets it.
    pub(crate) path: String,
    /// What is not read into the other fields yet.
    pub(crate) raw: Node,
    pub(crate) summary: Option<String>,
    pub(crate) description: Option<String>,
    pub(crate) parameters: Vec<Parameter>,
    pub(crate) body: Option<Body>,
    /// The statuses of success and what each responds with.
    pub(crate) successes: Vec<(String, Payload)>,
    /// Whether a success may come without a body beside those that have one.
    pub(crate) is_optional: bool,
    /// How the list that it returns is requested in pages.
    pub(crate) paging: Option<Paging>,
    /// The schemas of failures.
    pub(crate) failures: Vec<Node>,
}

/// How a list is requested in pages.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Paging {
    /// The number of rows of a page.
    pub(crate) limit: i64,
    /// What offset plus limit may not exceed.
    pub(crate) end: Option<i64>,
}

/// What the parts of an operation refer to.
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
    /// Where in a request it is sent.
    pub(crate) place: Place,
    pub(crate) required: bool,
    pub(crate) description: Option<String>,
    pub(crate) schema: Node,
}

/// Where in a request a parameter is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Place {
    Query,
    Header,
    Path,
}

impl Place {
    /// As a document names it.
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
    /// The media type to send, if the caller does not set it.
    pub(crate) media_type: Option<String>,
    pub(crate) payload: Payload,
}

/// What a body consists of.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Payload {
    Empty,
    Json(Node),
    Form(Node),
    Text,
    Bytes,
}

impl Payload {
    /// The schema, if there is one.
    pub(crate) fn schema(&self) -> Option<&Node> {
        if let Self::Json(schema) | Self::Form(schema) = self { Some(schema) } else { None }
    }

    /// The schema, if there is one.
    pub(crate) fn schema_mut(&mut self) -> Option<&mut Node> {
        if let Self::Json(schema) | Self::Form(schema) = self { Some(schema) } else { None }
    }
}

impl Spec {
    /// Visits every schema: first the components, then those of operations. The visitor may replace the schema, and its parts
    /// are visited afterwards.
    pub(crate) fn each_schema(&mut self, report: &Report, visit: &mut dyn FnMut(&mut Node, &Context<'_>)) {
        for (name, schema) in &mut self.schemas {
            let side = self.sides.get(name).copied().unwrap_or(Side::Both);
            walk(schema, &Context { report: report.clone(), side, component: Some(name), root: true }, visit);
        }
        for operation in &mut self.operations {
            let report = report.on(&operation.label);
            let context = |side| Context { report: report.clone(), side, component: None, root: true };
            for parameter in &mut operation.parameters {
                walk(&mut parameter.schema, &context(Side::Parameter), visit);
            }
            if let Some(schema) = operation.body.as_mut().and_then(|body| body.payload.schema_mut()) {
                walk(schema, &context(Side::Request), visit);
            }
            for (_, payload) in &mut operation.successes {
                if let Some(schema) = payload.schema_mut() {
                    walk(schema, &context(Side::Response), visit);
                }
            }
            for schema in &mut operation.failures {
                walk(schema, &context(Side::Response), visit);
            }
        }
    }

    /// Follows references of schemas by name. None if they lead nowhere, in a circle or too far.
    pub(crate) fn resolve<'a>(&'a self, schema: &'a Node) -> Option<&'a Node> {
        resolve(&self.schemas, schema)
    }
}

/// The number of references that are followed from one to the next, since they may go in a circle.
const HOPS: usize = 100;

/// Follows references of schemas by name. None if they lead nowhere, in a circle or too far.
pub(crate) fn resolve<'a>(schemas: &'a BTreeMap<String, Node>, schema: &'a Node) -> Option<&'a Node> {
    let mut schema = schema;
    for _ in 0..HOPS {
        let Some(name) = super::walk::target(schema) else { return Some(schema) };
        schema = schemas.get(name)?;
    }
    None
}
