//! What joins the generated code to the runtime: calls of macros that the runtime defines.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use crate::output::json_schemas;
use crate::spec::model::{Operation, Payload, Spec};
use crate::spec::names;

/// Counts the changes of what the runtime has to provide. The runtime refuses another number.
const CONTRACT: u32 = 1;

/// The text that follows the generated code.
pub(crate) fn glue(spec: &Spec, krate: &str) -> String {
    let mut rows: BTreeMap<String, String> = BTreeMap::new();
    for operation in &spec.operations {
        let function = names::function(&operation.id);
        let row = row(operation, &function);
        rows.insert(function, row);
    }
    let mut text =
        format!("\n{krate}::generated_client! {{\n    contract: {CONTRACT},\n    version: {:?},\n", spec.version);
    // Writing to a String cannot fail.
    let _ = writeln!(text, "    endpoint: {:?},\n    operations: [", spec.endpoint);
    for row in rows.values() {
        let _ = writeln!(text, "        {row},");
    }
    text.push_str("    ],\n}\n");
    text.push_str(&optional_bodies(spec));
    text + &json_schemas::implementations(spec, krate)
}

/// A row of the table of operations.
fn row(operation: &Operation, function: &str) -> String {
    let content_type = operation.body.as_ref().and_then(|body| body.media_type.as_deref());
    let streamed = operation.successes.iter().any(|(_, payload)| matches!(payload, Payload::Bytes));
    format!(
        "{{ id: {:?}, function: {function:?}, method: {:?}, path: {:?}, content_type: {content_type:?}, streamed: {streamed} }}",
        operation.id,
        operation.method.to_uppercase(),
        operation.documented_path,
    )
}

/// Lets a builder of a type be set as a body that may be left out, as it can be for one that has to be set.
fn optional_bodies(spec: &Spec) -> String {
    let mut types: BTreeSet<String> = BTreeSet::new();
    for body in spec.operations.iter().filter_map(|operation| operation.body.as_ref()).filter(|body| !body.required) {
        let Some(name) = body.payload.schema().and_then(crate::spec::walk::target) else { continue };
        if spec.schemas.get(name).is_some_and(|schema| schema.has("properties")) {
            types.insert(names::type_name(name));
        }
    }
    let mut text = String::new();
    for name in types {
        let _ = writeln!(
            text,
            "\nimpl ::std::convert::TryFrom<types::builder::{name}> for ::std::option::Option<types::{name}> {{\n    \
             type Error = types::error::ConversionError;\n    \
             fn try_from(builder: types::builder::{name}) -> ::std::result::Result<Self, Self::Error> {{\n        \
             ::std::convert::TryFrom::try_from(builder).map(::std::option::Option::Some)\n    }}\n}}"
        );
    }
    text
}
