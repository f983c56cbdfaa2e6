//! Rule `bytes`: a body of JSON or a form whose schema means bytes is sent or received as bytes.

use crate::diagnostic::Report;
use crate::spec::model::{Components, Operation, Payload, resolve};

pub(crate) fn apply(operation: &mut Operation, components: &Components<'_>, _: &Report) {
    for payload in operation.body.iter_mut().map(|body| &mut body.payload).chain([&mut operation.response]) {
        let schema = payload.schema().and_then(|schema| resolve(components.schemas, schema));
        if schema.is_some_and(|schema| schema.str("format") == Some("binary")) {
            *payload = Payload::Bytes;
        }
    }
}
