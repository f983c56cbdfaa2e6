//! Rule `version`: the document is OpenAPI 3.0. Other versions differ so much that further diagnostics would be
//! useless.

use crate::diagnostic::Report;
use crate::document::node::{At, Data};
use crate::spec::model::Spec;

pub(crate) fn apply(spec: &mut Spec, report: &Report) {
    let Some(version) = spec.raw.get("openapi") else {
        if let Some(version) = spec.raw.get("swagger") {
            let message = "this is Swagger 2, which the generator cannot read; convert it to OpenAPI 3.0";
            report.error(version.at, message);
        } else {
            let message = "there is no OpenAPI version; begin the OpenAPI document with openapi: 3.0.3";
            report.error(At { line: 1, ..spec.raw.at }, message);
        }
        return;
    };
    let text = match &version.data {
        Data::String(_) | Data::Number(_) => version.describe(),
        _ => String::new(),
    };
    let starts_with_digit = |text: &str| text.starts_with(|c: char| c.is_ascii_digit());
    if text == "3.0" {
        report.warn(version.at, "the OpenAPI version 3.0 is not complete; write openapi: 3.0.3");
    } else if !starts_with_digit(&text) {
        report.error(version.at, "the OpenAPI version is not a string of three numbers; write openapi: 3.0.3");
    } else if !text.strip_prefix("3.0.").is_some_and(starts_with_digit) {
        let message = format!(
            "this is OpenAPI {text}, which the generator cannot read; convert it to OpenAPI 3.0, with openapi: 3.0.3"
        );
        report.error(version.at, message);
    }
}
