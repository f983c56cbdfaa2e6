//! Collects the properties of objects, including those of composed schemas.

use std::collections::{BTreeMap, HashMap};

use crate::document::node::{Map, Node};
use crate::spec::model::resolve;
use crate::spec::walk::{anything, target};

/// The maximum depth of composition.
const DEPTH: usize = 64;

/// The maximum number of values to copy in total.
const COPIES: usize = 4_000_000;

/// The properties of an object.
#[derive(Debug, Clone, Default)]
pub(crate) struct Object {
    pub(crate) properties: Map,
    pub(crate) required: Vec<Node>,
    pub(crate) additional: Option<Node>,
    /// Properties whose types differ between parts, with these types.
    pub(crate) conflicts: Vec<(String, String)>,
}

impl Object {
    /// Converts this object to a schema.
    pub(crate) fn replace(self, schema: &mut Node) {
        schema.remove_all(&["allOf", "required", "additionalProperties"]);
        schema.set("type", "object");
        schema.set("properties", self.properties);
        schema.set("required", self.required);
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
    copies: usize,
}

impl<'a> Objects<'a> {
    pub(crate) fn new(schemas: &'a BTreeMap<String, Node>) -> Self {
        Self { schemas, known: HashMap::new(), open: Vec::new(), copies: 0 }
    }

    /// The properties of a schema, including its `allOf` parts.
    pub(crate) fn of(&mut self, schema: &Node) -> Result<Object, String> {
        if let Some(name) = target(schema) {
            return self.named(name);
        }
        if schema.has("oneOf") || schema.has("anyOf") {
            return Err(
                "allOf has a part with oneOf or anyOf; write out each choice with all its properties".to_owned()
            );
        }
        if let Some(kind) = schema.str("type").filter(|kind| *kind != "object") {
            return Err(format!(
                "allOf combines object and {kind}, and no value is of both types; write oneOf, or parts of one type"
            ));
        }
        let mut object = Object::default();
        for part in schema.list("allOf") {
            let part = self.of(part)?;
            self.add(&mut object, part)?;
        }
        let own = Object {
            properties: schema.get("properties").and_then(Node::entries).cloned().unwrap_or_default(),
            required: schema.list("required").to_vec(),
            additional: schema.get("additionalProperties").cloned(),
            conflicts: Vec::new(),
        };
        self.add(&mut object, own)?;
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

    /// Adds the properties of another part.
    pub(crate) fn add(&mut self, object: &mut Object, part: Object) -> Result<(), String> {
        for (name, schema) in part.properties {
            self.copies += schema.extent().0;
            if self.copies > COPIES {
                return Err(too_many());
            }
            let kind = |schema| resolve(self.schemas, schema).and_then(|schema| schema.str("type"));
            match (object.properties.get(&name).and_then(kind), kind(&schema)) {
                (Some(one), Some(other)) if one != other => {
                    object.conflicts.push((name, format!("of type {one} and of type {other}")));
                }
                _ => {
                    object.properties.insert(name, schema);
                }
            }
        }
        object.required.extend(part.required);
        object.conflicts.extend(part.conflicts);
        object.additional = part.additional.or(object.additional.take());
        for (name, _) in &object.conflicts {
            object.properties.get_mut(name).into_iter().for_each(anything);
        }
        Ok(())
    }
}

fn too_many() -> String {
    "allOf combines more schemas than the generator supports; write out the properties".to_owned()
}
