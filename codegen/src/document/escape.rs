//! Characters that JSON escapes as two surrogates, which YAML does not know.

use std::borrow::Cow;

/// Writes out each pair of surrogate escapes of a JSON text as the character it means. Lines stay as they are.
pub(crate) fn surrogates(text: &str) -> Cow<'_, str> {
    let is_json = text.trim_start_matches('\u{feff}').trim_start().starts_with(['{', '[']);
    if !is_json || !text.contains("\\u") {
        return text.into();
    }
    let mut result = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find('\\') {
        let (before, escape) = rest.split_at(start);
        result.push_str(before);
        let pair = unit(escape).zip(escape.get(6..).and_then(unit));
        let decoded = pair.and_then(|(high, low)| char::decode_utf16([high, low]).next()?.ok());
        rest = if let (Some(character), Some((high, _))) = (decoded, pair)
            && (0xD800..0xDC00).contains(&high)
        {
            result.push(character);
            &escape[12..]
        } else {
            // A backslash and what it escapes, so that an escaped backslash begins nothing.
            let length = 1 + escape[1..].chars().next().map_or(0, char::len_utf8);
            result.push_str(&escape[..length]);
            &escape[length..]
        };
    }
    result.push_str(rest);
    result.into()
}

/// The code unit of an escape such as `\ud83d` at the beginning of a text.
fn unit(text: &str) -> Option<u16> {
    let digits = text.strip_prefix("\\u")?.get(..4)?;
    u16::from_str_radix(digits, 16).ok()
}
