//! Prints what was found in a document.

use std::io::IsTerminal;
use std::path::Path;

use anstyle::{AnsiColor, Style};
use secmaster_client_codegen::{Diagnostic, Generated, Level};
use serde_json::json;

/// Prints the diagnostics of a document, and what became of its operations.
pub(crate) fn report(file: &Path, generated: &Generated, as_json: bool) {
    let warnings = generated.count(Level::Warning);
    let Generated { operations, left_out, diagnostics, .. } = generated;
    if as_json {
        let diagnostics: Vec<_> = diagnostics.iter().map(object).collect();
        let file = file.display().to_string();
        println!(
            "{}",
            json!({ "file": file, "operations": operations, "left_out": left_out, "warnings": warnings, "diagnostics": diagnostics })
        );
        return;
    }
    let has_colors = std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none();
    for diagnostic in diagnostics {
        let style = if has_colors { style(diagnostic.level) } else { Style::new() };
        println!("{style}{}{style:#}: {diagnostic}", diagnostic.level);
    }
    println!("{}: {operations} operations, {left_out} left out, {warnings} warnings", file.display());
}

fn style(level: Level) -> Style {
    let color = match level {
        Level::Error => AnsiColor::Red,
        Level::Warning => AnsiColor::Yellow,
        _ => AnsiColor::Cyan,
    };
    Style::new().bold().fg_color(Some(color.into()))
}

fn object(diagnostic: &Diagnostic) -> serde_json::Value {
    let Diagnostic { level, file, line, column, operation, message, .. } = diagnostic;
    json!({ "level": level.to_string(), "file": file, "line": line, "column": column, "operation": operation, "message": message })
}
