//! The rules: each finds something in a document, mends it if it can, and reports it.
//!
//! They run in the order of [`RULES`], and each relies on what those before it have mended.

mod all_of;
mod bodies;
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
mod paging;
pub(crate) mod parameter_names;
mod parameter_schemas;
mod parameters;
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
use crate::spec::model::Spec;
use crate::spec::walk::Context;

/// What a rule looks at.
enum Rule {
    /// The document as a whole.
    Document(fn(&mut Spec, &Report)),
    /// One schema after the other. References are none.
    Schema(fn(&mut Node, &Context<'_>)),
}

use Rule::{Document, Schema};

/// All rules in their order.
const RULES: [Rule; 34] = [
    Document(version::apply),
    Document(shape::apply),
    Document(info::apply),
    Document(components::apply),
    Document(operations::apply),
    Document(operation_ids::apply),
    Document(parameters::apply),
    Document(path_parameters::apply),
    Document(bodies::apply),
    Document(responses::apply),
    Document(references::apply),
    Document(sides::apply),
    Schema(types::apply),
    Schema(all_of::single),
    Document(hoist::composites),
    Document(all_of::apply),
    Document(choices::apply),
    Document(paging::apply),
    Schema(enums::apply),
    Document(limits::parameters),
    Schema(limits::apply),
    Schema(properties::apply),
    Document(references::chains),
    Schema(defaults::apply),
    Document(sent::forms),
    Schema(sent::apply),
    Schema(received::apply),
    Document(parameter_schemas::apply),
    Document(parameter_names::apply),
    Document(hoist::apply),
    Document(nesting::apply),
    Document(project_id::apply),
    Document(documentation::operations),
    Schema(documentation::apply),
];

/// Applies all rules, up to the first that reports an error.
pub(crate) fn apply(spec: &mut Spec, report: &Report) {
    for rule in RULES {
        match rule {
            Document(apply) => apply(spec, report),
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
