//! Rule `hoist`: each inline schema that becomes a type is a component with its own name.
//!
//! Of two types with one name, the generator takes the first for both, without an error.

use std::collections::{BTreeMap, HashSet};

use crate::diagnostic::Report;
use crate::document::node::{Map, Node};
use crate::rules::components::TAKEN;
use crate::spec::model::{Payload, Spec};
use crate::spec::names;
use crate::spec::walk::{Side, refer};

/// Makes components of the inline schemas that become types.
pub(crate) fn apply(spec: &mut Spec, report: &Report) {
    hoist(spec, report, is_named);
}

/// Makes components of the inline schemas that are put together from others, before these are written out. So what is written out
/// has only references inside, and comes to an end.
pub(crate) fn composites(spec: &mut Spec, report: &Report) {
    hoist(spec, report, |schema| ["allOf", "oneOf", "anyOf"].iter().any(|key| schema.has(key)));
}

fn hoist(spec: &mut Spec, report: &Report, becomes_type: fn(&Node) -> bool) {
    let mut taken: HashSet<String> = TAKEN.iter().map(|&name| name.to_owned()).collect();
    let lines: BTreeMap<String, usize> =
        spec.schemas.iter().map(|(name, schema)| (names::type_name(name), schema.at.line)).collect();
    taken.extend(lines.keys().cloned());
    let (new, enums, side) = (BTreeMap::new(), BTreeMap::new(), Side::Both);
    let mut hoist = Hoist { report, taken, lines, new, becomes_type, side, enums };
    for (name, schema) in &mut spec.schemas {
        hoist.side = spec.sides.get(name).copied().unwrap_or(Side::Both);
        hoist.inside(schema, name);
    }
    for operation in &mut spec.operations {
        let id = operation.id.clone();
        for parameter in &mut operation.parameters {
            hoist.parameter(&mut parameter.schema, &parameter.name, &id);
        }
        if let Some(schema) = operation.body.as_mut().and_then(|body| body.payload.schema_mut()) {
            hoist.side = Side::Request;
            hoist.one(schema, &format!("{id}-body"));
        }
        // All successes have the same payload.
        let mut payloads = operation.successes.iter_mut().map(|(_, payload)| payload);
        if let Some(first) = payloads.next()
            && let Some(schema) = first.schema_mut()
        {
            hoist.side = Side::Response;
            hoist.one(schema, &format!("{id}-response"));
            let schema = schema.clone();
            payloads.for_each(|payload| *payload = Payload::Json(schema.clone()));
        }
    }
    for (name, (schema, side)) in hoist.new {
        spec.sides.insert(name.clone(), side);
        spec.schemas.insert(name, schema);
    }
}

struct Hoist<'a> {
    report: &'a Report,
    taken: HashSet<String>,
    /// Where the schema of each type stands.
    lines: BTreeMap<String, usize>,
    new: BTreeMap<String, (Node, Side)>,
    becomes_type: fn(&Node) -> bool,
    /// The side of what is made components.
    side: Side,
    /// The enums of parameters, so that those that are alike become one type.
    enums: BTreeMap<(String, Vec<String>), String>,
}

impl Hoist<'_> {
    /// Gives names to the parts of a schema.
    fn inside(&mut self, schema: &mut Node, name: &str) {
        if schema.has("$ref") {
            return;
        }
        for (key, property) in schema.get_mut("properties").and_then(Node::entries_mut).into_iter().flatten() {
            self.one(property, &format!("{name}-{}", names::field(key)));
        }
        for (key, suffix) in [("items", "item"), ("additionalProperties", "value")] {
            if let Some(part) = schema.get_mut(key).filter(|part| part.entries().is_some()) {
                self.one(part, &format!("{name}-{suffix}"));
            }
        }
        for part in schema.list_mut("allOf").into_iter().flatten() {
            self.inside(part, name);
        }
        for key in ["oneOf", "anyOf"] {
            for (index, part) in schema.list_mut(key).into_iter().flatten().enumerate() {
                self.one(part, &format!("{name}-choice{}", index + 1));
            }
        }
    }

    /// Makes a component of a schema that becomes a type.
    fn one(&mut self, schema: &mut Node, name: &str) {
        self.inside(schema, name);
        if !schema.has("$ref") && (self.becomes_type)(schema) {
            let wanted = names::type_name(name);
            let unique = names::unique(&wanted, "", &mut self.taken, names::type_name);
            let title = schema
                .str("title")
                .map(names::type_name)
                .filter(|title| unique == wanted && self.taken.contains(title));
            if let Some(line) =
                self.lines.get(title.as_ref().unwrap_or(&wanted)).filter(|_| unique != wanted || title.is_some())
            {
                let type_name = title.as_ref().unwrap_or(&wanted);
                let message = format!(
                    "this schema and the one at line {line} would both become the type {type_name}; this one becomes {unique}, put it into components/schemas under its own name"
                );
                self.report.note(schema.at, "inline schemas are renamed, since others have their names", message);
            }
            self.lines.insert(unique.clone(), schema.at.line);
            self.add(schema, unique);
        }
    }

    fn parameter(&mut self, schema: &mut Node, name: &str, id: &str) {
        let schema = if schema.str("type") == Some("array") { schema.get_mut("items") } else { Some(schema) };
        let Some(schema) = schema.filter(|schema| schema.has("enum") || schema.has("oneOf")) else { return };
        if schema.has("oneOf") {
            return self.one(schema, &format!("{id}-{name}"));
        }
        let values = schema.list("enum").iter().filter_map(|value| value.as_str().map(str::to_owned)).collect();
        let key = (names::parameter(name), values);
        if let Some(known) = self.enums.get(&key) {
            refer(schema, &known.clone());
            return;
        }
        // The first of a name gets it; others are named after their operations.
        let plain = names::type_name(name);
        let unique = if self.taken.contains(&plain) {
            names::unique(&names::type_name(&format!("{id}-{name}")), "", &mut self.taken, names::type_name)
        } else {
            names::unique(&plain, "", &mut self.taken, names::type_name)
        };
        self.enums.insert(key, unique.clone());
        self.add(schema, unique);
    }

    fn add(&mut self, schema: &mut Node, name: String) {
        let mut component = schema.clone();
        // What refers to it is optional, or not.
        component.remove_all(&["nullable", "default", "x-default"]);
        let default = schema.remove("default");
        refer(schema, &name);
        if let Some(default) = default {
            // A reference has nothing beside it.
            let mut wrapped = Node::new(schema.at, Map::new());
            wrapped.set("allOf", vec![std::mem::take(schema)]);
            wrapped.put("default", default);
            *schema = wrapped;
        }
        self.new.insert(name, (component, self.side));
    }
}

/// Whether a schema becomes a type with a name.
fn is_named(schema: &Node) -> bool {
    schema.has("properties") || schema.has("enum") || schema.has("oneOf")
}
