//! Rule `version`: the document is OpenAPI 3.0. Any other version differs in so much that nothing else would be worth reporting.

use crate::diagnostic::Report;
use crate::document::node::{At, Data};
use crate::spec::model::Spec;

pub(crate) fn apply(spec: &mut Spec, report: &Report) {
    let Some(version) = spec.raw.get("openapi") else {
        let message = if spec.raw.has("swagger") {
            "this is Swagger 2, which the generator cannot read; convert the document to OpenAPI 3.0"
        } else {
            "there is no OpenAPI version; begin the document with openapi: 3.0.3"
        };
        let at = spec.raw.get("swagger").map_or(At { line: 1, ..spec.raw.at }, |node| node.at);
        report.error(at, message);
        return;
    };
    let text = match &version.data {
        Data::String(text) => text.clone(),
        Data::Number(number) => number.to_string(),
        _ => String::new(),
    };
    let is_patch = text.strip_prefix("3.0.").is_some_and(|patch| patch.starts_with(|c: char| c.is_ascii_digit()));
    if text == "3.0" {
        report.warn(version.at, "the OpenAPI version 3.0 is not complete; write openapi: 3.0.3");
    } else if text.is_empty() || !text.starts_with(|c: char| c.is_ascii_digit()) {
        let message = "the OpenAPI version is not a string of three numbers; write openapi: 3.0.3";
        report.error(version.at, message);
    } else if !is_patch {
        let message = format!(
            "this is OpenAPI {text}, which the generator cannot read; write the document in OpenAPI 3.0, with openapi: 3.0.3"
        );
        report.error(version.at, message);
    }
}
