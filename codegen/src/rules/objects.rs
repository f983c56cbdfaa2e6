//! Collects the properties of objects, including those of composed schemas.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::document::node::{Map, Node};
use crate::spec::walk::target;

mod combine;

pub(crate) use combine::Meaning;

/// The maximum depth of composition.
const DEPTH: usize = 64;

/// The maximum number of values to copy in total. Real documents copy less than a quarter of it.
const COPIES: usize = 50_000;

/// The kind of a schema with `oneOf` or `anyOf`.
pub(crate) const CHOICE: &str = "a choice";

/// The properties of an object.
#[derive(Debug, Clone, Default)]
pub(crate) struct Object {
    pub(crate) properties: Map,
    /// The required names, each once: parts may repeat them.
    pub(crate) required: BTreeMap<String, Node>,
    pub(crate) additional: Option<Node>,
    /// Properties whose schemas cannot be combined, by path, with the difference.
    pub(crate) conflicts: BTreeMap<String, String>,
}

impl Object {
    /// Converts this object to a schema.
    pub(crate) fn replace(self, schema: &mut Node) {
        schema.remove_all(&["allOf", "required", "additionalProperties"]);
        schema.set("type", "object");
        schema.set("properties", self.properties);
        schema.set("required", self.required.into_values().collect::<Vec<_>>());
        if let Some(additional) = self.additional {
            schema.put("additionalProperties", additional);
        }
    }
}

/// Merges objects, or returns an error.
#[derive(Debug)]
pub(crate) struct Objects<'a> {
    schemas: &'a BTreeMap<String, Node>,
    known: HashMap<String, Result<Object, String>>,
    open: Vec<String>,
    /// The pairs of properties that are being combined, with their references.
    pairs: Vec<Option<(String, String)>>,
    copies: usize,
}

impl<'a> Objects<'a> {
    pub(crate) fn new(schemas: &'a BTreeMap<String, Node>) -> Self {
        Self { schemas, known: HashMap::new(), open: Vec::new(), pairs: Vec::new(), copies: 0 }
    }

    /// The properties of a schema, including its `allOf` parts.
    pub(crate) fn of(&mut self, schema: &Node) -> Result<Object, String> {
        self.count(0)?;
        if let Some(name) = target(schema) {
            return self.named(name);
        }
        if schema.has("oneOf") || schema.has("anyOf") || schema.str("type").is_some_and(|kind| kind != "object") {
            // Not shown: the rule `all_of` checks the kinds before, and `choices` has a message of its own.
            return Err("this is not an object".to_owned());
        }
        let mut object = Object::default();
        for part in schema.list("allOf") {
            let part = self.of(part)?;
            self.merge(&mut object, part, Meaning::All)?;
        }
        let required = schema.list("required").iter();
        let own = Object {
            properties: schema.get("properties").and_then(Node::entries).cloned().unwrap_or_default(),
            required: required.filter_map(|node| Some((node.as_str()?.to_owned(), node.clone()))).collect(),
            additional: schema.get("additionalProperties").cloned(),
            conflicts: BTreeMap::new(),
        };
        self.merge(&mut object, own, Meaning::All)?;
        Ok(object)
    }

    fn named(&mut self, name: &str) -> Result<Object, String> {
        if let Some(known) = self.known.get(name) {
            return known.clone();
        }
        if self.open.iter().any(|open| open == name) {
            return Err(format!(
                "the schema {name} includes itself through allOf; write a property that is a $ref alone"
            ));
        }
        if self.open.len() >= DEPTH {
            return Err(too_many());
        }
        self.open.push(name.to_owned());
        let found = self.schemas.get(name).map_or_else(|| Ok(Object::default()), |schema| self.of(schema));
        self.open.pop();
        self.known.insert(name.to_owned(), found.clone());
        found
    }

    /// The types of a schema and its `allOf` parts, where [`CHOICE`] stands for those of `oneOf` and `anyOf`.
    pub(crate) fn kinds(&self, schema: &Node) -> BTreeSet<String> {
        let (mut kinds, mut seen, mut rest) = (BTreeSet::new(), BTreeSet::new(), vec![schema]);
        while let Some(schema) = rest.pop() {
            if let Some(name) = target(schema) {
                rest.extend(self.schemas.get(name).filter(|_| seen.insert(name)));
                continue;
            }
            let is_object = ["properties", "additionalProperties"].iter().any(|key| schema.has(key))
                || !schema.list("required").is_empty();
            kinds.extend(is_object.then(|| "object".to_owned()));
            kinds.extend(schema.str("type").map(str::to_owned));
            if schema.has("oneOf") || schema.has("anyOf") {
                kinds.insert(CHOICE.to_owned());
            }
            rest.extend(schema.list("allOf"));
        }
        kinds
    }

    /// Counts copied values, and checks the limit.
    fn count(&mut self, values: usize) -> Result<(), String> {
        self.copies += values;
        if self.copies > COPIES { Err(too_many()) } else { Ok(()) }
    }
}

fn too_many() -> String {
    "allOf combines more schemas than the generator supports; write out the properties".to_owned()
}
