//! The command-line tool `secmaster-codegen`: checks OpenAPI documents, and generates clients from them.
#![allow(clippy::print_stderr, reason = "a command-line tool prints")]

mod print;

use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{fs, slice};

use clap::{Parser, Subcommand};
use indicatif::{ProgressBar, ProgressStyle};
use secmaster_client_codegen::Builder;

/// Checks OpenAPI documents, and generates clients for secmaster-client from them.
#[derive(Debug, Parser)]
#[command(name = "secmaster-codegen", version)]
struct Command {
    #[command(subcommand)]
    action: Action,
    /// Treats warnings as errors.
    #[arg(long, global = true)]
    strict: bool,
    /// Lists every location of a summary.
    #[arg(long, global = true)]
    verbose: bool,
    /// The output format: a line for each diagnostic, or a JSON object for each document.
    #[arg(long, global = true, value_parser = ["text", "json"], default_value = "text")]
    format: String,
    /// A JSON merge patch to apply first; can be repeated.
    #[arg(long, global = true, value_name = "FILE")]
    merge_patch: Vec<PathBuf>,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Checks documents and prints diagnostics. Fails if one has an error.
    Check {
        /// The documents, in YAML or JSON.
        #[arg(required = true)]
        files: Vec<PathBuf>,
    },
    /// Generates the client of a document.
    Generate {
        /// The document, in YAML or JSON.
        file: PathBuf,
        /// The output file.
        #[arg(long)]
        out: PathBuf,
    },
}

fn main() -> ExitCode {
    let command = Command::parse();
    let builder = Builder::new().strict(command.strict).verbose(command.verbose);
    let builder = command.merge_patch.iter().fold(builder, Builder::merge_patch);
    let (files, out) = match &command.action {
        Action::Check { files } => (files.as_slice(), None),
        Action::Generate { file, out } => (slice::from_ref(file), Some(out)),
    };
    // The progress bar is written to standard error, and hidden if that is not a terminal.
    let bar = if files.len() > 1 { ProgressBar::new(files.len() as u64) } else { ProgressBar::hidden() };
    if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos}/{len} {msg}") {
        bar.set_style(style);
    }
    let mut exit = ExitCode::SUCCESS;
    for file in files {
        bar.set_message(file.display().to_string());
        let generated = builder.generate(file);
        let printed = bar.suspend(|| print::report(file, &generated, command.format == "json"));
        let is_written = generated.code.is_some_and(|code| out.is_none_or(|out| write(out, &code)));
        if !is_written {
            exit = ExitCode::FAILURE;
        }
        bar.inc(1);
        if let Err(error) = printed {
            // A reader such as `head` that closes the pipe has seen enough.
            if error.kind() != ErrorKind::BrokenPipe {
                eprintln!("standard output cannot be written ({error})");
            }
            exit = ExitCode::FAILURE;
            break;
        }
    }
    bar.finish_and_clear();
    exit
}

/// Writes code to a file, and returns whether that succeeded.
fn write(out: &Path, code: &str) -> bool {
    let written = fs::write(out, code);
    if let Err(error) = &written {
        eprintln!("{}: cannot be written ({error})", out.display());
    }
    written.is_ok()
}
