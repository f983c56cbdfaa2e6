//! Rule `responses`: what each operation responds with on success. The first that has a type wins.
//!
//! Failures are left to the runtime, which makes an error of any other status before generated code reads it.

use std::collections::BTreeMap;

use crate::diagnostic::Report;
use crate::document::node::Node;
use crate::spec::kind::Kind;
use crate::spec::model::{Operation, Payload, Spec, resolve};
use crate::spec::{media, refs};

pub(crate) fn apply(spec: &mut Spec, report: &Report) {
    let Spec { raw, operations, schemas, .. } = spec;
    for operation in operations {
        let report = &report.on(&operation.label);
        let responses = operation.raw.remove("responses").unwrap_or_default();
        let (mut successes, mut failures, mut default) = (Vec::new(), Vec::new(), None);
        let mut statuses = Vec::new();
        for (status, node) in responses.entries().into_iter().flatten().filter(|(status, _)| !status.starts_with("x-"))
        {
            let Some(class) = class(status) else {
                let message = format!(
                    "{status} is not an HTTP status; write a number such as '200', a range such as 4XX, or default"
                );
                report.warn(node.at, message);
                continue;
            };
            if matches!(class, '1' | '3') {
                let message =
                    format!("the response {status} is an error of the client, which has its status; remove it");
                report.note(node.at, "responses of 1XX and 3XX become errors", message);
                continue;
            }
            let payload = match refs::follow(raw, node, Kind::Response) {
                Ok(response) => payload(operation, status, response, schemas, report),
                Err(message) => {
                    report.warn(node.at, format!("{message}; the response is read as any JSON value"));
                    Payload::Json(Node::map(node.at))
                }
            };
            match class {
                '2' if successes.iter().any(|(other, ..): &(String, _, _)| *other == status.to_ascii_uppercase()) => {
                    repeated(status, node, report);
                }
                '2' => successes.push((status.to_ascii_uppercase(), payload, node)),
                'd' => default = Some((payload, node)),
                _ if statuses.contains(&status.to_ascii_uppercase()) => {
                    repeated(status, node, report);
                }
                _ => {
                    statuses.push(status.to_ascii_uppercase());
                    failures.push((status.clone(), payload, node));
                }
            }
        }
        match default {
            // Alone, it describes the successes as well.
            Some((payload, node)) if successes.is_empty() => successes.push(("2XX".to_owned(), payload, node)),
            Some((payload, node)) => failures.push(("default".to_owned(), payload, node)),
            None => {}
        }
        errors(operation, &failures, report);
        operation.failures = failures.iter().filter_map(|(_, payload, _)| payload.schema().cloned()).collect();
        if successes.is_empty() {
            let message =
                "no response of success is documented, and the body is returned as bytes; write '200' with its schema";
            report.note(
                operation.at,
                "operations document no response of success, and return its body as bytes",
                message,
            );
            operation.successes = vec![("2XX".to_owned(), Payload::Bytes)];
        } else {
            settle(operation, successes, report);
        }
    }
}

fn repeated(status: &str, node: &Node, report: &Report) {
    report.warn(node.at, format!("the range {status} stands here twice, in large and in small letters; keep one"));
}

/// Reports failures that the caller has to tell apart.
fn errors(operation: &Operation, failures: &[(String, Payload, &Node)], report: &Report) {
    let Some(((first, payload, _), rest)) = failures.split_first() else {
        let message = "no error is documented, so that no type describes its body; write 4XX and 5XX with their schema";
        report.note(operation.at, "operations document no error", message);
        return;
    };
    let is_same = |other: &Payload| other.schema() == payload.schema();
    if let Some((other, _, node)) = rest.iter().find(|(_, other, _)| !is_same(other)) {
        let message = format!(
            "the responses {first} and {other} of failure have different bodies, which the error has as JSON; give both the same schema"
        );
        report.note(node.at, "operations have failures with different bodies", message);
    }
}

/// The class of a status: its first digit, or `d` for `default`.
fn class(status: &str) -> Option<char> {
    if status == "default" {
        return Some('d');
    }
    let first = status.chars().next().filter(|first| ('1'..='5').contains(first))?;
    let rest = status.get(1..)?;
    let fits = rest.eq_ignore_ascii_case("XX") || rest.len() == 2 && rest.bytes().all(|byte| byte.is_ascii_digit());
    fits.then_some(first)
}

