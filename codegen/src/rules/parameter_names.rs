//! Rule `parameter_names`: each parameter gets a separate builder method.

use std::collections::BTreeSet;

use crate::diagnostic::Report;
use crate::rules::paths::rename;
use crate::spec::model::{Components, Operation, Place};
use crate::spec::names;

/// Suffix of the name of a parameter whose method has a different name. Removed from the generated code.
const MARKS: [&str; 2] = ["<in_query>", "<in_header>"];

pub(crate) fn apply(operation: &mut Operation, _: &Components<'_>, report: &Report) {
    // Names that the builder uses itself.
    let mut taken: BTreeSet<String> = ["new", "send", "header_map"].map(str::to_owned).into();
    if operation.body.is_some() {
        taken.extend(["body", "body_map"].map(str::to_owned));
    }
    // Path parameters come last, since their names are not sent.
    operation.parameters.sort_by_key(|parameter| parameter.place);
    for parameter in &mut operation.parameters {
        let mark = match parameter.place {
            Place::Query => MARKS[0],
            Place::Header => MARKS[1],
            Place::Path => "_in_path",
        };
        let mut unique = parameter.name.clone();
        while !taken.insert(names::parameter(&unique)) {
            unique.push_str(mark);
        }
        if unique == parameter.name {
            continue;
        }
        let message = format!(
            "{parameter} would become the method {}, which already exists; its method is {}, rename it",
            names::parameter(&parameter.name),
            names::parameter(&unique)
        );
        report.warn(parameter.at, message);
        if parameter.place == Place::Path {
            let new = |name: &str| if name == parameter.name { unique.clone() } else { name.to_owned() };
            operation.path = rename(&operation.path, new);
            operation.documented_path = rename(&operation.documented_path, new);
        }
        parameter.name = unique;
    }
}

/// Removes the suffix from a string in the code.
pub(crate) fn wire_name(literal: &str) -> Option<String> {
    let name = literal.strip_suffix('"')?;
    let wire = MARKS.iter().fold(name, |name, mark| name.trim_end_matches(mark));
    (wire != name).then(|| format!("{wire}\""))
}
