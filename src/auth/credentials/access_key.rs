//! Access keys.

use std::fmt;

use super::context::ProjectScope;
use crate::auth::authenticate::sign::Keys;
use crate::auth::secret::Secret;
use crate::config_error::{ConfigError, ConfigErrorKind};

/// An access key and its secret key, with which each request is signed. The secret key is never sent.
///
/// The project ID is sent with each request. It is looked up once by the name of the region, unless the
/// [client](crate::ClientBuilder::project_id) or [`project_id`](Self::project_id) sets it.
///
/// ```
/// use secmaster_client::Client;
/// use secmaster_client::auth::AccessKey;
///
/// let client = Client::builder().region("cn-north-4").credentials(AccessKey::new("AK...", "SK...")).build()?;
/// # Ok::<(), secmaster_client::ConfigError>(())
/// ```
#[derive(Clone)]
pub struct AccessKey {
    access: String,
    secret: Secret,
    security_token: Option<Secret>,
    scope: ProjectScope,
}

impl AccessKey {
    /// Takes an access key (AK) and its secret key (SK).
    pub fn new(access: impl Into<String>, secret: impl Into<String>) -> Self {
        Self {
            access: access.into(),
            secret: Secret::from(secret.into()),
            security_token: None,
            scope: ProjectScope::default(),
        }
    }

    /// Sets the security token of temporary keys. They expire, and are not refreshed.
    #[must_use]
    pub fn security_token(mut self, token: impl Into<String>) -> Self {
        self.security_token = Some(Secret::from(token.into()));
        self
    }

    /// Sets the project ID.
    #[must_use]
    pub fn project_id(mut self, project_id: impl Into<String>) -> Self {
        self.scope.project_id = Some(project_id.into());
        self
    }

    /// Sets IAM's endpoint, where the project ID is looked up. The default is that of the
    /// [client](crate::ClientBuilder::iam_endpoint), or of its region.
    #[must_use]
    pub fn iam_endpoint(mut self, endpoint: impl Into<String>) -> Self {
        self.scope.iam_endpoint = Some(endpoint.into());
        self
    }

    /// The keys and their project.
    pub(super) fn into_parts(self) -> Result<(Keys, ProjectScope), ConfigError> {
        let token = self.security_token.map(|token| token.expose().to_owned());
        let keys = Keys::new(self.access, self.secret.expose().to_owned(), token)
            .map_err(|message| ConfigError::new(ConfigErrorKind::Credentials, message))?;
        Ok((keys, self.scope))
    }
}

impl fmt::Debug for AccessKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AccessKey").field("project_id", &self.scope.project_id).finish_non_exhaustive()
    }
}