/// What a response consists of.
fn payload(
    operation: &Operation,
    status: &str,
    response: &Node,
    schemas: &BTreeMap<String, Node>,
    report: &Report,
) -> Payload {
    let mut content: Vec<(&String, &Node)> = response.each("content").collect();
    if content.is_empty() || operation.method == "head" || matches!(status, "204" | "205" | "304") {
        return Payload::Empty;
    }
    content.sort_by_key(|(name, media)| (!media::is_json_response(name), media::rank(name), !media.has("schema")));
    let (name, media) = content[0];
    if !media::is_json_response(name) {
        return Payload::Bytes;
    }
    if let Some((other, media)) = content.get(1).filter(|(name, _)| media::is_json_response(name)) {
        let message = format!("the response {status} has two JSON bodies; {name} is read, remove {other}");
        report.warn(media.at, message);
    }
    if let Some(encoding) = media.get("encoding").filter(|node| node.entries().is_some_and(|map| !map.is_empty())) {
        report.note(encoding.at, "encodings of responses are ignored", "a response has no encoding; remove encoding");
    }
    if !media::is_json(name) || name.contains('+') {
        let message = format!("the response of {name} is read as JSON; write application/json");
        report.note(media.at, "responses of other media types are read as JSON", message);
    }
    match media.get("schema") {
        Some(schema) if resolve(schemas, schema).is_some_and(is_binary) => Payload::Bytes,
        Some(schema) => Payload::Json(schema.clone()),
        None => {
            let message =
                format!("the response {status} has no schema, and is any JSON value; write schema: with its type");
            report.note(media.at, "responses have no schema and are any JSON value", message);
            Payload::Json(Node::map(media.at))
        }
    }
}

fn is_binary(schema: &Node) -> bool {
    schema.str("format") == Some("binary") || schema.str("type") == Some("file")
}

/// One payload for all statuses of success, which is all that the generated code can return.
fn settle(operation: &mut Operation, successes: Vec<(String, Payload, &Node)>, report: &Report) {
    let worth = |payload: &Payload| match payload {
        Payload::Json(schema) if says_something(schema) => 0,
        Payload::Bytes | Payload::Text | Payload::Form(_) => 1,
        Payload::Json(_) => 2,
        Payload::Empty => 3,
    };
    let Some(best) = successes.iter().min_by_key(|(_, payload, _)| worth(payload)) else { return };
    let (status, chosen) = (best.0.clone(), best.1.clone());
    let mut is_optional = false;
    for (other, payload, node) in &successes {
        let is_same = match (payload, &chosen) {
            (Payload::Json(one), Payload::Json(other)) => one == other,
            (Payload::Bytes, Payload::Bytes) | (Payload::Empty, Payload::Empty) => true,
            _ => false,
        };
        if is_same {
            continue;
        }
        if matches!(payload, Payload::Empty) {
            is_optional = true;
            let message = format!(
                "the response {other} has no body beside {status}, and is returned as None; give both the same schema"
            );
            report.note(
                node.at,
                "responses of success have no body beside one that has, and are returned as None",
                message,
            );
        } else if matches!(payload, Payload::Json(schema) if !says_something(schema)) {
            let message = format!(
                "the response {other} has any body, and is read as that of {status}; give both the same schema"
            );
            report.note(
                node.at,
                "responses of success have any body beside one that has a type, and are read as that",
                message,
            );
        } else {
            let message = format!(
                "the responses {status} and {other} have different bodies, and {other} is read as that of {status}; give both the same schema, or keep one of them"
            );
            report.warn(node.at, message);
        }
    }
    operation.is_optional = is_optional && matches!(chosen, Payload::Json(_));
    operation.successes = successes.into_iter().map(|(status, ..)| (status, chosen.clone())).collect();
}

/// Whether a schema describes more than that there is a value.
fn says_something(schema: &Node) -> bool {
    ["$ref", "properties", "items", "additionalProperties", "allOf", "oneOf", "anyOf"].iter().any(|key| schema.has(key))
        || schema.str("type").is_some_and(|kind| kind != "object")
}
