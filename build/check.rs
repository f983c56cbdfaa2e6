//! Finds the mistakes that the parser or the generator would answer with a panic, an unclear text, or silence.

use std::collections::BTreeMap;

use serde_json::Value;

use super::document::{Document, step};
use super::{Finding, names};

/// The HTTP methods that a path may have, as OpenAPI spells them.
pub const METHODS: [&str; 8] = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

/// Checks a whole document and returns all that is wrong with it.
pub fn check(document: &Document) -> Result<(), Vec<Finding>> {
    version(document)?;
    let mut findings = Vec::new();
    info(document, &mut findings);
    references(document, "", &document.value, &mut findings);
    paths(document, &mut findings);
    operation_ids(document, &mut findings);
    path_parameters(document, &mut findings);
    if findings.is_empty() {
        Ok(())
    } else {
        findings.sort();
        findings.dedup();
        Err(findings)
    }
}

/// An operation of a document, with where it stands.
pub struct Operation<'a> {
    /// The method in lower case, as in the document.
    pub method: &'a str,
    /// The path template.
    pub path: &'a str,
    /// The operation itself.
    pub value: &'a Value,
    /// The item of `paths` that it is in.
    pub item: &'a Value,
    /// The JSON pointer of the operation.
    pub pointer: String,
}

impl<'a> Operation<'a> {
    /// The operation id, if there is one.
    pub fn id(&self) -> Option<&'a str> {
        self.value.get("operationId").and_then(Value::as_str)
    }

    /// The id, or else the method and path.
    pub fn label(&self) -> String {
        self.id().map_or_else(|| format!("{} {}", self.method.to_uppercase(), self.path), str::to_owned)
    }

    fn finding(&self, document: &Document, pointer: &str, text: &str) -> Finding {
        document.finding(pointer, text).in_operation(&self.label())
    }
}

/// All operations of a document, in its order.
pub fn operations(document: &Document) -> Vec<Operation<'_>> {
    let items = document.value.get("paths").and_then(Value::as_object);
    items
        .into_iter()
        .flatten()
        .flat_map(|(path, item)| {
            METHODS.iter().filter_map(move |method| {
                item.get(method).map(|value| Operation {
                    method,
                    path,
                    value,
                    item,
                    pointer: format!("/paths{}{}", step(path), step(method)),
                })
            })
        })
        .collect()
}

/// Follows a `$ref` inside the document; a value without one is returned as it is.
pub fn resolve<'a>(document: &'a Document, value: &'a Value) -> Option<&'a Value> {
    let mut value = value;
    // A chain of references longer than this goes round in a circle.
    for _ in 0..16 {
        match value.get("$ref").and_then(Value::as_str) {
            Some(reference) => value = document.value.pointer(reference.strip_prefix('#')?)?,
            None => return Some(value),
        }
    }
    None
}

fn version(document: &Document) -> Result<(), Vec<Finding>> {
    let found = document.value.get("openapi");
    match found.and_then(Value::as_str) {
        Some(version) if version.starts_with("3.0.") => Ok(()),
        Some(version) => Err(vec![document.finding(
            "/openapi",
            &format!("this is OpenAPI {version}, which the generator can not read; write the document in OpenAPI 3.0, with openapi: 3.0.3"),
        )]),
        None => Err(vec![document.finding(
            "/openapi",
            "there is no OpenAPI version; begin the document with openapi: 3.0.3 (Swagger 2 documents have to be converted)",
        )]),
    }
}

fn info(document: &Document, findings: &mut Vec<Finding>) {
    let version = document.value.pointer("/info/version").and_then(Value::as_str);
    // The generator makes a header value of the version, which panics at run time on anything else.
    if version.is_some_and(|version| !version.bytes().all(|byte| (b' '..=b'~').contains(&byte))) {
        findings.push(document.finding(
            "/info/version",
            "info.version goes into code as a header value; write it in visible ASCII, such as 1.0.0",
        ));
    }
}

