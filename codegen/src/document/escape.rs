//! Characters that JSON escapes as surrogate pairs, which YAML does not support.

use std::borrow::Cow;

/// How many columns an escaped surrogate pair has more than its character.
const SHORTER: usize = r"\ud83d\ude00".len() - 1;

/// Replaces each escaped surrogate pair of a JSON document by its character. Line numbers do not change. Also returns
/// the index of each replaced character, from which [`column`] restores columns.
pub(crate) fn surrogates(text: &str) -> (Cow<'_, str>, Vec<usize>) {
    let is_json = text.trim_start_matches('\u{feff}').trim_start().starts_with(['{', '[']);
    if !is_json || !text.contains("\\u") {
        return (text.into(), Vec::new());
    }
    let (mut result, mut count, mut places) = (String::with_capacity(text.len()), 0, Vec::new());
    let mut rest = text;
    while let Some(backslash) = rest.find('\\') {
        let (before, escape) = rest.split_at(backslash);
        // For example `\ud83d\ude00`, which is one character only if it is a pair.
        let pair = escape.get(..=SHORTER).filter(|pair| pair.starts_with("\\u"));
        let pair = pair.and_then(|pair| serde_json::from_str::<String>(&format!("\"{pair}\"")).ok());
        let character = pair.filter(|pair| pair.chars().count() == 1);
        // An escaped backslash does not start an escape.
        let length = if character.is_some() { SHORTER + 1 } else { escape.chars().take(2).map(char::len_utf8).sum() };
        let (escape, after) = escape.split_at(length);
        count += before.chars().count();
        if character.is_some() {
            places.push(count);
        }
        let escape = character.as_deref().unwrap_or(escape);
        count += escape.chars().count();
        result.push_str(before);
        result.push_str(escape);
        rest = after;
    }
    (Cow::Owned(result + rest), places)
}

/// The column in the original line, for a column in the line without escaped pairs.
pub(crate) fn column(column: usize, places: &[usize]) -> usize {
    column + SHORTER * places.partition_point(|place| *place < column)
}
