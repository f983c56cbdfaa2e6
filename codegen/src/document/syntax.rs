//! Explains errors of the YAML parser, and suggests a fix.

/// Messages of the parser, and the fix for each. The first match is the most helpful.
const ADVICE: [(&[&str], &str); 6] = [
    (
        &["unexpected character", "unknown anchor"],
        "a value that begins with *, &, !, %, @ or a backtick has a special meaning in YAML; put it in quotes",
    ),
    (
        &["mapping values are not allowed"],
        "correct the indentation, and put a string that has a colon and a space in quotes",
    ),
    (&["escape"], "write the character itself instead of the escape"),
    (&["quoted scalar", "end of stream"], "close the open quotes or brackets"),
    (&["expected ','"], "add the missing character, here or at the end of the previous line"),
    (&["expected key", "block", "invalid indentation"], "correct the indentation"),
];

/// Describes a syntax error at a line of the document, and how to fix it.
pub(crate) fn explain(message: &str, line: &str) -> String {
    if message.contains("tabs disallowed") || message.contains("valid YAML whitespace") && line.contains('\t') {
        return "the indentation contains a tab; use spaces".to_owned();
    }
    let fits = |words: &[&str]| words.iter().any(|words| message.contains(words));
    let advice = ADVICE.iter().find(|(words, _)| fits(words)).map_or("correct the syntax", |(_, advice)| advice);
    format!("the syntax is wrong ({message}); {advice}")
}
