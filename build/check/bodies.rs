//! Whether each operation's request body is one that the generated code sends.

use serde_json::Value;

use super::Found;
use super::kind::Kind;
use super::tree::{Place, Tree};

/// What else may be said of a schema that only means text or bytes.
const DESCRIBING: [&str; 11] = [
    "type",
    "format",
    "title",
    "description",
    "example",
    "deprecated",
    "externalDocs",
    "readOnly",
    "writeOnly",
    "pattern",
    "xml",
];

pub fn check(tree: &Tree<'_>, found: &mut Found<'_>) {
    for operation in &tree.operations {
        let Some(body) = tree.place(&operation.pointer).and_then(|place| place.child("requestBody")) else { continue };
        let Some(body) = tree.follow(body, Kind::RequestBody).filter(|body| !found.is_wrong(&body.pointer)) else {
            continue;
        };
        if let Some((pointer, text)) = mistake(tree, &body) {
            found.error(&pointer, Some(&operation.label()), &text);
        }
    }
}

fn mistake(tree: &Tree<'_>, body: &Place<'_>) -> Option<(String, String)> {
    let content = body.entries("content");
    let (name, media) = match content.as_slice() {
        [] => {
            let text = "the request body has no content, and would not be sent; write content: with application/json: and a schema";
            return Some((body.pointer.clone(), text.to_owned()));
        }
        [one] => one,
        several => {
            let names: Vec<&str> = several.iter().map(|(name, _)| *name).collect();
            let text = format!(
                "the request body has several media types ({}); keep the one that the client shall send",
                names.join(", ")
            );
            return Some((format!("{}/content", body.pointer), text));
        }
    };
    let at_media = |text: String| Some((media.pointer.clone(), text));
    let essence = name.split(';').next().unwrap_or_default();
    let form = match essence {
        "application/json" | "application/x-www-form-urlencoded" => Form::Structured,
        "text/plain" | "text/x-markdown" => Form::Text,
        "application/octet-stream" => Form::Bytes,
        _ => {
            return at_media(format!(
                "the client can not send {name}; write application/json, application/x-www-form-urlencoded, text/plain or application/octet-stream"
            ));
        }
    };
    if !name.bytes().all(|byte| (b' '..=b'~').contains(&byte)) {
        return at_media(format!("the media type {name} can not be sent as a header; write it in visible ASCII"));
    }
    if !media.has("schema") {
        return at_media(format!("the body of {name} has no schema; write schema: with the type of the body"));
    }
    if let Some(encoding) = media.child("encoding").filter(|encoding| is_filled(encoding.value))
        && matches!(form, Form::Structured)
    {
        return Some((encoding.pointer, "encoding is not supported; take encoding out".to_owned()));
    }
    let schema = media.child("schema").and_then(|schema| tree.follow(schema, Kind::Schema))?;
    let format = schema.text("format");
    let says_more =
        schema.value.as_object()?.keys().any(|key| !DESCRIBING.contains(&key.as_str()) && !key.starts_with("x-"));
    let is_text = schema.text("type") == Some("string") && !says_more;
    match form {
        Form::Text if !is_text || format.is_some() => {
            at_media(format!("a body of {name} is text and nothing else; write schema: with type: string alone"))
        }
        Form::Bytes if !is_text || format != Some("binary") => at_media(format!(
            "a body of {name} is bytes and nothing else; write schema: with type: string and format: binary alone"
        )),
        _ => None,
    }
}

enum Form {
    Structured,
    Text,
    Bytes,
}

fn is_filled(value: &Value) -> bool {
    value.as_object().is_some_and(|map| !map.is_empty())
}
