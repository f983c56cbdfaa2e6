//! Finds paginated operations, for which the runtime has `pages()` and `rows()`.
//!
//! These have the query parameters `offset` and `limit`, and one list in the response.

use crate::document::node::Node;
use crate::spec::model::{Operation, Payload, Place, Spec};
use crate::spec::{names, walk};

/// The names of the total number of rows in responses.
const TOTALS: [&str; 4] = ["total", "total_count", "totalCount", "count"];

/// Generates the call of the runtime macro, for the module of the builders.
pub(crate) fn paged_operations(spec: &Spec, krate: &str) -> String {
    let rows = spec.operations.iter().filter_map(|operation| row(spec, operation, krate));
    let rows: Vec<String> = rows.collect();
    if rows.is_empty() { String::new() } else { format!("{krate}::paged_operations! {{ {} }}", rows.concat()) }
}

fn row(spec: &Spec, operation: &Operation, krate: &str) -> Option<String> {
    let paging = operation.paging?;
    let is_sent =
        |name| operation.parameters.iter().any(|parameter| parameter.place == Place::Query && parameter.name == name);
    // The runtime methods would conflict with parameters of these names, and call these methods of the builder.
    let is_taken = |name| operation.parameters.iter().any(|parameter| names::parameter(&parameter.name) == name);
    // A builder with a body of bytes cannot be cloned for each page.
    let is_raw = operation.body.as_ref().is_some_and(|body| body.payload.schema().is_none());
    if !is_sent("offset") || !is_sent("limit") || is_taken("pages") || is_taken("rows") || is_raw {
        return None;
    }
    let [(_, Payload::Json(response))] = operation.successes.as_slice() else { return None };
    let schema = spec.resolve(response).filter(|_| !operation.is_optional)?;
    let is_list =
        |property: &Node| spec.resolve(property).is_some_and(|property| property.str("type") == Some("array"));
    let mut lists = schema.each("properties").filter(|(_, property)| is_list(property));
    let ((list, property), None) = (lists.next()?, lists.next()) else { return None };
    let item = property.get("items").and_then(walk::target)?;
    // A list of strings or of any values has no named row type.
    spec.schemas.get(item).filter(|schema| schema.has("properties"))?;
    let is_number = |node: &Node| matches!(node.str("type"), Some("integer" | "number"));
    let total =
        TOTALS.iter().find(|name| schema.each("properties").any(|(other, node)| other == *name && is_number(node)));
    let total = total.map_or_else(
        || "|_| ::std::option::Option::None".to_owned(),
        |name| format!("|page| {krate}::runtime::OptionalNumber::value(&page.{})", names::field(name)),
    );
    Some(format!(
        "{}: {}.{}: types::{}, total: {total}, limit: {}, end: {:?};",
        names::builder(&operation.id),
        names::type_name(walk::target(response)?),
        names::field(list),
        names::type_name(item),
        paging.limit,
        paging.end,
    ))
}
