//! Writes the JSON schemas of the types to a folder: `cargo run --example schemas [FOLDER]`, which is `schemas` unless given.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "this program speaks to a person")]

use std::env;
use std::fs;
use std::path::Path;
use std::process::ExitCode;

use schemars::{JsonSchema, Schema, schema_for};
use secmaster_client::types::{CreateAction, CreatePlaybookActionResponse, ErrorResponse};

fn main() -> ExitCode {
    let folder = env::args().nth(1).unwrap_or_else(|| "schemas".to_owned());
    match run(Path::new(&folder)) {
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
