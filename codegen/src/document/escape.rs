//! Characters that JSON escapes as two surrogates, which YAML does not know.

use std::borrow::Cow;

/// Writes out each pair of surrogate escapes of a JSON text as the character it means. Lines stay as they are.
pub(crate) fn surrogates(text: &str) -> Cow<'_, str> {
    let is_json = text.trim_start_matches('\u{feff}').trim_start().starts_with(['{', '[']);
    if !is_json || !text.contains("\\u") {
        return text.into();
    }
    // An escaped backslash begins no escape.
    text.split(r"\\").map(without_pairs).collect::<Vec<_>>().join(r"\\").into()
}

fn without_pairs(text: &str) -> String {
    let mut result = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, escape)) = rest.split_once("\\u") {
        let second = escape.get(4..).and_then(|after| unit(after.strip_prefix("\\u")?));
        let pair = unit(escape).zip(second).and_then(|(high, low)| char::decode_utf16([high, low]).next()?.ok());
        result.push_str(before);
        if let Some(character) = pair.filter(|character| character.len_utf16() == 2) {
            result.push(character);
            rest = &escape[10..];
        } else {
            result.push_str("\\u");
            rest = escape;
        }
    }
    result + rest
}

/// The code unit at the beginning of a text, such as `d83d`.
fn unit(text: &str) -> Option<u16> {
    u16::from_str_radix(text.get(..4)?, 16).ok()
}
