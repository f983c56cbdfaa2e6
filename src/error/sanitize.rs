//! Truncates and sanitizes untrusted strings.

/// The maximum size of a stored response body: enough for any error of the service and for the error page of a proxy,
/// and small enough to store thousands of errors.
pub(crate) const MAX_BODY: usize = 16 * 1024;

/// The maximum length of an untrusted string in an error's one-line message: enough for an id, and for any known
/// message of the service. `Error::message` has the rest.
const MAX_EXCERPT: usize = 256;
/// The maximum length of a non-JSON body there: enough to recognize the error page of a proxy.
const MAX_START: usize = 100;

pub(super) fn truncate(text: &str) -> String {
    let end = (0..=MAX_BODY.min(text.len())).rev().find(|end| text.is_char_boundary(*end));
    text[..end.unwrap_or_default()].to_owned()
}

/// The beginning of an untrusted string, on one line.
pub(crate) fn excerpt(text: &str) -> String {
    one_line(text, MAX_EXCERPT)
}

/// The first words of a body that is neither JSON nor binary.
pub(crate) fn start_of(body: &[u8]) -> Option<String> {
    let start = &body[..body.len().min(1024)];
    let is_text = std::str::from_utf8(start).map_or_else(|error| error.error_len().is_none(), |_| true);
    let is_json = matches!(start.trim_ascii_start().first(), None | Some(b'{' | b'[' | b'"'));
    (is_text && !is_json).then(|| one_line(&String::from_utf8_lossy(start), MAX_START))
}

/// A string on one line: control characters and runs of white space become a space, and the string is truncated.
pub(super) fn one_line(text: &str, max: usize) -> String {
    let mut line = String::new();
    let mut left = max;
    for word in text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty()) {
        let word = if line.is_empty() { word.to_owned() } else { format!(" {word}") };
        for c in word.chars().filter(|c| !is_invisible(*c)) {
            if left == 0 {
                line.push('…');
                return line;
            }
            line.push(c);
            left -= 1;
        }
    }
    line
}

/// Whether a character is invisible, but changes how others are displayed.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}
