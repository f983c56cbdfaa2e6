//! Generates the typed clients from the OpenAPI documents, or takes those that are checked in.
#![allow(clippy::print_stdout, reason = "a build script speaks to cargo this way")]

#[cfg(feature = "codegen")]
#[allow(unreachable_pub, dead_code, reason = "the tests use these modules as well, and more of them")]
#[path = "build/mod.rs"]
mod build;

use std::process::ExitCode;

/// Names a document to use instead of `openapi/secmaster.yaml`.
const VARIABLE: &str = "SECMASTER_OPENAPI";

fn main() -> ExitCode {
    println!("cargo::rerun-if-env-changed={VARIABLE}");
    println!("cargo::rerun-if-changed=build.rs");
    match run() {
        Ok(cfgs) => {
            for (cfg, on) in cfgs {
                println!("cargo::rustc-check-cfg=cfg({cfg})");
                if on {
                    println!("cargo::rustc-cfg={cfg}");
                }
            }
            ExitCode::SUCCESS
        }
        Err(errors) => {
            for error in errors {
                println!("cargo::error={error}");
            }
            ExitCode::FAILURE
        }
    }
}

/// Uses the code that is checked in, which was made of the packaged documents. It gives the `cfg`s of the packaged document.
#[cfg(not(feature = "codegen"))]
fn run() -> Result<[(&'static str, bool); 1], [String; 1]> {
    match std::env::var_os(VARIABLE).filter(|value| !value.is_empty()) {
        None => Ok([("has_create_action", true)]),
        Some(_) => Err([format!(
            "{VARIABLE} is set, but the client can only be generated with the feature codegen of secmaster-client, which is off; \
             turn it on, or unset the variable to use the packaged client"
        )]),
    }
}

/// Generates a client from each document. It gives the `cfg`s of the main one.
#[cfg(feature = "codegen")]
fn run() -> Result<Vec<(&'static str, bool)>, Vec<build::Finding>> {
    println!("cargo::rerun-if-changed=build");
    let mut cfgs = Vec::new();
    for name in build::DOCUMENTS {
        let location = build::locate::document(name, VARIABLE)?;
        println!("cargo::rerun-if-changed={}", location.path.display());
        let document = build::Document::read(&location)?;
        let report = build::check::check(&document);
        for warning in report.warnings {
            println!("cargo::warning={warning}");
        }
        if !report.errors.is_empty() {
            return Err(report.errors);
        }
        let generated = build::code(name, &document)?;
        build::locate::write(&format!("{name}.rs"), &generated.code)?;
        build::locate::write(&format!("{name}.openapi"), &document.text)?;
        if name == build::MAIN {
            cfgs = generated.cfgs;
        }
    }
    Ok(cfgs)
}
