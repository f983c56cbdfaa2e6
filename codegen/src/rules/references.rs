//! Rule `references`: each reference of a schema leads to a component schema.

use std::collections::BTreeMap;

use crate::diagnostic::Report;
use crate::spec::kind::Kind;
use crate::spec::model::Spec;
use crate::spec::refs;
use crate::spec::walk::{anything, refer};
use crate::spec::{names, walk};

pub(crate) fn apply(spec: &mut Spec, report: &Report) {
    let renamed = std::mem::take(&mut spec.renamed);
    let types: BTreeMap<String, String> =
        renamed.iter().rev().map(|(name, unique)| (names::type_name(name), unique.clone())).collect();
    spec.each_schema(report, &mut |schema, context| {
        let Some(reference) = schema.get("$ref") else { return };
        let at = reference.at;
        let text = reference.as_str().map_or_else(|| reference.describe(), str::to_owned);
        let name = refs::name(&text);
        let exact = text.strip_prefix("#/components/schemas/").is_some_and(|rest| !rest.contains('/'));
        let found = renamed.get(&name).filter(|_| !name.is_empty());
        if let Some(unique) = found {
            if !exact {
                let message = refs::mistake(&text, Kind::Schema).unwrap_or_default();
                context.report.note(at, "references are read by their last part", message);
            }
            refer(schema, unique);
        } else if let Some(unique) = types.get(&names::type_name(&name)).filter(|_| !name.is_empty()) {
            let message = format!(
                "the reference {text} leads nowhere, and is read as {unique}; write #/components/schemas/{unique}"
            );
            context.report.warn(at, message);
            refer(schema, unique);
        } else {
            let message = refs::mistake(&text, Kind::Schema).unwrap_or_else(|| refs::nowhere(&text, Kind::Schema));
            context.report.warn(at, format!("{message}; any JSON value is accepted here"));
            anything(schema);
        }
    });
    circles(spec, report);
    // What the document says, for the JSON Schemas of the types.
    spec.documented = spec.schemas.iter().map(|(name, schema)| (name.clone(), schema.to_json())).collect();
}

/// A component that is only a reference becomes what it refers to.
pub(crate) fn circles(spec: &mut Spec, report: &Report) {
    let names: Vec<String> = spec.schemas.keys().cloned().collect();
    for name in names {
        let Some(schema) = spec.schemas.get(&name).filter(|schema| walk::target(schema).is_some()) else { continue };
        if spec.resolve(schema).is_none() {
            let message = format!(
                "the schema {name} refers to itself, or to others in too long a row; write out what it is; any JSON value is accepted here"
            );
            report.warn(schema.at, message);
            if let Some(schema) = spec.schemas.get_mut(&name) {
                anything(schema);
            }
        }
    }
}
