//! Finds the mistakes that the parser or the generator would answer with a panic, an unclear text, or silence.
//!
//! Each module here looks at one subject. All of them look at the whole document, so that one run names every mistake.

mod bodies;
mod composition;
mod fields;
pub mod kind;
mod near;
mod operations;
mod parameters;
mod paths;
mod references;
mod responses;
mod schemas;
mod shape;
mod surprises;
mod texts;
pub mod tree;
pub mod type_names;
mod typed;
mod values;

use std::collections::BTreeSet;

use serde_json::Value;

use super::Finding;
use super::document::Document;
use tree::{Node, Tree};

/// What was found in a document.
#[derive(Debug, Default)]
pub struct Report {
    /// What keeps the client from being generated as the document means it.
    pub errors: Vec<Finding>,
    /// What is generated, but would surprise.
    pub warnings: Vec<Finding>,
}

/// Checks a whole document.
pub fn check(document: &Document) -> Report {
    if let Some(error) = version(document) {
        return Report { errors: vec![error], warnings: Vec::new() };
    }
    let tree = Tree::new(document);
    let mut found = Found::new(document);
    shape::check(&tree, &mut found);
    references::check(&tree, &mut found);
    paths::check(&tree, &mut found);
    operations::check(&tree, &mut found);
    parameters::check(&tree, &mut found);
    bodies::check(&tree, &mut found);
    responses::check(&tree, &mut found);
    schemas::check(&tree, &mut found);
    values::check(&tree, &mut found);
    composition::check(&tree, &mut found);
    type_names::check(&tree, &mut found);
    // What was found so far is said in better words than the parser's.
    typed::check(&tree, &mut found);
    surprises::check(&tree, &mut found);
    texts::check(&tree, &mut found);
    found.report()
}

/// The findings so far.
struct Found<'a> {
    document: &'a Document,
    errors: BTreeSet<Finding>,
    warnings: BTreeSet<Finding>,
    /// Where something stands that is not what it should be. What follows from it is not worth a line of its own.
    wrong: BTreeSet<String>,
}

impl<'a> Found<'a> {
    fn new(document: &'a Document) -> Self {
        Self { document, errors: BTreeSet::new(), warnings: BTreeSet::new(), wrong: BTreeSet::new() }
    }

    /// A mistake in an object of the document.
    fn error_in(&mut self, node: &Node<'_>, text: &str) {
        self.error(&node.pointer, node.operation.as_deref(), text);
    }

    /// A mistake at a pointer, which an operation is affected by.
    fn error(&mut self, pointer: &str, operation: Option<&str>, text: &str) {
        self.wrong.insert(pointer.to_owned());
        self.errors.insert(self.finding(pointer, operation, text));
    }

    /// A surprise in an object of the document.
    fn warn_in(&mut self, node: &Node<'_>, text: &str) {
        self.warn(&node.pointer, node.operation.as_deref(), text);
    }

    /// A surprise at a pointer. Beside a mistake in the same place it would only be noise.
    fn warn(&mut self, pointer: &str, operation: Option<&str>, text: &str) {
        if !self.is_wrong(pointer) {
            self.warnings.insert(self.finding(pointer, operation, text));
        }
    }

    /// A mistake in a field of an object.
    fn error_of(&mut self, node: &Node<'_>, field: &str, text: &str) {
        self.error(&format!("{}{}", node.pointer, super::document::step(field)), node.operation.as_deref(), text);
    }

    /// Whether a value, or anything inside it, is not what it should be.
    fn is_wrong(&self, pointer: &str) -> bool {
        let inside =
            |other: &str| other.strip_prefix(pointer).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        self.wrong.range(pointer.to_owned()..).take_while(|other| other.starts_with(pointer)).any(|other| inside(other))
    }

    fn finding(&self, pointer: &str, operation: Option<&str>, text: &str) -> Finding {
        let finding = self.document.finding(pointer, text);
        // A component is not a part of the operation that refers to it, and may be used by others.
        match operation {
            Some(operation) if !pointer.starts_with("/components/") => finding.in_operation(operation),
            _ => finding,
        }
    }

    fn report(self) -> Report {
        Report { errors: self.errors.into_iter().collect(), warnings: self.warnings.into_iter().collect() }
    }
}

/// An older or newer OpenAPI differs in so much that nothing else would be worth saying.
fn version(document: &Document) -> Option<Finding> {
    let text = match document.value.get("openapi") {
        Some(Value::String(version)) if version.starts_with("3.0.") => return None,
        Some(Value::String(version)) => format!(
            "this is OpenAPI {version}, which the generator can not read; write the document in OpenAPI 3.0, with openapi: 3.0.3"
        ),
        Some(_) => "the OpenAPI version is not text of three numbers; write openapi: 3.0.3".to_owned(),
        None if document.value.get("swagger").is_some() => {
            "this is Swagger 2, which the generator can not read; convert the document to OpenAPI 3.0".to_owned()
        }
        None => "there is no OpenAPI version; begin the document with openapi: 3.0.3".to_owned(),
    };
    Some(document.finding("/openapi", &text))
}
