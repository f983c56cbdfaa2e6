//! What credentials need to know of the client that they are for.

use std::time::Duration;

use super::generated::iam;
use super::iam::look_up_project;
use crate::auth::authenticate::cache::{Cache, Fetched};
use crate::auth::authenticate::clock::Clock;
use crate::auth::authenticate::project::Project;
use crate::auth::authenticate::{Authenticator, KeySource, Scheme, Signer};
use crate::config_error::{ConfigError, ConfigErrorKind};
use crate::session::api::Api;
use crate::session::endpoint::Endpoint;
use crate::session::http::Http;
use crate::session::{Limits, Parts, Session};

/// The settings of the client.
pub(crate) struct AuthContext<'a> {
    pub(crate) http: &'a Http,
    /// One without a proxy, for an address that only this machine reaches.
    pub(crate) direct: &'a Http,
    pub(crate) iam_endpoint: Option<&'a str>,
    pub(crate) region: Option<&'a str>,
    pub(crate) project_id: Option<&'a str>,
    pub(crate) allow_http: bool,
    pub(crate) limits: Limits,
}

/// The project that keys act in, and where it is looked up.
#[derive(Debug, Clone, Default)]
pub(crate) struct ProjectScope {
    pub(crate) project_id: Option<String>,
    pub(crate) iam_endpoint: Option<String>,
}

impl AuthContext<'_> {
    /// How long it may take to get credentials: three quarters of the timeout of the call that needs them, so that an unresponsive
    /// source is reported as such.
    pub(super) fn timeout(&self) -> Duration {
        self.limits.timeout / 4 * 3
    }

    /// A session with IAM.
    pub(super) fn iam(&self, endpoint: Endpoint, authenticator: Authenticator) -> Session {
        let limits = Limits { timeout: self.timeout(), ..self.limits };
        let (http, region, allow_http) = (self.http.clone(), self.region, self.allow_http);
        Session::new(Parts { http, endpoint, authenticator, limits, region, allow_http }, iam::Client::operations())
    }

    /// IAM's endpoint: that of the credentials, of the client, or of the region; `None` if none is known.
    pub(super) fn iam_endpoint(&self, given: Option<&str>) -> Result<Option<Endpoint>, ConfigError> {
        match (given.or(self.iam_endpoint), self.region, iam::Client::ENDPOINT) {
            (Some(given), ..) => Endpoint::parse("IAM's endpoint", given, self.allow_http).map(Some),
            (None, Some(region), Some(template)) => Endpoint::in_region(template, region).map(Some),
            (None, ..) => Ok(None),
        }
    }

    /// The client's project, or the region's, to be looked up with the same credentials.
    pub(super) fn project(&self, iam_endpoint: Option<Endpoint>, scheme: Scheme) -> Project {
        match (self.project_id, self.region, iam_endpoint) {
            (Some(id), ..) => Project::Given(id.to_owned()),
            (None, Some(region), Some(endpoint)) => {
                let session = self.iam(endpoint, Authenticator { scheme, project: Project::Unknown });
                let name = region.to_owned();
                Project::Lookup(Cache::new(move || {
                    let (name, session) = (name.clone(), session.clone());
                    Box::pin(
                        async move { Ok(Fetched { value: look_up_project(&session, &name).await?, lifetime: None }) },
                    )
                }))
            }
            _ => Project::Unknown,
        }
    }

    /// Signs with keys.
    ///
    /// # Errors
    ///
    /// Returns an error if the project is malformed or cannot be known.
    pub(super) fn signature(&self, keys: KeySource, scope: &ProjectScope) -> Result<Authenticator, ConfigError> {
        let clock = Clock::default();
        let project = match scope.project_id.as_deref().filter(|_| self.project_id.is_none()) {
            Some(id) => {
                check_project_id(id)?;
                Project::Given(id.to_owned())
            }
            None if self.project_id.is_none() && self.region.is_none() => {
                return Err(ConfigError::new(
                    ConfigErrorKind::Project,
                    "the project is not known; call region(...) or project_id(...) on the builder, or project_id(...) on the credentials",
                ));
            }
            None => {
                let endpoint = self.iam_endpoint(scope.iam_endpoint.as_deref())?;
                let signer = Signer { keys: keys.clone(), project: None, clock: clock.clone() };
                self.project(endpoint, Scheme::Signature(signer))
            }
        };
        let signer = Signer { keys, project: Some(project.clone()), clock };
        Ok(Authenticator { scheme: Scheme::Signature(signer), project })
    }
}

/// Rejects what cannot be the id of a project.
///
/// # Errors
///
/// Returns an error if the id is empty, or has a space or another character that is not visible ASCII.
pub(crate) fn check_project_id(id: &str) -> Result<(), ConfigError> {
    if !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Ok(());
    }
    let message = "the project ID is empty, or has a space or another character that no ID has; check it";
    Err(ConfigError::new(ConfigErrorKind::Project, message))
}
