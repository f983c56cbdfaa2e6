//! Access keys.

use std::fmt;

use super::Secret;
use super::credentials::About;
use super::sign::Keys;
use crate::BuildError;

/// An access key and its secret key, with which each request is signed. The secret key is sent nowhere.
///
/// The project's ID is sent along. It is looked up once by the region's name, unless [`project_id`](Self::project_id) gives it.
#[derive(Clone)]
pub struct AccessKey {
    access: String,
    secret: Secret,
    security_token: Option<Secret>,
    about: About,
}

impl AccessKey {
    /// Takes an access key (AK) and its secret key (SK).
    pub fn new(access: impl Into<String>, secret: impl Into<String>) -> Self {
        Self {
            access: access.into(),
            secret: Secret::from(secret.into()),
            security_token: None,
            about: About::default(),
        }
    }

    /// Sets the security token that belongs to temporary keys. They end by themselves, and are not renewed.
    #[must_use]
    pub fn security_token(mut self, token: impl Into<String>) -> Self {
        self.security_token = Some(Secret::from(token.into()));
        self
    }

    /// Sets the project's ID.
    #[must_use]
    pub fn project_id(mut self, project_id: impl Into<String>) -> Self {
        self.about.project_id = Some(project_id.into());
        self
    }

    /// Sets IAM's endpoint, where the project's ID is looked up. That of the
    /// [client](crate::ClientBuilder::iam_endpoint), or of its region, unless set.
    #[must_use]
    pub fn iam_endpoint(mut self, endpoint: impl Into<String>) -> Self {
        self.about.iam_endpoint = Some(endpoint.into());
        self
    }

    /// The keys, and what they are about.
    pub(crate) fn into_parts(self) -> Result<(Keys, About), BuildError> {
        let token = self.security_token.map(|token| token.expose().to_owned());
        let keys = Keys::new(self.access, self.secret.expose().to_owned(), token).map_err(BuildError::new)?;
        Ok((keys, self.about))
    }
}

impl fmt::Debug for AccessKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AccessKey").field("project_id", &self.about.project_id).finish_non_exhaustive()
    }
}
