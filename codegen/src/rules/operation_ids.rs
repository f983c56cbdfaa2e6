//! Rule `operation_ids`: each operation gets its own method and its own builder.

use std::collections::BTreeMap;

use crate::diagnostic::Report;
use crate::spec::model::Spec;
use crate::spec::names;

/// The methods that every client has, its own and those of traits.
const METHODS: [&str; 23] = [
    "api_version",
    "baseurl",
    "borrow",
    "builder",
    "client",
    "clone",
    "endpoint",
    "exec",
    "fmt",
    "inner",
    "into",
    "new",
    "new_with_client",
    "post",
    "pre",
    "project_id",
    "region",
    "session",
    "try_into",
    "with_endpoint",
    "with_header",
    "with_retry",
    "with_timeout",
];

/// What the generated builders use under its own name.
const BUILDERS: [&str; 9] = [
    "ByteStream",
    "ClientHooks",
    "ClientInfo",
    "Error",
    "OperationInfo",
    "RequestBuilderExt",
    "Response",
    "ResponseValue",
    "QueryParam",
];

pub(crate) fn apply(spec: &mut Spec, report: &Report) {
    let mut methods: BTreeMap<String, String> = BTreeMap::new();
    let mut builders: BTreeMap<String, String> = BTreeMap::new();
    // Where to go on counting for each name, since there may be many alike.
    let mut numbers = BTreeMap::new();
    for operation in &mut spec.operations {
        let report = &report.on(&operation.label);
        let line = format!("{} {}", operation.method.to_uppercase(), operation.documented_path);
        let at = operation.raw.get("operationId").map_or(operation.at, |node| node.at);
        if operation.id.is_empty() {
            operation.id = invented(operation.method, &operation.documented_path);
            let message = format!(
                "operationId is missing, and the method is named {}; write operationId: with a name such as CreatePlaybookAction",
                names::function(&operation.id)
            );
            report.warn(operation.at, message);
        }
        let id = operation.id.clone();
        let (method, builder) = (names::function(&id), names::builder(&id));
        let reserved = |method: &str, builder: &str| {
            METHODS.contains(&method) || BUILDERS.contains(&builder) || names::is_reserved(builder)
        };
        if reserved(&method, &builder) {
            operation.id = format!("{id}Operation");
            let message = format!(
                "the operationId {id} takes a name that the client needs for itself; it is renamed to {}, write another",
                operation.id
            );
            report.warn(at, message);
        }
        let (mut method, mut builder) = (names::function(&operation.id), names::builder(&operation.id));
        let as_method = methods.get(&method).map(|other| (other, format!("method {method}")));
        let as_builder = builders.get(&builder).map(|other| (other, format!("builder {builder}")));
        if let Some((other, what)) = as_method.or(as_builder) {
            let base = operation.id.clone();
            let number: &mut usize = numbers.entry(method.clone()).or_insert(2);
            while methods.contains_key(&method) || builders.contains_key(&builder) {
                operation.id = format!("{base}-{number}");
                (method, builder) = (names::function(&operation.id), names::builder(&operation.id));
                *number += 1;
            }
            let message = format!(
                "{line} and {other} would both become the {what}; this one becomes {method}, give one of them another operationId"
            );
            report.warn(at, message);
        }
        methods.insert(method, line.clone());
        builders.insert(builder, line);
    }
}

/// An operation id made of the method and path.
fn invented(method: &str, path: &str) -> String {
    let words: Vec<&str> = path.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).collect();
    format!("{method}-{}", words.join("-"))
}
