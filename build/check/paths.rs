//! Whether each path is a template that the generator reads, and that an address keeps as it is.

use std::collections::BTreeSet;

use serde_json::Value;

use super::super::document::step;
use super::Found;
use super::tree::Tree;

/// What RFC 3986 lets stand in a segment as it is, besides letters and digits.
const PLAIN: &str = "-._~!$&'()*+,;=:@%";

pub fn check(tree: &Tree<'_>, found: &mut Found<'_>) {
    let Some(paths) = tree.document.value.get("paths").and_then(Value::as_object) else { return };
    let keys = paths.keys().filter(|key| !key.starts_with("x-"));
    if keys.clone().next().is_none() {
        found.error("/paths", None, "there are no paths; write at least one, with an operation");
    }
    for path in keys {
        if let Some(text) = mistake(path) {
            found.error(&format!("/paths{}", step(path)), None, &text);
        }
    }
}

/// The first thing that is wrong with a path.
fn mistake(path: &str) -> Option<String> {
    if !path.starts_with('/') {
        return Some(format!("the path {path} would be dropped without a word; begin it with a slash: /{path}"));
    }
    let literal = match literals(path) {
        Ok(literal) => literal,
        Err(text) => return Some(text),
    };
    if let Some(mark) = literal.chars().find(|c| matches!(c, '?' | '#')) {
        return Some(format!(
            "the path has a {mark}, after which nothing belongs to a path any more; end it before, and declare each parameter with in: query"
        ));
    }
    if path.contains("//") {
        return Some("the path has two slashes in a row, which would be sent as one; write one slash".to_owned());
    }
    if let Some(segment) = path.split('/').find(|segment| is_dots(segment)) {
        return Some(format!(
            "the path has the segment {segment}, which addresses do not keep; write the path without it"
        ));
    }
    if literal.contains('\\') || literal.to_ascii_uppercase().contains("%5C") {
        return Some(
            "the path has a backslash, which some servers take for a slash, so that the client would not send it; write the path without it"
                .to_owned(),
        );
    }
    if let Some(c) = literal.chars().find(|c| !c.is_ascii_alphanumeric() && *c != '/' && !PLAIN.contains(*c)) {
        let encoded = c.to_string().bytes().fold(String::new(), |text, byte| format!("{text}%{byte:02X}"));
        let shown = if c == ' ' { "a space".to_owned() } else { format!("the character {c}") };
        return Some(format!(
            "the path has {shown}, which addresses do not keep as it is; write {encoded} in its place"
        ));
    }
    let digits = |rest: &str| rest.bytes().take(2).filter(u8::is_ascii_hexdigit).count() == 2;
    if literal.split('%').skip(1).any(|rest| !digits(rest)) {
        return Some(
            "the path has a % without two hexadecimal digits after it; write %25 for the character itself".to_owned(),
        );
    }
    None
}

/// A path without what stands in braces, or what is wrong with its braces.
fn literals(path: &str) -> Result<String, String> {
    let mut literal = String::new();
    let mut names = BTreeSet::new();
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
        if name.is_empty() {
            return Err("the path has a pair of braces without a name; write a parameter's name in it".to_owned());
        }
        if !names.insert(name) {
            return Err(format!("the path names {{{name}}} twice; give each of its parameters a name of its own"));
        }
        literal.push_str(before);
        rest = after;
    }
    literal.push_str(rest);
    if literal.contains('}') {
        return Err("the path closes a brace that it did not open; take the } out".to_owned());
    }
    Ok(literal)
}

/// Whether a segment is `.` or `..`, also in the encoded form.
fn is_dots(segment: &str) -> bool {
    matches!(segment.to_ascii_lowercase().replace("%2e", ".").as_str(), "." | "..")
}

/// The names in braces of a path template, if its braces are right.
pub fn names(path: &str) -> Option<Vec<&str>> {
    literals(path).ok()?;
    Some(path.split('{').skip(1).filter_map(|rest| rest.split_once('}').map(|(name, _)| name)).collect())
}
