//! The id of the project that the paths of the service need.

use super::super::error::AuthError;
use super::cache::Cache;

/// A project: its id, or how it is looked up once. Clones share what was found.
#[derive(Clone)]
pub(crate) enum Project {
    /// The id is known.
    Given(String),
    /// The id is looked up.
    Lookup(Cache<String>),
    /// Nothing is known.
    Unknown,
}

impl Project {
    /// Returns the id, looking it up the first time; `None` if nothing is known.
    ///
    /// # Errors
    ///
    /// Returns an error if the lookup fails or finds none or several.
    pub(crate) async fn id(&self) -> Result<Option<String>, AuthError> {
        match self {
            Self::Given(id) => Ok(Some(id.clone())),
            Self::Lookup(cache) => Ok(Some(cache.get().await?.value)),
            Self::Unknown => Ok(None),
        }
    }
}
