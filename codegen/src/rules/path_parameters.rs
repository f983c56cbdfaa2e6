//! Rule `path_parameters`: the placeholders of a path match its parameters, without duplicates.

use std::collections::{HashMap, HashSet};

use crate::diagnostic::Report;
use crate::rules::paths::{name, names_in, rename};
use crate::rules::shape::INVALID_PARAMETERS;
use crate::spec::model::{Components, Operation, Parameter, Place};
use crate::spec::names;

pub(crate) fn apply(operation: &mut Operation, _: &Components<'_>, report: &Report) {
    placeholders(operation, report);
    declared(operation, report);
    undeclared(operation, report);
}

/// Each placeholder has a valid, unique name.
fn placeholders(operation: &mut Operation, report: &Report) {
    // The last number for each name, since many may be the same.
    let (mut taken, mut numbers) = (HashSet::new(), HashMap::<String, usize>::new());
    operation.path = rename(&operation.path, |inside| {
        let name = name(inside);
        if inside.contains(':') {
            let message = format!("the path has a pattern in {{{inside}}}, which is ignored; write {{{name}}}");
            report.note(operation.at, "paths have patterns in their braces, which are ignored", message);
        }
        let mut unique = name.to_owned();
        while !taken.insert(unique.clone()) {
            let number = numbers.entry(name.to_owned()).or_insert(1);
            *number += 1;
            unique = format!("{name}_{number}");
        }
        if unique != name {
            let message =
                format!("the path has {{{name}}} twice; the second is renamed to {unique}, rename one of them");
            report.warn(operation.at, message);
        }
        unique
    });
}

/// Each path parameter is required, and has a placeholder.
fn declared(operation: &mut Operation, report: &Report) {
    let placeholders = names_in(&operation.path);
    let is_exact = |name: &String| operation.parameters.iter().any(|other| is_path(other, name));
    let mut free: Vec<String> = placeholders.iter().filter(|name| !is_exact(name)).cloned().collect();
    operation.parameters.retain_mut(|parameter| {
        if parameter.place != Place::Path {
            return true;
        }
        let name = parameter.name.clone();
        if !placeholders.contains(&name) {
            let matches = |other: &String| names::function(other) == names::function(&name);
            let Some(index) = free.iter().position(matches) else {
                let message = format!(
                    "the path parameter {name} is declared, but the path has no {{{name}}}; it is left out, put it into the path or remove it"
                );
                report.warn(operation.at, message);
                return false;
            };
            parameter.name = free.remove(index);
            let spelled = &parameter.name;
            let message = format!("the path parameter {name} is spelled {spelled} in the path; write name: {spelled}");
            report.note(parameter.at, "path parameters are spelled differently in the path", message);
        }
        if !parameter.required {
            let message = format!("the path parameter {name} is not required; write required: true");
            report.note(parameter.at, "path parameters lack required: true", message);
            parameter.required = true;
        }
        true
    });
}

/// An undeclared placeholder becomes a string.
fn undeclared(operation: &mut Operation, report: &Report) {
    for name in names_in(&operation.path) {
        if operation.parameters.iter().any(|parameter| is_path(parameter, &name)) {
            continue;
        }
        // A parameter that cannot be parsed was already reported.
        if !operation.raw.flag(INVALID_PARAMETERS) {
            let message = format!(
                "the path has {{{name}}}, which no parameter declares; it is a string, add a parameter with name: {name}, in: path, required: true"
            );
            report.warn(operation.at, message);
        }
        operation.parameters.push(Parameter::string(operation.at, &name, Place::Path));
    }
}

fn is_path(parameter: &Parameter, name: &str) -> bool {
    parameter.place == Place::Path && parameter.name == name
}
