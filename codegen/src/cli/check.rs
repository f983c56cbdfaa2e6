//! What the command does with documents.

use std::fs;
use std::path::{Path, PathBuf};

use indicatif::{ProgressBar, ProgressStyle};
use secmaster_client_codegen::{Builder, Generated, Level};

use super::print;

/// Checks documents. False if one has an error.
pub(crate) fn files(files: &[PathBuf], builder: &Builder, as_json: bool) -> bool {
    // The bar is on standard error, and not drawn if that is no terminal.
    let bar = if files.len() > 1 { ProgressBar::new(files.len() as u64) } else { ProgressBar::hidden() };
    if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos}/{len} {msg}") {
        bar.set_style(style);
    }
    let mut succeeded = true;
    for file in files {
        bar.set_message(file.display().to_string());
        let generated = builder.generate(file);
        succeeded &= generated.count(Level::Error) == 0;
        bar.suspend(|| print::report(file, &generated, as_json));
        bar.inc(1);
    }
    bar.finish_and_clear();
    succeeded
}

/// Writes the client of a document. False if there is an error.
pub(crate) fn generate(file: &Path, out: &Path, builder: &Builder, as_json: bool) -> bool {
    let generated = builder.generate(file);
    print::report(file, &generated, as_json);
    let Generated { code: Some(code), .. } = generated else { return false };
    if let Err(error) = fs::write(out, code) {
        eprintln!("{}: cannot be written ({error})", out.display());
        return false;
    }
    true
}
