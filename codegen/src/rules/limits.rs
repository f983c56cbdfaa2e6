//! Rule `limits`: moves limits, patterns and formats to the documentation, so that none of them changes a Rust type.

use crate::diagnostic::Report;
use crate::document::node::{Data, Node};
use crate::spec::model::{Components, Operation, Place, resolve};
use crate::spec::walk::{Context, append};

/// Formats that map to a Rust type, or that mark bytes and secrets.
const FORMATS: [(&str, &[&str]); 3] = [
    ("integer", &["int32", "int64", "uint32", "uint64"]),
    ("number", &["float", "double"]),
    ("string", &["binary", "password"]),
];

/// Pairs of limits, with their wording.
const PAIRS: [(&str, &str, &str); 4] = [
    ("minLength", "maxLength", "Length"),
    ("minimum", "maximum", "Range"),
    ("minItems", "maxItems", "Items"),
    ("minProperties", "maxProperties", "Entries"),
];

/// The limits of parameters, which are documented separately from their schemas.
pub(crate) fn parameters(operation: &mut Operation, components: &Components<'_>, report: &Report) {
    for parameter in &mut operation.parameters {
        let schema = resolve(components.schemas, &parameter.schema).unwrap_or(&parameter.schema);
        let items = schema.get("items").and_then(|items| resolve(components.schemas, items));
        let values =
            [Some(schema), items].into_iter().flatten().find_map(|node| node.str("x-values")).map(str::to_owned);
        let words = Some(words(&mut schema.clone())).filter(|words| !words.is_empty());
        // The caller sets required parameters, so that their default is a hint.
        let default = parameter.schema.get("default").filter(|_| parameter.required);
        let default = default.map(|default| format!("Default: `{}`.", default.describe().replace('`', "'")));
        let sentences = [parameter.description.take(), values, words, default];
        let sentences: Vec<String> = sentences.into_iter().flatten().collect();
        parameter.description = (!sentences.is_empty()).then(|| sentences.join(" "));
        if parameter.place != Place::Query && parameter.schema.flag("nullable") {
            let message = format!("{parameter} cannot be null; remove nullable");
            report.note(parameter.at, "nullable parameters cannot be null", message);
        }
    }
}

pub(crate) fn apply(schema: &mut Node, context: &Context) {
    impossible(schema, context);
    format(schema, context);
    if schema.has("pattern") {
        let message = "the client does not check pattern; describe the format in the description";
        context.note(schema.at, "patterns are documented, and not checked", message);
    }
    let words = words(schema);
    append(schema, &words);
}

/// Reports limits that allow no value.
fn impossible(schema: &Node, context: &Context) {
    let number = |key: &str| match schema.get(key).map(|node| &node.data) {
        Some(Data::Number(number)) => Some(number),
        _ => None,
    };
    for (excludes, limit, extreme) in
        [("exclusiveMinimum", "minimum", i64::MAX), ("exclusiveMaximum", "maximum", i64::MIN)]
    {
        if schema.flag(excludes) && number(limit) == Some(&extreme.into()) {
            let message =
                format!("no 64-bit integer satisfies {limit}: {extreme} with {excludes}; write another limit");
            context.note(schema.at, "no value satisfies the limits", message);
        }
    }
    for (low, high, _) in PAIRS {
        if let (Some(least), Some(most)) = (number(low), number(high))
            && least.as_f64() > most.as_f64()
        {
            let message = format!("{low} is above {high}, so no value is valid; correct the limits");
            context.note(schema.at, "no value satisfies the limits", message);
        }
    }
}

/// Retains a format that maps to a type.
fn format(schema: &mut Node, context: &Context) {
    let Some(format) = schema.str("format") else { return };
    let kind = schema.str("type").unwrap_or_default();
    let is_known = FORMATS.iter().any(|(of, known)| *of == kind && known.contains(&format));
    match format {
        "password" if is_known && !context.is_component => {
            let message = "format: password redacts a string in Debug output only in a named schema; move it to components/schemas, and refer to it";
            context.warn(schema.at, message);
        }
        "binary" if is_known && context.root => return,
        "binary" => {}
        _ if is_known => return,
        _ => {}
    }
    schema.remove("format");
}

/// Removes the limits, and returns them as documentation.
fn words(schema: &mut Node) -> String {
    let mut words = Vec::new();
    for (low, high, word) in PAIRS {
        let mut take = |key| schema.remove(key).map(|node| node.describe());
        match (take(low), take(high)) {
            (Some(low), Some(high)) if low == high => words.push(format!("{word}: {low}.")),
            (Some(low), Some(high)) => words.push(format!("{word}: {low} to {high}.")),
            (Some(low), None) => words.push(format!("{word}: at least {low}.")),
            (None, Some(high)) => words.push(format!("{word}: at most {high}.")),
            (None, None) => {}
        }
    }
    let pattern = schema.remove("pattern");
    if let Some(pattern) = pattern.as_ref().and_then(Node::as_str).filter(|pattern| !pattern.contains('`')) {
        words.push(format!("Pattern: `{pattern}`."));
    }
    schema.remove_all(&["exclusiveMinimum", "exclusiveMaximum", "multipleOf", "uniqueItems"]);
    words.join(" ")
}
