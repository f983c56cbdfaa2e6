//! Credentials of any kind, and how they become an authenticator.

pub(super) mod access_key;
pub(crate) mod context;
pub(super) mod env;
mod expiry;
mod generated;
mod iam;
pub(super) mod metadata;
pub(super) mod password;
mod profile;
mod validate;

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::authenticate::cache::{Cache, Fetched, Fetching};
use super::authenticate::project::Project;
use super::authenticate::{Authenticator, KeySource, Scheme};
use super::error::AuthError;
use super::provider::TokenProvider;
use super::token::Token;
use crate::config_error::ConfigError;
use access_key::AccessKey;
use context::{AuthContext, check_project_id};
use metadata::Metadata;
use password::Password;

/// Credentials of any kind: a [`Token`], a [`Password`], an [`AccessKey`], [`Metadata`], or a custom
/// [`TokenProvider`].
#[derive(Clone)]
pub struct Credentials {
    kind: Kind,
    source: Option<String>,
    /// Where the project of a token is looked up.
    iam_endpoint: Option<String>,
}

#[derive(Debug, Clone)]
enum Kind {
    Token(Token),
    Password(Password),
    AccessKey(AccessKey),
    Metadata(Metadata),
    Provider(Provider),
}

/// A [`TokenProvider`] of any type.
#[derive(Clone)]
struct Provider(Arc<dyn Fn() -> Fetching<Token> + Send + Sync>);

impl Credentials {
    fn new(kind: Kind) -> Self {
        Self { kind, source: None, iam_endpoint: None }
    }

    /// Takes tokens from a custom provider; see [`TokenProvider`].
    pub fn provider(provider: impl TokenProvider) -> Self {
        let provider = Arc::new(provider);
        Self::new(Kind::Provider(Provider(Arc::new(move || {
            let provider = Arc::clone(&provider);
            Box::pin(async move {
                let started = Instant::now();
                let token = provider.token().await?;
                // A provider counts the lifetime from its return; the cache from the request.
                let lifetime = token.lifetime().and_then(|lifetime| lifetime.checked_add(started.elapsed()));
                Ok(Fetched { value: token, lifetime })
            })
        }))))
    }

    /// The same credentials, with a name for where they were found.
    pub(super) fn found_in(self, source: &str) -> Self {
        Self { source: Some(source.to_owned()), ..self }
    }

    /// The same credentials, whose project is looked up at this address.
    pub(super) fn with_iam_endpoint(self, iam_endpoint: &str) -> Self {
        Self { iam_endpoint: Some(iam_endpoint.to_owned()), ..self }
    }

    /// What the credentials are, or where [`from_env`](super::from_env) found them, such as `SECMASTER_TOKEN`.
    #[must_use]
    pub fn source(&self) -> &str {
        match (&self.source, &self.kind) {
            (Some(source), _) => source,
            (None, Kind::Token(_)) => "a token",
            (None, Kind::Password(_)) => "a password",
            (None, Kind::AccessKey(_)) => "an access key",
            (None, Kind::Metadata(_)) => "the metadata service",
            (None, Kind::Provider(_)) => "a token provider",
        }
    }

    /// Prepares what authenticates requests.
    ///
    /// # Errors
    ///
    /// Returns an error if something is missing, or an endpoint is malformed.
    pub(crate) fn into_authenticator(self, context: &AuthContext<'_>) -> Result<Authenticator, ConfigError> {
        let iam_endpoint = self.iam_endpoint.as_deref();
        match self.kind {
            Kind::Token(token) => {
                if let Some(id) = token.project() {
                    check_project_id(id)?;
                }
                let scheme = Scheme::FixedToken(token.header().clone());
                let project = match (context.project_id, token.project()) {
                    (None, Some(id)) => Project::Given(id.to_owned()),
                    _ => context.project(context.iam_endpoint(iam_endpoint)?, scheme.clone()),
                };
                Ok(Authenticator { scheme, project })
            }
            Kind::Password(password) => {
                let (iam_endpoint, request) = password.into_request(context)?;
                let session = context.iam(iam_endpoint.clone(), Authenticator::anonymous());
                let scheme = Scheme::Token(Cache::new(move || {
                    let (session, request) = (session.clone(), request());
                    Box::pin(async move { iam::login(&session, request).await })
                }));
                let project = context.project(Some(iam_endpoint), scheme.clone());
                Ok(Authenticator { scheme, project })
            }
            Kind::Provider(provider) => {
                let timeout = context.timeout();
                let scheme = Scheme::Token(Cache::new(move || {
                    let provider = provider.clone();
                    Box::pin(async move { provider.fetch(timeout).await })
                }));
                let project = context.project(context.iam_endpoint(iam_endpoint)?, scheme.clone());
                Ok(Authenticator { scheme, project })
            }
            Kind::AccessKey(key) => {
                let (keys, scope) = key.into_parts()?;
                context.signature(KeySource::Fixed(Arc::new(keys)), &scope)
            }
            Kind::Metadata(metadata) => {
                let (cache, scope) = metadata.into_parts(context)?;
                context.signature(KeySource::Refreshed(cache), &scope)
            }
        }
    }
}

/// Shows no secret, and no address, since one may hold a password.
impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials").field("kind", &self.kind).field("source", &self.source).finish_non_exhaustive()
    }
}

impl From<Token> for Credentials {
    fn from(token: Token) -> Self {
        Self::new(Kind::Token(token))
    }
}

impl From<Password> for Credentials {
    fn from(password: Password) -> Self {
        Self::new(Kind::Password(password))
    }
}

impl From<AccessKey> for Credentials {
    fn from(key: AccessKey) -> Self {
        Self::new(Kind::AccessKey(key))
    }
}

impl From<Metadata> for Credentials {
    fn from(metadata: Metadata) -> Self {
        Self::new(Kind::Metadata(metadata))
    }
}

impl Provider {
    /// Calls the provider. One that never returns would block all calls, since it is called once at a time.
    async fn fetch(&self, timeout: Duration) -> Result<Fetched<Token>, AuthError> {
        tokio::time::timeout(timeout, (self.0)()).await.unwrap_or_else(|_| {
            Err(AuthError::unavailable(format!("the token provider did not respond within {timeout:?}")))
        })
    }
}

impl fmt::Debug for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Provider").finish_non_exhaustive()
    }
}
