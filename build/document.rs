//! An OpenAPI document as it was read: its text, its values, and the line of each value.

use std::collections::BTreeMap;

use saphyr::{LoadableYamlNode, MarkedYaml, Scalar, YamlData};
use serde_json::{Map, Number, Value};

use super::locate::Location;
use super::{Finding, syntax};

/// A parsed document that knows the line of every value in it.
#[derive(Debug)]
pub struct Document {
    /// How findings name the file.
    pub name: String,
    /// The file's text.
    pub text: String,
    /// The document's values.
    pub value: Value,
    /// JSON pointer of a value to the line it begins at, counted from 1.
    lines: BTreeMap<String, usize>,
}

impl Document {
    /// Reads and parses the file at `location`.
    pub fn read(location: &Location) -> Result<Self, Vec<Finding>> {
        let bytes = std::fs::read(&location.path).map_err(|error| {
            vec![Finding::of_file(
                &location.name,
                &format!("can not be read ({error}); put the OpenAPI document there"),
            )]
        })?;
        let text = String::from_utf8(bytes).map_err(|error| {
            let valid = &error.as_bytes()[..error.utf8_error().valid_up_to()];
            let line = valid.split(|&byte| byte == b'\n').count();
            vec![Finding::at(&location.name, line, "this is not UTF-8; save the file as UTF-8")]
        })?;
        Self::parse(&location.name, &text)
    }

    /// Parses a document's text, YAML or JSON.
    pub fn parse(name: &str, text: &str) -> Result<Self, Vec<Finding>> {
        let nodes = MarkedYaml::load_from_str(text).map_err(|error| {
            let line = error.marker().line();
            let at_fault = text.lines().nth(line.saturating_sub(1)).unwrap_or_default();
            vec![Finding::at(name, line, &syntax::explain(error.info(), at_fault))]
        })?;
        let node = match nodes.as_slice() {
            [node] => node,
            [] => {
                let text = "there is nothing in this file; write an OpenAPI document, which begins with openapi: 3.0.3";
                return Err(vec![Finding::of_file(name, text)]);
            }
            [_, second, ..] => {
                let text = "a second YAML document begins here; write one OpenAPI document, and take out the line --- before this one";
                return Err(vec![Finding::at(name, second.span.start.line(), text)]);
            }
        };
        let mut walk = Walk { name, lines: BTreeMap::new(), findings: Vec::new() };
        let value = walk.value(node, &mut String::new());
        let Walk { lines, findings, .. } = walk;
        if findings.is_empty() {
            Ok(Self { name: name.to_owned(), text: text.to_owned(), value, lines })
        } else {
            Err(findings)
        }
    }

    /// The line of the value at a JSON pointer, or of its nearest parent that has one.
    pub fn line(&self, pointer: &str) -> usize {
        let mut pointer = pointer;
        loop {
            if let Some(line) = self.lines.get(pointer) {
                return *line;
            }
            match pointer.rfind('/') {
                Some(end) => pointer = &pointer[..end],
                None => return 1,
            }
        }
    }

    /// A finding about the value at a JSON pointer.
    pub fn finding(&self, pointer: &str, text: &str) -> Finding {
        Finding::at(&self.name, self.line(pointer), text)
    }
}

/// One step of a JSON pointer, escaped as RFC 6901 says.
pub fn step(key: &str) -> String {
    format!("/{}", key.replace('~', "~0").replace('/', "~1"))
}

/// Turns YAML nodes into JSON values and notes where each stands.
struct Walk<'a> {
    name: &'a str,
    lines: BTreeMap<String, usize>,
    findings: Vec<Finding>,
}

impl Walk<'_> {
    fn value(&mut self, node: &MarkedYaml<'_>, pointer: &mut String) -> Value {
        let line = node.span.start.line();
        self.lines.entry(pointer.clone()).or_insert(line);
        match &node.data {
            YamlData::Value(scalar) => self.scalar(scalar, line),
            YamlData::Sequence(nodes) => Value::Array(
                nodes
                    .iter()
                    .enumerate()
                    .map(|(index, node)| self.child(&index.to_string(), None, node, pointer))
                    .collect(),
            ),
            YamlData::Mapping(nodes) => {
                let mut map = Map::new();
                for (key, node) in nodes {
                    let line = key.span.start.line();
                    let Some(name) = key_text(key) else {
                        self.refuse(line, "this key is not plain text; put it in quotes");
                        continue;
                    };
                    if name == "<<" {
                        self.refuse(line, "keys are not merged with <<; write them out here");
                    }
                    if map.contains_key(&name) {
                        self.refuse(line, &format!("the key {name} stands in its mapping twice; keep one of the two"));
                    }
                    let value = self.child(&name, Some(line), node, pointer);
                    map.insert(name, value);
                }
                Value::Object(map)
            }
            YamlData::Tagged(_, inner) => self.value(inner, pointer),
            YamlData::Representation(..) | YamlData::Alias(_) | YamlData::BadValue => {
                self.refuse(
                    line,
                    "this value does not fit its YAML tag, or its alias stands inside its own anchor; write the value out",
                );
                Value::Null
            }
        }
    }

    fn child(&mut self, key: &str, line: Option<usize>, node: &MarkedYaml<'_>, pointer: &mut String) -> Value {
        let length = pointer.len();
        pointer.push_str(&step(key));
        if let Some(line) = line {
            self.lines.insert(pointer.clone(), line);
        }
        let value = self.value(node, pointer);
        pointer.truncate(length);
        value
    }

    fn scalar(&mut self, scalar: &Scalar<'_>, line: usize) -> Value {
        match scalar {
            Scalar::Null => Value::Null,
            Scalar::Boolean(value) => Value::Bool(*value),
            Scalar::Integer(value) => Value::from(*value),
            Scalar::FloatingPoint(value) => Number::from_f64(value.0).map_or_else(
                || {
                    self.refuse(line, "OpenAPI has no infinite number and no NaN; write a finite number");
                    Value::Null
                },
                Value::Number,
            ),
            Scalar::String(value) => Value::from(value.as_ref()),
        }
    }

    fn refuse(&mut self, line: usize, text: &str) {
        self.findings.push(Finding::at(self.name, line, text));
    }
}

/// A key as text. YAML reads an unquoted `200` as a number and `on: ` as text; OpenAPI means text by both.
fn key_text(node: &MarkedYaml<'_>) -> Option<String> {
    match &node.data {
        YamlData::Value(Scalar::String(text)) => Some(text.as_ref().to_owned()),
        YamlData::Value(Scalar::Integer(number)) => Some(number.to_string()),
        YamlData::Value(Scalar::Boolean(value)) => Some(value.to_string()),
        YamlData::Value(Scalar::Null) => Some("null".to_owned()),
        _ => None,
    }
}
