//! Calls of runtime macros that connect the generated code to the runtime.

use std::collections::{BTreeMap, BTreeSet};

use crate::document::node::Node;
use crate::output::json_schemas;
use crate::rules::project_id::{MARK, SEGMENT};
use crate::spec::model::{Operation, Payload, Spec};
use crate::spec::names;
use crate::spec::walk::target;

/// The version of the runtime interface. The runtime rejects any other.
const CONTRACT: u32 = 1;

/// The code that follows the generated code.
pub(crate) fn glue(spec: &Spec, krate: &str) -> String {
    let rows: BTreeMap<String, String> = spec.operations.iter().map(row).collect();
    let rows: Vec<String> = rows.values().map(|row| format!("        {row},\n")).collect();
    let rows = rows.concat();
    format!(
        "\n{krate}::generated_client! {{\n    contract: {CONTRACT},\n    codegen: {:?},\n    version: {:?},\n    endpoint: {:?},\n    \
         operations: [\n{rows}    ],\n}}\n{}{}",
        env!("CARGO_PKG_VERSION"),
        spec.version,
        spec.endpoint,
        optional_bodies(spec),
        json_schemas::implementations(spec, krate),
    )
}

/// The method name of an operation, and its row in the table of operations.
fn row(operation: &Operation) -> (String, String) {
    let function = names::function(&operation.id);
    let content_type = operation.body.as_ref().and_then(|body| body.media_type.as_deref());
    let streamed = operation.response == Payload::Bytes;
    let row = format!(
        "{{ id: {:?}, function: {function:?}, method: {:?}, path: {:?}, content_type: {content_type:?}, streamed: {streamed} }}",
        operation.id,
        operation.method.to_uppercase(),
        operation.path.replace(MARK, SEGMENT),
    );
    (function, row)
}

/// Allows setting an optional body to a builder of its type, as for a required body.
fn optional_bodies(spec: &Spec) -> String {
    let bodies = spec.operations.iter().filter_map(|operation| operation.body.as_ref()).filter(|body| !body.required);
    let types = bodies.filter_map(|body| body.payload.schema().and_then(target));
    // An object without properties becomes a mapping, which has no builder.
    let is_struct = |schema: &Node| schema.each("properties").next().is_some();
    let types = types.filter(|name| spec.schemas.get(*name).is_some_and(is_struct));
    let types: BTreeSet<String> = types.map(names::type_name).collect();
    let implementation = |name: &String| {
        format!(
            "\nimpl ::std::convert::TryFrom<types::builder::{name}> for ::std::option::Option<types::{name}> {{\n    \
             type Error = types::error::ConversionError;\n    \
             fn try_from(builder: types::builder::{name}) -> ::std::result::Result<Self, Self::Error> {{\n        \
             ::std::convert::TryFrom::try_from(builder).map(::std::option::Option::Some)\n    }}\n}}\n"
        )
    };
    types.iter().map(implementation).collect()
}
