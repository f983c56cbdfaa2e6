//! Diagnostics: what is wrong in a document, where, and how to fix it.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt;
use std::rc::Rc;

use crate::document::node::At;

/// The severity of a diagnostic.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Level {
    /// No useful client can be generated.
    Error,
    /// A part of the document is not in the client, or its meaning was guessed.
    Warning,
    /// The client handles something in a special way, usually in many places.
    Summary,
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Summary => "summary",
        })
    }
}

/// A diagnostic, printed as one line: `FILE:LINE: OPERATION: what is wrong; what to write`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub struct Diagnostic {
    /// The severity.
    pub level: Level,
    /// The file name, as it was passed.
    pub file: String,
    /// The line, counted from 1. None for the whole file.
    pub line: Option<usize>,
    /// The column, counted from 1. None if the line is sufficient.
    pub column: Option<usize>,
    /// The id of the operation, or its method and path.
    pub operation: Option<String>,
    /// The message: what is wrong, and how to fix it.
    pub message: String,
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        if let Some(column) = self.column {
            write!(f, ":{column}")?;
        }
        if let Some(operation) = &self.operation {
            write!(f, ": {operation}")?;
        }
        write!(f, ": {}", self.message)
    }
}

/// Up to this number, each location of a summary gets a separate line.
const FEW: usize = 3;

/// Collects diagnostics while a document is processed. Clones share the diagnostics.
#[derive(Debug, Clone, Default)]
pub(crate) struct Report {
    collected: Rc<RefCell<Collected>>,
    /// The current operation.
    operation: Option<Rc<str>>,
}

#[derive(Debug, Default)]
struct Collected {
    /// The file names: the document, then the patches.
    files: Vec<String>,
    /// The diagnostics, with the kind of summary if one applies.
    found: Vec<(&'static str, Diagnostic)>,
}

impl Report {
    /// Creates an empty report for a file.
    pub(crate) fn new(file: &str) -> Self {
        let report = Self::default();
        report.add_file(file);
        report
    }

    /// Adds a file, and returns its index for locations.
    pub(crate) fn add_file(&self, name: &str) -> usize {
        let files = &mut self.collected.borrow_mut().files;
        files.push(name.to_owned());
        files.len() - 1
    }

    /// The name of the document.
    pub(crate) fn file(&self) -> String {
        self.collected.borrow().files.first().cloned().unwrap_or_default()
    }

    /// The same report, for an operation.
    pub(crate) fn on(&self, operation: &str) -> Self {
        Self { collected: Rc::clone(&self.collected), operation: Some(operation.into()) }
    }

    /// Adds an error.
    pub(crate) fn error(&self, at: At, message: impl AsRef<str>) {
        self.add(Level::Error, at, "", message.as_ref());
    }

    /// Adds a warning.
    pub(crate) fn warn(&self, at: At, message: impl AsRef<str>) {
        self.add(Level::Warning, at, "", message.as_ref());
    }

    /// Adds a location to a summary. The kind follows a number, as in "3 enums of responses are read as any string".
    pub(crate) fn note(&self, at: At, kind: &'static str, message: impl AsRef<str>) {
        self.add(Level::Summary, at, kind, message.as_ref());
    }

    fn add(&self, level: Level, at: At, kind: &'static str, message: &str) {
        let Collected { files, found } = &mut *self.collected.borrow_mut();
        let diagnostic = Diagnostic {
            level,
            file: files.get(at.file).cloned().unwrap_or_default(),
            line: (at.line > 0).then_some(at.line),
            column: (at.column > 0).then_some(at.column),
            operation: self.operation.as_deref().map(one_line),
            message: one_line(message),
        };
        found.push((kind, diagnostic));
    }

    /// Whether an error was reported.
    pub(crate) fn has_errors(&self) -> bool {
        self.collected.borrow().found.iter().any(|(_, diagnostic)| diagnostic.level == Level::Error)
    }

    /// All diagnostics, sorted. `verbose` lists every location of a summary.
    pub(crate) fn diagnostics(&self, verbose: bool) -> Vec<Diagnostic> {
        let mut kinds: BTreeMap<&str, Vec<Diagnostic>> = BTreeMap::new();
        for (kind, diagnostic) in &self.collected.borrow().found {
            kinds.entry(kind).or_default().push(diagnostic.clone());
        }
        let mut all = Vec::new();
        for (kind, places) in kinds {
            let count = places.len();
            match places.iter().min().filter(|_| !verbose && !kind.is_empty() && count > FEW) {
                None => all.extend(places),
                Some(first) => {
                    let message = format!("{count} {kind}; verbose(true) or --verbose lists them");
                    all.push(Diagnostic { operation: None, message, ..first.clone() });
                }
            }
        }
        all.sort();
        all.dedup();
        all
    }
}

/// Cargo reads one instruction per line, so a line break would truncate a diagnostic.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
