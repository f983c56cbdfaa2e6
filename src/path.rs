//! Keeps every path parameter inside its own segment.
//!
//! Each value is percent-encoded before it becomes a part of an address, so that it can add no segment. What that does not help against
//! is `.` and `..`, which addresses do not keep, and a value of no characters. So each request is compared with the template of its
//! operation before it is sent: without that, an id of `..` would turn one operation into another. Since no value adds a segment, a
//! path that lost one can not look like its template again.
//!
//! A slash is sent as `%2F`, which by RFC 3986 is a part of the value: an ID may have one.

use std::fmt::{self, Write as _};

use memchr::memchr;

use crate::Operation;

/// What a path parameter may be.
const ALLOWED: &str = "a path parameter is text that is not empty, not \".\" or \"..\", and has no backslash";

/// A backslash in a path. Some servers take it for a slash.
const BACKSLASH: &str = "%5C";

/// How the generated code writes each path parameter.
///
/// It is a method, since some of the generated types can be shown only as what they deref to.
pub(crate) trait EncodePath {
    /// Shows a value with all percent-encoded that RFC 3986 does not let stand in a segment as it is.
    fn encode_path(&self) -> impl fmt::Display;
}

impl<T: fmt::Display + ?Sized> EncodePath for T {
    fn encode_path(&self) -> impl fmt::Display {
        Encoded(self)
    }
}

struct Encoded<'a, T: ?Sized>(&'a T);

impl<T: fmt::Display + ?Sized> fmt::Display for Encoded<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(Encoder(f), "{}", self.0)
    }
}

/// Encodes what is written to it.
struct Encoder<'a, 'b>(&'a mut fmt::Formatter<'b>);

impl fmt::Write for Encoder<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        if text.bytes().all(is_plain) {
            return self.0.write_str(text);
        }
        text.bytes().try_for_each(|byte| {
            if is_plain(byte) { self.0.write_char(char::from(byte)) } else { write!(self.0, "%{byte:02X}") }
        })
    }
}

/// Whether a byte may stand in a segment as it is (RFC 3986, section 3.3).
fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'-' || b"._~!$&'()*+,;=:@".contains(&byte)
}

/// Compares a request's path with the template of its operation.
///
/// # Errors
///
/// Where they differ: with what is wrong, and what is allowed. The value itself is not shown.
pub(crate) fn check(operation: &Operation, path: &str) -> Result<(), String> {
    let has_backslash = memchr(b'%', path.as_bytes()).is_some() && path.contains(BACKSLASH);
    if fits(operation.path, path) && !has_backslash { Ok(()) } else { Err(mistake(operation, path)) }
}

/// Whether a path is its template with each parameter replaced by at least one character of its segment.
fn fits(template: &str, path: &str) -> bool {
    let Some((before, rest)) = split(template, b'{') else { return template == path };
    let Some((_, after)) = split(rest, b'}') else { return false };
    let Some(path) = path.strip_prefix(before) else { return false };
    let segment = memchr(b'/', path.as_bytes()).unwrap_or(path.len());
    let fits_from = |end| end > 0 && path.get(end..).is_some_and(|rest| fits(after, rest));
    if after.is_empty() || after.starts_with('/') { fits_from(segment) } else { (1..=segment).any(fits_from) }
}

/// What is before a delimiter, and what behind it.
fn split(text: &str, delimiter: u8) -> Option<(&str, &str)> {
    let (before, rest) = text.split_at_checked(memchr(delimiter, text.as_bytes())?)?;
    Some((before, rest.get(1..)?))
}

/// What is wrong with a path that is not as its template says, found segment by segment.
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
        } else if !fits(expected, given) {
            return format!("{} is empty or \".\"; {ALLOWED}", names(expected));
        }
    }
    format!("one of the path parameters {} is \".\" or \"..\"; {ALLOWED}", names(operation.path))
}

/// The names in braces, as a list.
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
mod tests {
    use super::{fits, names};

    #[test]
    fn a_path_fits_where_each_parameter_has_a_value_within_its_segment() {
        for (template, given, expected) in [
            ("v1", "v1", true),
            ("v1", "v2", false),
            ("{id}", "x", true),
            ("{id}", "", false),
            ("{id}.json", "a.json", true),
            ("{id}.json", "a.b.json", true),
            ("{id}.json", ".json", false),
            ("{a}:{b}", "x:y", true),
            ("{a}:{b}", "x:", false),
            ("{a}:{b}", ":y", false),
            ("v{n}", "v", false),
            ("v{n}", "项目", false),
            ("{a}:{b}", "项:目", true),
            ("/v1/{a}/x/{b}", "/v1/p/x/q", true),
            ("/v1/{a}/x/{b}", "/v1/p/q/x/r", false),
            ("/v1/{a}/x/{b}", "/v1//x/q", false),
            ("/v1/{a}/x/{b}", "/v1/p/x/", false),
            ("/v1/{a}/x/{b}", "/v1/p/x/q/", false),
            ("/v1/{a}/x", "/v1/p/x/x", false),
            ("/{a}-{b}/x", "/p-q/x", true),
            ("/{a}-{b}/x", "/p-/x", false),
            ("/{a}-{b}/x", "/p/-q/x", false),
        ] {
            assert_eq!(fits(template, given), expected, "{template} and {given}");
        }
    }

    #[test]
    fn names_are_listed_in_order() {
        assert_eq!(names("/v1/{a}/x/{b}"), "a, b");
    }
}
