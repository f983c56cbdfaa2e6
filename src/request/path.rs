//! Keeps every path parameter inside its own segment.
//!
//! Each value is percent-encoded before it becomes a part of the path, so that it cannot add a segment. What encoding does not help
//! against is `.` and `..`, which URLs resolve, and an empty value. So each request is compared with the template of its operation
//! before it is sent: otherwise an id of `..` would turn one operation into another. Since no value adds a segment, a path that lost
//! one cannot match its template again.
//!
//! A slash is sent as `%2F`, which by RFC 3986 is a part of the value: an id may contain one.

use std::fmt::Display;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::operation::Operation;

/// What a path parameter may be.
const ALLOWED: &str = "a path parameter is not empty, \".\" or \"..\", and has no backslash";

/// A backslash in a path. Some servers take it for a slash.
const BACKSLASH: &str = "%5C";

/// What RFC 3986, section 3.3, does not allow in a segment as it is.
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
    .remove(b';')
    .remove(b'=')
    .remove(b':')
    .remove(b'@');

/// Percent-encodes a path parameter. Used by generated code.
#[doc(hidden)]
pub fn encode_path(value: &str) -> impl Display + '_ {
    utf8_percent_encode(value, SEGMENT)
}

/// Compares a request's path with the template of its operation.
///
/// # Errors
///
/// Returns what is wrong and what is allowed if they differ. The value itself is not shown.
pub(crate) fn check(operation: &Operation, path: &str) -> Result<(), String> {
    if fits(operation.path.as_bytes(), path.as_bytes()) && !path.contains(BACKSLASH) {
        Ok(())
    } else {
        Err(mistake(operation, path))
    }
}

/// Whether a path is its template with each parameter replaced by at least one character of its segment.
fn fits(template: &[u8], path: &[u8]) -> bool {
    let Some(start) = template.iter().position(|byte| *byte == b'{') else { return template == path };
    let Some(length) = template[start..].iter().position(|byte| *byte == b'}') else { return false };
    let after = &template[start + length + 1..];
    let Some(rest) = path.strip_prefix(&template[..start]) else { return false };
    let segment = rest.iter().position(|byte| *byte == b'/').unwrap_or(rest.len());
    let fits_from = |end: usize| end > 0 && fits(after, &rest[end..]);
    if after.first().is_none_or(|byte| *byte == b'/') { fits_from(segment) } else { (1..=segment).any(fits_from) }
}

/// What is wrong with a path that does not match its template, found segment by segment.
fn mistake(operation: &Operation, path: &str) -> String {
    let mut segments = path.split('/');
    for expected in operation.path.split('/') {
        let given = segments.next().unwrap_or_default();
        if !expected.contains('{') {
            if expected != given {
                break;
            }
        } else if given.contains(BACKSLASH) {
            return format!("{} has a backslash; {ALLOWED}", names(expected));
        } else if !fits(expected.as_bytes(), given.as_bytes()) {
            return format!("{} is empty or \".\"; {ALLOWED}", names(expected));
        }
    }
    format!("one of the path parameters {} is \".\" or \"..\"; {ALLOWED}", names(operation.path))
}

/// The names in braces, joined by commas.
fn names(template: &str) -> String {
    template
        .split('{')
        .skip(1)
        .filter_map(|rest| rest.split_once('}'))
        .map(|(name, _)| name)
        .collect::<Vec<_>>()
        .join(", ")
}

#[cfg(test)]
mod tests;
