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

/// The documents in `openapi/`, without their ending. Each becomes a client.
const DOCUMENTS: [&str; 3] = ["secmaster", "iam", "metadata"];

fn run() -> Result<(), Vec<Finding>> {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=build");
    for name in DOCUMENTS {
        let location = locate::packaged(&format!("openapi/{name}.yaml"))?;
        println!("cargo::rerun-if-changed={}", location.path.display());
        let document = Document::read(&location)?;
        check::check(&document)?;
        write(name, &generate::generate(&document)?)?;
    }
    Ok(())
}

fn write(name: &str, generated: &generate::Generated) -> Result<(), Vec<Finding>> {
    let path = PathBuf::from(locate::variable("OUT_DIR")?).join(format!("{name}.rs"));
    std::fs::write(&path, &generated.code).map_err(|error| {
        vec![Finding::of_file(&path.display().to_string(), &format!("can not be written: {error}"))]
    })?;
    for (cfg, on) in &generated.cfgs {
        println!("cargo::rustc-check-cfg=cfg({cfg})");
        if *on {
            println!("cargo::rustc-cfg={cfg}");
        }
    }
    Ok(())
}
