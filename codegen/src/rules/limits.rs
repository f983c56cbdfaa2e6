//! Rule `limits`: limits, patterns and formats are documentation. None of them changes a Rust type.

use crate::diagnostic::Report;
use crate::document::node::{Data, Node};
use crate::spec::model::{Place, Spec};
use crate::spec::walk::Context;

/// Formats that a type of Rust stands for, or that mark bytes and secrets.
const FORMATS: [(&str, &str); 8] = [
    ("integer", "int32"),
    ("integer", "int64"),
    ("integer", "uint32"),
    ("integer", "uint64"),
    ("number", "float"),
    ("number", "double"),
    ("string", "binary"),
    ("string", "password"),
];

/// Pairs of limits, with the words for them.
const PAIRS: [(&str, &str, &str); 4] = [
    ("minLength", "maxLength", "Length"),
    ("minimum", "maximum", "Range"),
    ("minItems", "maxItems", "Items"),
    ("minProperties", "maxProperties", "Entries"),
];

/// How many values of an enum are worth a line of documentation.
const SHOWN: usize = 20;

pub(crate) fn apply(spec: &mut Spec, report: &Report) {
    for operation in &mut spec.operations {
        let report = &report.on(&operation.label);
        for parameter in &mut operation.parameters {
            // The documentation of a parameter is not that of its schema.
            let mut schema = parameter.schema.clone();
            schema.remove("description");
            document(&mut schema);
            if let Some(text) = schema.str("description") {
                let before = parameter.description.take().map(|text| format!("{text} ")).unwrap_or_default();
                parameter.description = Some(format!("{before}{text}"));
            }
            let named = &parameter.name;
            if parameter.place != Place::Query
                && parameter.schema.remove("nullable").is_some_and(|node| node.data == Data::Bool(true))
            {
                let message =
                    format!("the {} parameter {named} cannot be null; remove nullable", parameter.place.as_str());
                report.note(parameter.at, "parameters are nullable, and cannot be null", message);
            }
        }
    }
    spec.each_schema(report, &mut |schema, context| {
        if schema.has("$ref") {
            return;
        }
        impossible(schema, context);
        format(schema, context);
        if schema.has("pattern") {
            let message = "the client does not check pattern; name the form in the description";
            context.report.note(schema.at, "patterns are documented, and not checked", message);
        }
        document(schema);
    });
}

/// Reports limits that leave nothing.
fn impossible(schema: &Node, context: &Context<'_>) {
    let extreme = [("exclusiveMinimum", "minimum", i64::MAX), ("exclusiveMaximum", "maximum", i64::MIN)];
    for (excludes, limit, extreme) in extreme {
        if schema.flag(excludes) && schema.get(limit).is_some_and(|node| node.data == Data::Number(extreme.into())) {
            let message =
                format!("no whole number of 64 bits fits {limit}: {extreme} with {excludes}; write another limit");
            context.report.note(schema.at, "limits leave no value", message);
        }
    }
    for (low, high, _) in PAIRS {
        let number = |key: &str| match schema.get(key).map(|node| &node.data) {
            Some(Data::Number(number)) => number.as_f64(),
            _ => None,
        };
        let (Some(least), Some(most)) = (number(low), number(high)) else { continue };
        if least > most {
            let message = format!("{low} is above {high}, so that no value fits; write limits that leave room");
            context.report.note(schema.at, "limits leave no value", message);
        }
    }
}

/// Keeps a format that a type stands for.
fn format(schema: &mut Node, context: &Context<'_>) {
    let Some(format) = schema.str("format").map(str::to_owned) else { return };
    let kind = schema.str("type").unwrap_or_default();
    let is_known = FORMATS.iter().any(|&(of, known)| of == kind && known == format);
    if is_known && format == "password" && !(context.root && context.component.is_some()) {
        let message = "format: password redacts a string in Debug output only in a schema of its own; move it to components/schemas, and refer to it";
        context.report.warn(schema.at, message);
    } else if is_known && (format != "binary" || context.root) {
        return;
    }
    schema.remove("format");
}

/// Moves limits into the description.
fn document(schema: &mut Node) {
    let mut words = Vec::new();
    let show = |node: Node| node.describe();
    for (low, high, word) in PAIRS {
        let range = match (schema.remove(low).map(show), schema.remove(high).map(show)) {
            (Some(low), Some(high)) if low == high => format!("{word}: {low}."),
            (Some(low), Some(high)) => format!("{word}: {low} to {high}."),
            (Some(low), None) => format!("{word}: at least {low}."),
            (None, Some(high)) => format!("{word}: at most {high}."),
            (None, None) => continue,
        };
        words.push(range);
    }
    if let Some(pattern) =
        schema.remove("pattern").filter(|pattern| pattern.as_str().is_some_and(|text| !text.contains('`')))
    {
        words.push(format!("Pattern: `{}`.", pattern.as_str().unwrap_or_default()));
    }
    schema.remove_all(&["exclusiveMinimum", "exclusiveMaximum", "multipleOf", "uniqueItems"]);
    append(schema, &words.join(" "));
}

/// Names the values of an enum that is not one in Rust.
pub(crate) fn listed(schema: &mut Node, values: &[Node]) {
    let texts: Vec<String> =
        values.iter().map(|value| value.as_str().map_or_else(|| value.describe(), str::to_owned)).collect();
    if texts.is_empty() || texts.len() > SHOWN || texts.iter().any(|text| text.contains('`') || text.trim().is_empty())
    {
        return;
    }
    append(schema, &format!("Values: `{}`.", texts.join("`, `")));
}

/// Adds a sentence to the description.
pub(crate) fn append(schema: &mut Node, text: &str) {
    if text.is_empty() {
        return;
    }
    let description = schema.str("description").map(|before| format!("{before}\n\n{text}"));
    schema.set("description", description.unwrap_or_else(|| text.to_owned()));
}
