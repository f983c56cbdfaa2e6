//! The command `secmaster-codegen`: checks OpenAPI documents, and generates clients from them.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command prints")]

mod check;
mod print;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand, ValueEnum};
use secmaster_client_codegen::Builder;

/// Checks OpenAPI documents, and generates clients for secmaster-client from them.
#[derive(Debug, Parser)]
#[command(name = "secmaster-codegen", version)]
struct Command {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Prints what is wrong in documents, and fails if one has an error.
    Check {
        /// The documents, in YAML or JSON.
        #[arg(required = true)]
        files: Vec<PathBuf>,
        #[command(flatten)]
        options: Options,
    },
    /// Writes the client of a document.
    Generate {
        /// The document, in YAML or JSON.
        file: PathBuf,
        /// Where to write the code.
        #[arg(long)]
        out: PathBuf,
        #[command(flatten)]
        options: Options,
    },
}

/// What both actions know.
#[derive(Debug, Args)]
struct Options {
    /// Takes warnings for errors.
    #[arg(long)]
    strict: bool,
    /// Lists every place of a summary.
    #[arg(long)]
    verbose: bool,
    /// How to print.
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
    /// A JSON merge patch to apply first; may be given more than once.
    #[arg(long, value_name = "FILE")]
    merge_patch: Vec<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// One line for each diagnostic.
    Text,
    /// One JSON object for each document.
    Json,
}

impl Options {
    fn builder(&self) -> Builder {
        let builder = Builder::new().strict(self.strict).verbose(self.verbose);
        self.merge_patch.iter().fold(builder, Builder::merge_patch)
    }
}

fn main() -> ExitCode {
    let succeeded = match Command::parse().action {
        Action::Check { files, options } => check::files(&files, &options.builder(), options.format == Format::Json),
        Action::Generate { file, out, options } => {
            check::generate(&file, &out, &options.builder(), options.format == Format::Json)
        }
    };
    if succeeded { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