fn references(document: &Document, pointer: &str, value: &Value, findings: &mut Vec<Finding>) {
    match value {
        Value::Object(map) => {
            // An example is the user's own data, in which "$ref" has no meaning.
            if pointer.ends_with("/example") || pointer.ends_with("/examples") {
                return;
            }
            if let Some(Value::String(reference)) = map.get("$ref") {
                let resolved = reference
                    .strip_prefix('#')
                    .filter(|rest| rest.starts_with('/'))
                    .and_then(|rest| document.value.pointer(rest));
                if resolved.is_none() {
                    findings.push(document.finding(
                        &format!("{pointer}/$ref"),
                        &format!("the reference {reference} leads nowhere; write the path of a component of this file, such as #/components/schemas/Name"),
                    ));
                }
            }
            for (key, child) in map {
                references(document, &format!("{pointer}{}", step(key)), child, findings);
            }
        }
        Value::Array(items) => {
            for (index, child) in items.iter().enumerate() {
                references(document, &format!("{pointer}/{index}"), child, findings);
            }
        }
        _ => {}
    }
}

fn paths(document: &Document, findings: &mut Vec<Finding>) {
    let Some(items) = document.value.get("paths").and_then(Value::as_object) else {
        findings.push(document.finding("/paths", "there are no paths; write paths with at least one operation"));
        return;
    };
    for path in items.keys() {
        if !path.starts_with('/') && !path.starts_with("x-") {
            findings.push(document.finding(
                &format!("/paths{}", step(path)),
                &format!("the path {path} would be dropped without a word; begin it with a slash: /{path}"),
            ));
        }
    }
}

fn operation_ids(document: &Document, findings: &mut Vec<Finding>) {
    let mut seen: BTreeMap<String, String> = BTreeMap::new();
    for operation in operations(document) {
        let Some(id) = operation.id() else {
            findings.push(operation.finding(
                document,
                &operation.pointer,
                "operationId is missing; write operationId: with a name for the method, such as CreatePlaybookAction",
            ));
            continue;
        };
        let pointer = format!("{}/operationId", operation.pointer);
        let label = format!("{} {}", operation.method.to_uppercase(), operation.path);
        match seen.get(&names::function(id)) {
            Some(other) => findings.push(operation.finding(
                document,
                &pointer,
                &format!(
                    "{label} and {other} would both become the method {}; give one of them another operationId",
                    names::function(id)
                ),
            )),
            None => {
                seen.insert(names::function(id), label);
            }
        }
    }
}

fn path_parameters(document: &Document, findings: &mut Vec<Finding>) {
    for operation in operations(document) {
        let own = operation.value.get("parameters").and_then(Value::as_array);
        let shared = operation.item.get("parameters").and_then(Value::as_array);
        let declared: Vec<&Value> = own
            .into_iter()
            .chain(shared)
            .flatten()
            .filter_map(|parameter| resolve(document, parameter))
            .filter(|parameter| parameter.get("in").and_then(Value::as_str) == Some("path"))
            .collect();
        let named: Vec<&str> = template_names(operation.path);
        for name in &named {
            if !declared.iter().any(|parameter| parameter.get("name").and_then(Value::as_str) == Some(name)) {
                findings.push(operation.finding(
                    document,
                    &operation.pointer,
                    &format!("the path names {{{name}}}, which no parameter declares; add a parameter with name: {name}, in: path, required: true"),
                ));
            }
        }
        for parameter in declared {
            let name = parameter.get("name").and_then(Value::as_str).unwrap_or_default();
            if !named.contains(&name) {
                findings.push(operation.finding(
                    document,
                    &operation.pointer,
                    &format!("the path parameter {name} is declared, but the path has no {{{name}}}; put it in the path or take the parameter out"),
                ));
            }
            if parameter.get("required") != Some(&Value::Bool(true)) {
                findings.push(operation.finding(
                    document,
                    &operation.pointer,
                    &format!(
                        "the path parameter {name} is not required; write required: true, which OpenAPI demands of each"
                    ),
                ));
            }
        }
    }
}

/// The names in braces of a path template.
fn template_names(path: &str) -> Vec<&str> {
    path.split('{').skip(1).filter_map(|rest| rest.split_once('}').map(|(name, _)| name)).collect()
}
