//! Invalid documents and their diagnostics. `cases/*.txt` are tables of them: a change to `cases/base.yaml`, which is
//! valid, or a whole document, and the expected lines. Update them with `BLESS=1 cargo test -p
//! secmaster-client-codegen`.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use secmaster_client_codegen::Builder;

/// A valid document.
pub const BASE: &str = include_str!("cases/base.yaml");

/// The diagnostics of a document, one per line, without the file name.
pub fn lines(text: &str) -> String {
    let generated = Builder::new().verbose(true).generate_from_str("x.yaml", text);
    let mut lines = String::new();
    for diagnostic in &generated.diagnostics {
        let line = diagnostic.to_string();
        writeln!(lines, "{}: {}", diagnostic.level, line.strip_prefix("x.yaml:").unwrap().trim_start()).unwrap();
    }
    lines
}

/// A section of a case, which begins with `--- NAME`.
fn section<'a>(case: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = case.split_once(&format!("--- {name}\n"))?;
    Some(rest.split_once("\n--- ").map_or(rest, |(section, _)| &rest[..=section.len()]))
}

fn document(case: &str) -> String {
    if let Some(document) = section(case, "document") {
        return document.strip_prefix("--- expect\n").map_or(document, |_| "").to_owned();
    }
    let (from, to) = (section(case, "replace").unwrap(), section(case, "with").unwrap());
    assert_eq!(BASE.matches(from).count(), 1, "the replaced string of this case is not in the base document:\n{case}");
    BASE.replace(from, to.strip_prefix("--- expect\n").map_or(to, |_| ""))
}

fn files() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let mut files: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "txt"));
    files.sort();
    files
}

#[test]
fn diagnostics_match_the_cases() {
    let bless = std::env::var_os("BLESS").is_some();
    let (mut differences, mut count) = (String::new(), 0);
    for file in files() {
        let text = fs::read_to_string(&file).unwrap();
        let mut written = String::new();
        for case in text.split("=== ").skip(1) {
            let (head, expected) = case.split_once("--- expect\n").unwrap();
            let found = lines(&document(case));
            if found != expected.trim_end_matches('\n').to_owned() + if expected.trim().is_empty() { "" } else { "\n" }
            {
                let name = head.lines().next().unwrap();
                writeln!(differences, "{name} expects\n{expected}but the lines are\n{found}").unwrap();
            }
            write!(written, "=== {head}--- expect\n{found}\n").unwrap();
            count += 1;
        }
        if bless {
            fs::write(&file, written.trim_end().to_owned() + "\n").unwrap();
        }
    }
    assert!(count > 150, "only {count} cases were found");
    assert!(bless || differences.is_empty(), "{differences}");
}

#[test]
fn the_base_document_is_valid() {
    assert_eq!(lines(BASE), "");
}
