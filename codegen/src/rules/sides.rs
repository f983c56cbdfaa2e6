//! Rule `sides`: which component schemas are used in requests, in responses, or in both.
//!
//! A schema that is only used in requests is exact. One that is used in responses, or in both, is tolerant, since it
//! becomes a single type.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::Report;
use crate::document::node::Node;
use crate::spec::model::Spec;
use crate::spec::walk::{Side, references};

pub(crate) fn apply(spec: &mut Spec, report: &Report) {
    let (mut sent, mut received) = (Vec::new(), Vec::new());
    for operation in &spec.operations {
        let body = operation.body.as_ref().and_then(|body| body.payload.schema());
        let parameters = operation.parameters.iter().map(|parameter| &parameter.schema);
        sent.extend(parameters.chain(body).flat_map(references));
        received.extend(operation.response.schema().into_iter().flat_map(references));
    }
    let (sent, received) = (reachable(&spec.schemas, sent), reachable(&spec.schemas, received));
    for (name, schema) in &spec.schemas {
        // Schemas that are used only in error responses, or not at all, are tolerant too.
        let side = match (sent.contains(name.as_str()), received.contains(name.as_str())) {
            (true, true) => Side::Both,
            (true, false) => Side::Request,
            _ => Side::Response,
        };
        spec.sides.insert(name.clone(), side);
        if side == Side::Both && !schema.list("required").is_empty() {
            let message = format!(
                "the schema {name} is sent and received, so its required fields are optional in Rust; use two schemas to have them checked in requests"
            );
            let summary = "schemas are sent and received, so their required fields are optional in Rust";
            report.note(schema.at, summary, message);
        }
    }
}

/// All schemas that are reachable from these, including themselves.
fn reachable<'a>(schemas: &'a BTreeMap<String, Node>, mut names: Vec<&'a str>) -> BTreeSet<&'a str> {
    let mut seen = BTreeSet::new();
    while let Some(name) = names.pop() {
        if seen.insert(name)
            && let Some(schema) = schemas.get(name)
        {
            names.extend(references(schema));
        }
    }
    seen
}
