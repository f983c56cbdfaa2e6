//! Characters that JSON escapes as surrogate pairs, which YAML does not support.

use std::borrow::Cow;

/// Replaces each escaped surrogate pair of a JSON document by its character. Line numbers do not change.
pub(crate) fn surrogates(text: &str) -> Cow<'_, str> {
    let is_json = text.trim_start_matches('\u{feff}').trim_start().starts_with(['{', '[']);
    if !is_json || !text.contains("\\u") {
        return text.into();
    }
    // An escaped backslash does not start an escape.
    text.split(r"\\").map(without_pairs).collect::<Vec<_>>().join(r"\\").into()
}

fn without_pairs(text: &str) -> String {
    let mut result = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, escape)) = rest.split_once("\\u") {
        result.push_str(before);
        // For example `d83d\ude00`, which is one character only if it is a pair.
        let pair = escape.get(..10).and_then(|pair| serde_json::from_str::<String>(&format!("\"\\u{pair}\"")).ok());
        let character = pair.filter(|pair| pair.chars().count() == 1);
        rest = if character.is_some() { &escape[10..] } else { escape };
        result.push_str(character.as_deref().unwrap_or("\\u"));
    }
    result + rest
}
