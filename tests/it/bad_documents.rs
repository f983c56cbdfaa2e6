//! What the build says of a document that is not right: each file in `bad_documents` has one mistake, and beside it the lines that
//! the build prints for it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use crate::build::locate::Location;
use crate::build::{Document, Finding, check, fuzz, generate};
use crate::seeding::each_seed;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/bad_documents")
}

fn read(path: &Path) -> Result<Document, Vec<Finding>> {
    let name = path.file_name().unwrap().to_string_lossy().into_owned();
    Document::read(&Location { path: path.to_owned(), name })
}

/// What the build prints for a document, one finding a line.
fn findings(document: Result<Document, Vec<Finding>>) -> String {
    let mut report = check::Report::default();
    match document {
        Err(findings) => report.errors = findings,
        Ok(document) => {
            report = check::check(&document);
            if report.errors.is_empty() {
                report.errors = generate::generate(&document).err().unwrap_or_default();
            }
        }
    }
    let mut text = String::new();
    for (label, findings) in [("error", report.errors), ("warning", report.warnings)] {
        for finding in findings {
            writeln!(text, "{label}: {finding}").unwrap();
        }
    }
    text
}

/// A document in which nothing is wrong.
fn good() -> String {
    fs::read_to_string(folder().join("nothing_wrong.yaml")).unwrap()
}

fn findings_of(text: &str) -> String {
    findings(Document::parse("x.yaml", text))
}

#[test]
fn each_document_gets_the_lines_beside_it() {
    let files: Vec<PathBuf> = fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path()).collect();
    let is = |path: &Path, extension: &str| path.extension().is_some_and(|found| found == extension);
    let documents: BTreeSet<&PathBuf> = files.iter().filter(|path| !is(path, "expected")).collect();
    let expected: BTreeMap<PathBuf, String> = files
        .iter()
        .filter(|path| is(path, "expected"))
        .map(|path| (path.clone(), fs::read_to_string(path).unwrap()))
        .collect();
    let bless = env::var_os("BLESS").is_some();

    let mut differences = String::new();
    let mut partners = BTreeSet::new();
    for document in &documents {
        let partner = document.with_extension("expected");
        let found = findings(read(document));
        let wanted = expected.get(&partner);
        partners.insert(partner.clone());
        if bless {
            fs::write(&partner, &found).unwrap();
        } else if wanted != Some(&found) {
            let wanted = wanted.map_or("(there is no such file)\n", String::as_str);
            let partner = partner.file_name().unwrap().to_string_lossy();
            writeln!(differences, "{partner} says\n{wanted}but the build says\n{found}").unwrap();
        }
    }
    for partner in expected.keys().filter(|partner| !partners.contains(*partner)) {
        writeln!(differences, "{} belongs to no document", partner.display()).unwrap();
    }
    assert!(documents.len() >= 45, "only {} documents were found", documents.len());
    assert!(
        differences.is_empty(),
        "{differences}where the new lines are right, write them with: BLESS=1 cargo test --test it bad_documents"
    );
}

#[test]
fn one_run_names_every_mistake() {
    let text = good()
        .replace("version: 1.0.0", "version: 1.0")
        .replace("operationId: MakeThing", "operationID: MakeThing")
        .replace("schemas/Failure'", "schemas/Fault'");
    assert_eq!(
        findings_of(&text),
        "\
error: x.yaml:4: version is 1.0, which YAML does not read as text; put it in quotes
error: x.yaml:8: POST /v1/{id}/things: this operation has an unknown field operationID, which would be dropped without a word; write operationId, if that is what it means
error: x.yaml:33: POST /v1/{id}/things: the reference #/components/schemas/Fault leads nowhere; add Fault to components/schemas, or write the name of one that is there
"
    );
}

#[test]
fn the_packaged_document_has_nothing_to_find() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("openapi/secmaster.yaml");
    assert_eq!(findings(read(&path)), "");
}

#[test]
fn lines_are_right_however_they_end() {
    let text = good().replace("schemas/Thing'", "schemas/Think'");
    let wanted = findings_of(&text);
    assert!(wanted.starts_with("error: x.yaml:20: MakeThing: "), "{wanted}");
    assert_eq!(findings_of(&text.replace('\n', "\r\n")), wanted, "with CRLF");
    assert_eq!(findings_of(&format!("\u{feff}{text}")), wanted, "with a byte order mark");
    assert_eq!(findings_of(&format!("{}\n", text.replace('\n', " \n"))), wanted, "with blanks at the ends");
}

