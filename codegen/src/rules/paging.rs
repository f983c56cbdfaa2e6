//! Rule `paging`: keeps what limits say of a list in pages, before they become documentation.

use crate::diagnostic::Report;
use crate::document::node::{Data, Node};
use crate::spec::model::Spec;

/// What `offset` plus `limit` may not exceed, as a field of the operation.
const END: &str = "x-page-end";

pub(crate) fn apply(spec: &mut Spec, _: &Report) {
    let limits: Vec<_> = spec
        .operations
        .iter()
        .map(|operation| {
            let limit = operation.parameters.iter().find(|parameter| parameter.name == "limit");
            let maximum = limit.and_then(|parameter| {
                let schema = spec.resolve(&parameter.schema)?;
                number(schema, "maximum").or_else(|| schema.list("enum").iter().filter_map(integer).max())
            });
            let offset = operation.parameters.iter().find(|parameter| parameter.name == "offset");
            let minimum = offset.and_then(|parameter| number(spec.resolve(&parameter.schema)?, "minimum"));
            (maximum, number(&operation.raw, END), minimum.is_some_and(|minimum| minimum > 0))
        })
        .collect();
    for (operation, (limit, end, counts_pages)) in spec.operations.iter_mut().zip(limits) {
        (operation.page_limit, operation.page_end, operation.counts_pages) = (limit, end, counts_pages);
    }
}

fn number(node: &Node, key: &str) -> Option<i64> {
    node.get(key).and_then(integer)
}

fn integer(node: &Node) -> Option<i64> {
    if let Data::Number(number) = &node.data { number.as_i64() } else { None }
}
