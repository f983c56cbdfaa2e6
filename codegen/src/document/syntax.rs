//! Explains the errors of the YAML parser, and says what to write.

/// What is wrong with the syntax at a line of the text, and what to write instead.
pub(crate) fn explain(complaint: &str, line: &str) -> String {
    let about = |words: &str| complaint.contains(words);
    if about("duplicated key") {
        return "this key stands in its mapping twice; keep one of the two".to_owned();
    }
    if about("tabs disallowed") || (about("valid YAML whitespace") && line.contains('\t')) {
        return "a tab stands where YAML requires spaces; write spaces".to_owned();
    }
    let advice = if about("unexpected character") || about("unknown anchor") {
        "a value that begins with *, &, !, %, @ or a backtick means something else in YAML; put it in quotes"
    } else if about("mapping values are not allowed") {
        "begin the line in the column of those it belongs to, and put a string that has a colon and a space in quotes"
    } else if about("quoted scalar") && about("escape") {
        "write the character itself in place of the escape"
    } else if about("quoted scalar") || about("end of stream") {
        "close the quotes or brackets that were opened"
    } else if about("expected ','") {
        "add what is missing, here or at the end of the line before"
    } else if about("expected key") || about("block") || about("invalid indentation") {
        "begin the line in the column of those it belongs to"
    } else {
        "correct the syntax"
    };
    format!("the syntax is wrong ({complaint}); {advice}")
}
