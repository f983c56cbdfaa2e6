//! Ensures that path parameters do not change the structure of a path.
//!
//! Each value is percent-encoded, so that it cannot add a segment. Encoding does not help with `.` and `..`, which URLs
//! resolve, or with an empty value. So each request is compared with the template of its operation before it is sent:
//! otherwise an id of `..` would call a different operation. Since no value adds a segment, a path that lost one cannot
//! match its template again.
//!
//! A slash is sent as `%2F`, which RFC 3986 treats as a part of the value: an ID may contain one. A semicolon is encoded
//! too, since some servers drop it with what follows before they resolve `..`. Some servers treat a backslash as a
//! slash, and white space or a line break at the end of an ID is a copy-and-paste mistake, so both are rejected.

use std::borrow::Cow;

use memchr::memchr;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode, utf8_percent_encode};

use crate::error::sanitize::excerpt;
use crate::operation::Operation;

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

/// Percent-encodes a path parameter. Used by generated code.
#[doc(hidden)]
pub fn encode_path(value: &str) -> Cow<'_, str> {
    utf8_percent_encode(value, SEGMENT).into()
}

/// Compares a request's path with the template of its operation, and checks its values. The error describes what is
/// wrong.
pub(crate) fn check(operation: &Operation, path: &str) -> Result<(), String> {
    let mut values = Vec::new();
    if !fits(operation.path.as_bytes(), path.as_bytes(), &mut values) {
        return Err(describe_mismatch(operation, path));
    }
    for (name, value) in values.into_iter().rev() {
        let (name, value) = (String::from_utf8_lossy(name), percent_decode(value).decode_utf8_lossy());
        if value.contains('\\') {
            return Err(format!("{name} has a backslash; {ALLOWED}"));
        }
        let what = if value.trim() != value {
            "begins or ends with white space"
        } else if value.contains(char::is_control) {
            "has a control character"
        } else {
            continue;
        };
        let shown = excerpt(&format!("{value:?}"));
        return Err(format!("{name} {shown} {what}; pass only the ID"));
    }
    Ok(())
}

/// Whether a path is its template with each parameter replaced by at least one character of its segment. Collects the
/// parameters with encoded characters, from the last to the first: their names and encoded values.
fn fits<'a>(template: &'a [u8], path: &'a [u8], values: &mut Vec<(&'a [u8], &'a [u8])>) -> bool {
    let Some(start) = memchr(b'{', template) else { return template == path };
    let Some(length) = memchr(b'}', &template[start..]) else { return false };
    let (name, after) = (&template[start + 1..start + length], &template[start + length + 1..]);
    let Some(rest) = path.strip_prefix(&template[..start]) else { return false };
    let segment = memchr(b'/', rest).unwrap_or(rest.len());
    let mut fits_from = |end: usize| {
        let fits = end > 0 && fits(after, &rest[end..], values);
        // Unencoded characters are visible.
        if fits && memchr(b'%', &rest[..end]).is_some() {
            values.push((name, &rest[..end]));
        }
        fits
    };
    if after.first().is_none_or(|byte| *byte == b'/') { fits_from(segment) } else { (1..=segment).any(fits_from) }
}

/// Describes why a path does not match its template, by comparing segments.
fn describe_mismatch(operation: &Operation, path: &str) -> String {
    let mut segments = path.split('/');
    for expected in operation.path.split('/') {
        let given = segments.next().unwrap_or_default();
        if !expected.contains('{') {
            if expected != given {
                break;
            }
        } else if !fits(expected.as_bytes(), given.as_bytes(), &mut Vec::new()) {
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
