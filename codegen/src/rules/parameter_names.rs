//! Rule `parameter_names`: each parameter gets its own method of the builder.

use std::collections::BTreeMap;

use crate::diagnostic::Report;
use crate::rules::parameters::named;
use crate::rules::path_parameters::rename;
use crate::spec::model::{Operation, Parameter, Place, Spec};
use crate::spec::names;

pub(crate) fn apply(spec: &mut Spec, report: &Report) {
    for operation in &mut spec.operations {
        one(operation, &report.on(&operation.label));
    }
}

fn one(operation: &mut Operation, report: &Report) {
    let has_body = operation.body.is_some();
    let reserved = |method: &str| match method {
        "new" | "send" | "header_map" => true,
        "body" | "body_map" => has_body,
        _ => false,
    };
    let mut methods: BTreeMap<String, String> = BTreeMap::new();
    let mut renamed: BTreeMap<String, String> = BTreeMap::new();
    let mut parameters = std::mem::take(&mut operation.parameters);
    // A path parameter can be renamed, so that it gives way to the others.
    parameters.sort_by_key(|parameter| parameter.place);
    parameters.retain_mut(|parameter| {
        let method = names::parameter(&parameter.name);
        if parameter.place == Place::Path {
            rename_in_path(parameter, &mut methods, &reserved, &mut renamed, report);
            return true;
        }
        if reserved(&method) {
            let message = format!(
                "{} would become the method {method}, which the builder needs for itself; it is left out, rename it",
                named(parameter)
            );
            report.warn(parameter.at, message);
            return false;
        }
        if let Some(other) = methods.get(&method) {
            let message = format!(
                "{other} and {} would both become the method {method}, and the second is left out; keep one of the two",
                named(parameter)
            );
            report.warn(parameter.at, message);
            return false;
        }
        methods.insert(method, named(parameter));
        true
    });
    operation.parameters = parameters;
    if !renamed.is_empty() {
        let new_name = |name: &str| renamed.get(name).cloned().unwrap_or_else(|| name.to_owned());
        operation.path = rename(&operation.path, new_name);
        operation.documented_path = rename(&operation.documented_path, new_name);
    }
}

fn rename_in_path(
    parameter: &mut Parameter,
    methods: &mut BTreeMap<String, String>,
    reserved: &dyn Fn(&str) -> bool,
    renamed: &mut BTreeMap<String, String>,
    report: &Report,
) {
    let name = parameter.name.clone();
    let mut unique = name.clone();
    while methods.contains_key(&names::parameter(&unique)) || reserved(&names::parameter(&unique)) {
        unique.push_str("_in_path");
    }
    if unique != name {
        let message = format!(
            "{} would become the method {}, which is taken; it is renamed to {unique}, give it another name",
            named(parameter),
            names::parameter(&name)
        );
        report.warn(parameter.at, message);
        renamed.insert(name, unique.clone());
        parameter.name = unique;
    }
    methods.insert(names::parameter(&parameter.name), named(parameter));
}
