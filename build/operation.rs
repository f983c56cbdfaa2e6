//! The operations of a document, as they stand in it.

use serde_json::Value;

use super::document::{Document, step};

/// The HTTP methods that a path may have, as OpenAPI spells them.
pub const METHODS: [&str; 8] = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

/// An operation of a document, with where it stands.
pub struct Operation<'a> {
    /// The method in lower case, as in the document.
    pub method: &'static str,
    /// The path template.
    pub path: &'a str,
    /// The operation itself.
    pub value: &'a Value,
    /// The JSON pointer of the operation.
    pub pointer: String,
    /// The JSON pointer of the item of `paths` that it is in.
    pub item: String,
}

impl<'a> Operation<'a> {
    /// The operation id, if there is one.
    pub fn id(&self) -> Option<&'a str> {
        self.value.get("operationId").and_then(Value::as_str).filter(|id| !id.is_empty())
    }

    /// The method and path, as in a request line.
    pub fn request_line(&self) -> String {
        format!("{} {}", self.method.to_uppercase(), self.path)
    }

    /// The id, or else the method and path.
    pub fn label(&self) -> String {
        self.id().map_or_else(|| self.request_line(), str::to_owned)
    }
}

/// All operations of a document.
pub fn operations(document: &Document) -> Vec<Operation<'_>> {
    let items = document.value.get("paths").and_then(Value::as_object);
    items
        .into_iter()
        .flatten()
        .flat_map(|(path, item)| {
            METHODS.into_iter().filter_map(move |method| {
                let pointer = format!("/paths{}", step(path));
                item.get(method).map(|value| Operation {
                    method,
                    path,
                    value,
                    pointer: format!("{pointer}{}", step(method)),
                    item: pointer,
                })
            })
        })
        .collect()
}
