//! Parses YAML and JSON into nodes. The limits exceed the size of any valid document.

use std::collections::HashMap;

use saphyr_parser::{Event, Marker, Parser, ScalarStyle, StrInput};

use super::escape;
use super::node::{At, Data, Map, Node};
use super::{patch, scalar, syntax};
use crate::diagnostic::Report;

/// The maximum nesting depth. It allows all later steps to be recursive.
const DEPTH: usize = 128;

/// The maximum number of values in a document, with aliases expanded.
const VALUES: usize = 8_000_000;

const NO_KEY: &str = "this key is not a plain string; put it in quotes";

/// Parses the content of a file. None if an error was reported.
pub(crate) fn parse(text: &str, file: usize, report: &Report) -> Option<Node> {
    let (text, pairs) = escape::surrogates(text);
    let events = Parser::new_from_str(&text);
    let is_one_line = !text.trim_end().contains('\n');
    let mut reader =
        Reader { events, text: &text, pairs, file, is_one_line, anchors: HashMap::new(), values: 0, report };
    match reader.file() {
        Ok(node) => Some(node).filter(|_| !report.has_errors()),
        Err((at, message)) => {
            report.error(at, message);
            None
        }
    }
}

/// The location and message of a syntax error.
type ParseError = (At, String);

/// Builds nodes from parser events.
struct Reader<'a> {
    events: Parser<'a, StrInput<'a>>,
    text: &'a str,
    /// The indices of the characters that replace escaped pairs.
    pairs: Vec<usize>,
    file: usize,
    is_one_line: bool,
    /// The value of each anchor.
    anchors: HashMap<usize, Node>,
    values: usize,
    report: &'a Report,
}

impl<'a> Reader<'a> {
    fn file(&mut self) -> Result<Node, ParseError> {
        let mut root = None;
        loop {
            let (event, at) = self.next()?;
            match event {
                Event::StreamEnd => break,
                Event::DocumentStart(_) if root.is_some() => {
                    let message = "a second YAML document begins here; write one OpenAPI document, and remove the line --- before this one";
                    return Err((at, message.to_owned()));
                }
                Event::StreamStart | Event::DocumentStart(_) | Event::DocumentEnd | Event::Nothing => {}
                event => root = Some(self.value(event, at, 0)?),
            }
        }
        root.ok_or_else(|| {
            let message = match self.file {
                0 => "this file is empty; write an OpenAPI document, which begins with openapi: 3.0.3".to_owned(),
                _ => format!("the merge patch is empty; {}", patch::ADVICE),
            };
            (At::file(self.file), message)
        })
    }

    fn next(&mut self) -> Result<(Event<'a>, At), ParseError> {
        let at = |marker: &Marker| {
            let column = if self.is_one_line { escape::column(marker.col(), &self.pairs) + 1 } else { 0 };
            At { file: self.file, line: marker.line(), column }
        };
        match self.events.next_event() {
            Some(Ok((event, span))) => Ok((event, at(&span.start))),
            Some(Err(error)) => {
                let line = self.text.lines().nth(error.marker().line().saturating_sub(1)).unwrap_or_default();
                Err((at(error.marker()), syntax::explain(error.info(), line)))
            }
            None => Ok((Event::StreamEnd, At::file(self.file))),
        }
    }

    /// Builds the value that begins with an event, at a nesting depth of `depth`.
    fn value(&mut self, event: Event<'a>, at: At, depth: usize) -> Result<Node, ParseError> {
        self.count(at, 1, depth)?;
        let (data, anchor) = match event {
            Event::Scalar(text, style, anchor, tag) => {
                let is_string = tag.is_some_and(|tag| tag.is_yaml_core_schema() && tag.suffix == "str");
                let is_plain = style == ScalarStyle::Plain && !is_string;
                let data = if is_plain { scalar::plain(&text) } else { Ok(Data::String(text.into_owned())) };
                (data.map_err(|message| (at, message.to_owned()))?, anchor)
            }
            Event::SequenceStart(anchor, _) => (self.list(depth)?, anchor),
            Event::MappingStart(anchor, _) => (self.map(depth)?, anchor),
            Event::Alias(anchor) => return self.alias(anchor, at, depth),
            _ => (Data::Null, 0),
        };
        let node = Node { at, data };
        self.anchor(anchor, &node, depth)?;
        Ok(node)
    }

    fn list(&mut self, depth: usize) -> Result<Data, ParseError> {
        let mut items = Vec::new();
        loop {
            let (event, at) = self.next()?;
            if event == Event::SequenceEnd {
                return Ok(Data::List(items));
            }
            items.push(self.value(event, at, depth + 1)?);
        }
    }

    fn map(&mut self, depth: usize) -> Result<Data, ParseError> {
        let mut map = Map::new();
        loop {
            let (event, at) = self.next()?;
            let name = match event {
                Event::MappingEnd => return Ok(Data::Map(map)),
                Event::Scalar(text, _, anchor, _) => {
                    let key = Node::new(at, text.into_owned());
                    self.anchor(anchor, &key, depth)?;
                    key
                }
                Event::Alias(anchor) => self.alias(anchor, at, depth)?,
                _ => return Err((at, NO_KEY.to_owned())),
            };
            let Data::String(name) = name.data else { return Err((at, NO_KEY.to_owned())) };
            let (event, place) = self.next()?;
            let value = self.value(event, place, depth + 1)?;
            if name == "<<" {
                self.report.error(at, "merge keys (<<) are not supported; write the keys here");
            } else if map.contains_key(&name) {
                self.report.error(at, "this key is a duplicate in its mapping; keep one of the two");
            }
            map.insert(name, Node { at, ..value });
        }
    }

    fn alias(&mut self, anchor: usize, at: At, depth: usize) -> Result<Node, ParseError> {
        let Some(node) = self.anchors.get(&anchor) else {
            return Err((at, "this alias refers to the anchor that contains it; write the value here".to_owned()));
        };
        let (values, inner) = node.extent();
        self.count(at, values, depth + inner)?;
        Ok(self.anchors.get(&anchor).cloned().unwrap_or_default())
    }

    /// Stores the value of an anchor.
    fn anchor(&mut self, anchor: usize, node: &Node, depth: usize) -> Result<(), ParseError> {
        if anchor > 0 {
            self.count(node.at, node.extent().0, depth)?;
            self.anchors.insert(anchor, node.clone());
        }
        Ok(())
    }

    /// Counts added values, and checks the limits.
    fn count(&mut self, at: At, values: usize, depth: usize) -> Result<(), ParseError> {
        self.values += values;
        if depth > DEPTH {
            Err((at, format!("values are nested more than {DEPTH} levels deep; flatten the OpenAPI document")))
        } else if self.values > VALUES {
            Err((at, format!("the OpenAPI document has more than {VALUES} values; split it")))
        } else {
            Ok(())
        }
    }
}
