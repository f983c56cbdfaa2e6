//! Documents and merge patches as files, and the locations of diagnostics.

use std::fs;

use secmaster_client_codegen::{Builder, Level};

use crate::cases::BASE;

#[test]
fn strict_treats_warnings_as_errors() {
    let text = BASE.replace("operationId: MakeThing", "operationId: New");
    let generated = Builder::new().strict(true).generate_from_str("x.yaml", &text);
    assert_eq!((generated.count(Level::Error), generated.count(Level::Warning)), (1, 0));
    assert!(generated.code.is_none());
    assert!(Builder::new().strict(true).generate_from_str("x.yaml", BASE).code.is_some());
}

#[test]
fn a_merge_patch_corrects_a_document() {
    let folder = std::env::temp_dir().join(format!("secmaster-codegen-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    let (file, patch) = (folder.join("things.yaml"), folder.join("fixes.yaml"));
    fs::write(&file, BASE.replace("schemas/Made'", "schemas/Mad'")).unwrap();
    fs::write(
        &patch,
        "components:\n  schemas:\n    Mad: {type: object}\n    Failure: null\n    More:\n      tpe: object\n",
    )
    .unwrap();
    let builder = Builder::new().merge_patch(&patch).out_dir(&folder);
    let generated = builder.write(&file).unwrap();
    let lines: Vec<String> = generated.diagnostics.iter().map(ToString::to_string).collect();
    assert_eq!(lines.len(), 2, "{lines:?}");
    assert!(lines[0].starts_with(&format!("{}:6: this schema has an unknown field tpe", patch.display())), "{lines:?}");
    assert!(
        lines[1].contains("things.yaml:33: MakeThing: the reference #/components/schemas/Failure is unresolved"),
        "{lines:?}"
    );
    assert_eq!(fs::read_to_string(folder.join("things.rs")).unwrap(), generated.code.unwrap());
    let document = fs::read_to_string(folder.join("things.openapi")).unwrap();
    assert!(document.contains("\"Mad\"") && !document.contains("\"Failure\":"));
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn an_emptying_patch_is_the_location_of_the_error() {
    let folder = std::env::temp_dir().join(format!("secmaster-codegen-empty-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    let (file, patch) = (folder.join("things.yaml"), folder.join("fixes.yaml"));
    fs::write(&file, BASE).unwrap();
    for (text, expected) in [
        (
            "paths:\n  /v1/{id}/things: null\n",
            ":2: the OpenAPI document has no operations; write at least one path with an operation",
        ),
        (
            "[]",
            ":1:1: the merge patch is a list; write a mapping of the OpenAPI document's keys to their new values, with null for those to remove",
        ),
        (
            "# nothing\n",
            ": the merge patch is empty; write a mapping of the OpenAPI document's keys to their new values, with null for those to remove",
        ),
    ] {
        fs::write(&patch, text).unwrap();
        let line = Builder::new().merge_patch(&patch).generate(&file).diagnostics[0].to_string();
        assert_eq!(line, format!("{}{expected}", patch.display()));
    }
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn columns_count_escaped_characters_as_written() {
    let text = r#"{"openapi": "3.0.3", "info": {"title": "\ud83d\ude00 \\ud83d \u00e9 \ud83d\ude00", "version": "1"}, "paths": {"/a": {"get": {"responses": {}}}}}"#;
    let generated = Builder::new().generate_from_str("x.json", text);
    let column = text.find(r#""get""#).unwrap() + 1;
    let line = generated.diagnostics[0].to_string();
    assert!(line.starts_with(&format!("x.json:1:{column}: ")), "{line}");
}

#[test]
fn diagnostics_of_a_single_line_have_columns() {
    let text =
        r#"{"openapi": "3.0.3", "info": {"title": "T", "version": "1"}, "paths": {"/a": {"get": {"responses": {}}}}}"#;
    let generated = Builder::new().generate_from_str("x.json", text);
    let column = text.find(r#""get""#).unwrap() + 1;
    let line = generated.diagnostics[0].to_string();
    assert!(line.starts_with(&format!("x.json:1:{column}: GET /a: operationId is missing")), "{line}");
    assert_eq!(generated.diagnostics[0].column, Some(column));
}

#[test]
fn a_file_that_cannot_be_read_is_an_error() {
    let generated = Builder::new().generate("no/such/file.yaml");
    let line = generated.diagnostics.first().unwrap().to_string();
    assert!(line.starts_with("no/such/file.yaml: cannot be read ("), "{line}");
}

#[test]
fn a_binary_or_too_large_file_is_an_error() {
    let file = std::env::temp_dir().join(format!("secmaster-codegen-{}-bytes.yaml", std::process::id()));
    let line = || Builder::new().generate(&file).diagnostics[0].to_string();
    let name = file.display();
    fs::write(&file, b"openapi: 3.0.3\n\xff").unwrap();
    assert_eq!(line(), format!("{name}:2: this is not UTF-8; save the file as UTF-8"));
    fs::File::create(&file).unwrap().set_len((64 << 20) + 1).unwrap();
    let expected = "the file is too large (67108865 bytes); split it";
    assert_eq!(line(), format!("{name}: {expected}"));
    fs::remove_file(&file).unwrap();
}
