//! The values of fields for the rule `shape`.

use crate::diagnostic::Report;
use crate::document::near::near;
use crate::document::node::{Data, Node};
use crate::spec::kind::Kind;
use crate::spec::kind::{Field, Shape};

/// Mends the value of a field. False if it has to be removed.
pub(crate) fn content(kind: Kind, field: &Field, value: &mut Node, report: &Report) -> bool {
    if fits(kind, field, value) {
        return true;
    }
    let message = complaint(kind, field, value);
    if mend(field, value) {
        report.note(value.at, "values are read as the type that belongs there", message);
        return true;
    }
    match (kind, &value.data) {
        (_, Data::Null) if !field.required => {
            report.note(value.at, "fields are empty and are ignored", message);
        }
        (Kind::Document, _) if field.name == "paths" => report.error(value.at, message),
        (Kind::Schema, _) => {
            let kind = "fields of schemas have a value that does not belong there, and are ignored";
            report.note(value.at, kind, message);
        }
        _ => report.warn(value.at, message),
    }
    false
}

fn fits(kind: Kind, field: &Field, value: &Node) -> bool {
    match (field.shape, &value.data) {
        // The rules for schemas and parameters know more words.
        (Shape::Word(_), Data::String(_))
            if matches!((kind, field.name), (Kind::Schema, "type") | (Kind::Parameter, "in")) =>
        {
            true
        }
        (Shape::Word(words), Data::String(word)) => words.split('|').any(|known| known == word),
        (Shape::Text, Data::String(_))
        | (Shape::Flag | Shape::FlagOrSchema, Data::Bool(_))
        | (Shape::Number, Data::Number(_))
        | (Shape::AnyList | Shape::List(_), Data::List(_))
        | (Shape::One(_) | Shape::Map(_) | Shape::FlagOrSchema, Data::Map(_))
        | (Shape::Anything, _) => true,
        // Schemas may be anything, which the rule for objects reports.
        (Shape::One(Kind::Schema), data) => !matches!(data, Data::Null | Data::List(_)),
        (Shape::Count, Data::Number(number)) => number.is_u64(),
        (Shape::Texts, Data::List(items)) => items.iter().all(|item| item.as_str().is_some()),
        _ => false,
    }
}

/// Reads a value as what it means.
fn mend(field: &Field, value: &mut Node) -> bool {
    let mended = match (field.shape, &value.data) {
        (Shape::Text, Data::Number(_) | Data::Bool(_)) => Data::String(value.describe()),
        (Shape::Flag, Data::String(text)) => match text.to_ascii_lowercase().as_str() {
            "true" => Data::Bool(true),
            "false" => Data::Bool(false),
            _ => return false,
        },
        (Shape::Texts, Data::List(items)) => {
            let texts: Option<Vec<Node>> = items.iter().map(scalar_text).collect();
            match texts {
                Some(texts) => Data::List(texts),
                None => return false,
            }
        }
        // As OpenAPI 3.1 writes types.
        (Shape::Word(words), Data::List(items)) if words.contains("|object|") => {
            let mut types = items.iter().filter(|item| item.as_str() != Some("null"));
            match (types.next(), types.next()) {
                (Some(only), None) => only.data.clone(),
                _ => return false,
            }
        }
        _ => return false,
    };
    value.data = mended;
    true
}

fn scalar_text(node: &Node) -> Option<Node> {
    match &node.data {
        Data::String(_) => Some(node.clone()),
        Data::Number(_) | Data::Bool(_) => Some(Node::new(node.at, node.describe())),
        _ => None,
    }
}

fn complaint(kind: Kind, field: &Field, value: &Node) -> String {
    let name = field.name;
    let is = value.describe();
    match (kind, name, field.shape, &value.data) {
        (Kind::Schema, "type", _, Data::List(_)) => {
            "type is a list, as in OpenAPI 3.1; write one type, and nullable: true if null is allowed".to_owned()
        }
        (Kind::Schema, "exclusiveMinimum" | "exclusiveMaximum", _, Data::Number(_)) => {
            let limit = name.trim_start_matches("exclusive").to_lowercase();
            format!("{name} is {is}, as in OpenAPI 3.1; write {limit}: {is} and {name}: true")
        }
        (Kind::Schema, "items", _, Data::List(_)) => {
            "items is a list; write one schema, which describes every element".to_owned()
        }
        (_, _, Shape::Text, Data::Number(_) | Data::Bool(_)) => {
            format!("{name} is {is}, which YAML does not read as a string; put it in quotes")
        }
        (_, _, Shape::Texts, Data::List(_)) => {
            format!("{name} has entries that are not strings; put each of them in quotes")
        }
        (_, _, Shape::Word(words), Data::String(word)) => near(word, words.split('|')).map_or_else(
            || format!("{name} is {is}; write {}", wanted(field.shape)),
            |meant| format!("{name} is {is}; write {meant}, if that is what it means"),
        ),
        (_, _, _, Data::Null) if field.required => {
            format!("{name} is empty; write {name}: with {}", content_of(kind, field))
        }
        (_, _, _, Data::Null) => format!("{name} is empty; write {}, or remove {name}", wanted(field.shape)),
        _ => format!("{name} is {is}; write {}", wanted(field.shape)),
    }
}

/// What a required field has to contain, in the words of a diagnostic.
pub(crate) fn content_of(kind: Kind, field: &Field) -> String {
    match (kind, field.name) {
        (Kind::Document, "info") => "a title and a version".to_owned(),
        (Kind::Document, "paths") => "at least one operation".to_owned(),
        (Kind::Info, "version") => "a string such as '1.0.0'".to_owned(),
        (Kind::Operation, "responses") => "the response of success, such as '200', with its schema".to_owned(),
        (_, "$ref" | "title" | "url" | "name" | "description") => "a string".to_owned(),
        _ => wanted(field.shape),
    }
}

/// What belongs into a field, in the words of a diagnostic.
fn wanted(shape: Shape) -> String {
    match shape {
        Shape::Text => "a string".to_owned(),
        Shape::Word(words) => format!("one of {}", words.replace('|', ", ")),
        Shape::Flag => "true or false".to_owned(),
        Shape::Count => "a whole number that is not negative".to_owned(),
        Shape::Number => "a number".to_owned(),
        Shape::Texts => "a list of strings".to_owned(),
        Shape::AnyList | Shape::List(_) => "a list".to_owned(),
        Shape::Anything => "a value".to_owned(),
        Shape::FlagOrSchema => "a schema, true or false".to_owned(),
        Shape::One(_) | Shape::Map(_) => "a mapping".to_owned(),
    }
}
