//! Rule `enums`: an enum lists strings, each of which gets its own variant. Any other enum is an open string or number.

use crate::diagnostic::Report;
use crate::document::node::{Data, Node};
use crate::spec::model::Spec;
use crate::spec::names;

/// An enum with more values than this is a string.
const MOST: usize = 1000;

pub(crate) fn apply(spec: &mut Spec, report: &Report) {
    spec.each_schema(report, &mut |schema, context| {
        let Some(at) = schema.get("enum").map(|node| node.at) else { return };
        if schema.has("$ref") {
            return;
        }
        let values = schema.list("enum").to_vec();
        if values.iter().any(|value| value.data == Data::Null) {
            schema.set("nullable", true);
        }
        let kind = schema.str("type").unwrap_or_default().to_owned();
        if kind != "string" {
            let message = format!("an enum of type: {kind} is not checked; name the values in the description");
            context.report.note(at, "enums of numbers and booleans are not checked", message);
            crate::rules::limits::listed(schema, &values);
            schema.remove("enum");
            return;
        }
        let mut texts: Vec<String> = Vec::new();
        for value in values.iter().filter(|value| value.data != Data::Null) {
            let text = match &value.data {
                Data::String(text) => text.clone(),
                Data::Bool(_) | Data::Number(_) => {
                    let message = format!("the value {} of enum is not a string; put it in quotes", value.describe());
                    context.report.note(at, "values of enums are read as strings", message);
                    value.to_json().to_string()
                }
                _ => {
                    context.report.warn(at, format!("the value {} of enum is ignored; write a string", value.describe()));
                    continue;
                }
            };
            if texts.contains(&text) {
                let message = format!("enum lists {text:?} twice; keep one of them");
                context.report.note(at, "values of enums are listed twice", message);
            } else if texts.len() <= MOST {
                texts.push(text);
            }
        }
        let words: Vec<&str> = texts.iter().map(String::as_str).collect();
        let lists_in_one = matches!(words.as_slice(), [only] if only.contains([',', ';', '|', '、']));
        let message = if texts.is_empty() {
            "enum lists no value, and any string is accepted; list the values, or remove enum".to_owned()
        } else if lists_in_one {
            format!("enum lists {:?} as one value, and any string is accepted; write each value as an entry of its own", words[0])
        } else if texts.len() > MOST {
            format!("enum lists more than {MOST} values, and any string is accepted; name them in the description")
        } else if !names::variants_differ(&words) {
            let (one, other) = alike(&words);
            format!("the values {one:?} and {other:?} of enum would get the same name in Rust, and any string is accepted; keep one of them, or remove enum")
        } else {
            schema.set("enum", texts.iter().map(|text| Node::new(at, text.as_str())).collect::<Vec<_>>());
            schema.remove_all(&["minLength", "maxLength", "pattern", "format"]);
            return;
        };
        context.report.note(at, "enums cannot be enums in Rust, and any string is accepted", message);
        crate::rules::limits::listed(schema, &values);
        schema.remove("enum");
    });
}

/// The first two values with the same name.
fn alike<'a>(words: &[&'a str]) -> (&'a str, &'a str) {
    let mut seen = std::collections::HashMap::new();
    words
        .iter()
        .find_map(|word| seen.insert(names::type_name(word), *word).map(|other| (other, *word)))
        .unwrap_or_default()
}
