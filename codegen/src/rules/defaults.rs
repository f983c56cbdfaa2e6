//! Rule `defaults`: a default matches its schema.

use serde_json::Number;

use crate::document::node::{Data, Node};
use crate::spec::walk::Context;

pub(crate) fn apply(schema: &mut Node, context: &Context) {
    let Some(default) = schema.remove("default").filter(|default| default.data != Data::Null) else { return };
    let Some(advice) = advice(schema, &default) else { return schema.put("default", default) };
    let message = format!("the default {} does not match its schema; {advice}", default.to_json());
    context.note(default.at, "defaults do not match their schema, and are ignored", message);
}

/// The suggestion for a default that does not match.
fn advice(schema: &Node, default: &Node) -> Option<String> {
    let kind = schema.str("type")?;
    let values = schema.list("enum");
    Some(match (kind, &default.data) {
        ("array", Data::List(items)) => {
            let is_of_strings = schema.get("items").and_then(|items| items.str("type")) == Some("string");
            let wrong = items.iter().find(|item| is_of_strings && item.as_str().is_none())?;
            format!("put its element {} in quotes", wrong.describe())
        }
        ("object", Data::Map(map)) => {
            let mut required = schema.list("required").iter().filter_map(Node::as_str);
            format!("add {}, which is required", required.find(|name| !map.contains_key(*name))?)
        }
        ("string", Data::Bool(_) | Data::Number(_)) if values.is_empty() => "put it in quotes".to_owned(),
        _ if fitting(schema, default).is_some() => return None,
        ("string", _) if !values.is_empty() => {
            let values: Vec<String> = values.iter().take(20).map(|value| value.to_json().to_string()).collect();
            format!("write one of {}", values.join(", "))
        }
        ("number", Data::Number(_)) => "write a number that fits the format".to_owned(),
        ("integer", _) => "write a whole number that fits the format".to_owned(),
        _ => format!("write one of type: {kind}"),
    })
}

/// Converts a default to a value of its schema, if that is a scalar.
pub(crate) fn fitting(schema: &Node, default: &Node) -> Option<Data> {
    let text = match &default.data {
        Data::String(text) => text.clone(),
        Data::Bool(_) | Data::Number(_) => default.describe(),
        _ => return None,
    };
    match schema.str("type")? {
        "string" => {
            let values = schema.list("enum");
            let fits = values.is_empty() || values.iter().any(|value| value.as_str() == Some(&text));
            (fits && !schema.has("format")).then_some(Data::String(text))
        }
        "boolean" => text.parse().ok().map(Data::Bool),
        "integer" => {
            let number: i64 = text.parse().ok()?;
            let fits = match schema.str("format") {
                Some("int32") => i32::try_from(number).is_ok(),
                Some("uint32") => u32::try_from(number).is_ok(),
                Some("uint64") => u64::try_from(number).is_ok(),
                _ => true,
            };
            fits.then(|| Data::Number(number.into()))
        }
        "number" => {
            let number: f64 = text.parse().ok()?;
            let fits = schema.str("format") != Some("float") || number.abs() <= f64::from(f32::MAX);
            Number::from_f64(number).filter(|_| fits).map(Data::Number)
        }
        _ => None,
    }
}
