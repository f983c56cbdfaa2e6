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
mod parameter_names;
mod parameter_schemas;
mod parameters;
mod path_parameters;
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
use crate::spec::model::Spec;

/// A rule by its name.
type Rule = (&'static str, fn(&mut Spec, &Report));

/// All rules in their order.
pub(crate) const RULES: [Rule; 31] = [
    ("version", version::apply),
    ("shape", shape::apply),
    ("info", info::apply),
    ("components", components::apply),
    ("operations", operations::apply),
    ("operation_ids", operation_ids::apply),
    ("parameters", parameters::apply),
    ("path_parameters", path_parameters::apply),
    ("bodies", bodies::apply),
    ("responses", responses::apply),
    ("references", references::apply),
    ("sides", sides::apply),
    ("types", types::apply),
    ("single_parts", all_of::single),
    ("composites", hoist::composites),
    ("all_of", all_of::apply),
    ("choices", choices::apply),
    ("enums", enums::apply),
    ("paging", paging::apply),
    ("limits", limits::apply),
    ("properties", properties::apply),
    ("circles", references::circles),
    ("defaults", defaults::apply),
    ("sent", sent::apply),
    ("received", received::apply),
    ("parameter_schemas", parameter_schemas::apply),
    ("parameter_names", parameter_names::apply),
    ("hoist", hoist::apply),
    ("nesting", nesting::apply),
    ("project_id", project_id::apply),
    ("documentation", documentation::apply),
];

/// Applies all rules, up to the first that reports an error.
pub(crate) fn apply(spec: &mut Spec, report: &Report) {
    for (_, apply) in RULES {
        apply(spec, report);
        if report.has_errors() {
            return;
        }
    }
}
