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
    let is_taken = |name| operation.parameters.iter().any(|parameter| names::function(&parameter.name) == name);
    if !is_sent("offset") || !is_sent("limit") || is_taken("pages") || is_taken("rows") {
        return Err("other parameters have the names of the methods");
    }
    if operation.body.as_ref().is_some_and(|body| body.payload.schema().is_none()) {
        return Err("its body is sent as bytes, which cannot be sent for each page");
    }
    let ([_], Payload::Json(response)) = (operation.statuses.as_slice(), &operation.response) else {
        return Err("the response is not a single JSON type");
    };
    let (Some(name), Some((outer, schema))) = (walk::target(response), unwrap(spec, response)) else {
        return Err("the response is not an object");
    };
    if operation.is_optional {
        return Err("the response may have no body");
    }
    let [List { path, place, holder, schema: list }] = &lists(spec, &outer, schema)[..] else {
        return Err("the response does not have exactly one list");
    };
    let row = row_type(spec, list).ok_or("the rows of the list have no type")?;
    let is_number = |node: &Node| matches!(node.str("type"), Some("integer" | "number"));
    let total = |within: &Node| {
        TOTALS.iter().find(|name| within.each("properties").any(|(other, node)| other == *name && is_number(node)))
    };
    // The total is beside the list, or else in the response.
    let beside = total(holder).map(|name| (place.clone(), name));
    let total = beside.or_else(|| Some((outer, total(schema)?))).map_or_else(
        || "|_| ::std::option::Option::None".to_owned(),
        |(path, name)| {
            let number = format!("{krate}::runtime::total(&value.{})", names::field(name));
            format!("|page| {}.find_map(|value| {number})", iterator(&path, "&"))
        },
    );
    Ok(format!(
        "{}: {} => {row}, count: |page| {}.flatten().count(), rows: |page| {}.flatten().collect(), total: {total}, \
         limit: {}, end: {:?};",
        names::builder(&operation.id),
        names::type_name(name),
        iterator(path, "&"),
        iterator(path, ""),
        paging.limit,
        paging.end,
    ))
}

/// A field, or the only one of a tuple struct.
#[derive(Debug, Clone)]
enum Step {
    Field(String),
    Inner,
}

/// An iterator over what a path leads to in a page, by reference if `borrow` is `&`.
fn iterator(path: &[Step], borrow: &str) -> String {
    let step = |step: &Step| match step {
        Step::Field(name) => format!(".flat_map(|value| {borrow}value.{name})"),
        Step::Inner => format!(".map(|value| {borrow}value.0)"),
    };
    "::std::iter::once(page)".to_owned() + &path.iter().map(step).collect::<Vec<_>>().concat()
}

/// The schema that a reference leads to. A component that is neither an object nor an enum is a tuple struct around it.
fn unwrap<'a>(spec: &'a Spec, node: &'a Node) -> Option<(Vec<Step>, &'a Node)> {
    let (mut node, mut path) = (node, Vec::new());
    // A chain may be circular.
    for _ in 0..=spec.schemas.len() {
        let Some(name) = walk::target(node) else { return Some((path, node)) };
        node = spec.schemas.get(name)?;
        if !node.has("properties") {
            path.push(Step::Inner);
        }
    }
    None
}

/// A list in a response: the path to it, the object that contains it with its path, and its schema.
struct List<'a> {
    path: Vec<Step>,
    place: Vec<Step>,
    holder: &'a Node,
    schema: &'a Node,
}

/// The lists of an object at a path, or else those of the objects in it.
fn lists<'a>(spec: &'a Spec, outer: &[Step], object: &'a Node) -> Vec<List<'a>> {
    let found = direct_lists(spec, outer, object);
    if !found.is_empty() {
        return found;
    }
    let inside = |(path, object): (Vec<Step>, &'a Node)| direct_lists(spec, &path, object);
    properties(spec, outer, object).into_iter().flat_map(inside).collect()
}

fn direct_lists<'a>(spec: &'a Spec, outer: &[Step], holder: &'a Node) -> Vec<List<'a>> {
    let lists = properties(spec, outer, holder).into_iter().filter(|(_, node)| node.str("type") == Some("array"));
    lists.map(|(path, schema)| List { path, place: outer.to_vec(), holder, schema }).collect()
}

/// The properties of an object at a path, with the path of each.
fn properties<'a>(spec: &'a Spec, outer: &[Step], object: &'a Node) -> Vec<(Vec<Step>, &'a Node)> {
    let property = |(name, node): (&String, &'a Node)| {
        let (inner, schema) = unwrap(spec, node)?;
        Some(([outer, &[Step::Field(names::field(name))], &inner].concat(), schema))
    };
    object.each("properties").filter_map(property).collect()
}

/// The Rust type of the elements of a list: a struct or a string.
fn row_type(spec: &Spec, list: &Node) -> Option<String> {
    let items = list.get("items")?;
    match walk::target(items) {
        Some(name) => spec.schemas.get(name)?.has("properties").then(|| format!("types::{}", names::type_name(name))),
        None => (items.str("type")? == "string" && !items.has("format") && !items.flag("nullable"))
            .then(|| "::std::string::String".to_owned()),
    }
}
