//! Finds paginated operations, for which the runtime has `pages()` and `rows()`.
//!
//! These have the query parameters `offset` and `limit`, and one list in the response or in an object of it.

use crate::diagnostic::Report;
use crate::document::node::Node;
use crate::rules::paging::report_no_rows;
use crate::spec::model::{Operation, Paging, Payload, Place, Spec};
use crate::spec::{names, walk};

/// The names of the total number of rows in responses.
const TOTALS: [&str; 4] = ["total", "total_count", "totalCount", "count"];

/// Generates the call of the runtime macro, for the module of the builders.
pub(crate) fn paged_operations(spec: &Spec, krate: &str, report: &Report) -> String {
    let row = |operation: &Operation| {
        let row = row(spec, operation, operation.paging?, krate);
        row.map_err(|reason| report_no_rows(operation, reason, &report.on(&operation.label))).ok()
    };
    let rows: Vec<String> = spec.operations.iter().filter_map(row).collect();
    if rows.is_empty() { String::new() } else { format!("{krate}::paged_operations! {{ {} }}", rows.concat()) }
}

fn row(spec: &Spec, operation: &Operation, paging: Paging, krate: &str) -> Result<String, &'static str> {
    // The runtime calls these methods of the builder.
    let is_sent =
        |name| operation.parameters.iter().any(|parameter| parameter.place == Place::Query && parameter.name == name);
    let is_taken = |name| operation.parameters.iter().any(|parameter| names::parameter(&parameter.name) == name);
    if !is_sent("offset") || !is_sent("limit") || is_taken("pages") || is_taken("rows") {
        return Err("other parameters have the names of the methods");
    }
    if operation.body.as_ref().is_some_and(|body| body.payload.schema().is_none()) {
        return Err("its body is sent as bytes, which cannot be sent for each page");
    }
    let [(_, Payload::Json(response))] = operation.successes.as_slice() else {
        return Err("the response is not a single JSON type");
    };
    let schema = spec.resolve(response).filter(|_| !operation.is_optional);
    let (Some(schema), Some(response_name)) = (schema, walk::target(response)) else {
        return Err("the response is not an object");
    };
    let [(path, holder, list)] = &lists(spec, schema)[..] else {
        return Err("the response does not have exactly one list");
    };
    let row = row_type(spec, list).ok_or("the rows of the list have no type")?;
    let is_number = |node: &Node| matches!(node.str("type"), Some("integer" | "number"));
    let total = |within: &Node| {
        TOTALS.iter().find(|name| within.each("properties").any(|(other, node)| other == *name && is_number(node)))
    };
    // The total is beside the list, or else in the response.
    let beside = total(holder).map(|name| (&path[..path.len() - 1], name));
    let total = beside.or_else(|| Some((&path[..0], total(schema)?))).map_or_else(
        || "|_| ::std::option::Option::None".to_owned(),
        |(outer, name)| {
            let outer: Vec<String> = outer.iter().map(|field| format!(".flat_map(|value| &value.{field})")).collect();
            let outer = outer.concat();
            let number = format!("{krate}::runtime::total(&value.{})", names::field(name));
            format!("|page| ::std::iter::once(page){outer}.find_map(|value| {number})")
        },
    );
    Ok(format!(
        "{}: {}.{}: {row}, total: {total}, limit: {}, end: {:?};",
        names::builder(&operation.id),
        names::type_name(response_name),
        path.join("."),
        paging.limit,
        paging.end,
    ))
}

/// A list in a response: the fields that lead to it, the object that contains it, and its schema.
type List<'a> = (Vec<String>, &'a Node, &'a Node);

/// The lists of an object, or else those of the objects in it.
fn lists<'a>(spec: &'a Spec, schema: &'a Node) -> Vec<List<'a>> {
    let direct = |object: &'a Node| {
        let properties = object.each("properties").filter_map(|(name, node)| Some((name, spec.resolve(node)?)));
        properties.filter(|(_, node)| node.str("type") == Some("array"))
    };
    let found: Vec<_> = direct(schema).map(|(name, list)| (vec![names::field(name)], schema, list)).collect();
    if !found.is_empty() {
        return found;
    }
    let objects = schema.each("properties").filter_map(|(name, node)| Some((name, spec.resolve(node)?)));
    let inside = |(outer, object): (&String, &'a Node)| {
        let outer = names::field(outer);
        direct(object).map(move |(name, list)| (vec![outer.clone(), names::field(name)], object, list))
    };
    objects.flat_map(inside).collect()
}

/// The Rust type of the elements of a list: a struct or a string.
fn row_type(spec: &Spec, list: &Node) -> Option<String> {
    let items = list.get("items")?;
    match walk::target(items) {
        Some(name) => spec.schemas.get(name)?.has("properties").then(|| format!("types::{}", names::type_name(name))),
        None => (items.str("type")? == "string" && !items.has("format")).then(|| "::std::string::String".to_owned()),
    }
}
