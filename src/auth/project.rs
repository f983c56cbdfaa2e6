//! The ID of the project that the paths of the service need.

use std::pin::Pin;
use std::sync::Arc;

use tokio::sync::OnceCell;

use super::{AuthError, iam};
use crate::service::Service;

/// A project's ID: given, or looked up once by the region's name. Clones share what was found.
#[derive(Clone)]
pub(crate) struct Project {
    found: Arc<OnceCell<String>>,
    /// Where to look it up, and by which name.
    lookup: Option<(Arc<Service>, String)>,
}

impl Project {
    /// A project whose ID is known.
    pub(crate) fn given(id: String) -> Self {
        Self { found: Arc::new(OnceCell::new_with(Some(id))), lookup: None }
    }

    /// A project whose name is known, to be looked up at an IAM service.
    pub(crate) fn named(name: String, iam: Arc<Service>) -> Self {
        Self { found: Arc::default(), lookup: Some((iam, name)) }
    }

    /// A project of which nothing is known.
    pub(crate) fn unknown() -> Self {
        Self { found: Arc::default(), lookup: None }
    }

    /// Gives the ID, looking it up the first time.
    ///
    /// # Errors
    ///
    /// Where the look-up failed, found none or several, or nothing is known to look up.
    pub(crate) async fn id(&self) -> Result<&str, AuthError> {
        self.found.get_or_try_init(|| self.look_up()).await.map(String::as_str)
    }

    /// The call to IAM may be under way for a call that waits for it here, so that its type must not hold that one's.
    fn look_up(&self) -> Pin<Box<dyn Future<Output = Result<String, AuthError>> + Send + '_>> {
        Box::pin(async {
            match &self.lookup {
                Some((iam, name)) => iam::project_id(iam, name).await,
                None => Err(AuthError::refused("the project is not known; set a region, or give the project's ID")),
            }
        })
    }
}
