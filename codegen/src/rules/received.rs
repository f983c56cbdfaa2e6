//! Rule `received`: no response fails to decode for an unknown value of an enum, `null`, a missing field or a number that is larger
//! than documented.

use crate::diagnostic::Report;
use crate::document::node::Node;
use crate::rules::limits::listed;
use crate::spec::model::Spec;

pub(crate) fn apply(spec: &mut Spec, report: &Report) {
    spec.each_schema(report, &mut |schema, context| {
        if schema.has("$ref") || !context.side.is_received() {
            return;
        }
        if let Some(values) = schema.get("enum") {
            let message = "an enum of a response is read as any string, since services add values; name the values in the description";
            context.report.note(values.at, "enums of responses are read as any string", message);
            let values = schema.list("enum").to_vec();
            listed(schema, &values);
            schema.remove("enum");
        }
        if let Some(default) = schema.remove("default") {
            let message = "the default of a response is ignored, since what is missing is None; name it in the description";
            context.report.note(default.at, "defaults of responses are ignored", message);
        }
        // A field that is not listed may be anything, and must not fail those that are.
        let additional = schema.get("additionalProperties").filter(|node| node.entries().is_some_and(|map| !map.is_empty()));
        if let Some(at) = additional.map(|node| node.at).filter(|_| schema.has("properties")) {
            schema.put("additionalProperties", Node::map(at));
            let message = "the fields of a response that are not listed are read as any JSON value; list them to have their types";
            context.report.note(at, "fields of responses that are not listed are read as any JSON value", message);
        }
        schema.remove("required");
        match schema.str("type") {
            Some("integer") => schema.set("format", "int64"),
            Some("number") => drop(schema.remove("format")),
            _ => {}
        }
        if context.root {
            schema.remove("nullable");
        }
        for property in schema.get_mut("properties").and_then(Node::entries_mut).into_iter().flat_map(|map| map.values_mut()) {
            if property.has("type") {
                property.set("nullable", true);
            }
        }
    });
}
