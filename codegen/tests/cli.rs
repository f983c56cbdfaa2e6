//! The command `secmaster-codegen`, as used by scripts.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::{env, fs};

use crate::cases::BASE;

fn run(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_secmaster-codegen")).args(arguments).output().unwrap()
}

/// Writes a file with this content, in a folder for the test.
fn file(test: &str, name: &str, text: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("cli-{test}-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join(name), text).unwrap();
    folder.join(name)
}

#[test]
fn check_prints_diagnostics_and_a_line_for_each_file() {
    let good = file("check", "good.yaml", BASE);
    let odd = file("check", "odd.yaml", &BASE.replace("operationId: MakeThing", "operationId: New"));
    let (good, odd) = (good.to_str().unwrap(), odd.to_str().unwrap());
    let output = run(&["check", good, odd]);
    let expected = format!(
        "{good}: 1 operations, 0 left out, 0 warnings\n\
         warning: {odd}:8: New: the operationId New is a name that is reserved by the client; it is renamed to NewOperation, choose another id\n\
         {odd}: 1 operations, 0 left out, 1 warnings\n"
    );
    assert_eq!(String::from_utf8(output.stdout).unwrap(), expected);
    assert_eq!((output.status.code(), output.stderr.len()), (Some(0), 0));
    let strict = run(&["check", "--strict", odd]);
    assert_eq!(strict.status.code(), Some(1));
    assert!(String::from_utf8(strict.stdout).unwrap().starts_with("error: "));
}

#[test]
fn json_has_one_object_for_each_file() {
    let odd = file("json", "odd.yaml", &BASE.replace("operationId: MakeThing", "operationId: New"));
    let output = run(&["check", "--format", "json", odd.to_str().unwrap()]);
    let value: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&value["operations"], &value["left_out"], &value["warnings"]), (&1.into(), &0.into(), &1.into()));
    assert_eq!((&value["diagnostics"][0]["level"], &value["diagnostics"][0]["line"]), (&"warning".into(), &8.into()));
}

#[test]
fn generate_writes_the_code_of_a_patched_document() {
    let document = file("generate", "things.yaml", &BASE.replace("operationId: MakeThing", "operationId: New"));
    let patch = file("generate", "fixes.yaml", "paths:\n  /v1/{id}/things:\n    post:\n      operationId: Make\n");
    let out = patch.with_file_name("things.rs");
    let arguments = [
        "generate",
        document.to_str().unwrap(),
        "--out",
        out.to_str().unwrap(),
        "--merge-patch",
        patch.to_str().unwrap(),
    ];
    let output = run(&arguments);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert!(fs::read_to_string(&out).unwrap().contains("pub fn make(&self)"));
    fs::write(&document, "nothing").unwrap();
    assert_eq!(run(&arguments).status.code(), Some(1));
}

#[test]
fn a_closed_pipe_ends_the_command_quietly() {
    let odd = file("pipe", "odd.yaml", &BASE.replace("operationId: MakeThing", "operationId: New"));
    for arguments in [["check", "--format=text"], ["check", "--format=json"]] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let output = Command::new(env!("CARGO_BIN_EXE_secmaster-codegen"))
            .args(arguments)
            .args([&odd, &odd])
            .stdout(writer)
            .output()
            .unwrap();
        assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
        assert_eq!(output.status.code(), Some(1));
    }
}
