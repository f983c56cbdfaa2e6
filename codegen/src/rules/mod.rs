//! The rules. Each detects a kind of problem in a document, corrects it if possible, and reports it.
//!
//! They run in the order of [`RULES`], and each relies on the corrections of those before it.

mod all_of;
mod bodies;
mod bytes;
pub(crate) mod choices;
mod components;
mod defaults;
mod documentation;
mod enums;
mod hoist;
mod info;
mod limits;
mod nesting;
mod objects;
mod operation_ids;
mod operations;
pub(crate) mod paging;
pub(crate) mod parameter_names;
mod parameter_schemas;
pub(crate) mod parameters;
mod path_parameters;
mod paths;
pub(crate) mod project_id;
mod properties;
mod received;
mod references;
mod responses;
mod sent;
mod shape;
mod shape_values;
mod sides;
mod types;
mod version;

use crate::diagnostic::Report;
use crate::document::node::Node;
use crate::spec::model::{self, Components, Spec};
use crate::spec::walk::Context;

/// The scope of a rule.
enum Rule {
    /// The whole document.
    Document(fn(&mut Spec, &Report)),
    /// Each operation, with its components.
    Operation(fn(&mut model::Operation, &Components<'_>, &Report)),
    /// Each schema, except references.
    Schema(fn(&mut Node, &Context)),
}

use Rule::{Document, Operation, Schema};

/// All rules, in order.
const RULES: [Rule; 35] = [
    Document(version::apply),
    Document(shape::apply),
    Document(info::apply),
    Document(components::apply),
    Document(operations::apply),
    Document(operation_ids::apply),
    Operation(parameters::apply),
    Operation(path_parameters::apply),
    Operation(bodies::apply),
    Operation(responses::apply),
    Document(references::apply),
    Document(sides::apply),
    Schema(types::apply),
    Schema(all_of::single),
    Operation(bytes::apply),
    Document(hoist::composites),
    Document(all_of::apply),
    Document(choices::apply),
    Operation(paging::apply),
    Schema(enums::apply),
    Operation(limits::parameters),
    Schema(limits::apply),
    Schema(properties::apply),
    Document(references::chains),
    Schema(defaults::apply),
    Operation(sent::forms),
    Document(sent::apply),
    Schema(received::apply),
    Operation(parameter_schemas::apply),
    Operation(parameter_names::apply),
    Document(hoist::apply),
    Document(nesting::apply),
    Operation(project_id::apply),
    Operation(documentation::operations),
    Document(documentation::schemas),
];

/// Applies all rules, and stops after the first that reports an error.
pub(crate) fn apply(spec: &mut Spec, report: &Report) {
    for rule in RULES {
        match rule {
            Document(apply) => apply(spec, report),
            Operation(apply) => {
                let Spec { raw, schemas, operations, .. } = spec;
                for operation in operations {
                    let report = report.on(&operation.label);
                    apply(operation, &Components { raw, schemas }, &report);
                }
            }
            Schema(apply) => spec.each_schema(report, &mut |schema, context| {
                if !schema.has("$ref") {
                    apply(schema, context);
                }
            }),
        }
        if report.has_errors() {
            return;
        }
    }
}
