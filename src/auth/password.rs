//! A login by password.

use std::fmt;
use std::sync::Arc;

use super::{Secret, Setting};
use crate::BuildError;
use crate::endpoint::Endpoint;
use crate::generated::iam::types;

/// The password of an IAM user, by which the client gets itself tokens.
///
/// The token is for the project of the client's region unless [`project`](Self::project) names another. The password is sent to IAM
/// alone.
#[derive(Clone)]
pub struct Password {
    domain: String,
    user: String,
    secret: Secret,
    project: Option<String>,
    iam_endpoint: Option<String>,
    user_id: Option<String>,
    passcode: Option<Arc<dyn Fn() -> String + Send + Sync>>,
}

impl Password {
    /// Takes the name of the account (IAM calls it a domain), the name of the user in it, and the user's password.
    pub fn new(domain: impl Into<String>, user: impl Into<String>, password: impl Into<String>) -> Self {
        Self {
            domain: domain.into(),
            user: user.into(),
            secret: Secret::from(password.into()),
            project: None,
            iam_endpoint: None,
            user_id: None,
            passcode: None,
        }
    }

    /// Sets the project that the token is for. A text of 32 hex digits is taken for an ID, any other for a name.
    #[must_use]
    pub fn project(mut self, project: impl Into<String>) -> Self {
        self.project = Some(project.into());
        self
    }

    /// Sets IAM's endpoint, as `https://host[:port][/base]`. That of the
    /// [client](crate::ClientBuilder::iam_endpoint), or of its region, unless set.
    #[must_use]
    pub fn iam_endpoint(mut self, endpoint: impl Into<String>) -> Self {
        self.iam_endpoint = Some(endpoint.into());
        self
    }

    /// Sets where the passcode of the second factor comes from. It is asked at each login. IAM wants the
    /// [user's ID](Self::user_id) with it.
    #[must_use]
    pub fn totp(mut self, passcode: impl Fn() -> String + Send + Sync + 'static) -> Self {
        self.passcode = Some(Arc::new(passcode));
        self
    }

    /// Sets the user's ID, which is needed for a login with a [second factor](Self::totp) alone.
    #[must_use]
    pub fn user_id(mut self, user_id: impl Into<String>) -> Self {
        self.user_id = Some(user_id.into());
        self
    }

    /// Where to log in, and what makes the body of each login.
    pub(crate) fn into_request(
        self,
        setting: &Setting<'_>,
    ) -> Result<(Endpoint, impl Fn() -> types::TokenRequest + Send + Sync + 'static), BuildError> {
        let project = self.project.as_deref();
        for (name, text) in [
            ("domain", Some(&*self.domain)),
            ("user", Some(&*self.user)),
            ("password", Some(self.secret.expose())),
            ("project", project),
        ] {
            if text.is_some_and(str::is_empty) {
                return Err(BuildError::new(format!(
                    "the {name} of the password credentials is empty; give the one that IAM knows"
                )));
            }
        }
        let Some(endpoint) = setting.iam_endpoint(self.iam_endpoint.as_deref())? else {
            return Err(BuildError::new(
                "IAM's endpoint is not known; call region(...), or iam_endpoint(...) of the password",
            ));
        };
        let Some(project) = self.project.clone().or_else(|| setting.region.map(str::to_owned)) else {
            return Err(BuildError::new(
                "the token's project is not known; call region(...), or project(...) of the password",
            ));
        };
        if self.passcode.is_some() && self.user_id.is_none() {
            return Err(BuildError::new("a second factor needs the user's ID; call user_id(...) of the password"));
        }
        let is_id = project.len() == 32 && project.bytes().all(|byte| byte.is_ascii_hexdigit());
        let scope = if is_id {
            types::ProjectScope { id: Some(project), name: None }
        } else {
            types::ProjectScope { id: None, name: Some(project) }
        };
        Ok((endpoint, move || self.body(scope.clone())))
    }

    fn body(&self, project: types::ProjectScope) -> types::TokenRequest {
        let mut methods = vec!["password".to_owned()];
        let totp = self.passcode.as_ref().zip(self.user_id.as_ref()).map(|(passcode, id)| {
            methods.push("totp".to_owned());
            types::TotpIdentity { user: types::TotpUser { id: id.clone(), passcode: Secret::from(passcode()) } }
        });
        let user = types::PasswordUser {
            name: self.user.clone(),
            password: self.secret.clone(),
            domain: types::Domain { name: self.domain.clone() },
        };
        let identity = types::Identity { methods, password: types::PasswordIdentity { user }, totp };
        types::TokenRequest { auth: types::Auth { identity, scope: types::Scope { project } } }
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Password").field("domain", &self.domain).field("user", &self.user).finish_non_exhaustive()
    }
}
