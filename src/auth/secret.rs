//! A string that is never logged or shown in an error.

use std::cell::RefCell;
use std::fmt;

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A string with the format `password` in an OpenAPI document. `Debug` redacts it, and it is zeroized on drop.
///
/// It is serialized in plain text, as the service expects it.
#[derive(Clone)]
pub struct Secret(SecretString);

impl Secret {
    /// Returns the secret string.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self(text.into())
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

impl PartialEq for Secret {
    fn eq(&self, other: &Self) -> bool {
        self.expose() == other.expose()
    }
}

thread_local! {
    /// The secrets that were serialized, while a request is.
    static SERIALIZED: RefCell<Option<Vec<Secret>>> = const { RefCell::new(None) };
}

/// Serializes a part of a request. Also returns the secrets in it, which a response may quote.
pub(crate) fn collect_secrets<T>(serialize: impl FnOnce() -> T) -> (T, Vec<Secret>) {
    let outer = SERIALIZED.replace(Some(Vec::new()));
    let serialized = serialize();
    (serialized, SERIALIZED.replace(outer).unwrap_or_default())
}

impl Serialize for Secret {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        SERIALIZED.with_borrow_mut(|all| all.iter_mut().for_each(|all| all.push(self.clone())));
        serializer.serialize_str(self.expose())
    }
}

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self::from)
    }
}
