//! Rule `hoist`: turns each inline schema that becomes a type into a component with a unique name.
//!
//! If two types have the same name, the generator silently uses the first for both.

use std::collections::BTreeMap;

use crate::diagnostic::Report;
use crate::document::node::Node;
use crate::spec::model::Spec;
use crate::spec::names::{self, Types};
use crate::spec::walk::{Side, properties_mut, refer};

/// Turns the inline schemas that become types into components.
pub(crate) fn apply(spec: &mut Spec, report: &Report) {
    hoist(spec, report, |schema| ["properties", "enum", "oneOf"].iter().any(|key| schema.has(key)));
}

/// Turns composed inline schemas into components before they are merged. Merged schemas then contain only references,
/// so merging terminates.
pub(crate) fn composites(spec: &mut Spec, report: &Report) {
    hoist(spec, report, |schema| ["allOf", "oneOf", "anyOf"].iter().any(|key| schema.has(key)));
}

fn hoist(spec: &mut Spec, report: &Report, becomes_type: fn(&Node) -> bool) {
    let mut types = Types::default();
    for (name, schema) in &spec.schemas {
        types.add(name, "", schema.at);
    }
    let (new, enums, side) = (BTreeMap::new(), BTreeMap::new(), Side::Both);
    let mut hoist = Hoist { report, types, new, becomes_type, side, enums };
    for (name, schema) in &mut spec.schemas {
        hoist.side = spec.sides.get(name).copied().unwrap_or(Side::Both);
        hoist.inside(schema, name);
    }
    for operation in &mut spec.operations {
        let id = &operation.id;
        hoist.side = Side::Request;
        for parameter in &mut operation.parameters {
            hoist.parameter(&mut parameter.schema, &parameter.name, id);
        }
        if let Some(schema) = operation.body.as_mut().and_then(|body| body.payload.schema_mut()) {
            hoist.hoist_schema(schema, &format!("{id}-body"));
        }
        if let Some(schema) = operation.response.schema_mut() {
            hoist.side = Side::Response;
            hoist.hoist_schema(schema, &format!("{id}-response"));
        }
    }
    for (name, (schema, side)) in hoist.new {
        spec.sides.insert(name.clone(), side);
        spec.schemas.insert(name, schema);
    }
}

struct Hoist<'a> {
    report: &'a Report,
    types: Types,
    new: BTreeMap<String, (Node, Side)>,
    becomes_type: fn(&Node) -> bool,
    /// Whether the new components are used in requests or responses.
    side: Side,
    /// The enums of parameters, so that equal ones share a type.
    enums: BTreeMap<(String, Vec<String>), String>,
}

impl Hoist<'_> {
    /// Names the parts of a schema.
    fn inside(&mut self, schema: &mut Node, name: &str) {
        if schema.has("$ref") {
            return;
        }
        for (key, property) in properties_mut(schema) {
            self.hoist_schema(property, &format!("{name}-{}", names::field(key)));
        }
        for (key, suffix) in [("items", "item"), ("additionalProperties", "value")] {
            if let Some(part) = schema.get_mut(key).filter(|part| part.entries().is_some()) {
                self.hoist_schema(part, &format!("{name}-{suffix}"));
            }
        }
        for part in schema.list_mut("allOf").into_iter().flatten() {
            self.inside(part, name);
        }
        for key in ["oneOf", "anyOf"] {
            for (index, part) in schema.list_mut(key).into_iter().flatten().enumerate() {
                self.hoist_schema(part, &format!("{name}-choice{}", index + 1));
            }
        }
    }

    /// Turns a schema that becomes a type into a component.
    fn hoist_schema(&mut self, schema: &mut Node, name: &str) {
        self.inside(schema, name);
        if schema.has("$ref") || !(self.becomes_type)(schema) {
            return;
        }
        let preferred = names::type_name(name);
        let (unique, other) = self.types.add(&preferred, "", schema.at);
        if let Some(other) = other {
            let why = match other.line {
                0 => format!("this schema would become the type {preferred}, which is reserved by the generated code"),
                line => format!("this schema and the one at line {line} would both become the type {preferred}"),
            };
            let message =
                format!("{why}; this one becomes {unique}, put it into components/schemas under a unique name");
            self.report.note(schema.at, "inline schemas are renamed, since their names exist already", message);
        }
        self.add(schema, unique);
    }

    fn parameter(&mut self, schema: &mut Node, name: &str, id: &str) {
        let schema = if schema.str("type") == Some("array") { schema.get_mut("items") } else { Some(schema) };
        let becomes_type = |schema: &&mut Node| schema.has("enum") || schema.has("oneOf");
        let Some(schema) = schema.filter(becomes_type).filter(|schema| (self.becomes_type)(schema)) else { return };
        if schema.has("oneOf") {
            return self.hoist_schema(schema, &format!("{id}-{name}"));
        }
        let values = schema.list("enum").iter().filter_map(|value| value.as_str().map(str::to_owned)).collect();
        let key = (names::function(name), values);
        if let Some(known) = self.enums.get(&key) {
            return refer(schema, known);
        }
        // The first with a name gets it; others are named after their operations.
        let plain = names::type_name(name);
        let preferred = match self.types.place(&plain) {
            Some(_) => names::type_name(&format!("{id}-{name}")),
            None => plain,
        };
        let (unique, _) = self.types.add(&preferred, "", schema.at);
        self.enums.insert(key, unique.clone());
        self.add(schema, unique);
    }

    fn add(&mut self, schema: &mut Node, name: String) {
        let mut component = schema.clone();
        // The reference determines whether the value is optional.
        component.remove_all(&["nullable", "default", "x-default"]);
        refer(schema, &name);
        self.new.insert(name, (component, self.side));
    }
}
