//! All objects of a document, each with what it is and where it stands.

use std::collections::BTreeSet;

use serde_json::Value;

use super::super::document::{Document, step};
use super::super::operation::{Operation, operations};
use super::super::prepare;
use super::fields::Shape;
use super::kind::Kind;

/// A document, taken apart.
pub struct Tree<'a> {
    pub document: &'a Document,
    pub operations: Vec<Operation<'a>>,
    pub nodes: Vec<Node<'a>>,
}

/// An object of a document, or what stands in its place.
pub struct Node<'a> {
    pub kind: Kind,
    pub pointer: String,
    pub value: &'a Value,
    /// The field it was found in, such as `items`.
    pub field: &'static str,
    /// The label of the operation that it is a part of.
    pub operation: Option<String>,
}

/// A value of the document, with where it stands.
#[derive(Clone)]
pub struct Place<'a> {
    pub pointer: String,
    pub value: &'a Value,
}

impl<'a> Node<'a> {
    pub fn place(&self) -> Place<'a> {
        Place { pointer: self.pointer.clone(), value: self.value }
    }
}

impl<'a> Place<'a> {
    /// A value inside this one.
    pub fn child(&self, key: &str) -> Option<Self> {
        Some(Self { pointer: format!("{}{}", self.pointer, step(key)), value: self.value.get(key)? })
    }

    /// What a mapping inside this one holds, by key.
    pub fn entries(&self, key: &str) -> Vec<(&'a str, Self)> {
        let Some(map) = self.child(key) else { return Vec::new() };
        let entries = map.value.as_object().into_iter().flatten();
        entries
            .map(|(name, value)| (name.as_str(), Self { pointer: format!("{}{}", map.pointer, step(name)), value }))
            .collect()
    }

    /// What a list inside this one holds.
    pub fn items(&self, key: &str) -> Vec<Self> {
        let Some(list) = self.child(key) else { return Vec::new() };
        let items = list.value.as_array().into_iter().flatten().enumerate();
        items.map(|(index, value)| Self { pointer: format!("{}/{index}", list.pointer), value }).collect()
    }

    /// The text of a field.
    pub fn text(&self, key: &str) -> Option<&'a str> {
        self.value.get(key).and_then(Value::as_str)
    }

    /// Whether a field is `true`.
    pub fn flag(&self, key: &str) -> bool {
        self.value.get(key) == Some(&Value::Bool(true))
    }

    /// Whether there is such a field.
    pub fn has(&self, key: &str) -> bool {
        self.value.get(key).is_some()
    }
}

impl<'a> Tree<'a> {
    pub fn new(document: &'a Document) -> Self {
        let mut tree = Self { document, operations: operations(document), nodes: Vec::new() };
        let root =
            Node { kind: Kind::Document, pointer: String::new(), value: &document.value, field: "", operation: None };
        tree.add(root);
        tree
    }

    /// The objects of a kind that are written out, and not only referred to.
    pub fn of(&self, kind: Kind) -> impl Iterator<Item = &Node<'a>> {
        self.nodes.iter().filter(move |node| node.kind == kind && node.value.get("$ref").is_none())
    }

    /// What stands at a pointer.
    pub fn place(&self, pointer: &str) -> Option<Place<'a>> {
        Some(Place { pointer: pointer.to_owned(), value: self.document.value.pointer(pointer)? })
    }

    /// Follows a reference, or a chain of them, to what it means. A reference that leads nowhere or in a circle means nothing.
    pub fn follow(&self, place: Place<'a>, kind: Kind) -> Option<Place<'a>> {
        let mut place = place;
        let mut seen = BTreeSet::new();
        while let Some(reference) = place.value.get("$ref") {
            if !seen.insert(place.pointer.clone()) {
                return None;
            }
            let (section, name) = target(reference.as_str()?)?;
            if Some(section) != kind.section() {
                return None;
            }
            place = self.component(section, &name)?;
        }
        Some(place)
    }

    /// A component by its section and name.
    pub fn component(&self, section: &str, name: &str) -> Option<Place<'a>> {
        self.place(&format!("/components{}{}", step(section), step(name)))
    }

    fn add(&mut self, node: Node<'a>) {
        let (kind, value, pointer) = (node.kind, node.value, node.pointer.clone());
        if kind == Kind::Parameter && prepare::is_owned(self.document, value) {
            return;
        }
        let label = (kind == Kind::Operation)
            .then(|| self.operations.iter().find(|operation| operation.pointer == pointer).map(Operation::label));
        let operation = label.flatten().or(node.operation);
        self.nodes.push(Node { operation: operation.clone(), ..node });
        let Some(map) = value.as_object() else { return };
        if map.contains_key("$ref") {
            return;
        }
        let mut child = |kind, pointer, value, field| {
            self.add(Node { kind, pointer, value, field, operation: operation.clone() });
        };
        if let Some(entry) = kind.entries() {
            for (key, value) in map.iter().filter(|(key, _)| !key.starts_with("x-")) {
                child(entry, format!("{pointer}{}", step(key)), value, "");
            }
        }
        for field in kind.fields() {
            let Some(value) = map.get(field.name) else { continue };
            let pointer = format!("{pointer}{}", step(field.name));
            match (field.shape, value) {
                (Shape::FlagOrSchema, Value::Object(_)) => child(Kind::Schema, pointer, value, field.name),
                (Shape::One(kind), Value::Object(_)) => child(kind, pointer, value, field.name),
                (Shape::Map(kind), Value::Object(map)) => {
                    for (key, value) in map {
                        child(kind, format!("{pointer}{}", step(key)), value, field.name);
                    }
                }
                (Shape::List(kind), Value::Array(items)) => {
                    for (index, value) in items.iter().enumerate() {
                        child(kind, format!("{pointer}/{index}"), value, field.name);
                    }
                }
                _ => {}
            }
        }
    }
}

/// The section and name in a reference to a component of the same file.
pub fn target(reference: &str) -> Option<(&str, String)> {
    let (section, name) = reference.strip_prefix("#/components/")?.split_once('/')?;
    let fits = !name.is_empty() && !name.contains('/');
    fits.then(|| (section, name.replace("~1", "/").replace("~0", "~")))
}
