//! Writes the JSON schemas of some generated types to a folder.
//!
//! ```text
//! cargo run --features schemars --example schemas -- [FOLDER]
//! ```
//!
//! FOLDER defaults to `schemas`. It is created if it does not exist.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "the output is for the user of the program")]

use std::env;
use std::fs;
use std::path::Path;
use std::process::ExitCode;

use schemars::{JsonSchema, Schema, schema_for};
use secmaster_client::types::{CreateAction, CreatePlaybookActionResponse, ErrorResponse};

const USAGE: &str = "\
Writes the JSON schemas of some generated types to a folder.

  cargo run --features schemars --example schemas -- [FOLDER]

FOLDER defaults to schemas. It is created if it does not exist.
";

fn main() -> ExitCode {
    let words: Vec<_> = env::args().skip(1).collect();
    let folder = match words.as_slice() {
        [] => "schemas",
        [word] if ["-h", "--help"].contains(&word.as_str()) => {
            print!("{USAGE}");
            return ExitCode::SUCCESS;
        }
        [folder] if !folder.starts_with('-') => folder,
        _ => {
            eprint!("error: {} is not the name of one folder\n\n{USAGE}", words.join(" "));
            return ExitCode::from(2);
        }
    };
    match run(Path::new(folder)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {folder}: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(folder: &Path) -> Result<(), Box<dyn std::error::Error>> {
    fs::create_dir_all(folder)?;
    write::<CreateAction>(folder, &schema_for!(CreateAction))?;
    write::<CreatePlaybookActionResponse>(folder, &schema_for!(CreatePlaybookActionResponse))?;
    write::<ErrorResponse>(folder, &schema_for!(ErrorResponse))
}

fn write<T: JsonSchema>(folder: &Path, schema: &Schema) -> Result<(), Box<dyn std::error::Error>> {
    let path = folder.join(format!("{}.json", T::schema_name()));
    fs::write(&path, serde_json::to_string_pretty(schema)? + "\n")?;
    println!("{}", path.display());
    Ok(())
}
