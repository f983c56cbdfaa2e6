//! The signer can be checked against a file of the user's own.

use std::fs;
use std::path::Path;
use std::process::Command;

/// Runs the documented command with a file, and tells whether it passed and what it printed.
fn run(file: &str) -> (bool, String) {
    let mut command = Command::new(env!("CARGO"));
    command
        .args(["test", "--lib", "signing_vectors"])
        .env("SIGNING_VECTORS", file)
        .current_dir(env!("CARGO_MANIFEST_DIR"));
    let output = command.output().unwrap();
    (output.status.success(), String::from_utf8_lossy(&output.stdout).into_owned())
}

#[test]
fn another_file_of_vectors_is_run_instead() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let file = folder.join(format!("vectors-{}.json", std::process::id())).display().to_string();
    let vectors = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/signing_vectors.json")).unwrap();
    fs::write(&file, &vectors).unwrap();
    let (passed, text) = run(&file);
    assert!(passed && !text.contains("running 0 tests"), "{text}");

    // One digit of one signature.
    let signature = "3fe132c8ac258f2cac805d022b1875e8b80cbc4b3dbe14ca6a4604df5c229042";
    assert!(vectors.contains(signature));
    fs::write(&file, vectors.replace(signature, &signature.replace("3fe1", "4fe1"))).unwrap();
    let (passed, text) = run(&file);
    assert!(!passed && text.contains("post_documented_body"), "{text}");
    fs::remove_file(&file).unwrap();

    let (passed, text) = run(&file);
    assert!(!passed && text.contains(&format!("the signing vectors {file} cannot be read")), "{text}");
}
