//! Whether each operation's answers are of one type for success and one for failure, which is all that the generator can express.

use std::collections::BTreeSet;

use serde_json::Value;

use super::super::document::step;
use super::super::operation::Operation;
use super::Found;
use super::kind::Kind;
use super::tree::{Place, Tree};
use super::type_names::is_named;

pub fn check(tree: &Tree<'_>, found: &mut Found<'_>) {
    for operation in &tree.operations {
        let pointer = format!("{}/responses", operation.pointer);
        let Some(map) = tree.document.value.pointer(&pointer).and_then(Value::as_object) else { continue };
        let statuses: Vec<&str> = map.keys().map(String::as_str).filter(|key| !key.starts_with("x-")).collect();
        if statuses.is_empty() {
            let text = "there are no responses; write an answer of success and one of failure, such as '200' and 4XX";
            found.error(&pointer, Some(&operation.label()), text);
            continue;
        }
        let mut answers = Vec::new();
        let mut complete = true;
        for status in statuses {
            match answer(tree, operation, status, found) {
                Some(answer) => answers.push(answer),
                None => complete = false,
            }
        }
        if complete {
            one_type(&answers, operation, found);
            documented(&answers, operation, found);
        }
    }
}

/// A documented answer.
struct Answer {
    status: Status,
    /// As the document writes it.
    written: String,
    pointer: String,
    /// Tells bodies apart of which the generator makes different types.
    body: String,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Status {
    Code(u16),
    /// The first digit of a status code.
    Range(u16),
    Default,
}

impl Status {
    fn read(text: &str) -> Option<Self> {
        if text == "default" {
            return Some(Self::Default);
        }
        let first = text.chars().next().and_then(|first| first.to_digit(10)).filter(|first| (1..=5).contains(first))?;
        match text.get(1..)? {
            rest if rest.eq_ignore_ascii_case("XX") => Some(Self::Range(u16::try_from(first).ok()?)),
            rest if rest.len() == 2 && rest.bytes().all(|byte| byte.is_ascii_digit()) => {
                Some(Self::Code(text.parse().ok()?))
            }
            _ => None,
        }
    }

