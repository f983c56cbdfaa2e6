//! Rule `components`: gives each component schema a name that maps to a unique Rust type.

use crate::diagnostic::Report;
use crate::document::node::Node;
use crate::spec::model::Spec;
use crate::spec::names::{self, Types};
use crate::spec::refs;

pub(crate) fn apply(spec: &mut Spec, report: &Report) {
    let components = spec.raw.get_mut("components");
    let schemas = components.and_then(|components| components.get_mut("schemas").and_then(Node::entries_mut));
    let mut types = Types::default();
    for (name, schema) in schemas.map(std::mem::take).unwrap_or_default() {
        let type_name = names::type_name(&name);
        // Only the string after the last slash of a reference is used. The names +1 and -1 would not be capitalized.
        let is_special = name.contains(['/', '~', '%', '#']) || matches!(name.as_str(), "+1" | "-1");
        let plain = if is_special { &type_name } else { &name };
        let (unique, other) = types.add(plain, "V", schema.at);
        if let Some(other) = other {
            let message = match other.line {
                0 => format!(
                    "the schema would become the type {type_name}, which is reserved by the generated code; it is renamed to {unique}, choose another name"
                ),
                line => format!(
                    "this schema and the one at line {line} would both become the type {type_name}; it is renamed to {unique}, rename one of them"
                ),
            };
            report.warn(schema.at, message);
        }
        // References that write the % of a name itself are decoded as well.
        spec.renamed.entry(refs::decoded(&name)).or_insert_with(|| unique.clone());
        spec.renamed.insert(name, unique.clone());
        spec.schemas.insert(unique, schema);
    }
}
