//! Rule `defaults`: a default is a value of its schema.

use crate::diagnostic::Report;
use crate::document::node::{Data, Node};
use crate::rules::sent::fitting;
use crate::spec::model::Spec;
use crate::spec::walk::Context;

pub(crate) fn apply(spec: &mut Spec, report: &Report) {
    spec.each_schema(report, &mut |schema, context| {
        if schema.has("$ref") {
            return;
        }
        let Some(default) = schema.remove("default").filter(|default| default.data != Data::Null) else { return };
        if let Some(message) = mistake(schema, &default) {
            note(&message, &default, context);
        } else {
            schema.put("default", default);
        }
    });
}

fn note(message: &str, default: &Node, context: &Context<'_>) {
    context.report.note(default.at, "defaults do not fit their schema, and are ignored", message);
}

/// What is wrong with a default, if anything is.
fn mistake(schema: &Node, default: &Node) -> Option<String> {
    let shown = default.to_json().to_string();
    let kind = schema.str("type")?;
    let advice = match (kind, &default.data) {
        ("array", Data::List(items)) => {
            let of = schema.get("items").and_then(|items| items.str("type"))?;
            let wrong = items.iter().find(|item| of == "string" && item.as_str().is_none())?;
            return Some(format!(
                "the default {shown} has the element {}, which is not a string; put it in quotes",
                wrong.describe()
            ));
        }
        ("object", Data::Map(map)) => {
            let mut names = schema.list("required").iter().filter_map(Node::as_str);
            let lacking = names.find(|name| !map.contains_key(*name))?;
            return Some(format!("the default {shown} lacks {lacking}, which is required; add it"));
        }
        ("array" | "object", _) | (_, Data::List(_) | Data::Map(_) | Data::Null) => {
            format!("write one of type: {kind}")
        }
        ("string", _) if !schema.list("enum").is_empty() => {
            let values: Vec<String> =
                schema.list("enum").iter().take(20).map(|value| value.to_json().to_string()).collect();
            format!("write one of {}", values.join(", "))
        }
        ("string", Data::Bool(_) | Data::Number(_)) if schema.list("enum").is_empty() => {
            return Some(format!("the default {shown} is not a string; put it in quotes"));
        }
        ("integer", _) => "write a whole number that fits the format".to_owned(),
        _ => format!("write one of type: {kind}"),
    };
    fitting(schema, default).is_none().then(|| format!("the default {shown} does not fit its schema; {advice}"))
}
