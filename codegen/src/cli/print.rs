//! Prints the diagnostics of a document.

use std::io::{self, IsTerminal, Write};
use std::path::Path;

use anstyle::{AnsiColor, Style};
use secmaster_client_codegen::{Diagnostic, Generated, Level};
use serde_json::{Value, json};

/// Prints the diagnostics of a document, and a summary of its operations.
///
/// # Errors
///
/// If standard output cannot be written, for example since a pipe was closed.
pub(crate) fn report(file: &Path, generated: &Generated, as_json: bool) -> io::Result<()> {
    let mut out = io::stdout().lock();
    let Generated { operations, left_out, diagnostics, .. } = generated;
    let (file, warnings) = (file.display().to_string(), generated.count(Level::Warning));
    if as_json {
        let diagnostics: Vec<_> = diagnostics.iter().map(object).collect();
        let report = json!({
            "file": file,
            "operations": operations,
            "left_out": left_out,
            "warnings": warnings,
            "diagnostics": diagnostics,
        });
        return writeln!(out, "{report}");
    }
    let has_colors = io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none();
    for diagnostic in diagnostics {
        let color = match diagnostic.level {
            Level::Error => AnsiColor::Red,
            Level::Warning => AnsiColor::Yellow,
            _ => AnsiColor::Cyan,
        };
        let style = if has_colors { Style::new().bold().fg_color(Some(color.into())) } else { Style::new() };
        writeln!(out, "{style}{}{style:#}: {diagnostic}", diagnostic.level)?;
    }
    writeln!(out, "{file}: {operations} operations, {left_out} left out, {warnings} warnings")
}

fn object(diagnostic: &Diagnostic) -> Value {
    let Diagnostic { level, file, line, column, operation, message, .. } = diagnostic;
    let level = level.to_string();
    json!({ "level": level, "file": file, "line": line, "column": column, "operation": operation, "message": message })
}
