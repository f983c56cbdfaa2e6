//! Diagnostics: what is wrong in a document, where, and what to write.

use std::collections::BTreeMap;
use std::fmt;

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
        if let Some(operation) = &self.operation {
            write!(f, ": {operation}")?;
        }
        write!(f, ": {}", self.message)
    }
}

/// Up to this many places, each place of a kind gets its own line.
const FEW: usize = 3;

/// Where something was found, in which operation, and what.
type Found = (At, Option<String>, String);

/// Collects diagnostics while a document is processed.
#[derive(Debug, Default)]
pub(crate) struct Report {
    /// The names of the files: the document, then the patches.
    pub(crate) files: Vec<String>,
    found: Vec<(Level, Found)>,
    /// The places of each kind of summary.
    kinds: BTreeMap<&'static str, Vec<Found>>,
}

impl Report {
    /// An empty report about a file.
    pub(crate) fn new(file: &str) -> Self {
        Self { files: vec![file.to_owned()], ..Self::default() }
    }

    /// Adds an error.
    pub(crate) fn error(&mut self, at: At, operation: Option<&str>, message: impl Into<String>) {
        self.found.push((Level::Error, (at, operation.map(str::to_owned), message.into())));
    }

    /// Adds a warning.
    pub(crate) fn warn(&mut self, at: At, operation: Option<&str>, message: impl Into<String>) {
        self.found.push((Level::Warning, (at, operation.map(str::to_owned), message.into())));
    }

    /// Adds a place to a kind of summary. The kind is said of a number, as in "3 enums of responses are read as any string".
    pub(crate) fn note(&mut self, kind: &'static str, at: At, operation: Option<&str>, message: impl Into<String>) {
        self.kinds.entry(kind).or_default().push((at, operation.map(str::to_owned), message.into()));
    }

    /// Whether there is an error.
    pub(crate) fn has_errors(&self) -> bool {
        self.found.iter().any(|(level, ..)| *level == Level::Error)
    }

    /// All diagnostics, sorted. `verbose` lists every place of a summary.
    pub(crate) fn diagnostics(&self, verbose: bool) -> Vec<Diagnostic> {
        let mut all: Vec<Diagnostic> = self
            .found
            .iter()
            .map(|(level, (at, operation, message))| self.diagnostic(*level, *at, operation.as_deref(), message))
            .collect();
        for (kind, places) in &self.kinds {
            if verbose || places.len() <= FEW {
                let each = |(at, operation, message): &Found| {
                    self.diagnostic(Level::Summary, *at, operation.as_deref(), message)
                };
                all.extend(places.iter().map(each));
            } else {
                let first = places.iter().map(|(at, ..)| *at).min().unwrap_or_default();
                let message = format!("{} {kind}; --verbose lists them", places.len());
                all.push(self.diagnostic(Level::Summary, first, None, &message));
            }
        }
        all.sort();
        all.dedup();
        all
    }

    fn diagnostic(&self, level: Level, at: At, operation: Option<&str>, message: &str) -> Diagnostic {
        Diagnostic {
            level,
            file: self.files.get(at.file).cloned().unwrap_or_default(),
            line: (at.line > 0).then_some(at.line),
            operation: operation.map(one_line),
            message: one_line(message),
        }
    }
}

/// Cargo reads one instruction per line, so that a line break would cut a diagnostic off.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
