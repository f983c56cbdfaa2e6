//! Rule `documentation`: turns descriptions into Rust documentation, in which code blocks would be run as tests, and
//! some characters are not allowed.

use std::collections::BTreeMap;

use crate::diagnostic::Report;
use crate::document::node::{At, Data, Node};
use crate::spec::model::{Components, Operation, Place, Spec};
use crate::spec::walk::{append, properties_mut, target};

/// The documentation of operations, their parameters and bodies.
pub(crate) fn operations(operation: &mut Operation, _: &Components<'_>, report: &Report) {
    let at = operation.at;
    for parameter in operation.parameters.iter_mut().filter(|parameter| parameter.required) {
        if parameter.place != Place::Path {
            let before = parameter.description.take().map(|text| format!("{text} ")).unwrap_or_default();
            parameter.description = Some(before + "Required.");
        }
    }
    let parameters = operation.parameters.iter_mut().map(|parameter| &mut parameter.description);
    let body = operation.body.iter_mut().map(|body| &mut body.description);
    for text in [&mut operation.summary, &mut operation.description].into_iter().chain(parameters).chain(body).flatten()
    {
        clean(text, at, report);
    }
}

/// The documentation of schemas. A property that is only a reference has that of the schema it refers to.
pub(crate) fn schemas(spec: &mut Spec, report: &Report) {
    let description = |(name, schema): (&String, &Node)| Some((name.clone(), schema.get("description")?.clone()));
    let descriptions: BTreeMap<String, Node> = spec.schemas.iter().filter_map(description).collect();
    spec.each_schema(report, &mut |schema, context| {
        for (_, property) in properties_mut(schema).filter(|(_, property)| !property.has("description")) {
            if let Some(description) = target(property).and_then(|name| descriptions.get(name)) {
                property.put("description", description.clone());
            }
        }
        if schema.flag("deprecated") {
            append(schema, "Deprecated.");
        }
        if let Some(Node { at, data: Data::String(mut text) }) = schema.remove("description") {
            clean(&mut text, at, &context.report);
            schema.put("description", Node::new(at, text));
        }
    });
}

/// Makes a string valid as Rust documentation.
fn clean(text: &mut String, at: At, report: &Report) {
    let allowed =
        |c: char| !c.is_control() && !('\u{202a}'..='\u{202e}').contains(&c) && !('\u{2066}'..='\u{2069}').contains(&c);
    let plain = text.replace("\r\n", "\n").replace('\r', "\n").replace('\t', "    ");
    let plain: String = plain.chars().filter(|&c| c == '\n' || allowed(c)).collect();
    let mut lines = Vec::new();
    let mut fence: Option<&str> = None;
    let (mut after_blank, mut in_list, mut has_code) = (true, false, false);
    for line in plain.lines() {
        let trimmed = line.trim();
        let mark = ["```", "~~~"].into_iter().find(|mark| trimmed.starts_with(mark));
        let mut shown = line.trim_end().to_owned();
        match (fence, mark) {
            (None, Some(mark)) => {
                has_code |= runs(trimmed.trim_start_matches(['`', '~']).trim());
                shown = format!("{mark}text");
                fence = Some(mark);
            }
            (Some(open), Some(mark)) if open == mark => fence = None,
            (Some(_), _) => {}
            (None, None) => {
                let is_code = line.starts_with("    ") && after_blank && !trimmed.is_empty();
                has_code |= is_code && !in_list;
                if is_code {
                    trimmed.clone_into(&mut shown);
                }
                in_list = if trimmed.is_empty() || is_code { in_list } else { is_list_item(trimmed) };
            }
        }
        after_blank =
            trimmed.is_empty() && fence.is_none() || after_blank && line.starts_with("    ") && !trimmed.is_empty();
        lines.push(shown);
    }
    if let Some(mark) = fence {
        lines.push(mark.to_owned());
    }
    if has_code {
        let message = "the code in the description would be run as a doctest, and is shown as plain text; write ```text before it";
        report.note(at, "descriptions have code, which is shown as text", message);
    }
    lines.join("\n").trim().clone_into(text);
}

/// Whether rustdoc would test a block with this language.
fn runs(language: &str) -> bool {
    let marks = ["rust", "no_run", "should_panic", "compile_fail", "edition"];
    language.is_empty() || marks.iter().any(|mark| language.starts_with(mark))
}

fn is_list_item(line: &str) -> bool {
    let line = line.trim_start_matches(|c: char| c.is_ascii_digit());
    line.starts_with(['-', '*', '+', '.', ')'])
}
