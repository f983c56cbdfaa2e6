//! Rule `project_id`: makes the path parameter `project_id` optional. It defaults to the client's project.
//!
//! For the generator it becomes an optional query parameter, with a name that the runtime recognizes and moves into the
//! path.

use crate::diagnostic::Report;
use crate::spec::model::{Components, Operation, Parameter, Place};
use crate::spec::names;

/// The marker for the parameter in generated code, and for its path segment.
pub(crate) const MARK: &str = "<project_id>";

/// The path segment in the document.
pub(crate) const SEGMENT: &str = "{project_id}";

pub(crate) fn apply(operation: &mut Operation, _: &Components<'_>, _: &Report) {
    let is_segment = operation.path.split('/').filter(|segment| segment.contains(SEGMENT)).eq([SEGMENT]);
    let mut similar: Vec<&mut Parameter> =
        operation.parameters.iter_mut().filter(|parameter| names::function(&parameter.name) == "project_id").collect();
    let [parameter] = similar.as_mut_slice() else { return };
    let is_plain = parameter.schema.str("type") == Some("string") && !parameter.schema.has("enum");
    if !is_segment || !is_plain || parameter.place != Place::Path || parameter.name != "project_id" {
        return;
    }
    operation.path = operation.path.replace(SEGMENT, MARK);
    MARK.clone_into(&mut parameter.name);
    parameter.place = Place::Query;
    parameter.required = false;
    let text = parameter.description.take().map(|text| format!("{text} ")).unwrap_or_default();
    parameter.description = Some(format!("{text}Defaults to the client's project."));
}
