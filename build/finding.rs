//! What is wrong in a document, said in one line.

use std::fmt;

/// A mistake in a document: where it is, what is wrong, and what to write instead.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    file: String,
    line: Option<usize>,
    operation: Option<String>,
    text: String,
}

impl Finding {
    /// A finding at a line, counted from 1.
    pub fn at(file: &str, line: usize, text: &str) -> Self {
        Self { file: file.into(), line: Some(line), operation: None, text: one_line(text) }
    }

    /// A finding about a file as a whole.
    pub fn of_file(file: &str, text: &str) -> Self {
        Self { file: file.into(), line: None, operation: None, text: one_line(text) }
    }

    /// Names the operation that the finding is about: its id, or its method and path.
    pub fn in_operation(mut self, operation: &str) -> Self {
        self.operation = Some(one_line(operation));
        self
    }
}

/// Cargo reads one instruction a line, so that a line break would cut a finding off.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        if let Some(operation) = &self.operation {
            write!(f, ": {operation}")?;
        }
        write!(f, ": {}", self.text)
    }
}
