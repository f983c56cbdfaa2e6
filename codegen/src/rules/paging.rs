//! Rule `paging`: detects paginated lists, before limits are moved to the documentation.

use crate::diagnostic::Report;
use crate::document::node::{Data, Node};
use crate::spec::model::{Components, Operation, Paging, Place, resolve};

/// The default page size, if the document allows it.
const ROWS: i64 = 100;

/// The operation field with the maximum of `offset` plus `limit`.
const END: &str = "x-page-end";

pub(crate) fn apply(operation: &mut Operation, components: &Components<'_>, _: &Report) {
    operation.paging = paging(operation, components);
}

fn paging(operation: &Operation, components: &Components<'_>) -> Option<Paging> {
    let end = operation.raw.get(END).and_then(number);
    // Pages are requested repeatedly. A request with a body may have side effects, unless the document limits the
    // offset.
    if operation.method != "get" && end.is_none() {
        return None;
    }
    let (offset, limit) = (counter(operation, components, "offset")?, counter(operation, components, "limit")?);
    // Such an offset counts pages rather than rows.
    if offset.get("minimum").and_then(number).is_some_and(|minimum| minimum > 0) {
        return None;
    }
    let largest = limit.list("enum").iter().filter_map(number).max();
    let limits = [largest, limit.get("maximum").and_then(number)];
    let limit = limits.into_iter().flatten().fold(ROWS, i64::min);
    (limit > 0).then_some(Paging { limit, end })
}

/// The schema of a query parameter if it is an integer that the runtime can count with.
fn counter<'a>(operation: &'a Operation, components: &Components<'a>, name: &str) -> Option<&'a Node> {
    let parameter = operation.parameters.iter().find(|parameter| parameter.name == name)?;
    let schema = resolve(components.schemas, &parameter.schema).filter(|_| parameter.place == Place::Query)?;
    let fits = schema.str("type") == Some("integer") && matches!(schema.str("format"), None | Some("int32" | "int64"));
    fits.then_some(schema)
}

fn number(node: &Node) -> Option<i64> {
    if let Data::Number(number) = &node.data { number.as_i64() } else { None }
}
