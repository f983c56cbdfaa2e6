//! Rule `bodies`: the body of each request, with the media type to send.

use std::collections::BTreeMap;

use crate::diagnostic::Report;
use crate::document::node::{At, Node};
use crate::spec::model::{Body, Components, Operation, Parameter, Payload, Place, resolve};
use crate::spec::{media, refs};

pub(crate) fn apply(operation: &mut Operation, components: &Components<'_>, report: &Report) {
    let Some(node) = operation.raw.remove("requestBody") else { return };
    let (body, sent) = match refs::follow(components.raw, &node, "request_body") {
        Ok(body) => (body, read(body, components.schemas, report)),
        Err(message) => {
            report.warn(node.at, format!("{message}; the body is sent as bytes"));
            (&node, Some((None, Payload::Bytes)))
        }
    };
    let Some((media_type, payload)) = sent else { return };
    // Only the caller knows the boundary of a multipart body, or the type of an unresolved one.
    if media_type.is_none() {
        operation.parameters.push(content_type(body.at, body.flag("required")));
    }
    operation.body = Some(Body {
        at: body.at,
        required: body.flag("required"),
        description: body.str("description").map(str::to_owned),
        media_type,
        payload,
    });
}

/// Selects the content to send, with its media type unless the caller sets it.
fn read(body: &Node, schemas: &BTreeMap<String, Node>, report: &Report) -> Option<(Option<String>, Payload)> {
    let mut content: Vec<(&String, &Node)> = body.each("content").collect();
    // Media types with a schema come first, JSON before all others.
    content.sort_by_key(|(name, media)| (media::rank(name), !media.has("schema")));
    let Some((name, media)) = content.first().copied() else {
        let message =
            "the request body has no content and is not sent; write content: with application/json: and a schema";
        report.warn(body.at, message);
        return None;
    };
    if content.len() > 1 {
        let names: Vec<&str> = body.each("content").map(|(name, _)| name.as_str()).collect();
        let at = body.get("content").map_or(body.at, |node| node.at);
        let message =
            format!("the request body has several media types ({}); {name} is sent, keep only one", names.join(", "));
        report.warn(at, message);
    }
    let at = media.at;
    let encoding = media.get("encoding").filter(|node| node.entries().is_some_and(|map| !map.is_empty()));
    if let Some(encoding) = encoding.filter(|_| !media::is_multipart(name)) {
        report.note(encoding.at, "encodings of bodies are ignored", "encoding is ignored; remove encoding");
    }
    let schema = media.get("schema");
    let resolved = schema.and_then(|schema| resolve(schemas, schema));
    let schema = schema.cloned();
    let payload = match media::kind(name) {
        media::Kind::Json => Payload::Json(schema.unwrap_or_else(|| {
            let message = format!(
                "the body of {name} has no schema, and is any JSON value; write schema: with the type of the body"
            );
            report.note(at, "bodies have no schema and are any JSON value", message);
            Node::map(at)
        })),
        media::Kind::Form => Payload::Form(schema.unwrap_or_else(|| Node::map(at))),
        media::Kind::Text => {
            if resolved.and_then(|schema| schema.str("type")).is_some_and(|kind| kind != "string") {
                let message = format!("a body of {name} must be a string; write schema: with type: string");
                report.warn(at, message);
            }
            Payload::Text
        }
        media::Kind::CallerDefined => {
            // An extension in the document confirms this, so no diagnostic is needed.
            if media.str("x-encoded-by") != Some("caller") {
                let message = format!(
                    "the body of {name} is sent as raw bytes, with a content type that the caller sets; encode it in the caller"
                );
                report.note(at, "bodies are sent as raw bytes, with a content type that the caller sets", message);
            }
            return Some((None, Payload::Bytes));
        }
        media::Kind::Bytes => {
            if !media::is_octets(name) {
                let message = format!(
                    "the body of {name} is sent as raw bytes, which the caller encodes; write application/json to have a type for it"
                );
                report.note(at, "bodies are sent as raw bytes, which the caller encodes", message);
            }
            Payload::Bytes
        }
    };
    Some((Some(header(name, at, report)), payload))
}

/// The media type for the header.
fn header(name: &str, at: At, report: &Report) -> String {
    let name = name.trim();
    if name.bytes().all(|byte| (b' '..=b'~').contains(&byte)) {
        return name.to_owned();
    }
    let essence: String = name.split(';').next().unwrap_or_default().chars().filter(char::is_ascii_graphic).collect();
    let message =
        format!("the media type {name} cannot be sent as a header; {essence} is sent, write it in visible ASCII");
    report.warn(at, message);
    essence
}

/// The header parameter with which the caller sets the media type.
fn content_type(at: At, required: bool) -> Parameter {
    let description = Some("The media type of the body, with its parameters.".to_owned());
    Parameter { required, description, ..Parameter::string(at, "content-type", Place::Header) }
}
