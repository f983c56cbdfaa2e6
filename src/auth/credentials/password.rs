//! Login with a password.

use std::fmt;
use std::sync::Arc;

use super::context::{AuthContext, IAM_ENDPOINT, PROJECT_ID, Scope};
use super::generated::iam::types;
use super::{Credentials, iam};
use crate::auth::authenticate::cache::Cache;
use crate::auth::authenticate::{Authenticator, Scheme};
use crate::auth::secret::Secret;
use crate::config_error::{ConfigError, ConfigErrorKind};
use crate::session::retry::RetryPolicy;

/// The password of an IAM user. The client exchanges it for tokens.
///
/// By default the token is for the project of the client's region; the [client](crate::ClientBuilder::project_id) or
/// [`project`](Self::project) can set another. The password is sent only to IAM.
///
/// ```
/// use secmaster_client::Client;
/// use secmaster_client::auth::Password;
///
/// let password = Password::new("account", "user", "password");
/// let client = Client::builder().region("cn-north-4").credentials(password).build()?;
/// # Ok::<(), secmaster_client::ConfigError>(())
/// ```
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
    /// Creates credentials from the account name (IAM calls it a domain), the user name and the password.
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

    /// Sets the project of the token. A value of 32 hex digits is treated as an ID, any other as a name. It takes
    /// precedence over the project ID of the [client](crate::ClientBuilder::project_id), which requests use; set only
    /// one of the two.
    #[must_use]
    pub fn project(mut self, project: impl Into<String>) -> Self {
        self.project = Some(project.into());
        self
    }

    /// Sets IAM's endpoint, as `https://host[:port][/base]`. The default is that of the
    /// [client](crate::ClientBuilder::iam_endpoint), or of its region.
    #[must_use]
    pub fn iam_endpoint(mut self, endpoint: impl Into<String>) -> Self {
        self.iam_endpoint = Some(endpoint.into());
        self
    }

    /// Sets a function that returns the passcode of the second factor. It is called at each login. IAM also requires
    /// the [user ID](Self::user_id).
    #[must_use]
    pub fn totp(mut self, passcode: impl Fn() -> String + Send + Sync + 'static) -> Self {
        self.passcode = Some(Arc::new(passcode));
        self
    }

    /// Sets the user ID, which is only needed to log in with a [second factor](Self::totp).
    #[must_use]
    pub fn user_id(mut self, user_id: impl Into<String>) -> Self {
        self.user_id = Some(user_id.into());
        self
    }

    fn scheme(&self, context: &AuthContext<'_>, scope: &Scope) -> Result<Scheme, ConfigError> {
        let refuse = |message: &str| ConfigError::new(ConfigErrorKind::Credentials, message);
        let project = self.project.as_deref();
        for (name, value) in [
            ("domain", Some(&*self.domain)),
            ("user", Some(&*self.user)),
            ("password", Some(self.secret.expose())),
            ("project", project),
        ] {
            if value.is_some_and(str::is_empty) {
                let message = format!("the {name} of the password credentials is empty; set it to a non-empty value");
                return Err(refuse(&message));
            }
        }
        let endpoint = context.iam_endpoint(scope)?.ok_or_else(|| {
            let calls = "call region(...) on the builder, or iam_endpoint(...) on the password";
            scope.missing(ConfigErrorKind::Endpoint, "IAM's endpoint", IAM_ENDPOINT, calls)
        })?;
        let settings = context.settings;
        let id = settings.project_id.as_deref().or(scope.project_id.as_deref()).filter(|_| project.is_none());
        let project = project.or(id).or(settings.region.as_deref()).map(str::to_owned).ok_or_else(|| {
            let calls = "call region(...) on the builder, or project(...) on the password";
            scope.missing(ConfigErrorKind::Project, "the project of the token", PROJECT_ID, calls)
        })?;
        if self.passcode.is_some() && self.user_id.is_none() {
            return Err(refuse("a second factor requires the user ID; call user_id(...) on the password"));
        }
        let is_id = id.is_some() || project.len() == 32 && project.bytes().all(|byte| byte.is_ascii_hexdigit());
        let project = if is_id {
            types::ProjectScope { id: Some(project), name: None }
        } else {
            types::ProjectScope { id: None, name: Some(project) }
        };
        let (password, mut session) = (self.clone(), context.iam(endpoint, Authenticator::anonymous()));
        if self.passcode.is_some() {
            // A passcode may be used only once.
            session = session.with(|options| options.retry = RetryPolicy::none());
        }
        Ok(Scheme::Token(Cache::new(context.timeout(), move || {
            iam::login(session.clone(), password.body(project.clone()))
        })))
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

impl From<Password> for Credentials {
    fn from(password: Password) -> Self {
        let scope = Scope { iam_endpoint: password.iam_endpoint.clone().map(Into::into), ..Scope::default() };
        Self::new("a password", scope, move |context, scope| password.scheme(context, scope))
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Password").field("domain", &self.domain).field("user", &self.user).finish_non_exhaustive()
    }
}
