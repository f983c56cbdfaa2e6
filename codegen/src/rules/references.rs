//! Rule `references`: each reference of a schema leads to a component schema.

use std::collections::BTreeMap;

use crate::diagnostic::Report;
use crate::spec::model::Spec;
use crate::spec::walk::{anything, refer};
use crate::spec::{names, refs, walk};

pub(crate) fn apply(spec: &mut Spec, report: &Report) {
    let renamed = std::mem::take(&mut spec.renamed);
    let types: BTreeMap<String, String> =
        renamed.iter().rev().map(|(name, unique)| (names::type_name(name), unique.clone())).collect();
    spec.each_schema(report, &mut |schema, context| {
        let Some(reference) = schema.get("$ref") else { return };
        let (at, shown) = (reference.at, refs::shown(reference));
        let name = reference.as_str().map(refs::name).unwrap_or_default();
        if let Some(unique) = renamed.get(&name) {
            if !refs::is_exact(reference.as_str().unwrap_or_default(), "schemas") {
                context.note(at, "references are read by their last part", refs::mistake(&shown, "schema"));
            }
            refer(schema, unique);
        } else if let Some(unique) = types.get(&names::type_name(&name)).filter(|_| !name.is_empty()) {
            let message = format!(
                "the reference {shown} leads nowhere, and is read as {unique}; write #/components/schemas/{unique}"
            );
            context.warn(at, message);
            refer(schema, unique);
        } else {
            let message = refs::mistake(&shown, "schema");
            context.warn(at, format!("{message}; any JSON value is accepted here"));
            anything(schema);
        }
    });
    circles(spec, report);
    // What the document says, for the JSON Schemas of the types.
    spec.documented = spec.schemas.iter().map(|(name, schema)| (name.clone(), schema.to_json())).collect();
}

/// A component that is only a reference to itself is any JSON value.
pub(crate) fn circles(spec: &mut Spec, report: &Report) {
    let is_lost = |schema: &&_| walk::target(schema).is_some() && spec.resolve(schema).is_none();
    let lost: Vec<_> =
        spec.schemas.iter().filter(|(_, schema)| is_lost(schema)).map(|(name, _)| name.clone()).collect();
    for name in lost {
        let message = format!(
            "the schema {name} refers to itself, or to others in too long a row; write out what it is; any JSON value is accepted here"
        );
        if let Some(schema) = spec.schemas.get_mut(&name) {
            report.warn(schema.at, message);
            anything(schema);
        }
    }
}
