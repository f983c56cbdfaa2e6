//! Path templates, and which of them can be sent.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

/// Characters other than letters and digits that RFC 3986 allows unencoded in a segment.
const PLAIN: &str = "-._~!$&'()*+,;=:@%";

/// A part of a path: the string in a pair of braces, unless it is the first part, and the string that follows.
fn pieces(path: &str) -> impl Iterator<Item = (Option<&str>, &str)> {
    path.split('{').enumerate().map(|(index, piece)| match piece.split_once('}') {
        _ if index == 0 => (None, piece),
        Some((name, literal)) => (Some(name), literal),
        None => (Some(piece), ""),
    })
}

/// The parameter name in a pair of braces, without the pattern that may follow it.
pub(crate) fn name(inside: &str) -> &str {
    inside.split(':').next().unwrap_or_default().trim()
}

/// The parameter names in a path.
pub(crate) fn names_in(path: &str) -> Vec<String> {
    pieces(path).filter_map(|(name, _)| name.map(str::to_owned)).collect()
}

/// Replaces the parameter names in a path.
pub(crate) fn rename(path: &str, mut name: impl FnMut(&str) -> String) -> String {
    rewrite(path, &mut name, str::to_owned)
}

fn rewrite(path: &str, name: &mut dyn FnMut(&str) -> String, literal: impl Fn(&str) -> String) -> String {
    let piece = |(inside, after): (Option<&str>, &str)| {
        inside.map(|inside| format!("{{{}}}", name(inside))).unwrap_or_default() + &literal(after)
    };
    pieces(path).map(piece).collect()
}

/// Normalizes a path so that it can be sent, and returns the changes. The error describes why that is not possible.
pub(crate) fn normalize(documented: &str) -> Result<(String, Option<String>), &'static str> {
    let mut message = None;
    let mut path = documented.to_owned();
    if !path.starts_with('/') {
        message = Some(format!("the path {path} does not begin with a slash; write /{path}"));
        path.insert(0, '/');
    }
    if let Some(why) = unsupported(&path) {
        return Err(why);
    }
    if path.contains("//") {
        message = Some("the path has two slashes in a row, which are sent as one; write one slash".to_owned());
        while path.contains("//") {
            path = path.replace("//", "/");
        }
    }
    let unusual = pieces(&path).flat_map(|(_, literal)| literal.chars()).find(|c| !is_plain(*c));
    if let Some(c) = unusual {
        let shown = if c == ' ' { "a space".to_owned() } else { format!("the character {c}") };
        let encoded = encode(c);
        message = Some(format!("the path has {shown}, which must be percent-encoded; write {encoded} instead"));
        path = rewrite(&path, &mut str::to_owned, |literal| literal.chars().map(encode).collect());
    }
    Ok((path, message))
}

/// Returns the reason if a path cannot be sent.
fn unsupported(path: &str) -> Option<&'static str> {
    let literal: String = pieces(path).map(|(_, literal)| literal).collect();
    let names = names_in(path);
    let has_digits = |rest: &str| rest.bytes().take(2).filter(u8::is_ascii_hexdigit).count() == 2;
    let is_dots = |segment: &str| matches!(segment.to_ascii_lowercase().replace("%2e", ".").as_str(), "." | "..");
    let reasons = [
        (
            path.split('{').skip(1).any(|piece| !piece.contains('}')),
            "the path opens a brace and does not close it; write one parameter's name in each pair of braces",
        ),
        (literal.contains('}'), "the path closes a brace that it did not open; remove the }"),
        (
            names.iter().any(|name| name.contains('/')),
            "the path has a slash inside a pair of braces; write one parameter's name in each pair of braces",
        ),
        (
            names.iter().any(|inside| name(inside).is_empty()),
            "the path has a pair of braces without a name; write a parameter's name in it",
        ),
        (
            literal.contains(['?', '#']),
            "the path has a ? or #, which ends a path; remove what follows, and declare each parameter with in: query",
        ),
        (path.split('/').any(is_dots), "the path has the segment . or .., which URL parsers remove; remove it"),
        (
            literal.contains('\\') || literal.to_ascii_uppercase().contains("%5C"),
            "the path has a backslash, which some servers treat as a slash; remove it",
        ),
        (
            literal.split('%').skip(1).any(|rest| !has_digits(rest)),
            "the path has a % without two hexadecimal digits after it; write %25 for the character itself",
        ),
    ];
    reasons.into_iter().find(|(is_so, _)| *is_so).map(|(_, why)| why)
}

fn is_plain(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '/' || PLAIN.contains(c)
}

/// Encodes a character for a URL.
fn encode(c: char) -> String {
    let text = c.to_string();
    if is_plain(c) { text } else { utf8_percent_encode(&text, NON_ALPHANUMERIC).to_string() }
}
