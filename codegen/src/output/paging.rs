//! Finds the operations that return a list in pages, for which the runtime has `pages()` and `rows()`.
//!
//! These are operations with the query parameters `offset` and `limit`, and with one list in the response.

use std::fmt::Write as _;

use crate::document::node::Node;
use crate::spec::model::{Operation, Payload, Place, Spec};
use crate::spec::{names, walk};

/// The number of rows of a page, if the document allows as many.
const ROWS: i64 = 100;

/// How responses call the number of rows of the whole list.
const TOTALS: [&str; 4] = ["total", "total_count", "totalCount", "count"];

/// The call of the runtime's macro, for the module of the builders.
pub(crate) fn paged_operations(spec: &Spec, krate: &str) -> String {
    let mut rows = String::new();
    for operation in &spec.operations {
        if let Some(row) = row(spec, operation, krate) {
            // Writing to a String cannot fail.
            let _ = writeln!(rows, "    {row}");
        }
    }
    if rows.is_empty() { String::new() } else { format!("{krate}::paged_operations! {{\n{rows}}}\n") }
}

fn row(spec: &Spec, operation: &Operation, krate: &str) -> Option<String> {
    // Pages are requested again and again. A request with a body may change something, unless the document says where its pages end.
    if operation.method != "get" && operation.page_end.is_none() {
        return None;
    }
    for name in ["offset", "limit"] {
        let parameter = operation.parameters.iter().find(|parameter| parameter.name == name)?;
        let schema = spec.resolve(&parameter.schema)?;
        // What the runtime counts in.
        let is_integer =
            schema.str("type") == Some("integer") && matches!(schema.str("format"), None | Some("int32" | "int64"));
        if parameter.place != Place::Query || !is_integer {
            return None;
        }
    }
    if operation.page_limit.is_some_and(|limit| limit < 1) || operation.counts_pages {
        return None;
    }
    // The methods would have these names.
    if operation.parameters.iter().any(|parameter| ["pages", "rows"].contains(&&*names::parameter(&parameter.name))) {
        return None;
    }
    let [(_, Payload::Json(response))] = operation.successes.as_slice() else { return None };
    let schema = spec.resolve(response).filter(|_| !operation.is_optional)?;
    let mut lists = schema
        .each("properties")
        .filter(|(_, property)| spec.resolve(property).is_some_and(|property| property.str("type") == Some("array")));
    let ((list, property), None) = (lists.next()?, lists.next()) else { return None };
    let item = property.get("items").and_then(walk::target)?;
    // A list of strings or of any values has no type to name.
    spec.schemas.get(item).filter(|schema| schema.has("properties"))?;
    let total =
        TOTALS.iter().find(|name| schema.each("properties").any(|(other, node)| other == *name && is_number(node)));
    let total = total.map_or_else(
        || "|_| ::std::option::Option::None".to_owned(),
        |name| format!("|page| {krate}::runtime::Given::given(&page.{})", names::field(name)),
    );
    Some(format!(
        "{}: {}.{}: types::{}, total: {total}, limit: {}, end: {:?};",
        names::builder(&operation.id),
        names::type_name(walk::target(response)?),
        names::field(list),
        names::type_name(item),
        operation.page_limit.map_or(ROWS, |limit| limit.min(ROWS)),
        operation.page_end,
    ))
}

fn is_number(property: &Node) -> bool {
    matches!(property.str("type"), Some("integer" | "number"))
}
