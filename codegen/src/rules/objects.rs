//! What rules read of objects: their properties, with those of the schemas that they are put together from.

use std::collections::{BTreeMap, HashMap};

use crate::document::node::{Map, Node};
use crate::spec::walk::target;

/// How many schemas may be taken in one after the other.
const DEPTH: usize = 64;

/// How many values may be copied in all.
const COPIES: usize = 4_000_000;

/// The properties of an object.
#[derive(Debug, Clone, Default)]
pub(crate) struct Object {
    pub(crate) properties: Map,
    pub(crate) required: Vec<Node>,
    pub(crate) additional: Option<Node>,
    /// Properties with different types in different parts.
    pub(crate) conflicts: Vec<(String, String, String)>,
}

/// Why schemas cannot be put together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Obstacle {
    Circle(String),
    Type(String),
    Choice,
    Size,
}

/// Puts objects together.
#[derive(Debug)]
pub(crate) struct Objects<'a> {
    schemas: &'a BTreeMap<String, Node>,
    known: HashMap<String, Result<Object, Obstacle>>,
    open: Vec<String>,
    copies: usize,
}

impl<'a> Objects<'a> {
    pub(crate) fn new(schemas: &'a BTreeMap<String, Node>) -> Self {
        Self { schemas, known: HashMap::new(), open: Vec::new(), copies: 0 }
    }

    /// The properties of a schema and of all that it takes in by `allOf`.
    pub(crate) fn of(&mut self, schema: &Node) -> Result<Object, Obstacle> {
        if let Some(name) = target(schema) {
            return self.named(name);
        }
        if schema.has("oneOf") || schema.has("anyOf") {
            return Err(Obstacle::Choice);
        }
        if let Some(kind) = schema.str("type").filter(|kind| *kind != "object") {
            return Err(Obstacle::Type(kind.to_owned()));
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

    fn named(&mut self, name: &str) -> Result<Object, Obstacle> {
        if let Some(known) = self.known.get(name) {
            return known.clone();
        }
        if self.open.iter().any(|open| open == name) {
            return Err(Obstacle::Circle(name.to_owned()));
        }
        if self.open.len() >= DEPTH {
            return Err(Obstacle::Size);
        }
        self.open.push(name.to_owned());
        let found = self.schemas.get(name).map_or_else(|| Ok(Object::default()), |schema| self.of(schema));
        self.open.pop();
        self.known.insert(name.to_owned(), found.clone());
        found
    }

    /// Adds the properties of one part to those of others.
    pub(crate) fn add(&mut self, object: &mut Object, part: Object) -> Result<(), Obstacle> {
        for (name, schema) in part.properties {
            self.copies += schema.size();
            if self.copies > COPIES {
                return Err(Obstacle::Size);
            }
            let types = object.properties.get(&name).map(|other| (self.kind(other), self.kind(&schema)));
            if let Some((Some(one), Some(other))) = types
                && one != other
            {
                object.conflicts.push((name, one, other));
            } else {
                object.properties.insert(name, schema);
            }
        }
        object.required.extend(part.required);
        object.conflicts.extend(part.conflicts);
        if part.additional.is_some() {
            object.additional = part.additional;
        }
        for (name, ..) in &object.conflicts {
            if let Some(schema) = object.properties.get_mut(name) {
                crate::spec::walk::anything(schema);
            }
        }
        Ok(())
    }

    /// The type of a schema, if it has one.
    fn kind(&self, schema: &Node) -> Option<String> {
        let schema = crate::spec::model::resolve(self.schemas, schema)?;
        schema.str("type").map(str::to_owned)
    }
}
