//! Rule `paging`: detects paginated lists, before limits are moved to the documentation.

use crate::diagnostic::Report;
use crate::document::node::{Data, Node};
use crate::spec::model::{Components, Operation, Paging, Place, resolve};

/// The default page size, if the document allows it.
const ROWS: i64 = 100;

/// The operation field with the maximum of `offset` plus `limit`.
const END: &str = "x-page-end";

/// The operation field with a smaller page size, if the documented maximum is uncertain.
const SIZE: &str = "x-page-size";

pub(crate) fn apply(operation: &mut Operation, components: &Components<'_>, report: &Report) {
    match paging(operation, components) {
        Ok(paging) => operation.paging = paging,
        Err(reason) => report_no_rows(operation, reason, report),
    }
}

/// Reports an operation that has `offset` and `limit`, but no `rows()`.
pub(crate) fn report_no_rows(operation: &Operation, reason: &str, report: &Report) {
    let message = format!("the client has no rows() for this list, since {reason}; request each page in your code");
    report.note(operation.at, "operations with offset and limit have no rows()", message);
}

fn paging(operation: &Operation, components: &Components<'_>) -> Result<Option<Paging>, &'static str> {
    let parameter = |name: &str| {
        let parameters = operation.parameters.iter().filter(|parameter| parameter.place == Place::Query);
        let schema = parameters.into_iter().find(|parameter| parameter.name == name).map(|parameter| &parameter.schema);
        schema.map(|schema| resolve(components.schemas, schema).unwrap_or(schema))
    };
    let (Some(offset), Some(limit)) = (parameter("offset"), parameter("limit")) else { return Ok(None) };
    let end = operation.raw.get(END).and_then(number);
    // A request with a body may have side effects, unless the document limits the offset.
    if operation.method != "get" && end.is_none() {
        return Err(
            "it is not a GET, and x-page-end: with the maximum of offset plus limit does not declare it as a list",
        );
    }
    if offset.str("type") != Some("integer") || limit.str("type") != Some("integer") {
        return Err("offset or limit is not an integer");
    }
    if offset.get("minimum").and_then(number).is_some_and(|minimum| minimum > 0) {
        return Err("the minimum of offset is not 0, so that it may count pages");
    }
    let largest = limit.list("enum").iter().filter_map(number).max();
    let limits = [largest, limit.get("maximum").and_then(number), operation.raw.get(SIZE).and_then(number)];
    let limit = limits.into_iter().flatten().fold(ROWS, i64::min);
    if limit > 0 { Ok(Some(Paging { limit, end })) } else { Err("the maximum of limit is not positive") }
}

fn number(node: &Node) -> Option<i64> {
    if let Data::Number(number) = &node.data { number.as_i64() } else { None }
}
