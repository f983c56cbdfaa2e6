//! Combines properties that several parts of an object have.

use std::collections::BTreeMap;

use super::{CHOICE, Object, Objects};
use crate::document::node::{Data, Map, Node};
use crate::spec::model::resolve;
use crate::spec::walk::{anything, target};

/// The maximum depth of properties that are combined.
const DEPTH: usize = 16;

/// Which of two schemas a value has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Meaning {
    /// Both, as in `allOf`.
    All,
    /// One of them, as in `oneOf` and `anyOf`.
    Any,
}

/// How the properties of two parts are combined.
struct Combining {
    meaning: Meaning,
    /// The paths of properties that cannot be combined, with the difference.
    conflicts: BTreeMap<String, String>,
}

impl Objects<'_> {
    /// Adds the properties of another part.
    pub(crate) fn merge(&mut self, object: &mut Object, part: Object, meaning: Meaning) -> Result<(), String> {
        self.copies += part.required.len() + part.conflicts.len();
        let mut combining = Combining { meaning, conflicts: std::mem::take(&mut object.conflicts) };
        combining.conflicts.extend(part.conflicts.clone());
        self.merge_inside(object, part, "", &mut combining);
        object.conflicts = combining.conflicts;
        self.count(0)
    }

    /// Adds the properties of another part of the property at `path`.
    fn merge_inside(&mut self, object: &mut Object, part: Object, path: &str, combining: &mut Combining) {
        for (name, schema) in part.properties {
            self.copies += schema.extent().0;
            let path = format!("{path}{name}");
            self.put(&mut object.properties, name, schema, &path, combining);
        }
        object.required.extend(part.required);
        object.additional = match (object.additional.take(), part.additional) {
            (Some(one), Some(other)) if one.entries().is_some() && other.entries().is_some() => {
                let mut both = Map::from([(String::new(), one)]);
                let path = format!("{path}additionalProperties");
                self.put(&mut both, String::new(), other, &path, combining);
                both.into_values().next()
            }
            (one, other) => other.or(one),
        };
    }

    /// Adds a property, or combines it with the one of the same name.
    fn put(&mut self, properties: &mut Map, name: String, mut schema: Node, path: &str, combining: &mut Combining) {
        if combining.conflicts.contains_key(path) {
            anything(&mut schema);
        } else if let Some(known) = properties.get(&name).filter(|known| **known != schema) {
            match self.combine(known, &schema, path, combining) {
                Ok(both) => schema = both,
                Err(difference) => {
                    combining.conflicts.insert(path.to_owned(), difference);
                    anything(&mut schema);
                }
            }
        }
        properties.insert(name, schema);
    }

    /// Combines two schemas into one, or returns their difference. Does nothing above the limit, which `merge` reports.
    fn combine(&mut self, one: &Node, other: &Node, path: &str, combining: &mut Combining) -> Result<Node, String> {
        self.count(0)?;
        let schemas = self.schemas;
        let (Some(first), Some(second)) = (resolve(schemas, one), resolve(schemas, other)) else {
            return Err("with a circular reference".to_owned());
        };
        self.count(first.extent().0 + second.extent().0)?;
        if first == second {
            return Ok(other.clone());
        }
        let (kind, other_kind) = (kind(first), kind(second));
        match (kind, other_kind) {
            ("", _) | (_, "") => {
                let is_first = (combining.meaning == Meaning::All) == other_kind.is_empty();
                Ok(if is_first { one.clone() } else { other.clone() })
            }
            (CHOICE, _) | (_, CHOICE) => Err(format!("of which one is {CHOICE}")),
            _ if kind != other_kind => Err(format!("of type {kind} and of type {other_kind}")),
            ("object" | "array", _) => {
                let pair = target(one).zip(target(other)).map(|(one, other)| (one.to_owned(), other.to_owned()));
                if self.pairs.len() >= DEPTH || pair.is_some() && self.pairs.contains(&pair) {
                    return Err("whose schemas are circular or deeply nested".to_owned());
                }
                self.pairs.push(pair);
                let combined = match kind {
                    "array" => Ok(self.arrays(first, second, path, combining)),
                    _ => self.objects(first, second, path, combining),
                };
                self.pairs.pop();
                combined
            }
            _ => {
                let both = scalars(first, second, combining.meaning);
                Ok(if both == *second { other.clone() } else { both })
            }
        }
    }

    fn arrays(&mut self, one: &Node, other: &Node, path: &str, combining: &mut Combining) -> Node {
        let mut both = other.clone();
        let mut items: Map = one.get("items").map(|items| (String::new(), items.clone())).into_iter().collect();
        if let Some(other) = both.remove("items") {
            self.put(&mut items, String::new(), other, &format!("{path}[]"), combining);
        }
        if let Some(items) = items.into_values().next() {
            both.put("items", items);
        }
        both
    }

    fn objects(&mut self, one: &Node, other: &Node, path: &str, combining: &mut Combining) -> Result<Node, String> {
        let (Ok(mut object), Ok(mut part)) = (self.of(one), self.of(other)) else {
            return Err("whose schemas cannot be merged".to_owned());
        };
        let path = format!("{path}.");
        for (name, difference) in std::mem::take(&mut object.conflicts).into_iter().chain(part.conflicts.clone()) {
            combining.conflicts.insert(format!("{path}{name}"), difference);
        }
        if combining.meaning == Meaning::Any {
            object.required.retain(|name, _| part.required.contains_key(name));
            part.required.clear();
            for additional in [&mut object.additional, &mut part.additional] {
                additional.take_if(|node| node.data == Data::Bool(false));
            }
        }
        self.merge_inside(&mut object, part, &path, combining);
        let mut both = Node::map(other.at);
        for key in ["description", "nullable"] {
            if let Some(node) = other.get(key).or_else(|| one.get(key)) {
                both.put(key, node.clone());
            }
        }
        object.replace(&mut both);
        Ok(both)
    }
}

/// The type of a schema, or nothing if it allows any value.
fn kind(schema: &Node) -> &str {
    let has = |keys: &[&str]| keys.iter().any(|key| schema.has(key));
    if has(&["oneOf", "anyOf"]) {
        CHOICE
    } else if has(&["allOf", "properties", "additionalProperties"]) {
        "object"
    } else {
        schema.str("type").unwrap_or_default()
    }
}

/// Combines two scalars of one type: both restrictions hold, or those that the alternatives share.
fn scalars(one: &Node, other: &Node, meaning: Meaning) -> Node {
    let mut both = other.clone();
    for key in ["format", "enum"] {
        let combined = match (one.get(key), other.get(key)) {
            (one, other) if one == other => continue,
            (Some(node), _) | (_, Some(node)) if node.as_str() == Some("password") => Some(node.clone()),
            (Some(node), None) | (None, Some(node)) if meaning == Meaning::All => Some(node.clone()),
            (Some(_), Some(node)) if meaning == Meaning::All && key == "enum" => {
                let shared: Vec<Node> =
                    other.list(key).iter().filter(|value| one.list(key).contains(value)).cloned().collect();
                (!shared.is_empty()).then(|| Node::new(node.at, shared))
            }
            _ => None,
        };
        both.remove(key);
        if let Some(node) = combined {
            both.put(key, node);
        }
    }
    both
}
