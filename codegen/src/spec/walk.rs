//! Traverses the parts of a schema.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::Report;
use crate::document::node::{At, Data, Node};

/// Whether a schema is used in requests or in responses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    Parameter,
    Request,
    /// Only in responses, or unused.
    Response,
    /// In requests and in responses.
    Both,
}

impl Side {
    /// Whether the schema is used in responses.
    pub(crate) fn is_received(self) -> bool {
        matches!(self, Self::Response | Self::Both)
    }
}

/// The location of a schema.
#[derive(Debug, Clone)]
pub(crate) struct Context {
    /// The report, for the operation unless the schema is part of a component.
    pub(crate) report: Report,
    /// Whether it is used in requests or in responses.
    pub(crate) side: Side,
    /// Whether it is a component.
    pub(crate) is_component: bool,
    /// Whether it is not part of another schema.
    pub(crate) root: bool,
}

impl Context {
    /// Adds a warning.
    pub(crate) fn warn(&self, at: At, message: impl AsRef<str>) {
        self.report.warn(at, message);
    }

    /// Adds a location to a summary.
    pub(crate) fn note(&self, at: At, kind: &'static str, message: impl AsRef<str>) {
        self.report.note(at, kind, message);
    }
}

/// Visits a schema, and then its parts as the visitor left them.
pub(crate) fn walk(schema: &mut Node, context: &Context, visit: &mut dyn FnMut(&mut Node, &Context)) {
    visit(schema, context);
    let inner = Context { is_component: false, root: false, ..context.clone() };
    for part in parts_mut(schema) {
        walk(part, &inner, visit);
    }
}

/// The parts of a schema. A reference has none.
pub(crate) fn parts_mut(schema: &mut Node) -> Vec<&mut Node> {
    let parts = schema.entries_mut().into_iter().flatten().flat_map(|(key, node)| match key.as_str() {
        "properties" => node.entries_mut().into_iter().flat_map(|map| map.values_mut()).collect(),
        "items" | "additionalProperties" | "not" if node.entries().is_some() => vec![node],
        "allOf" | "oneOf" | "anyOf" => match &mut node.data {
            Data::List(items) => items.iter_mut().collect(),
            _ => Vec::new(),
        },
        _ => Vec::new(),
    });
    parts.collect()
}

/// The parts of a schema. A reference has none.
pub(crate) fn parts(schema: &Node) -> Vec<&Node> {
    let parts = schema.entries().into_iter().flatten().flat_map(|(key, node)| match (key.as_str(), &node.data) {
        ("properties", Data::Map(map)) => map.values().collect(),
        ("allOf" | "oneOf" | "anyOf", Data::List(items)) => items.iter().collect(),
        ("items" | "additionalProperties" | "not", Data::Map(_)) => vec![node],
        _ => Vec::new(),
    });
    parts.collect()
}

/// The properties of a schema, by name.
pub(crate) fn properties_mut(schema: &mut Node) -> impl Iterator<Item = (&String, &mut Node)> {
    schema.get_mut("properties").and_then(Node::entries_mut).into_iter().flatten()
}

/// The names of all schemas that a schema refers to.
pub(crate) fn references(schema: &Node) -> Vec<&str> {
    target(schema).into_iter().chain(parts(schema).into_iter().flat_map(references)).collect()
}

/// The names of all schemas, each after those that its edges lead to, except in cycles.
pub(crate) fn inner_first(schemas: &BTreeMap<String, Node>, edges: fn(&Node) -> Vec<&str>) -> Vec<String> {
    let (mut open, mut complete) = (BTreeSet::new(), Vec::new());
    // Iterative, since a chain may be as long as the document.
    let mut stack: Vec<(&str, bool)> = schemas.keys().map(|name| (name.as_str(), false)).rev().collect();
    while let Some((name, is_complete)) = stack.pop() {
        let Some(schema) = schemas.get(name) else { continue };
        if is_complete {
            complete.push(name.to_owned());
        } else if open.insert(name) {
            stack.push((name, true));
            stack.extend(edges(schema).into_iter().map(|name| (name, false)));
        }
    }
    complete
}

/// The name in a reference to a component schema.
pub(crate) fn target(schema: &Node) -> Option<&str> {
    schema.str("$ref")?.strip_prefix("#/components/schemas/")
}

/// Fields that a reference may have next to it. They describe the property that has the referenced type.
pub(crate) const BESIDE_REFERENCES: [&str; 5] = ["description", "deprecated", "readOnly", "default", "x-default"];

/// Turns a schema into a reference to a component schema.
pub(crate) fn refer(schema: &mut Node, name: &str) {
    if let Some(map) = schema.entries_mut() {
        map.retain(|key, _| BESIDE_REFERENCES.contains(&key.as_str()));
    }
    schema.set("$ref", format!("#/components/schemas/{name}"));
}

/// A schema that accepts any JSON value, with the documentation of another.
pub(crate) fn anything(schema: &mut Node) {
    let description = schema.remove("description");
    *schema = Node::map(schema.at);
    if let Some(description) = description {
        schema.put("description", description);
    }
}

/// Appends a sentence to the description.
pub(crate) fn append(schema: &mut Node, text: &str) {
    if text.is_empty() {
        return;
    }
    let before = schema.str("description").map(|before| format!("{before}\n\n")).unwrap_or_default();
    schema.set("description", before + text);
}
