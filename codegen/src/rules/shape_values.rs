//! The field values that the rule `shape` checks.

use crate::diagnostic::Report;
use crate::document::node::{Data, Node};
use crate::document::suggest::closest;
use crate::spec::grammar::Field;

/// Corrects the value of a field. Returns false if it must be removed.
pub(crate) fn correct(kind: &str, field: &Field, value: &mut Node, report: &Report) -> bool {
    if fits(field.shape, &value.data) {
        return true;
    }
    let (at, message) = (value.at, message(field, value));
    if let Some(data) = converted(field.shape, value) {
        value.data = data;
        report.note(at, "values are converted to the expected type", message);
        return true;
    }
    match (kind, &value.data) {
        (_, Data::Null) if !field.required => report.note(at, "fields are empty and are ignored", message),
        ("document", _) if field.name == "paths" => report.error(at, message),
        ("schema", _) => {
            report.note(at, "fields of schemas have values of the wrong type and are ignored", message);
        }
        _ => report.warn(at, message),
    }
    false
}

/// A shape of fields, its name in diagnostics, and the values that match it.
type Shape = (&'static str, &'static str, fn(&Data) -> bool);

/// All shapes except kinds of objects, lists and mappings of them, and words.
const SHAPES: [Shape; 10] = [
    ("string", "a string", |data| matches!(data, Data::String(_))),
    ("type", "one of string, integer, number, boolean, object, array", |data| matches!(data, Data::String(_))),
    ("flag", "true or false", |data| matches!(data, Data::Bool(_))),
    ("flag_or_schema", "a schema, true or false", |data| matches!(data, Data::Bool(_) | Data::Map(_))),
    ("count", "a whole number that is not negative", |data| matches!(data, Data::Number(number) if number.is_u64())),
    ("number", "a number", |data| matches!(data, Data::Number(_))),
    ("list", "a list", |data| matches!(data, Data::List(_))),
    (
        "strings",
        "a list of strings",
        |data| matches!(data, Data::List(items) if items.iter().all(|item| item.as_str().is_some())),
    ),
    // Schemas may be any value; the rule for objects reports mistakes.
    ("schema", "a type, such as type: string", |data| !matches!(data, Data::Null | Data::List(_))),
    ("anything", "a value", |_| true),
];

fn fits(shape: &str, data: &Data) -> bool {
    match SHAPES.iter().find(|(name, ..)| *name == shape) {
        Some((.., fits)) => fits(data),
        None if shape.contains('|') => {
            matches!(data, Data::String(word) if shape.split('|').any(|known| known == word))
        }
        None if shape.starts_with('[') => matches!(data, Data::List(_)),
        None => matches!(data, Data::Map(_)),
    }
}

/// The expected value of a field, for diagnostics.
fn expected(shape: &str) -> String {
    match SHAPES.iter().find(|(name, ..)| *name == shape) {
        Some((_, expected, _)) => (*expected).to_owned(),
        None if shape.contains('|') => format!("one of {}", shape.trim_end_matches('|').replace('|', ", ")),
        None if shape.starts_with('[') => "a list".to_owned(),
        None => "a mapping".to_owned(),
    }
}

/// Converts a value of another type if the intent is clear.
fn converted(shape: &str, value: &Node) -> Option<Data> {
    match (shape, &value.data) {
        ("string", Data::Number(_) | Data::Bool(_)) => Some(Data::String(value.describe())),
        ("flag", Data::String(text)) => text.to_ascii_lowercase().parse().ok().map(Data::Bool),
        ("strings", Data::List(items)) => {
            let text = |item: &Node| item.as_str().map(Data::from).or_else(|| converted("string", item));
            let texts = items.iter().map(|item| text(item).map(|text| Node::new(item.at, text)));
            texts.collect::<Option<Vec<_>>>().map(Data::List)
        }
        // OpenAPI 3.1 writes types like this.
        ("type", Data::List(items)) => {
            let mut types = items.iter().filter(|item| item.as_str() != Some("null"));
            types.next().filter(|_| types.next().is_none()).map(|only| only.data.clone())
        }
        _ => None,
    }
}

fn message(field: &Field, value: &Node) -> String {
    let (name, is) = (field.name, value.describe());
    match (field.shape, &value.data) {
        ("type", Data::List(_)) => {
            "type is a list, as in OpenAPI 3.1; write one type, and nullable: true if null is allowed".to_owned()
        }
        ("flag", Data::Number(_)) if name.starts_with("exclusive") => {
            let limit = name.trim_start_matches("exclusive").to_lowercase();
            format!("{name} is {is}, as in OpenAPI 3.1; write {limit}: {is} and {name}: true")
        }
        ("schema", Data::List(_)) => format!("{name} is a list; write one schema, which describes every element"),
        ("string", Data::Number(_) | Data::Bool(_)) => {
            format!("{name} is {is}, which YAML does not read as a string; put it in quotes")
        }
        ("strings", Data::List(_)) => format!("{name} has entries that are not strings; put each of them in quotes"),
        (words, Data::String(word)) if words.contains('|') => closest(word, words.split('|')).map_or_else(
            || format!("{name} is {is}; write {}", expected(words)),
            |suggestion| format!("{name} is {is}; did you mean {suggestion}?"),
        ),
        (_, Data::Null) if field.required => format!("{name} is empty; write {name}: with {}", content(field)),
        (shape, Data::Null) => format!("{name} is empty; write {}, or remove {name}", expected(shape)),
        (shape, _) => format!("{name} is {is}; write {}", expected(shape)),
    }
}

/// The content of a required field, for diagnostics.
pub(crate) fn content(field: &Field) -> String {
    match field.name {
        "info" => "a title and a version".to_owned(),
        "paths" => "at least one operation".to_owned(),
        "version" => "a string such as '1.0.0'".to_owned(),
        "responses" => "the success response, such as '200', with its schema".to_owned(),
        "operationId" => "the id of an operation".to_owned(),
        _ => expected(field.shape),
    }
}
