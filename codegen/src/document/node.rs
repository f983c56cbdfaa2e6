//! A value of a document, with the file and line that it comes from, even after it was moved.

use std::collections::BTreeMap;

use serde_json::{Number, Value};

/// The location of a value.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct At {
    /// The index of the file: 0 is the document, the others are the patches in order.
    pub(crate) file: usize,
    /// Counted from 1. 0 means the whole file.
    pub(crate) line: usize,
    /// Counted from 1 if the file has a single line, or else 0.
    pub(crate) column: usize,
}

impl At {
    /// A whole file.
    pub(crate) fn file(file: usize) -> Self {
        Self { file, ..Self::default() }
    }
}

/// A value and its location. Two nodes are equal if their values are, regardless of location.
#[derive(Debug, Clone, Default)]
pub(crate) struct Node {
    pub(crate) at: At,
    pub(crate) data: Data,
}

/// The entries of a mapping.
pub(crate) type Map = BTreeMap<String, Node>;

/// A value.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) enum Data {
    /// `null`, or nothing at all.
    #[default]
    Null,
    Bool(bool),
    Number(Number),
    String(String),
    List(Vec<Node>),
    Map(Map),
}

impl PartialEq for Node {
    fn eq(&self, other: &Self) -> bool {
        self.data == other.data
    }
}

impl Node {
    /// An empty mapping.
    pub(crate) fn map(at: At) -> Self {
        Self { at, data: Data::Map(Map::new()) }
    }

    /// A value that a rule creates.
    pub(crate) fn new(at: At, data: impl Into<Data>) -> Self {
        Self { at, data: data.into() }
    }

    /// The entries, if this is a mapping.
    pub(crate) fn entries(&self) -> Option<&Map> {
        if let Data::Map(map) = &self.data { Some(map) } else { None }
    }

    /// The entries, if this is a mapping.
    pub(crate) fn entries_mut(&mut self) -> Option<&mut Map> {
        if let Data::Map(map) = &mut self.data { Some(map) } else { None }
    }

    /// The entries of a mapping inside this one; empty if it does not exist.
    pub(crate) fn each(&self, key: &str) -> impl Iterator<Item = (&String, &Self)> {
        self.get(key).and_then(Self::entries).into_iter().flatten()
    }

    /// The elements of a list inside this one; empty if it does not exist.
    pub(crate) fn list(&self, key: &str) -> &[Self] {
        match self.get(key).map(|node| &node.data) {
            Some(Data::List(items)) => items,
            _ => &[],
        }
    }

    /// The elements of a list inside this one.
    pub(crate) fn list_mut(&mut self, key: &str) -> Option<&mut Vec<Self>> {
        match self.get_mut(key).map(|node| &mut node.data) {
            Some(Data::List(items)) => Some(items),
            _ => None,
        }
    }

    /// A value inside this one.
    pub(crate) fn get(&self, key: &str) -> Option<&Self> {
        self.entries()?.get(key)
    }

    /// A value inside this one.
    pub(crate) fn get_mut(&mut self, key: &str) -> Option<&mut Self> {
        self.entries_mut()?.get_mut(key)
    }

    /// Whether this key exists.
    pub(crate) fn has(&self, key: &str) -> bool {
        self.get(key).is_some()
    }

    /// Whether the value with this key is `true`.
    pub(crate) fn flag(&self, key: &str) -> bool {
        self.get(key).is_some_and(|node| node.data == Data::Bool(true))
    }

    /// This value, if it is a string.
    pub(crate) fn as_str(&self) -> Option<&str> {
        if let Data::String(text) = &self.data { Some(text) } else { None }
    }

    /// The string with this key.
    pub(crate) fn str(&self, key: &str) -> Option<&str> {
        self.get(key)?.as_str()
    }

    /// Sets the value of a key. Its location is that of the previous value, or else of this node.
    pub(crate) fn set(&mut self, key: &str, data: impl Into<Data>) {
        let at = self.get(key).map_or(self.at, |node| node.at);
        self.put(key, Self::new(at, data));
    }

    /// Inserts a node under a key.
    pub(crate) fn put(&mut self, key: &str, node: Self) {
        if let Some(map) = self.entries_mut() {
            map.insert(key.to_owned(), node);
        }
    }

    /// Removes a value.
    pub(crate) fn remove(&mut self, key: &str) -> Option<Self> {
        self.entries_mut()?.remove(key)
    }

    /// Removes several values.
    pub(crate) fn remove_all(&mut self, keys: &[&str]) {
        for key in keys {
            self.remove(key);
        }
    }

    /// The number of values in this one, including itself, and their nesting depth.
    pub(crate) fn extent(&self) -> (usize, usize) {
        let sum = |nodes: &mut dyn Iterator<Item = &Self>| {
            nodes.map(Self::extent).fold((1, 1), |(values, depth), (more, inner)| (values + more, depth.max(inner + 1)))
        };
        match &self.data {
            Data::List(items) => sum(&mut items.iter()),
            Data::Map(map) => sum(&mut map.values()),
            _ => (1, 0),
        }
    }

    /// The same value without locations.
    pub(crate) fn to_json(&self) -> Value {
        match &self.data {
            Data::Null => Value::Null,
            Data::Bool(value) => Value::Bool(*value),
            Data::Number(value) => Value::Number(value.clone()),
            Data::String(value) => Value::String(value.clone()),
            Data::List(items) => items.iter().map(Self::to_json).collect(),
            Data::Map(map) => Value::Object(map.iter().map(|(key, node)| (key.clone(), node.to_json())).collect()),
        }
    }

    /// The name of such a value in diagnostics.
    pub(crate) fn describe(&self) -> String {
        match &self.data {
            Data::Null => "empty".to_owned(),
            Data::Bool(_) | Data::Number(_) => self.to_json().to_string(),
            Data::String(text) if text.is_empty() => "an empty string".to_owned(),
            Data::String(text) => text.chars().take(40).collect(),
            Data::List(_) => "a list".to_owned(),
            Data::Map(_) => "a mapping".to_owned(),
        }
    }
}

macro_rules! data_from {
    ($($from:ty => $variant:ident),*) => {$(
        impl From<$from> for Data {
            fn from(value: $from) -> Self {
                Self::$variant(value.into())
            }
        }
    )*};
}

data_from!(&str => String, String => String, bool => Bool, Vec<Node> => List, Map => Map);
