//! Explains errors of the YAML parser, and suggests a fix.

/// Messages of the parser, and the fix for each. The first match is the most helpful.
const ADVICE: [(&[&str], &str); 6] = [
    (
        &["unexpected character", "unknown anchor"],
        "a value that begins with *, &, !, %, @ or a backtick means something else in YAML; put it in quotes",
    ),
    (
        &["mapping values are not allowed"],
        "begin the line in the column of those it belongs to, and put a string that has a colon and a space in quotes",
    ),
    (&["escape"], "write the character itself in place of the escape"),
    (&["quoted scalar", "end of stream"], "close the quotes or brackets that were opened"),
    (&["expected ','"], "add what is missing, here or at the end of the line before"),
    (&["expected key", "block", "invalid indentation"], "begin the line in the column of those it belongs to"),
];

/// Describes a syntax error at a line of the document, and how to fix it.
pub(crate) fn explain(complaint: &str, line: &str) -> String {
    if complaint.contains("tabs disallowed") || complaint.contains("valid YAML whitespace") && line.contains('\t') {
        return "there is a tab where YAML requires spaces; write spaces".to_owned();
    }
    let fits = |words: &[&str]| words.iter().any(|words| complaint.contains(words));
    let advice = ADVICE.iter().find(|(words, _)| fits(words)).map_or("correct the syntax", |(_, advice)| advice);
    format!("the syntax is wrong ({complaint}); {advice}")
}
