//! Rule `received`: responses can be decoded despite unknown enum values, `null`, missing fields, and numbers that are
//! larger than documented.

use crate::document::node::{Map, Node};
use crate::rules::enums;
use crate::spec::walk::{Context, properties_mut};

pub(crate) fn apply(schema: &mut Node, context: &Context) {
    if !context.side.is_received() {
        return;
    }
    if let Some(at) = schema.get("enum").map(|node| node.at) {
        let message = "an enum of a response is read as any string, since services add values; document the values in the description";
        context.note(at, "enums of responses are read as any string", message);
        enums::open(schema);
    }
    if let Some(default) = schema.remove("default") {
        let message =
            "the default of a response is ignored, since missing values are None; document it in the description";
        context.note(default.at, "defaults of responses are ignored", message);
    }
    // An undocumented field may have any value, and must not prevent decoding the others.
    if schema.has("properties") && schema.each("additionalProperties").next().is_some() {
        let at = schema.at;
        schema.set("additionalProperties", Map::new());
        let message = "unlisted fields of a response are read as any JSON value; list them to have their types";
        context.note(at, "unlisted fields of responses are read as any JSON value", message);
    }
    schema.remove("required");
    match schema.str("type") {
        // A larger format is retained, since it has values beyond the other.
        Some("integer") if schema.str("format") != Some("uint64") => schema.set("format", "int64"),
        Some("number") => drop(schema.remove("format")),
        _ => {}
    }
    if context.root {
        schema.remove("nullable");
    }
    for (_, property) in properties_mut(schema).filter(|(_, property)| property.has("type")) {
        property.set("nullable", true);
    }
}
