//! Keeps every path parameter inside its own segment.
//!
//! The generated code percent-encodes what it puts into a path, but leaves `\`, `.` and `..` alone, and addresses are then
//! normalised: an id of `..` would turn one operation into another. So each request is compared with the template of its
//! operation before it is sent. That is done on an address whose scheme is not one of the web's ([`NOWHERE`]), where a backslash
//! is still an ordinary character and nothing but `.` and `..` has been taken away.

use std::borrow::Cow;

use crate::Operation;

/// The address that the generated client believes in. Nothing can be sent there, so that a request can not leave before it has been
/// checked and given its real address.
pub(crate) const NOWHERE: &str = "secmaster://operation";

/// What a path parameter may be.
const ALLOWED: &str = "a path parameter is text that is not empty, not \".\" or \"..\", and has no backslash";

/// Compares a request's path with the template of its operation, segment by segment.
///
/// # Errors
///
/// Where they differ: with what is wrong, and what is allowed. The value itself is not shown.
pub(crate) fn check(operation: &Operation, path: &str) -> Result<(), String> {
    let is_dots = || Err(format!("one of the path parameters {} is \".\" or \"..\"; {ALLOWED}", names(operation.path)));
    let template = operation.path.split('/');
    if template.clone().count() != path.split('/').count() {
        return is_dots();
    }
    for (expected, given) in template.zip(path.split('/')) {
        if !expected.contains('{') {
            if expected != given {
                return is_dots();
            }
        } else if given.contains('\\') {
            return Err(format!("{} has a backslash; {ALLOWED}", names(expected)));
        } else if !fits(expected, given) {
            return Err(format!("{} is empty or \".\"; {ALLOWED}", names(expected)));
        }
    }
    Ok(())
}

/// Percent-encodes what RFC 3986 does not allow in a path but the generated code and the URL library leave as it is.
pub(crate) fn encode(path: &str) -> Cow<'_, str> {
    const LEFT: [char; 4] = ['|', '^', '[', ']'];
    if !path.contains(LEFT) {
        return Cow::Borrowed(path);
    }
    let mut encoded = String::with_capacity(path.len() + 2 * LEFT.len());
    for c in path.chars() {
        match c {
            '|' => encoded.push_str("%7C"),
            '^' => encoded.push_str("%5E"),
            '[' => encoded.push_str("%5B"),
            ']' => encoded.push_str("%5D"),
            c => encoded.push(c),
        }
    }
    Cow::Owned(encoded)
}

/// Whether a segment is its template with each parameter replaced by at least one character.
fn fits(template: &str, given: &str) -> bool {
    let Some((before, rest)) = template.split_once('{') else { return template == given };
    let Some((_, after)) = rest.split_once('}') else { return false };
    let Some(given) = given.strip_prefix(before) else { return false };
    given
        .char_indices()
        .skip(1)
        .map(|(index, _)| index)
        .chain([given.len()])
        .any(|index| index > 0 && given.get(index..).is_some_and(|rest| fits(after, rest)))
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
    fn a_segment_fits_where_each_parameter_has_a_value() {
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
        ] {
            assert_eq!(fits(template, given), expected, "{template} and {given}");
        }
    }

    #[test]
    fn names_are_listed_in_order() {
        assert_eq!(names("/v1/{a}/x/{b}"), "a, b");
    }
}
