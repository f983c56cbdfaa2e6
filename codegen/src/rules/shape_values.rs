//! The values of fields for the rule `shape`.

use crate::diagnostic::Report;
use crate::document::near::near;
use crate::document::node::{Data, Node};
use crate::spec::grammar::{Field, fields};

/// Mends the value of a field. False if it has to be removed.
pub(crate) fn mend(kind: &str, field: &Field, value: &mut Node, report: &Report) -> bool {
    if fits(field.shape, value) {
        return true;
    }
    let (at, message) = (value.at, complaint(field, value));
    if let Some(data) = meant(field.shape, value) {
        value.data = data;
        report.note(at, "values are read as the type that belongs there", message);
        return true;
    }
    match (kind, &value.data) {
        (_, Data::Null) if !field.required => report.note(at, "fields are empty and are ignored", message),
        ("document", _) if field.name == "paths" => report.error(at, message),
        ("schema", _) => {
            report.note(at, "fields of schemas have a value that does not belong there, and are ignored", message);
        }
        _ => report.warn(at, message),
    }
    false
}

fn fits(shape: &str, value: &Node) -> bool {
    match (shape, &value.data) {
        ("string" | "type", Data::String(_))
        | ("flag" | "flag_or_schema", Data::Bool(_))
        | ("number", Data::Number(_))
        | ("list", Data::List(_))
        | ("anything", _) => true,
        ("count", Data::Number(number)) => number.is_u64(),
        ("strings", Data::List(items)) => items.iter().all(|item| item.as_str().is_some()),
        (words, Data::String(word)) if words.contains('|') => words.split('|').any(|known| known == word),
        // Schemas may be anything, which the rule for objects reports.
        ("schema", data) => !matches!(data, Data::Null | Data::List(_)),
        (list, Data::List(_)) => list.starts_with('['),
        (_, Data::Map(_)) => shape.starts_with('{') || shape == "flag_or_schema" || !fields(shape).is_empty(),
        _ => false,
    }
}

/// What a value of another type means.
fn meant(shape: &str, value: &Node) -> Option<Data> {
    match (shape, &value.data) {
        ("string", Data::Number(_) | Data::Bool(_)) => Some(Data::String(value.describe())),
        ("flag", Data::String(text)) => text.to_ascii_lowercase().parse().ok().map(Data::Bool),
        ("strings", Data::List(items)) => {
            let text = |item: &Node| item.as_str().map(Data::from).or_else(|| meant("string", item));
            let texts = items.iter().map(|item| text(item).map(|text| Node::new(item.at, text)));
            texts.collect::<Option<Vec<_>>>().map(Data::List)
        }
        // As OpenAPI 3.1 writes types.
        ("type", Data::List(items)) => {
            let mut types = items.iter().filter(|item| item.as_str() != Some("null"));
            types.next().filter(|_| types.next().is_none()).map(|only| only.data.clone())
        }
        _ => None,
    }
}

fn complaint(field: &Field, value: &Node) -> String {
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
        (words, Data::String(word)) if words.contains('|') => near(word, words.split('|')).map_or_else(
            || format!("{name} is {is}; write {}", wanted(words)),
            |meant| format!("{name} is {is}; write {meant}, if that is what it means"),
        ),
        (_, Data::Null) if field.required => format!("{name} is empty; write {name}: with {}", content(field)),
        (shape, Data::Null) => format!("{name} is empty; write {}, or remove {name}", wanted(shape)),
        (shape, _) => format!("{name} is {is}; write {}", wanted(shape)),
    }
}

/// What a required field contains, in the words of a diagnostic.
pub(crate) fn content(field: &Field) -> String {
    match field.name {
        "info" => "a title and a version".to_owned(),
        "paths" => "at least one operation".to_owned(),
        "version" => "a string such as '1.0.0'".to_owned(),
        "responses" => "the response of success, such as '200', with its schema".to_owned(),
        "operationId" => "the id of an operation".to_owned(),
        _ => wanted(field.shape),
    }
}

/// What belongs into a field, in the words of a diagnostic.
fn wanted(shape: &str) -> String {
    let wanted = match shape {
        "string" => "a string",
        "flag" => "true or false",
        "flag_or_schema" => "a schema, true or false",
        "count" => "a whole number that is not negative",
        "number" => "a number",
        "strings" => "a list of strings",
        "type" => "one of string, integer, number, boolean, object, array",
        "anything" => "a value",
        "schema" => "a type, such as type: string",
        words if words.contains('|') => return format!("one of {}", words.trim_end_matches('|').replace('|', ", ")),
        list if list == "list" || list.starts_with('[') => "a list",
        _ => "a mapping",
    };
    wanted.to_owned()
}
