//! Rule `components`: the component schemas, each under a name that gives it its own Rust type.

use std::collections::{BTreeMap, HashSet};

use crate::diagnostic::Report;
use crate::document::node::Node;
use crate::spec::model::Spec;
use crate::spec::names;

/// What the generated code needs under its own name.
pub(crate) const TAKEN: [&str; 28] = [
    "AsMut",
    "AsRef",
    "Box",
    "Clone",
    "Copy",
    "Debug",
    "Default",
    "Deserialize",
    "Drop",
    "Err",
    "Fn",
    "FnMut",
    "FnOnce",
    "From",
    "Into",
    "Iterator",
    "None",
    "Ok",
    "Option",
    "Result",
    "Self",
    "Send",
    "Serialize",
    "Some",
    "String",
    "Sync",
    "ToString",
    "Vec",
];

pub(crate) fn apply(spec: &mut Spec, report: &Report) {
    let schemas = spec.raw.get_mut("components").and_then(|components| components.remove("schemas"));
    let schemas = schemas.and_then(|mut schemas| schemas.entries_mut().map(std::mem::take)).unwrap_or_default();
    let mut taken: HashSet<String> = TAKEN.iter().map(|&name| name.to_owned()).collect();
    let mut first: BTreeMap<String, Node> = BTreeMap::new();
    for (name, schema) in schemas {
        let type_name = names::type_name(&name);
        // A reference reads only what is behind its last slash.
        let plain = if name.contains(['/', '~', '%', '#']) { type_name.clone() } else { name.clone() };
        let unique = names::unique(&plain, "V", &mut taken, names::type_name);
        if names::type_name(&unique) != type_name {
            let message = match first.get(&type_name) {
                Some(other) => format!(
                    "this schema and the one at line {} would both become the type {type_name}; it is renamed to {unique}, rename one of them",
                    other.at.line
                ),
                None => format!(
                    "the schema would become the type {type_name}, which the generated code needs for itself; it is renamed to {unique}, choose another name"
                ),
            };
            report.warn(schema.at, message);
        }
        first.entry(type_name).or_insert_with(|| Node::map(schema.at));
        spec.renamed.insert(name, unique.clone());
        spec.schemas.insert(unique, schema);
    }
}
