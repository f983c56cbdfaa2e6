//! Generates the typed client from the OpenAPI document.
#![allow(clippy::print_stdout, reason = "a build script speaks to cargo this way")]

#[allow(unreachable_pub, dead_code, reason = "the tests use these modules as well, and more of them")]
#[path = "build/mod.rs"]
mod build;

use std::path::PathBuf;
use std::process::ExitCode;

use build::{Document, Finding, check, generate, locate};

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(findings) => {
            for finding in findings {
                println!("cargo::error={finding}");
            }
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), Vec<Finding>> {
    let location = locate::packaged("openapi/secmaster.yaml")?;
    println!("cargo::rerun-if-changed={}", location.path.display());
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=build");

    let document = Document::read(&location)?;
    let report = check::check(&document);
    for warning in report.warnings {
        println!("cargo::warning={warning}");
    }
    if !report.errors.is_empty() {
        return Err(report.errors);
    }
    let generated = generate::generate(&document)?;
    write(&generated)
}

fn write(generated: &generate::Generated) -> Result<(), Vec<Finding>> {
    let out = PathBuf::from(locate::variable("OUT_DIR")?);
    for (name, text) in [("secmaster.rs", &generated.client), ("secmaster_operations.rs", &generated.operations)] {
        let path = out.join(name);
        std::fs::write(&path, text).map_err(|error| {
            vec![Finding::of_file(&path.display().to_string(), &format!("can not be written: {error}"))]
        })?;
    }
    for (cfg, on) in &generated.cfgs {
        println!("cargo::rustc-check-cfg=cfg({cfg})");
        if *on {
            println!("cargo::rustc-cfg={cfg}");
        }
    }
    Ok(())
}
