//! The client settings that credentials use.

use std::time::Duration;

use super::generated::iam;
use super::iam::look_up_project;
use crate::auth::authenticate::cache::Cache;
use crate::auth::authenticate::{Authenticator, Scheme};
use crate::config_error::{ConfigError, ConfigErrorKind};
use crate::session::endpoint::Endpoint;
use crate::session::http::Http;
use crate::session::{Api, Session, Settings};

pub(crate) const PROJECT_ID: &str = "SECMASTER_PROJECT_ID";
pub(super) const IAM_ENDPOINT: &str = "HUAWEICLOUD_SDK_IAM_ENDPOINT";

pub(crate) struct AuthContext<'a> {
    pub(crate) settings: &'a Settings,
    pub(crate) http: &'a Http,
    /// A client without a proxy, for an address that only this machine can reach.
    pub(crate) direct: &'a Http,
}

/// The project of the credentials, and the endpoint to look it up.
#[derive(Clone, Default)]
pub(super) struct Scope {
    pub(super) project_id: Option<String>,
    pub(super) iam_endpoint: Option<IamEndpoint>,
    /// Whether errors mention environment variables rather than methods.
    pub(super) is_from_env: bool,
}

/// An IAM endpoint, and its name in errors.
#[derive(Clone)]
pub(super) struct IamEndpoint {
    pub(super) name: String,
    pub(super) address: String,
}

impl From<String> for IamEndpoint {
    fn from(address: String) -> Self {
        Self { name: "IAM's endpoint".to_owned(), address }
    }
}

impl Scope {
    /// The error for a missing setting, with the variable or the methods that set it.
    pub(super) fn missing(&self, kind: ConfigErrorKind, what: &str, variable: &str, calls: &str) -> ConfigError {
        let hint = if self.is_from_env { format!("set {variable}") } else { calls.to_owned() };
        ConfigError::new(kind, format!("{what} is not known; {hint}"))
    }
}

impl AuthContext<'_> {
    /// The maximum time to get credentials: three quarters of the timeout of the call that needs them, so that an
    /// unresponsive source is reported as such.
    pub(super) fn timeout(&self) -> Duration {
        self.settings.timeout / 4 * 3
    }

    pub(super) fn iam(&self, endpoint: Endpoint, authenticator: Authenticator) -> Session {
        let settings = Settings { timeout: self.timeout(), ..self.settings.clone() };
        Session::new(self.http.clone(), endpoint, authenticator, settings, iam::Client::operations())
    }

    /// IAM's endpoint: that of the credentials, the client or the region; `None` if unknown.
    pub(super) fn iam_endpoint(&self, scope: &Scope) -> Result<Option<Endpoint>, ConfigError> {
        let Settings { region, iam_endpoint, allow_http, .. } = self.settings;
        let given = scope.iam_endpoint.clone().or(iam_endpoint.clone().map(Into::into));
        match (given, region, iam::Client::ENDPOINT) {
            (Some(given), ..) => {
                let parse = if scope.is_from_env { Endpoint::parse_from_env } else { Endpoint::parse };
                parse(&given.name, &given.address, *allow_http).map(Some)
            }
            (None, Some(region), Some(template)) => Endpoint::in_region(template, region).map(Some),
            (None, ..) => Ok(None),
        }
    }

    /// The project of the client, of the credentials, or of the region; the latter is looked up with the same
    /// credentials.
    pub(super) fn project(&self, scope: &Scope, scheme: &Scheme) -> Result<Option<Cache<String>>, ConfigError> {
        if let Some(id) = &scope.project_id {
            check_project_id(id)?;
        }
        if let Some(id) = self.settings.project_id.as_ref().or(scope.project_id.as_ref()) {
            return Ok(Some(Cache::Fixed(id.clone())));
        }
        let Some((endpoint, name)) = self.iam_endpoint(scope)?.zip(self.settings.region.clone()) else {
            return Ok(None);
        };
        let session = self.iam(endpoint, Authenticator { scheme: scheme.clone(), project: None, is_from_env: false });
        Ok(Some(Cache::new(self.timeout(), move || look_up_project(session.clone(), name.clone()))))
    }
}

pub(crate) fn check_project_id(id: &str) -> Result<(), ConfigError> {
    if !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Ok(());
    }
    let message = "the project ID is empty or has a space or another invalid character; check it";
    Err(ConfigError::new(ConfigErrorKind::Project, message))
}
