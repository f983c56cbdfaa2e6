//! Credentials of any kind, and the authenticator that they create.

pub(super) mod access_key;
pub(crate) mod context;
pub(super) mod env;
mod expiry;
mod generated;
mod iam;
pub(super) mod metadata;
pub(super) mod password;
mod profile;

use std::fmt;
use std::sync::Arc;
use std::time::Instant;

use super::authenticate::cache::{Cache, Fetched};
use super::authenticate::{Authenticator, Scheme};
use super::error::AuthError;
use super::provider::TokenProvider;
use super::token::Token;
use crate::config_error::{ConfigError, ConfigErrorKind};
use context::{AuthContext, PROJECT_ID, Scope};

/// Credentials of any kind: a [`Token`], a [`Password`](super::Password), an [`AccessKey`](super::AccessKey),
/// [`Metadata`](super::Metadata), or a custom [`TokenProvider`].
///
/// ```
/// use secmaster_client::auth::{AccessKey, Credentials};
///
/// let credentials: Credentials = AccessKey::new("AK...", "SK...").into();
/// assert_eq!(credentials.source(), "an access key");
/// ```
#[derive(Clone)]
pub struct Credentials {
    source: String,
    scope: Scope,
    scheme: Arc<MakeScheme>,
}

type MakeScheme = dyn Fn(&AuthContext<'_>, &Scope) -> Result<Scheme, ConfigError> + Send + Sync;

impl Credentials {
    fn new(
        source: &str,
        scope: Scope,
        scheme: impl Fn(&AuthContext<'_>, &Scope) -> Result<Scheme, ConfigError> + Send + Sync + 'static,
    ) -> Self {
        Self { source: source.to_owned(), scope, scheme: Arc::new(scheme) }
    }

    /// Creates credentials from a custom token provider.
    ///
    /// ```
    /// use secmaster_client::auth::{AuthError, Credentials, Token, TokenProvider};
    ///
    /// struct Vault;
    ///
    /// impl TokenProvider for Vault {
    ///     async fn token(&self) -> Result<Token, AuthError> {
    ///         Token::new("MII...").map_err(|error| AuthError::from_source(false, error))
    ///     }
    /// }
    ///
    /// assert_eq!(Credentials::provider(Vault).source(), "a token provider");
    /// ```
    pub fn provider(provider: impl TokenProvider) -> Self {
        let provider = Arc::new(provider);
        Self::new("a token provider", Scope::default(), move |context, _| {
            let (provider, timeout) = (Arc::clone(&provider), context.timeout());
            Ok(Scheme::Token(Cache::new(timeout, move || {
                let provider = Arc::clone(&provider);
                async move {
                    let started = Instant::now();
                    // A provider that never returns would block all calls, since only one call to it is made at a time.
                    let token = tokio::time::timeout(timeout, provider.token()).await.unwrap_or_else(|_| {
                        Err(AuthError::unavailable(format!("the token provider did not respond within {timeout:?}")))
                    })?;
                    // A provider counts the lifetime from when it returns, the cache from the request.
                    let lifetime = token.lifetime.and_then(|lifetime| lifetime.checked_add(started.elapsed()));
                    Ok(Fetched { value: token, lifetime })
                }
            })))
        })
    }

    /// The kind of credentials, or where [`from_env`](super::from_env) found them, such as `SECMASTER_TOKEN`.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.source
    }

    pub(crate) fn into_authenticator(self, context: &AuthContext<'_>) -> Result<Authenticator, ConfigError> {
        let Self { scope, scheme, .. } = self;
        let scheme = scheme(context, &scope)?;
        let project = context.project(&scope, &scheme)?;
        if project.is_none() && matches!(scheme, Scheme::Signature { .. }) {
            let calls = "call region(...) or project_id(...) on the builder, or project_id(...) on the credentials";
            return Err(scope.missing(ConfigErrorKind::Project, "the project", PROJECT_ID, calls));
        }
        Ok(Authenticator { scheme, project, is_from_env: scope.is_from_env })
    }
}

impl From<Token> for Credentials {
    fn from(token: Token) -> Self {
        let scope = Scope { project_id: token.project_id.clone(), ..Scope::default() };
        Self::new("a token", scope, move |_, _| Ok(Scheme::Token(Cache::Fixed(token.clone()))))
    }
}

/// Omits secrets, and addresses, which may contain a password.
impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials").field("source", &self.source).finish_non_exhaustive()
    }
}
