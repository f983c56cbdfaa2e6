//! Ensures that path parameters do not change the structure of a path.
//!
//! Each value is percent-encoded, so that it cannot add a segment. Encoding does not help with `.` and `..`, which URLs
//! resolve, or with an empty value: an id of `..` would call a different operation. So each value, and each segment that
//! contains one, is checked before a request is sent. Generated code writes the values in braces, as the template has
//! their names, to tell them apart; no encoded value contains a brace.
//!
//! A slash is sent as `%2F`, which RFC 3986 treats as a part of the value: an ID may contain one. A semicolon is encoded
//! too, since some servers drop it with what follows before they resolve `..`. Some servers treat a backslash as a
//! slash, and white space or a line break at the end of an ID is a copy-and-paste mistake, so both are rejected.

use std::fmt;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use crate::error::sanitize::excerpt;

/// Describes valid path parameters.
const ALLOWED: &str = "a path parameter must not be empty, \".\" or \"..\", or contain a backslash";

/// Characters that RFC 3986, section 3.3, does not allow unencoded in a segment, and the semicolon.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'!')
    .remove(b'$')
    .remove(b'&')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')')
    .remove(b'*')
    .remove(b'+')
    .remove(b',')
    .remove(b'=')
    .remove(b':')
    .remove(b'@');

/// Percent-encodes a path parameter, in braces. Used by generated code.
#[doc(hidden)]
pub fn encode_path(value: &str) -> EncodedPath<'_> {
    EncodedPath(value)
}

#[doc(hidden)]
pub struct EncodedPath<'a>(&'a str);

impl fmt::Display for EncodedPath<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{{{}}}", utf8_percent_encode(self.0, SEGMENT))
    }
}

/// The path of a request, from its template and the path with values in braces. The error describes an invalid value.
pub(crate) fn complete(template: &str, encoded: &str) -> Result<String, String> {
    let (mut names, mut rest) = (template, encoded);
    let mut path = String::with_capacity(encoded.len());
    while let (Some((_, name, more)), Some((before, value, after))) = (braces(names), braces(rest)) {
        check(name, value)?;
        path.extend([before, value]);
        (names, rest) = (more, after);
    }
    path.push_str(rest);
    // No value has a slash, so the segments correspond. A segment may consist of several parts.
    match path.split('/').zip(template.split('/')).find(|(segment, _)| matches!(*segment, "." | "..")) {
        Some((_, name)) => Err(format!("{} is \".\" or \"..\"; {ALLOWED}", name.trim_matches(['{', '}']))),
        None => Ok(path),
    }
}

/// What is before, in and after the first pair of braces.
fn braces(text: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = text.split_once('{')?;
    let (inside, after) = rest.split_once('}')?;
    Some((before, inside, after))
}

fn check(name: &str, encoded: &str) -> Result<(), String> {
    if encoded.is_empty() {
        return Err(format!("{name} is empty; {ALLOWED}"));
    }
    let value = percent_decode_str(encoded).decode_utf8_lossy();
    if value.contains('\\') {
        return Err(format!("{name} has a backslash; {ALLOWED}"));
    }
    let what = if value.trim() != value {
        "begins or ends with white space"
    } else if value.contains(char::is_control) {
        "has a control character"
    } else {
        return Ok(());
    };
    Err(format!("{name} {} {what}; pass only the ID", excerpt(&format!("{value:?}"))))
}

#[cfg(test)]
#[allow(clippy::panic, reason = "tests may panic")]
mod tests;
