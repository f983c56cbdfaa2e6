//! Reads YAML and JSON into nodes, within limits that no honest document meets.

use std::collections::HashMap;

use saphyr_parser::{Event, Parser, ScalarStyle, Span};

use super::escape::surrogates;
use super::node::{At, Data, Map, Node};
use super::{scalar, syntax};
use crate::diagnostic::Report;

/// How deep values may be nested. Every later step may then be recursive.
const DEPTH: usize = 128;

/// How many values a document may have, with its aliases written out.
const VALUES: usize = 8_000_000;

/// Reads the text of a file. None if it has an error, which is then in the report.
pub(crate) fn parse(text: &str, file: usize, report: &Report) -> Option<Node> {
    let text = surrogates(text);
    let mut loader =
        Loader { file, report, stack: Vec::new(), anchors: HashMap::new(), values: 0, root: None, ok: true };
    let mut documents = 0;
    for event in Parser::new_from_str(&text) {
        let (event, span) = match event {
            Ok(event) => event,
            Err(error) => {
                let line = error.marker().line();
                let culprit = text.lines().nth(line.saturating_sub(1)).unwrap_or_default();
                loader.refuse(line, &syntax::explain(error.info(), culprit));
                return None;
            }
        };
        if let Event::DocumentStart(_) = event {
            documents += 1;
            if documents > 1 {
                let message = "a second YAML document begins here; write one OpenAPI document, and remove the line --- before this one";
                loader.refuse(span.start.line(), message);
                return None;
            }
        }
        if !loader.event(event, span) {
            return None;
        }
    }
    let Loader { root, ok, report, .. } = loader;
    if root.is_none() && ok {
        let message = "this file is empty; write an OpenAPI document, which begins with openapi: 3.0.3";
        report.error(At { file, line: 0 }, message);
    }
    root.filter(|_| ok)
}

/// Builds nodes of the parser's events.
struct Loader<'a> {
    file: usize,
    report: &'a Report,
    stack: Vec<Open>,
    /// What each anchor stands for.
    anchors: HashMap<usize, (Node, Extent)>,
    values: usize,
    root: Option<Node>,
    ok: bool,
}

/// A list or mapping that is not complete.
struct Open {
    at: At,
    anchor: usize,
    /// What it consists of so far.
    extent: Extent,
    kind: Kind,
}

/// How large a value is.
#[derive(Clone, Copy)]
struct Extent {
    values: usize,
    depth: usize,
}

enum Kind {
    List(Vec<Node>),
    /// The entries, and the key of the value that comes next.
    Map(Map, Option<(String, At)>),
}

impl Loader<'_> {
    /// Processes one event. False if nothing more can be read.
    fn event(&mut self, event: Event<'_>, span: Span) -> bool {
        let line = span.start.line();
        let at = At { file: self.file, line };
        match event {
            Event::SequenceStart(anchor, _) => self.open(at, anchor, Kind::List(Vec::new())),
            Event::MappingStart(anchor, _) => self.open(at, anchor, Kind::Map(Map::new(), None)),
            Event::SequenceEnd | Event::MappingEnd => self.close(),
            Event::Scalar(text, style, anchor, tag) => {
                let is_string = tag.as_ref().is_some_and(|tag| tag.is_yaml_core_schema() && tag.suffix == "str");
                let data = if style != ScalarStyle::Plain || is_string || self.expects_key() {
                    Ok(Data::String(text.into_owned()))
                } else {
                    scalar::plain(&text)
                };
                let data = data.unwrap_or_else(|message| {
                    self.refuse(line, message);
                    Data::Null
                });
                self.add(Node { at, data }, Extent { values: 1, depth: 0 }, anchor)
            }
            Event::Alias(anchor) => {
                let Some(extent) = self.anchors.get(&anchor).map(|(_, extent)| *extent) else {
                    self.refuse(line, "this alias stands inside its own anchor; write the value out");
                    return false;
                };
                if !self.fits(line, extent) {
                    return false;
                }
                let node = self.anchors.get(&anchor).map(|(node, _)| node.clone()).unwrap_or_default();
                self.add(node, extent, 0)
            }
            _ => true,
        }
    }

    fn expects_key(&self) -> bool {
        matches!(self.stack.last(), Some(Open { kind: Kind::Map(_, None), .. }))
    }

    fn open(&mut self, at: At, anchor: usize, kind: Kind) -> bool {
        if self.expects_key() {
            self.refuse(at.line, "this key is not a plain string; put it in quotes");
            return false;
        }
        let extent = Extent { values: 1, depth: 1 };
        self.stack.push(Open { at, anchor, extent, kind });
        self.fits(at.line, Extent { values: 1, depth: 0 })
    }

    fn close(&mut self) -> bool {
        let Some(Open { at, anchor, extent, kind }) = self.stack.pop() else { return true };
        let data = match kind {
            Kind::List(items) => Data::List(items),
            Kind::Map(map, _) => Data::Map(map),
        };
        self.add(Node { at, data }, extent, anchor)
    }

    /// Puts a complete value where it belongs.
    fn add(&mut self, mut node: Node, extent: Extent, anchor: usize) -> bool {
        if let Some(open) = self.stack.last_mut() {
            open.extent.values += extent.values;
            open.extent.depth = open.extent.depth.max(extent.depth + 1);
        }
        if extent.depth == 0 {
            self.values += 1;
        }
        if anchor > 0 {
            self.values += extent.values;
            self.anchors.insert(anchor, (node.clone(), extent));
        }
        let refused = match self.stack.last_mut().map(|open| &mut open.kind) {
            None => {
                self.root = Some(node);
                None
            }
            Some(Kind::List(items)) => {
                items.push(node);
                None
            }
            Some(Kind::Map(map, key @ None)) => {
                let Data::String(name) = node.data else {
                    self.refuse(node.at.line, "this key is not a plain string; put it in quotes");
                    return false;
                };
                let refused = match name.as_str() {
                    "<<" => Some("keys are not merged with <<; write them out here"),
                    name if map.contains_key(name) => Some("this key stands in its mapping twice; keep one of the two"),
                    _ => None,
                };
                *key = Some((name, node.at));
                refused.map(|message| (node.at.line, message))
            }
            Some(Kind::Map(map, key)) => {
                if let Some((name, at)) = key.take() {
                    node.at = at;
                    map.insert(name, node);
                }
                None
            }
        };
        if let Some((line, message)) = refused {
            self.refuse(line, message);
        }
        true
    }

    /// Whether a value can be added here.
    fn fits(&mut self, line: usize, extent: Extent) -> bool {
        self.values += extent.values;
        if self.stack.len() + extent.depth > DEPTH {
            self.refuse(line, &format!("values are nested more than {DEPTH} levels deep; flatten the document"));
        } else if self.values > VALUES {
            self.refuse(line, &format!("the document has more than {VALUES} values; split it"));
        } else {
            return true;
        }
        false
    }

    fn refuse(&mut self, line: usize, message: &str) {
        self.ok = false;
        self.report.error(At { file: self.file, line }, message);
    }
}
