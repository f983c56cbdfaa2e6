//! Rule `path_parameters`: the path and its parameters name the same, each once.

use std::collections::BTreeSet;

use crate::diagnostic::Report;
use crate::document::node::Node;
use crate::rules::shape::LOST;
use crate::spec::model::{Operation, Parameter, Place, Spec};
use crate::spec::names;

pub(crate) fn apply(spec: &mut Spec, report: &Report) {
    for operation in &mut spec.operations {
        let report = &report.on(&operation.label);
        placeholders(operation, report);
        declared(operation, report);
        undeclared(operation, report);
    }
}

/// The names in the braces of a path.
pub(crate) fn names_in(path: &str) -> Vec<String> {
    path.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name.to_owned()).collect()
}

/// Renames what stands in the braces of a path.
pub(crate) fn rename(path: &str, mut name: impl FnMut(&str) -> String) -> String {
    let mut result = String::new();
    let mut rest = path;
    while let Some((before, after)) = rest.split_once('{') {
        let (inside, after) = after.split_once('}').unwrap_or((after, ""));
        result = format!("{result}{before}{{{}}}", name(inside));
        rest = after;
    }
    result + rest
}

/// Each placeholder is a name, and stands once.
fn placeholders(operation: &mut Operation, report: &Report) {
    let mut seen = BTreeSet::new();
    let path = rename(&operation.path, |inside| {
        let name = inside.split(':').next().unwrap_or_default().trim().to_owned();
        if inside.contains(':') {
            let message = format!("the path has a pattern in {{{inside}}}, which is ignored; write {{{name}}}");
            report.note(operation.at, "paths have patterns in their braces, which are ignored", message);
        }
        let mut unique = name.clone();
        let mut number = 2;
        while !seen.insert(unique.clone()) {
            unique = format!("{name}_{number}");
            number += 1;
        }
        if unique != name {
            let message =
                format!("the path names {{{name}}} twice; the second is renamed to {unique}, give each its own name");
            report.warn(operation.at, message);
        }
        unique
    });
    operation.documented_path.clone_from(&path);
    operation.path = path;
}

/// Each path parameter is required, and has a placeholder.
fn declared(operation: &mut Operation, report: &Report) {
    let placeholders = names_in(&operation.path);
    let exact: BTreeSet<String> = operation
        .parameters
        .iter()
        .filter(|parameter| parameter.place == Place::Path && placeholders.contains(&parameter.name))
        .map(|parameter| parameter.name.clone())
        .collect();
    let mut found = exact.clone();
    let at = operation.at;
    operation.parameters.retain_mut(|parameter| {
        if parameter.place != Place::Path {
            return true;
        }
        let name = parameter.name.clone();
        if !exact.contains(&name) {
            let spelled = placeholders
                .iter()
                .find(|other| names::parameter(other) == names::parameter(&name) && !found.contains(*other));
            let Some(spelled) = spelled else {
                let message = format!(
                    "the path parameter {name} is declared, but the path has no {{{name}}}; it is left out, put it into the path or remove it"
                );
                report.warn(at, message);
                return false;
            };
            let message = format!("the path parameter {name} is spelled {spelled} in the path; write name: {spelled}");
            report.note(parameter.at, "path parameters are spelled in another way in the path", message);
            parameter.name.clone_from(spelled);
            found.insert(spelled.clone());
        }
        if !parameter.required {
            let message = format!("the path parameter {name} is not required; write required: true");
            report.note(parameter.at, "path parameters lack required: true", message);
            parameter.required = true;
        }
        true
    });
}

/// A placeholder that nothing declares becomes a string.
fn undeclared(operation: &mut Operation, report: &Report) {
    for name in names_in(&operation.path) {
        let is_declared = |parameter: &Parameter| parameter.place == Place::Path && parameter.name == name;
        if operation.parameters.iter().any(is_declared) {
            continue;
        }
        let message = format!(
            "the path names {{{name}}}, which no parameter declares; it is a string, add a parameter with name: {name}, in: path, required: true"
        );
        // Of a parameter that cannot be read, the line is said already.
        if !operation.raw.flag(LOST) {
            report.warn(operation.at, message);
        }
        let mut schema = Node::map(operation.at);
        schema.set("type", "string");
        operation.parameters.push(Parameter {
            at: operation.at,
            name,
            place: Place::Path,
            required: true,
            description: None,
            schema,
        });
    }
}
