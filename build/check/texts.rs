//! Warns of code in descriptions: they become the documentation of Rust items, where code is compiled and run as a test.

use super::Found;
use super::kind::Kind;
use super::tree::Tree;

/// Marks of a code block that is run.
const RUN: [&str; 5] = ["rust", "no_run", "should_panic", "compile_fail", "edition"];

pub fn check(tree: &Tree<'_>, found: &mut Found<'_>) {
    for node in &tree.nodes {
        if !matches!(node.kind, Kind::Info | Kind::Operation | Kind::Parameter | Kind::RequestBody | Kind::Schema) {
            continue;
        }
        for field in ["summary", "description"] {
            let Some(text) = node.place().text(field) else { continue };
            let Some(what) = code(text) else { continue };
            let pointer = format!("{}/{field}", node.pointer);
            found.warn(&pointer, node.operation.as_deref(), what);
        }
    }
}

/// What is wrong with a text that holds code.
fn code(text: &str) -> Option<&'static str> {
    let mut fence: Option<&str> = None;
    let mut after_blank = true;
    let mut in_list = false;
    for line in text.lines() {
        let trimmed = line.trim_start();
        let mark = ["```", "~~~"].into_iter().find(|mark| trimmed.starts_with(mark));
        match (fence, mark) {
            (None, Some(mark)) => {
                let language = trimmed.trim_start_matches(['`', '~']).trim();
                if language.is_empty() || RUN.iter().any(|run| language.starts_with(run)) {
                    return Some("the code block would be run as a test of this crate; write ```text where it begins");
                }
                fence = Some(mark);
            }
            (Some(open), Some(mark)) if open == mark => fence = None,
            (Some(_), _) => {}
            (None, None) => {
                let indented = line.starts_with("    ") || line.starts_with('\t');
                if indented && after_blank && !in_list && !trimmed.is_empty() {
                    return Some(
                        "the indented lines would be run as a test of this crate; begin them in the first column",
                    );
                }
                in_list = if trimmed.is_empty() || indented { in_list } else { is_list_item(trimmed) };
            }
        }
        after_blank = trimmed.is_empty();
    }
    None
}

fn is_list_item(line: &str) -> bool {
    let line = line.trim_start_matches(|c: char| c.is_ascii_digit());
    line.starts_with(['-', '*', '+', '.', ')'])
}