    fn hundreds(self) -> u16 {
        match self {
            Self::Code(code) => code / 100,
            Self::Range(first) => first,
            Self::Default => 0,
        }
    }
}

/// One answer, unless something is wrong with it.
fn answer(tree: &Tree<'_>, operation: &Operation<'_>, written: &str, found: &mut Found<'_>) -> Option<Answer> {
    let label = operation.label();
    let pointer = format!("{}/responses{}", operation.pointer, step(written));
    let Some(status) = Status::read(written) else {
        let text =
            format!("{written} is not an HTTP status; write a number such as '200', a range such as 4XX, or default");
        found.error(&pointer, Some(&label), &text);
        return None;
    };
    if status == Status::Code(101) {
        found.error(
            &pointer,
            Some(&label),
            "the client can not switch protocols, which 101 means; take this answer out",
        );
        return None;
    }
    let response = tree.follow(tree.place(&pointer)?, Kind::Response)?;
    if found.is_wrong(&response.pointer) {
        return None;
    }
    let content = response.entries("content");
    let json: Vec<_> = content
        .iter()
        .filter(|(name, _)| *name == "application/json" || name.starts_with("application/json;"))
        .collect();
    let body = match json.as_slice() {
        [] => {
            unread(&content, &label, found);
            if content.is_empty() { "no body".to_owned() } else { "bytes".to_owned() }
        }
        [(_, media)] => {
            if let Some(encoding) =
                media.child("encoding").filter(|encoding| encoding.value != &Value::Object(serde_json::Map::new()))
            {
                found.error(&encoding.pointer, Some(&label), "an answer has no encoding; take encoding out");
            }
            let Some(schema) = media.child("schema") else {
                let text = format!("the JSON of the answer {written} has no schema; write schema: with its type");
                found.error(&media.pointer, Some(&label), &text);
                return None;
            };
            type_key(&schema)
        }
        [_, (name, second), ..] => {
            let text = format!(
                "the answer {written} has two JSON bodies, and {name} would be dropped without a word; keep one"
            );
            found.error(&second.pointer, Some(&label), &text);
            return None;
        }
    };
    Some(Answer { status, written: written.to_owned(), pointer, body })
}

/// JSON under a name by which the generator does not know it comes as bytes.
fn unread(content: &[(&str, Place<'_>)], label: &str, found: &mut Found<'_>) {
    for (name, media) in content {
        let lower = name.to_ascii_lowercase();
        if lower.contains("json") || lower.starts_with("*/*") || lower.starts_with("application/*") {
            let text = format!("answers of {name} come as bytes; write application/json to have their JSON read");
            found.warn(&media.pointer, Some(label), &text);
        }
    }
}

/// The success bodies have to be of one type. Failures may have any, since the client reads them all alike.
fn one_type(answers: &[Answer], operation: &Operation<'_>, found: &mut Found<'_>) {
    let label = operation.label();
    let mut seen = BTreeSet::new();
    for answer in answers {
        if let Status::Range(_) = answer.status
            && !seen.insert(answer.status)
        {
            let text =
                format!("the range {} stands here twice, in large and in small letters; keep one", answer.written);
            found.error(&answer.pointer, Some(&label), &text);
        }
    }
    let mut success: Vec<&Answer> =
        answers.iter().filter(|answer| answer.status == Status::Default || answer.status.hundreds() == 2).collect();
    success.sort_by_key(|answer| match answer.status {
        Status::Code(code) => code,
        Status::Range(first) => first * 100,
        Status::Default => 1000,
    });
    // It describes successes only where nothing else does.
    if success.len() > 1 {
        success.retain(|answer| answer.status != Status::Default);
    }
    let Some((first, rest)) = success.split_first() else { return };
    let Some(other) = rest.iter().find(|other| other.body != first.body) else { return };
    let text = format!(
        "the answers {} and {} of success have different bodies, and the client can only return one type; give both the same schema, or keep one of them",
        first.written, other.written
    );
    found.error(&other.pointer, Some(&label), &text);
}

/// Answers that nothing is generated for.
fn documented(answers: &[Answer], operation: &Operation<'_>, found: &mut Found<'_>) {
    let label = operation.label();
    let any = |from: u16, to: u16| {
        answers.iter().any(|answer| answer.status == Status::Default || (from..=to).contains(&answer.status.hundreds()))
    };
    let mut warn = |pointer: &str, text: &str| found.warn(pointer, Some(&label), text);
    if !any(2, 2) {
        warn(
            &operation.pointer,
            "no answer of success is documented, so that answers come as bytes; write '200' with its schema",
        );
    }
    for answer in answers.iter().filter(|answer| matches!(answer.status.hundreds(), 1 | 3)) {
        let text = format!(
            "the answer {} is not read, and comes as an error that tells the status; take it out",
            answer.written
        );
        warn(&answer.pointer, &text);
    }
}

/// Two schemas with the same key become one type.
fn type_key(schema: &Place<'_>) -> String {
    let nullable = if schema.flag("nullable") { "nullable " } else { "" };
    if let Some(reference) = schema.text("$ref") {
        return reference.to_owned();
    }
    for key in ["allOf", "oneOf", "anyOf"] {
        if let [only] = schema.items(key).as_slice() {
            return format!("{nullable}{}", type_key(only));
        }
    }
    if is_named(schema) {
        // All of these get the operation's own name; whether they are the same is a question of names.
        return format!("{nullable}inline");
    }
    let kind = schema.text("type").unwrap_or("any");
    let format = schema.text("format").unwrap_or_default();
    let inner =
        ["items", "additionalProperties"].iter().find_map(|key| schema.child(key)).map(|inner| type_key(&inner));
    format!("{nullable}{kind} {format} {}", inner.unwrap_or_default())
}
