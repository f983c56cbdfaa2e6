//! Rule `enums`: an enum consists of strings, each with a separate variant. Any other enum becomes a plain string or
//! number.

use crate::document::node::{Data, Node};
use crate::spec::names;
use crate::spec::walk::{Context, append};

/// An enum with more values becomes a string.
const MOST: usize = 1000;

/// The maximum number of values to list in the documentation.
const SHOWN: usize = 20;

pub(crate) fn apply(schema: &mut Node, context: &Context) {
    let Some(at) = schema.get("enum").map(|node| node.at) else { return };
    if schema.list("enum").iter().any(|value| value.data == Data::Null) {
        schema.set("nullable", true);
    }
    let kind = schema.str("type").unwrap_or_default().to_owned();
    if kind != "string" {
        let message = format!("an enum of type: {kind} is not checked; document the values in the description");
        context.note(at, "enums of numbers and booleans are not checked", message);
        return open(schema);
    }
    let strings = strings(schema.list("enum"), context);
    let words: Vec<&str> = strings.iter().map(String::as_str).collect();
    let message = match (words.as_slice(), names::same_variants(&words)) {
        ([], _) => "enum lists no value, and any string is accepted; list the values, or remove enum".to_owned(),
        ([only], _) if only.contains([',', ';', '|', '、']) => {
            format!(
                "enum lists {only:?} as one value, and any string is accepted; write each value as a separate entry"
            )
        }
        (words, _) if words.len() > MOST => {
            format!("enum lists more than {MOST} values, and any string is accepted; document them in the description")
        }
        (_, Some((one, other))) => {
            format!(
                "the values {one:?} and {other:?} of enum would get the same name in Rust, and any string is accepted; keep one of them, or remove enum"
            )
        }
        (words, None) => {
            schema.set("enum", words.iter().map(|text| Node::new(at, *text)).collect::<Vec<_>>());
            schema.remove_all(&["minLength", "maxLength", "pattern", "format"]);
            return;
        }
    };
    context.note(at, "enums cannot be enums in Rust, and any string is accepted", message);
    open(schema);
}

/// The values as strings, without duplicates.
fn strings(values: &[Node], context: &Context) -> Vec<String> {
    let mut strings: Vec<String> = Vec::new();
    for value in values.iter().filter(|value| value.data != Data::Null) {
        let shown = value.describe();
        let text = match &value.data {
            Data::String(text) => text.clone(),
            Data::List(_) | Data::Map(_) => {
                context.warn(value.at, format!("the value {shown} of enum is ignored; write a string"));
                continue;
            }
            _ => {
                let message = format!("the value {shown} of enum is not a string; put it in quotes");
                context.note(value.at, "values of enums are read as strings", message);
                shown
            }
        };
        if strings.contains(&text) {
            let message = format!("enum lists {text:?} twice; keep one of them");
            context.note(value.at, "values of enums are listed twice", message);
        } else if strings.len() <= MOST {
            strings.push(text);
        }
    }
    strings
}

/// Moves the values of an enum into the documentation. `x-values` has them for parameters, which are documented
/// separately from their schemas.
pub(crate) fn open(schema: &mut Node) {
    let text = |value: &Node| value.as_str().map_or_else(|| value.describe(), str::to_owned);
    let strings: Vec<String> = schema.list("enum").iter().map(text).collect();
    schema.remove("enum");
    let fits = |text: &String| !text.contains('`') && !text.trim().is_empty();
    if !strings.is_empty() && strings.len() <= SHOWN && strings.iter().all(fits) {
        let values = format!("Values: `{}`.", strings.join("`, `"));
        append(schema, &values);
        schema.set("x-values", values);
    }
}
