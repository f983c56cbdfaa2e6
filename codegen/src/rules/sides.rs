//! Rule `sides`: which component schemas are sent, which are received, and which are both.
//!
//! A schema that is sent alone is exact; one that is received is tolerant, and so is one that is both, since it becomes one type.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::Report;
use crate::document::node::Node;
use crate::spec::model::Spec;
use crate::spec::walk::{Side, references};

pub(crate) fn apply(spec: &mut Spec, report: &Report) {
    let (mut sent, mut received) = (Vec::new(), Vec::new());
    for operation in &spec.operations {
        for parameter in &operation.parameters {
            references(&parameter.schema, &mut sent);
        }
        if let Some(schema) = operation.body.as_ref().and_then(|body| body.payload.schema()) {
            references(schema, &mut sent);
        }
        for (_, payload) in &operation.successes {
            payload.schema().into_iter().for_each(|schema| references(schema, &mut received));
        }
    }
    let sent = reachable(&spec.schemas, sent);
    let received = reachable(&spec.schemas, received);
    let sides = spec.schemas.keys().map(|name| {
        // What only failures use is read by the caller, and what nothing uses is tolerant as well.
        let side = match (sent.contains(name.as_str()), received.contains(name.as_str())) {
            (true, true) => Side::Both,
            (true, false) => Side::Request,
            _ => Side::Response,
        };
        (name.clone(), side)
    });
    let sides: BTreeMap<String, Side> = sides.collect();
    for (name, schema) in spec.schemas.iter().filter(|(name, _)| sides.get(*name) == Some(&Side::Both)) {
        if !schema.list("required").is_empty() {
            let message = format!(
                "the schema {name} is sent and received, so that its required fields are optional in Rust; use two schemas to have them checked in requests"
            );
            report.note(
                schema.at,
                "schemas are sent and received, so that their required fields are optional in Rust",
                message,
            );
        }
    }
    spec.sides = sides;
}

/// The schemas that some of them lead to, themselves included.
fn reachable<'a>(schemas: &'a BTreeMap<String, Node>, mut names: Vec<&'a str>) -> BTreeSet<&'a str> {
    let mut seen = BTreeSet::new();
    while let Some(name) = names.pop() {
        if seen.insert(name)
            && let Some(schema) = schemas.get(name)
        {
            references(schema, &mut names);
        }
    }
    seen
}
