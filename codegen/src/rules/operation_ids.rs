//! Rule `operation_ids`: each operation gets a separate method and a separate builder.

use std::collections::HashMap;

use crate::diagnostic::Report;
use crate::spec::model::Spec;
use crate::spec::names;

/// The methods of every client, including those of traits.
const METHODS: &str = "api_version baseurl borrow builder client clone endpoint exec fmt inner into new new_with_client post pre \
                       project_id region session try_into with_endpoint with_header with_retry with_timeout";

/// Names that the generated builders use themselves.
const BUILDERS: &str =
    "ByteStream ClientHooks ClientInfo Error OperationInfo RequestBuilderExt Response ResponseValue QueryParam";

pub(crate) fn apply(spec: &mut Spec, report: &Report) {
    // The operations that already have a name, by method and builder.
    let mut taken: HashMap<String, String> = HashMap::new();
    // The next suffix for each name, since many may be similar.
    let mut numbers: HashMap<String, usize> = HashMap::new();
    for operation in &mut spec.operations {
        let line = format!("{} {}", operation.method.to_uppercase(), operation.path);
        let report = &report.on(&operation.label);
        let at = operation.raw.get("operationId").map_or(operation.at, |node| node.at);
        if operation.id.is_empty() {
            operation.id = from_path(operation.method, &operation.path);
            let message = format!(
                "operationId is missing, and the method is named {}; write operationId: with a name such as CreatePlaybookAction",
                names::function(&operation.id)
            );
            report.warn(operation.at, message);
        }
        if is_reserved(&operation.id) {
            let id = std::mem::take(&mut operation.id);
            operation.id = format!("{id}Operation");
            let message = format!(
                "the operationId {id} is a name that is reserved by the client; it is renamed to {}, choose another id",
                operation.id
            );
            report.warn(at, message);
        }
        let names_of =
            |id: &str| [format!("method {}", names::function(id)), format!("builder {}", names::builder(id))];
        let mut names = names_of(&operation.id);
        if let Some((name, other)) = names.iter().find_map(|name| taken.get_key_value(name)) {
            let number = numbers.entry(names[0].clone()).or_insert(1);
            let base = operation.id.clone();
            let message = format!("{line} and {other} would both become the {name}");
            while names.iter().any(|name| taken.contains_key(name)) {
                *number += 1;
                operation.id = format!("{base}-{number}");
                names = names_of(&operation.id);
            }
            let method = names::function(&operation.id);
            report.warn(at, format!("{message}; this one becomes {method}, give one of them another operationId"));
        }
        taken.extend(names.map(|name| (name, line.clone())));
    }
}

fn is_reserved(id: &str) -> bool {
    let (method, builder) = (names::function(id), names::builder(id));
    let builder = builder.as_str();
    names::is_among(&method, METHODS) || names::is_among(builder, BUILDERS) || names::is_reserved(builder)
}

/// Creates an operation id from the method and path.
fn from_path(method: &str, path: &str) -> String {
    let words: Vec<&str> = path.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).collect();
    format!("{method}-{}", words.join("-"))
}
