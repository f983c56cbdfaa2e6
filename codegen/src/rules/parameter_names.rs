//! Rule `parameter_names`: each parameter gets a separate builder method.

use std::collections::{BTreeSet, HashMap};

use crate::diagnostic::Report;
use crate::rules::paths::rename;
use crate::spec::model::{Components, Operation, Place};
use crate::spec::names;

/// The beginning of the suffix of a parameter whose method has a different name: a number and `>` follow. Removed from
/// the generated code.
const MARKS: [&str; 2] = ["<in_query", "<in_header"];

pub(crate) fn apply(operation: &mut Operation, _: &Components<'_>, report: &Report) {
    // Names that the builder uses itself.
    let mut taken: BTreeSet<String> = ["new", "send", "header_map"].map(str::to_owned).into();
    if operation.body.is_some() {
        taken.extend(["body", "body_map"].map(str::to_owned));
    }
    // The last number for each name, since many may be similar.
    let mut numbers: HashMap<String, usize> = HashMap::new();
    // Path parameters come last, since their names are not sent.
    operation.parameters.sort_by_key(|parameter| parameter.place);
    for parameter in &mut operation.parameters {
        let (mark, end) = match parameter.place {
            Place::Query => (MARKS[0], ">"),
            Place::Header => (MARKS[1], ">"),
            Place::Path => ("_in_path", ""),
        };
        let method = names::function(&parameter.name);
        // A name that ends like a suffix would lose it.
        let is_marked = parameter.place != Place::Path && unmarked(&parameter.name).is_some();
        if !is_marked && taken.insert(method.clone()) {
            continue;
        }
        let number = numbers.entry(method + mark).or_insert(0);
        let unique = loop {
            *number += 1;
            let digits = if *number > 1 { number.to_string() } else { String::new() };
            let unique = format!("{}{mark}{digits}{end}", parameter.name);
            if taken.insert(names::function(&unique)) {
                break unique;
            }
        };
        let message = format!(
            "{parameter} would become the method {}, which already exists; its method is {}, rename it",
            names::function(&parameter.name),
            names::function(&unique)
        );
        report.warn(parameter.at, message);
        if parameter.place == Place::Path {
            let new = |name: &str| if name == parameter.name { unique.clone() } else { name.to_owned() };
            operation.path = rename(&operation.path, new);
        }
        parameter.name = unique;
    }
}

/// Removes the suffix from a string in the code.
pub(crate) fn wire_name(literal: &str) -> Option<String> {
    unmarked(literal.strip_suffix('"')?).map(|name| format!("{name}\""))
}

/// The name before a suffix.
fn unmarked(name: &str) -> Option<&str> {
    let name = name.strip_suffix('>')?.trim_end_matches(|c: char| c.is_ascii_digit());
    MARKS.iter().find_map(|mark| name.strip_suffix(mark))
}
