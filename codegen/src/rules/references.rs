//! Rule `references`: each schema reference resolves to a component schema.

use std::collections::BTreeMap;

use crate::diagnostic::Report;
use crate::spec::model::Spec;
use crate::spec::walk::{anything, inner_first, refer, target};
use crate::spec::{names, refs};

pub(crate) fn apply(spec: &mut Spec, report: &Report) {
    let renamed = std::mem::take(&mut spec.renamed);
    let types: BTreeMap<String, String> =
        renamed.iter().rev().map(|(name, unique)| (names::type_name(name), unique.clone())).collect();
    spec.each_schema(report, &mut |schema, context| {
        let Some(reference) = schema.get("$ref") else { return };
        let (at, shown) = (reference.at, refs::shown(reference));
        let text = reference.as_str().filter(|text| !refs::is_inside(text)).unwrap_or_default();
        let name = refs::name(text);
        if let Some(unique) = renamed.get(&name) {
            if refs::is_external(text) {
                let message = refs::unresolved(&shown, "schema");
                context.warn(at, format!("{message}; it is read as {unique} of this file"));
            } else if !refs::is_exact(text, "schemas") {
                context.note(at, "references are read by their last part", refs::unresolved(&shown, "schema"));
            }
            refer(schema, unique);
        } else if let Some(unique) = types.get(&names::type_name(&name)).filter(|_| !name.is_empty()) {
            let message = format!(
                "the reference {shown} is unresolved and is read as {unique}; write #/components/schemas/{unique}"
            );
            context.warn(at, message);
            refer(schema, unique);
        } else {
            let message = refs::unresolved(&shown, "schema");
            context.warn(at, format!("{message}; any JSON value is accepted here"));
            anything(schema);
        }
    });
    chains(spec, report);
    // The original, for the JSON Schemas of the types.
    spec.documented = spec.schemas.iter().map(|(name, schema)| (name.clone(), schema.to_json())).collect();
}

/// A component that is only a reference refers to the end of its chain, or becomes any JSON value if the chain is
/// circular.
pub(crate) fn chains(spec: &mut Spec, report: &Report) {
    let mut ends: BTreeMap<String, Option<String>> = BTreeMap::new();
    for name in inner_first(&spec.schemas, |schema| target(schema).into_iter().collect()) {
        let end = match spec.schemas.get(&name).and_then(target) {
            // Not known yet if the chain is circular.
            Some(next) => ends.get(next).cloned().flatten(),
            None => Some(name.clone()),
        };
        ends.insert(name, end);
    }
    for (name, end) in ends {
        let Some(schema) = spec.schemas.get_mut(&name).filter(|schema| schema.has("$ref")) else { continue };
        if let Some(end) = end {
            refer(schema, &end);
            continue;
        }
        let message =
            format!("the schema {name} is circular; write the definition here; any JSON value is accepted here");
        report.warn(schema.at, message);
        anything(schema);
    }
}
