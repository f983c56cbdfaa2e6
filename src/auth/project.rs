//! The ID of the project that the paths of the service need.

use std::sync::Arc;

use super::cache::{Cache, Fresh};
use super::{AuthError, iam};
use crate::service::Service;

/// A project's ID: given, or looked up once by the region's name. Clones share what was found.
#[derive(Clone)]
pub(crate) enum Project {
    /// The ID is known.
    Given(String),
    /// The name is known, and the ID is looked up.
    Named(Cache<String>),
    /// Nothing is known.
    Unknown,
}

impl Project {
    /// A project whose name is known, to be looked up at an IAM service.
    pub(crate) fn named(name: String, iam: Arc<Service>) -> Self {
        Self::Named(Cache::new(move || {
            let (name, iam) = (name.clone(), Arc::clone(&iam));
            Box::pin(async move { Ok(Fresh { value: iam::project_id(&iam, &name).await?, life: None }) })
        }))
    }

    /// Gives the ID, looking it up the first time.
    ///
    /// # Errors
    ///
    /// Where the look-up failed, found none or several, or nothing is known to look up.
    pub(crate) async fn id(&self) -> Result<String, AuthError> {
        match self {
            Self::Given(id) => Ok(id.clone()),
            Self::Named(cache) => Ok(cache.get().await?.value),
            Self::Unknown => {
                Err(AuthError::refused("the project is not known; set a region, or give the project's ID"))
            }
        }
    }
}