#[test]
fn lines_in_json_are_right() {
    let value = Document::parse("x.yaml", &good().replace("schemas/Thing'", "schemas/Think'")).unwrap().value;
    let text = serde_json::to_string_pretty(&value).unwrap();
    let line = 1 + text.lines().position(|line| line.contains("schemas/Think")).unwrap();
    for text in [text.clone(), text.replace("  ", "\t")] {
        let found = findings_of(&text);
        assert!(
            found
                .contains(&format!("x.yaml:{line}: MakeThing: the reference #/components/schemas/Think leads nowhere")),
            "{found}"
        );
    }
}

#[test]
fn headers_that_the_client_sets_are_left_out() {
    let header = |name: &str| {
        format!(
            "        - name: {name}\n          in: header\n          required: true\n          schema:\n            type: string\n"
        )
    };
    let owned =
        ["X-Auth-Token", "content-type", "X-Project-Id", "x-security-token", "X-Sdk-Date", "Authorization", "HOST"];
    let headers: String = owned.iter().map(|name| header(name)).collect();
    let text = good().replace("      requestBody:\n", &format!("{headers}      requestBody:\n"));
    assert_ne!(text, good());
    let generate = |text: &str| {
        assert_eq!(findings_of(text), "");
        generate::generate(&Document::parse("x.yaml", text).unwrap()).unwrap().code
    };
    assert_eq!(generate(&text), generate(&good()));

    let language = good().replace("      requestBody:\n", &format!("{}      requestBody:\n", header("X-Language")));
    assert!(generate(&language).contains("x_language"));
}

#[test]
fn what_the_client_has_no_library_for_is_left_out() {
    for name in ["pattern.yaml", "text_formats.yaml"] {
        let client = generate::generate(&read(&folder().join(name)).unwrap()).unwrap().code;
        for library in ["::regress", "::chrono", "::uuid"] {
            assert!(!client.contains(library), "{name} needs {library}");
        }
    }
}

#[test]
fn the_short_way_to_an_action_is_there_for_the_schema_it_knows() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("openapi/secmaster.yaml");
    let packaged = fs::read_to_string(path).unwrap();
    let has_it = |text: &str| {
        let generated = generate::generate(&Document::parse("x.yaml", text).unwrap()).unwrap();
        assert_eq!(generated.cfgs.len(), 1);
        generated.cfgs.contains(&("has_create_action", true))
    };
    assert!(has_it(&packaged));
    let property = "        sort_order:\n";
    assert!(packaged.contains(property));
    assert!(!has_it(&packaged.replace(property, &format!("        retries:\n          type: integer\n{property}"))));
    assert!(!has_it(&packaged.replace(property, "        sorting:\n")));
    assert!(!has_it(
        &packaged
            .replace("    CreateAction:\n", "    NewAction:\n")
            .replace("schemas/CreateAction'", "schemas/NewAction'")
    ));
}

/// Makes the generator panic, for the next test to look at from outside.
#[test]
fn a_panic_of_the_generator_is_a_finding() {
    let text = good().replace("        name:\n          type: string\n", "        name:\n          allOf: []\n");
    let document = Document::parse("x.yaml", &text).unwrap();
    let found: Vec<String> = generate::generate(&document).unwrap_err().iter().map(ToString::to_string).collect();
    assert_eq!(
        found,
        [
            "x.yaml:36: the generator refuses this schema: we should not be trying to merge an empty array of schemas; write it in another way"
        ]
    );
}

#[test]
fn a_panic_of_the_generator_prints_nothing() {
    let output = Command::new(env::current_exe().unwrap())
        .args(["--exact", "bad_documents::a_panic_of_the_generator_is_a_finding", "--nocapture"])
        .output()
        .unwrap();
    let printed = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    assert!(printed.contains("1 passed"), "{printed}");
    assert!(!printed.contains("panicked"), "{printed}");
}

#[test]
fn any_beginning_of_a_document_gets_its_lines() {
    each_seed("document", fuzz);
}
