//! Access keys.

use std::fmt;
use std::sync::Arc;

use super::Credentials;
use super::context::Scope;
use crate::auth::authenticate::Scheme;
use crate::auth::authenticate::cache::Cache;
use crate::auth::authenticate::sign::Keys;
use crate::auth::secret::Secret;
use crate::config_error::{ConfigError, ConfigErrorKind};

/// An access key and its secret key, which sign each request. The secret key is never sent.
///
/// The project ID is sent with each request. By default it is looked up once by the name of the region; the
/// [client](crate::ClientBuilder::project_id) or [`project_id`](Self::project_id) can set it.
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
    pub(super) scope: Scope,
}

impl AccessKey {
    /// Creates credentials from an access key (AK) and its secret key (SK).
    pub fn new(access: impl Into<String>, secret: impl Into<String>) -> Self {
        let (access, secret) = (access.into(), Secret::from(secret.into()));
        Self { access, secret, security_token: None, scope: Scope::default() }
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
        self.scope.iam_endpoint = Some(endpoint.into().into());
        self
    }

    fn scheme(&self) -> Result<Scheme, ConfigError> {
        let token = self.security_token.as_ref().map(|token| token.expose().to_owned());
        let keys = Keys::new(self.access.clone(), self.secret.expose().to_owned(), token)
            .map_err(|message| ConfigError::new(ConfigErrorKind::Credentials, message))?;
        Ok(Scheme::signature(Cache::Fixed(Arc::new(keys))))
    }
}

impl From<AccessKey> for Credentials {
    fn from(key: AccessKey) -> Self {
        Self::new("an access key", key.scope.clone(), move |_, _| key.scheme())
    }
}

impl fmt::Debug for AccessKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AccessKey").field("project_id", &self.scope.project_id).finish_non_exhaustive()
    }
}
