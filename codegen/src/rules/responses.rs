//! Rule `responses`: the success response of each operation. The first one with a type is used.
//!
//! The runtime handles failures: it converts any other status to an error before generated code sees it.

use std::collections::BTreeSet;

use crate::diagnostic::Report;
use crate::document::node::{At, Node};
use crate::spec::model::{Components, Operation, Payload};
use crate::spec::{media, refs};

/// The status of a response, its content, and its location.
type Response = (String, Payload, At);

pub(crate) fn apply(operation: &mut Operation, components: &Components<'_>, report: &Report) {
    let responses = operation.raw.remove("responses").unwrap_or_default();
    let (mut successes, mut failures, mut seen) = (Vec::new(), Vec::new(), BTreeSet::new());
    for (status, node) in responses.entries().into_iter().flatten() {
        let list = match class(status) {
            _ if status.starts_with("x-") => continue,
            Some('2') => &mut successes,
            Some('1' | '3') => {
                let message = format!("the client returns the status {status} as an error; remove the response");
                report.note(node.at, "responses of 1XX and 3XX become errors", message);
                continue;
            }
            Some(_) => &mut failures,
            None => {
                let message = format!(
                    "{status} is not an HTTP status; write a number such as '200', a range such as 4XX, or default"
                );
                report.warn(node.at, message);
                continue;
            }
        };
        let status = if status == "default" { status.clone() } else { status.to_ascii_uppercase() };
        if !seen.insert(status.clone()) {
            let message = format!("the range {status} is listed twice, in upper and lower case; keep one");
            report.warn(node.at, message);
            continue;
        }
        let payload = match refs::follow(components.raw, node, "response") {
            Ok(_) if operation.method == "head" || is_bodiless(&status) => Payload::Empty,
            Ok(response) => payload(&status, response, report),
            Err(message) => {
                report.warn(node.at, format!("{message}; the response is read as any JSON value"));
                Payload::Json(Node::map(node.at))
            }
        };
        list.push((status, payload, node.at));
    }
    // Without success responses, `default` describes them as well.
    if successes.is_empty()
        && let Some((_, payload, at)) = failures.pop_if(|(status, ..)| status == "default")
    {
        successes.push(("2XX".to_owned(), payload, at));
    }
    check_failures(operation, &failures, report);
    operation.failures = failures.into_iter().filter_map(|(_, payload, _)| payload.schema().cloned()).collect();
    select_payload(operation, successes, report);
}

/// The class of a status: its first digit, or `d` for `default`.
fn class(status: &str) -> Option<char> {
    let first = status.chars().next().filter(|first| ('1'..='5').contains(first) || status == "default")?;
    let rest = status.get(1..)?;
    let is_number = rest.len() == 2 && rest.bytes().all(|byte| byte.is_ascii_digit());
    (first == 'd' || rest.eq_ignore_ascii_case("XX") || is_number).then_some(first)
}

/// Whether responses of a status never have a body.
fn is_bodiless(status: &str) -> bool {
    matches!(status, "204" | "205" | "304")
}

/// The content of a response.
fn payload(status: &str, response: &Node, report: &Report) -> Payload {
    let mut content: Vec<(&String, &Node)> = response.each("content").collect();
    content.sort_by_key(|(name, media)| (!media::is_json_response(name), media::rank(name), !media.has("schema")));
    let Some((name, media)) = content.first().copied() else { return Payload::Empty };
    if !media::is_json_response(name) {
        return Payload::Bytes;
    }
    if let Some((other, second)) = content.get(1) {
        let message = format!("the response {status} has several media types; {name} is read, remove {other}");
        if media::is_json_response(other) {
            report.warn(second.at, message);
        } else {
            report.note(second.at, "responses have other media types beside JSON, which are not read", message);
        }
    }
    if let Some(encoding) = media.get("encoding").filter(|_| media.each("encoding").next().is_some()) {
        report.note(encoding.at, "encodings of responses are ignored", "a response has no encoding; remove encoding");
    }
    if !media::is_json(name) || name.contains('+') {
        let message = format!("the response of {name} is read as JSON; write application/json");
        report.note(media.at, "responses of other media types are read as JSON", message);
    }
    let Some(schema) = media.get("schema") else {
        let message =
            format!("the response {status} has no schema, and is any JSON value; write schema: with its type");
        report.note(media.at, "responses have no schema and are any JSON value", message);
        return Payload::Json(Node::map(media.at));
    };
    Payload::Json(schema.clone())
}

/// Reports error responses that the caller must distinguish.
fn check_failures(operation: &Operation, failures: &[Response], report: &Report) {
    let Some(((first, payload, _), rest)) = failures.split_first() else {
        let message = "no error response is documented, so its body has no type; write 4XX and 5XX with their schema";
        return report.note(operation.at, "operations document no error response", message);
    };
    if let Some((other, _, at)) = rest.iter().find(|(_, other, _)| other.schema() != payload.schema()) {
        let message = format!(
            "the error responses {first} and {other} have different bodies, which are only available as JSON; give both the same schema"
        );
        report.note(*at, "operations have error responses with different bodies", message);
    }
}

/// Selects one payload for all success statuses, since the generated code can return only one.
fn select_payload(operation: &mut Operation, successes: Vec<Response>, report: &Report) {
    let priority = |payload: &Payload| match payload {
        Payload::Json(schema) if has_structure(schema) => 0,
        Payload::Bytes | Payload::Text | Payload::Form(_) => 1,
        Payload::Json(_) => 2,
        Payload::Empty => 3,
    };
    let Some((status, chosen, _)) = successes.iter().min_by_key(|(_, payload, _)| priority(payload)).cloned() else {
        let message =
            "no success response is documented, and the body is returned as bytes; write '200' with its schema";
        let summary = "operations document no success response, and return its body as bytes";
        report.note(operation.at, summary, message);
        (operation.statuses, operation.response) = (vec!["2XX".to_owned()], Payload::Bytes);
        return;
    };
    for (other, payload, at) in successes.iter().filter(|(_, payload, _)| *payload != chosen) {
        let advice = "give both the same schema";
        match priority(payload) {
            3 => {
                operation.is_optional = matches!(chosen, Payload::Json(_));
                if is_bodiless(other) {
                    continue;
                }
                let summary = "success responses without a body are returned as None";
                let message =
                    format!("the response {other} has no body, unlike {status}, and is returned as None; {advice}");
                report.note(*at, summary, message);
            }
            2 => {
                let summary = "success responses without a type are read as the typed one";
                let message = format!("the response {other} has an untyped body, and is read like {status}; {advice}");
                report.note(*at, summary, message);
            }
            _ => {
                let message = format!(
                    "the responses {status} and {other} have different bodies, and {other} is read like {status}; {advice}, or keep one of them"
                );
                report.warn(*at, message);
            }
        }
    }
    (operation.statuses, operation.response) = (successes.into_iter().map(|(status, ..)| status).collect(), chosen);
}

/// Whether a schema describes more than the presence of a value.
fn has_structure(schema: &Node) -> bool {
    ["$ref", "properties", "items", "additionalProperties", "allOf", "oneOf", "anyOf"].iter().any(|key| schema.has(key))
        || schema.str("type").is_some_and(|kind| kind != "object")
}
