//! The code in a response body, which the service writes as a string or as a number.

use std::convert::Infallible;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The code in a response body, as a string.
///
/// Successes have been seen with the number `0`, as in the contract's example, and errors with strings such as `SecMaster.20010001`.
/// A number becomes a string.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(from = "Written")]
pub struct Code(String);

impl Code {
    /// The code as a string.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<String> for Code {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl From<&str> for Code {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl FromStr for Code {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(text.into())
    }
}

impl PartialEq<str> for Code {
    fn eq(&self, other: &str) -> bool {
        self.0 == other
    }
}

impl PartialEq<&str> for Code {
    fn eq(&self, other: &&str) -> bool {
        self.0 == *other
    }
}

/// How the service writes a code.
#[derive(Deserialize)]
#[serde(untagged, expecting = "a code has to be a string or a number")]
enum Written {
    String(String),
    Unsigned(u64),
    Signed(i64),
    Float(f64),
}

impl From<Written> for Code {
    fn from(written: Written) -> Self {
        match written {
            Written::String(text) => Self(text),
            Written::Unsigned(number) => Self(number.to_string()),
            Written::Signed(number) => Self(number.to_string()),
            Written::Float(number) => Self(number.to_string()),
        }
    }
}
