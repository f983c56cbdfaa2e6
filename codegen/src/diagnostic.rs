//! Diagnostics: what is wrong in a document, where, and what to write.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt;
use std::rc::Rc;

use crate::document::node::At;

/// How much a diagnostic matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Level {
    /// Nothing sensible can be generated.
    Error,
    /// Something of the document is not in the client, or was guessed.
    Warning,
    /// Something that the client handles in a way of its own, usually in many places.
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

/// One diagnostic, which is one line: `FILE:LINE: OPERATION: what is wrong; what to write`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub struct Diagnostic {
    /// How much it matters.
    pub level: Level,
    /// The file, as it was named.
    pub file: String,
    /// The line, counted from 1. None for the file as a whole.
    pub line: Option<usize>,
    /// The column, counted from 1. None if the line is enough to find the place.
    pub column: Option<usize>,
    /// The id of the operation, or its method and path.
    pub operation: Option<String>,
    /// What is wrong, and what to write.
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

/// Up to this many places, each place of a kind gets its own line.
const FEW: usize = 3;

/// Collects diagnostics while a document is processed. Clones share what is collected.
#[derive(Debug, Clone, Default)]
pub(crate) struct Report {
    collected: Rc<RefCell<Collected>>,
    /// The operation that is reported about.
    operation: Option<Rc<str>>,
}

#[derive(Debug, Default)]
struct Collected {
    /// The names of the files: the document, then the patches.
    files: Vec<String>,
    found: Vec<Found>,
}

#[derive(Debug)]
struct Found {
    level: Level,
    /// The kind of a summary.
    kind: &'static str,
    at: At,
    operation: Option<Rc<str>>,
    message: String,
}

impl Report {
    /// An empty report about a file.
    pub(crate) fn new(file: &str) -> Self {
        let report = Self::default();
        report.add_file(file);
        report
    }

    /// Adds a file, and returns the index that places in it have.
    pub(crate) fn add_file(&self, name: &str) -> usize {
        let files = &mut self.collected.borrow_mut().files;
        files.push(name.to_owned());
        files.len() - 1
    }

    /// The name of the document.
    pub(crate) fn file(&self) -> String {
        self.collected.borrow().files.first().cloned().unwrap_or_default()
    }

    /// The same report, about an operation.
    pub(crate) fn on(&self, operation: &str) -> Self {
        Self { collected: Rc::clone(&self.collected), operation: Some(operation.into()) }
    }

    /// Adds an error.
    pub(crate) fn error(&self, at: At, message: impl Into<String>) {
        self.add(Level::Error, at, "", message.into());
    }

    /// Adds a warning.
    pub(crate) fn warn(&self, at: At, message: impl Into<String>) {
        self.add(Level::Warning, at, "", message.into());
    }

    /// Adds a place to a kind of summary. The kind is said of a number, as in "3 enums of responses are read as any string".
    pub(crate) fn note(&self, at: At, kind: &'static str, message: impl Into<String>) {
        self.add(Level::Summary, at, kind, message.into());
    }

    fn add(&self, level: Level, at: At, kind: &'static str, message: String) {
        let found = Found { level, kind, at, operation: self.operation.clone(), message };
        self.collected.borrow_mut().found.push(found);
    }

    /// Whether there is an error.
    pub(crate) fn has_errors(&self) -> bool {
        self.collected.borrow().found.iter().any(|found| found.level == Level::Error)
    }

    /// All diagnostics, sorted. `verbose` lists every place of a summary.
    pub(crate) fn diagnostics(&self, verbose: bool) -> Vec<Diagnostic> {
        let Collected { files, found } = &*self.collected.borrow();
        let mut kinds: BTreeMap<&str, (usize, At)> = BTreeMap::new();
        for Found { kind, at, .. } in found.iter().filter(|found| found.level == Level::Summary) {
            let (count, first) = kinds.entry(kind).or_insert((0, *at));
            (*count, *first) = (*count + 1, (*first).min(*at));
        }
        kinds.retain(|_, (count, _)| !verbose && *count > FEW);
        let line = |level, at: At, operation: Option<&str>, message: &str| Diagnostic {
            level,
            file: files.get(at.file).cloned().unwrap_or_default(),
            line: (at.line > 0).then_some(at.line),
            column: (at.column > 0).then_some(at.column),
            operation: operation.map(one_line),
            message: one_line(message),
        };
        let each = found.iter().filter(|found| !kinds.contains_key(found.kind));
        let mut all: Vec<Diagnostic> =
            each.map(|found| line(found.level, found.at, found.operation.as_deref(), &found.message)).collect();
        all.extend(kinds.iter().map(|(kind, (count, first))| {
            line(Level::Summary, *first, None, &format!("{count} {kind}; --verbose lists them"))
        }));
        all.sort();
        all.dedup();
        all
    }
}

/// Cargo reads one instruction per line, so that a line break would cut a diagnostic off.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
