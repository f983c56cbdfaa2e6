//! The checked-in generated code.

use std::fs;
use std::path::Path;

use secmaster_client_codegen::Builder;
use similar::TextDiff;

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
/// The packaged OpenAPI documents.
const DOCUMENTS: [&str; 3] = ["secmaster", "iam", "metadata"];

fn read_document(name: &str) -> String {
    fs::read_to_string(Path::new(ROOT).join(format!("openapi/{name}.yaml"))).unwrap()
}

/// The code of a document.
fn code(name: &str, document: &str) -> String {
    let generated =
        Builder::new().runtime_crate("crate").strict(true).generate_from_str(&format!("openapi/{name}.yaml"), document);
    assert_eq!(generated.diagnostics, []);
    generated.code.unwrap()
}

/// The message for checked-in code that is out of date.
fn drift(name: &str, checked_in: &str, made: &str) -> Option<String> {
    let header = (format!("src/generated/{name}.rs, checked in"), format!("made of openapi/{name}.yaml"));
    let diff = TextDiff::from_lines(checked_in, made);
    (checked_in != made).then(|| {
        format!(
            "the generated client differs from its OpenAPI document; review the diff, and accept it with\n\n    \
             BLESS=1 cargo test generated::the_checked_in_code\n\n{}",
            diff.unified_diff().context_radius(1).header(&header.0, &header.1)
        )
    })
}

/// The checked-in code is up to date. Therefore both build modes have the same public API, and a change of a document shows up as a
/// change of the API.
#[test]
fn the_checked_in_code_is_up_to_date() {
    let folder = Path::new(ROOT).join("src/generated");
    let bless = std::env::var("BLESS").is_ok_and(|value| value == "1");
    for name in DOCUMENTS {
        let made = code(name, &read_document(name));
        let file = format!("{name}.rs");
        if bless {
            fs::write(folder.join(file), made).unwrap();
        } else {
            let checked_in = fs::read_to_string(folder.join(file)).unwrap_or_default();
            assert!(checked_in == made, "{}", drift(name, &checked_in, &made).unwrap_or_default());
        }
    }
}

#[test]
fn outdated_code_is_shown_as_a_diff() {
    let document = read_document("secmaster");
    let before = code("secmaster", &document);
    assert_eq!(drift("secmaster", &before, &before), None);
    let after = code("secmaster", &document.replace("  version: 1.0.0\n", "  version: 1.1.0\n"));
    let shown = drift("secmaster", &before, &after).unwrap();
    let head = "the generated client differs from its OpenAPI document; review the diff, and accept it with\n\n    \
                BLESS=1 cargo test generated::the_checked_in_code\n\n\
                --- src/generated/secmaster.rs, checked in\n+++ made of openapi/secmaster.yaml\n";
    assert!(shown.starts_with(head), "{shown}");
    assert!(shown.contains("\n-        \"1.0.0\"\n+        \"1.1.0\"\n"), "{shown}");
    assert_eq!(shown.matches("\n-").count(), 4, "the head and the three places of the version: {shown}");
}
