//! Rule `operations`: the operations of the document, with paths that can be sent.

use std::collections::BTreeSet;

use crate::diagnostic::Report;
use crate::document::node::{Data, Node};
use crate::rules::shape::{label, methods};
use crate::spec::model::{Operation, Spec};

/// What RFC 3986 allows in a segment as it is, besides letters and digits.
const PLAIN: &str = "-._~!$&'()*+,;=:@%";

pub(crate) fn apply(spec: &mut Spec, report: &Report) {
    let Some(mut paths) = spec.raw.remove("paths") else { return };
    let at = paths.at;
    let mut seen = BTreeSet::new();
    for (documented, mut item) in paths.entries_mut().map(std::mem::take).unwrap_or_default() {
        if documented.starts_with("x-") {
            continue;
        }
        if item.has("$ref") {
            report.warn(item.at, "a path cannot be a reference; write its operations here");
        }
        let mended = mend(&documented);
        if let Ok((_, message)) | Err(message) = &mended
            && !message.is_empty()
        {
            report.warn(item.at, message.as_str());
        }
        for method in methods() {
            let Some(raw) = item.remove(method) else { continue };
            spec.documented_operations += 1;
            let label = label(method, &documented, &raw);
            let report = &report.on(&label);
            let Ok((path, _)) = &mended else { continue };
            if !seen.insert((method, path.clone())) {
                let message = format!(
                    "another path has the same {} operation; this one is left out, remove it",
                    method.to_uppercase()
                );
                report.warn(raw.at, message);
                continue;
            }
            ignored(&item, &raw, report);
            spec.operations.push(operation(method, path, label, raw, &item));
        }
    }
    if spec.documented_operations == 0 {
        report.error(at, "there are no operations; write at least one path with an operation");
    } else if spec.operations.is_empty() {
        report.error(at, "no operation can be in the client, for the reasons given; correct the paths");
    }
}

fn operation(method: &'static str, path: &str, label: String, mut raw: Node, item: &Node) -> Operation {
    // What an operation says of a parameter of its path replaces what the path says; the rule for parameters sees to that.
    let inherited = item.list("parameters").to_vec();
    if !inherited.is_empty() {
        let own = raw.list_mut("parameters").map(std::mem::take).unwrap_or_default();
        let at = raw.at;
        raw.put("parameters", Node::new(at, own));
        raw.put("inherited", Node::new(at, inherited));
    }
    let mut text = |key: &str| match raw.remove(key).map(|node| node.data) {
        Some(Data::String(text)) if !text.trim().is_empty() => Some(text),
        _ => None,
    };
    let (summary, mut description) = (text("summary"), text("description"));
    if raw.flag("deprecated") {
        description =
            Some(description.map_or_else(|| "Deprecated.".to_owned(), |text| format!("{text}\n\nDeprecated.")));
    }
    Operation {
        at: raw.at,
        id: raw.str("operationId").unwrap_or_default().trim().to_owned(),
        label,
        method,
        documented_path: path.to_owned(),
        path: path.to_owned(),
        raw,
        summary,
        description,
        ..Operation::default()
    }
}

/// Reports what has no effect on the client.
fn ignored(item: &Node, raw: &Node, report: &Report) {
    for (node, kind) in [(item, "path"), (raw, "operation")] {
        if !node.list("servers").is_empty() {
            let message = format!(
                "the servers of this {kind} are ignored, since every call goes to the endpoint of the client; remove servers:"
            );
            report.warn(node.at, message);
        }
    }
    for key in raw.entries().into_iter().flatten().map(|(key, _)| key).filter(|key| key.starts_with("x-dropshot-")) {
        let message = format!("{key} has no effect on the client; remove {key}");
        report.note(raw.at, "extensions of dropshot are ignored", message);
    }
}

/// A path as it can be sent, with what was changed. The error says why it cannot be sent.
fn mend(documented: &str) -> Result<(String, String), String> {
    let mut message = String::new();
    let mut path = documented.to_owned();
    if !path.starts_with('/') {
        message = format!("the path {path} does not begin with a slash; write /{path}");
        path.insert(0, '/');
    }
    let left_out = |text: String| Err(format!("{text}; its operations are left out"));
    let literal = match literals(&path) {
        Ok(literal) => literal,
        Err(text) => return left_out(text),
    };
    if let Some(mark) = literal.chars().find(|c| matches!(c, '?' | '#')) {
        return left_out(format!(
            "the path has a {mark}, which ends a path; remove what follows, and declare each parameter with in: query"
        ));
    }
    if let Some(segment) = path.split('/').find(|segment| is_dots(segment)) {
        return left_out(format!(
            "the path has the segment {segment}, which URLs do not keep; write the path without it"
        ));
    }
    if literal.contains('\\') || literal.to_ascii_uppercase().contains("%5C") {
        return left_out(
            "the path has a backslash, which some servers take for a slash; write the path without it".to_owned(),
        );
    }
    let digits = |rest: &str| rest.bytes().take(2).filter(u8::is_ascii_hexdigit).count() == 2;
    if literal.split('%').skip(1).any(|rest| !digits(rest)) {
        return left_out(
            "the path has a % without two hexadecimal digits after it; write %25 for the character itself".to_owned(),
        );
    }
    if path.contains("//") {
        message = String::from("the path has two slashes in a row, which are sent as one; write one slash");
        while path.contains("//") {
            path = path.replace("//", "/");
        }
    }
    if let Some(c) = literal.chars().find(|c| !is_plain(*c)) {
        let shown = if c == ' ' { "a space".to_owned() } else { format!("the character {c}") };
        message = format!("the path has {shown}, which URLs do not keep as it is; write {} in its place", encoded(c));
        path = encode(&path);
    }
    Ok((path, message))
}

fn is_plain(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '/' || PLAIN.contains(c)
}

fn encoded(c: char) -> String {
    c.to_string().bytes().fold(String::new(), |text, byte| format!("{text}%{byte:02X}"))
}

/// Encodes what is not in braces.
fn encode(path: &str) -> String {
    let mut inside = false;
    let mut result = String::new();
    for c in path.chars() {
        inside = c == '{' || inside && c != '}';
        if inside || c == '}' || is_plain(c) { result.push(c) } else { result.push_str(&encoded(c)) }
    }
    result
}

/// A path without what stands in braces, or what is wrong with its braces.
fn literals(path: &str) -> Result<String, String> {
    let mut literal = String::new();
    let mut rest = path;
    while let Some((before, after)) = rest.split_once('{') {
        let Some((name, after)) = after.split_once('}') else {
            return Err(format!("the path opens a brace before {after} and does not close it; write {{{after}}}"));
        };
        if name.contains(['{', '/']) {
            return Err(format!(
                "the path has a brace or a slash inside the braces of {{{name}}}; write one parameter's name in each pair of braces"
            ));
        }
        if name.split(':').next().is_none_or(|name| name.trim().is_empty()) {
            return Err("the path has a pair of braces without a name; write a parameter's name in it".to_owned());
        }
        literal.push_str(before);
        rest = after;
    }
    literal.push_str(rest);
    if literal.contains('}') {
        return Err("the path closes a brace that it did not open; remove the }".to_owned());
    }
    Ok(literal)
}

/// Whether a segment is `.` or `..`, also in the encoded form.
fn is_dots(segment: &str) -> bool {
    matches!(segment.to_ascii_lowercase().replace("%2e", ".").as_str(), "." | "..")
}
