//! What a client is given to be let in, and how that becomes an authoriser.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::authorizer::{KeySource, Signer};
use super::cache::{Cache, Fetching, Fresh};
use super::clock::Clock;
use super::{AccessKey, AuthError, Authorizer, Metadata, Password, Project, Token, TokenProvider};
use crate::BuildError;
use crate::endpoint::Endpoint;
use crate::header;
use crate::service::{Http, Limits, Service};

/// Credentials of any kind: a [`Token`], a [`Password`], an [`AccessKey`], [`Metadata`], or a [`TokenProvider`].
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

/// What keys are about: a project, and where it is looked up.
#[derive(Debug, Clone, Default)]
pub(crate) struct About {
    pub(crate) project_id: Option<String>,
    pub(crate) iam_endpoint: Option<String>,
}

/// What credentials have to know of the client that they are for.
pub(crate) struct Setting<'a> {
    pub(crate) http: &'a Http,
    /// One that goes through no proxy, for an address that only this machine reaches.
    pub(crate) direct: &'a Http,
    pub(crate) iam_endpoint: Option<&'a str>,
    pub(crate) region: Option<&'a str>,
    pub(crate) allow_http: bool,
    pub(crate) limits: Limits,
}

impl Credentials {
    fn new(kind: Kind) -> Self {
        Self { kind, source: None, iam_endpoint: None }
    }

    /// The same credentials, with a name for where they were found.
    pub(crate) fn found_in(self, source: &str) -> Self {
        Self { source: Some(source.to_owned()), ..self }
    }

    /// The same credentials, whose project is looked up at this address.
    pub(crate) fn looked_up_at(self, iam_endpoint: &str) -> Self {
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

    /// Makes ready what authorises requests and what knows the project.
    ///
    /// # Errors
    ///
    /// Where something is missing, or an endpoint can not be used.
    pub(crate) fn into_authorizer(self, setting: &Setting<'_>) -> Result<(Authorizer, Project), BuildError> {
        let iam_endpoint = self.iam_endpoint.as_deref();
        match self.kind {
            Kind::Token(token) => {
                let authorizer = Authorizer::Header(header::AUTH_TOKEN, token.header().clone());
                let project = match token.project() {
                    Some(id) => Project::Given(id.to_owned()),
                    None => setting.project(setting.iam_endpoint(iam_endpoint)?, authorizer.clone()),
                };
                Ok((authorizer, project))
            }
            Kind::Password(password) => {
                let (iam_endpoint, request) = password.into_request(setting)?;
                let iam = Arc::new(setting.iam(iam_endpoint.clone(), Authorizer::Open));
                let cache = Cache::new(move || {
                    let (iam, request) = (Arc::clone(&iam), request());
                    Box::pin(async move { super::iam::login(&iam, request).await })
                });
                let authorizer = Authorizer::Token(cache);
                let project = setting.project(Some(iam_endpoint), authorizer.clone());
                Ok((authorizer, project))
            }
            Kind::Provider(provider) => {
                let time = setting.time_for_credentials();
                let authorizer = Authorizer::Token(Cache::new(move || {
                    let provider = provider.clone();
                    Box::pin(async move { provider.ask(time).await })
                }));
                let project = setting.project(setting.iam_endpoint(iam_endpoint)?, authorizer.clone());
                Ok((authorizer, project))
            }
            Kind::AccessKey(key) => {
                let (keys, about) = key.into_parts()?;
                setting.signature(KeySource::Fixed(Arc::new(keys)), about)
            }
            Kind::Metadata(metadata) => {
                let (cache, about) = metadata.into_parts(setting)?;
                setting.signature(KeySource::Renewed(cache), about)
            }
        }
    }
}

impl Setting<'_> {
    /// How long it may take to get credentials: three quarters of the time of the call that needs them, so that the silence of what
    /// gives them is told as such.
    fn time_for_credentials(&self) -> Duration {
        self.limits.timeout / 4 * 3
    }

    /// IAM, as the credentials call it.
    pub(crate) fn iam(&self, endpoint: Endpoint, authorizer: Authorizer) -> Service {
        let limits = Limits { timeout: self.time_for_credentials(), ..self.limits };
        Service::new(self.http.clone(), endpoint, authorizer, limits)
    }

    /// IAM's endpoint: the one of the credentials, the one of the client, or the region's; `None` where none is known.
    pub(crate) fn iam_endpoint(&self, given: Option<&str>) -> Result<Option<Endpoint>, BuildError> {
        match (given.or(self.iam_endpoint), self.region) {
            (Some(given), _) => Endpoint::parse("IAM's endpoint", given, self.allow_http).map(Some),
            (None, Some(region)) => Endpoint::of_region("iam", region).map(Some),
            (None, None) => Ok(None),
        }
    }

    /// The region's project, to be looked up with the same credentials.
    fn project(&self, iam_endpoint: Option<Endpoint>, authorizer: Authorizer) -> Project {
        match (self.region, iam_endpoint) {
            (Some(region), Some(endpoint)) => {
                Project::named(region.to_owned(), Arc::new(self.iam(endpoint, authorizer)))
            }
            _ => Project::Unknown,
        }
    }

    fn signature(&self, keys: KeySource, about: About) -> Result<(Authorizer, Project), BuildError> {
        let clock = Clock::default();
        let project = match about.project_id {
            Some(id) if id.is_empty() || !id.bytes().all(|byte| byte.is_ascii_graphic()) => {
                return Err(BuildError::new(
                    "the project's ID is empty or has a space or another character that no ID has; check it",
                ));
            }
            Some(id) => Project::Given(id),
            None if self.region.is_none() => {
                return Err(BuildError::new(
                    "the project is not known; call region(...), or project_id(...) of the credentials",
                ));
            }
            None => {
                let about_none = Signer { keys: keys.clone(), project: None, clock: clock.clone() };
                self.project(self.iam_endpoint(about.iam_endpoint.as_deref())?, Authorizer::Signature(about_none))
            }
        };
        let signer = Signer { keys, project: Some(project.clone()), clock };
        Ok((Authorizer::Signature(signer), project))
    }
}

/// Shows no secret, and no address, for one may hold a password.
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

impl<T: TokenProvider> From<T> for Credentials {
    fn from(provider: T) -> Self {
        let provider = Arc::new(provider);
        Self::new(Kind::Provider(Provider(Arc::new(move || {
            let provider = Arc::clone(&provider);
            Box::pin(async move {
                let began = Instant::now();
                let token = provider.token().await?;
                // The life that a provider tells begins when it answers; that of the cache when it was asked.
                let life = token.life().and_then(|life| life.checked_add(began.elapsed()));
                Ok(Fresh { value: token, life })
            })
        }))))
    }
}

impl Provider {
    /// Asks for a token. A provider that never answers would keep all calls from being let in, since it is asked once at a time.
    async fn ask(&self, time: Duration) -> Result<Fresh<Token>, AuthError> {
        tokio::time::timeout(time, (self.0)()).await.unwrap_or_else(|_| {
            Err(AuthError::unavailable(format!("the token provider did not answer within {time:?}")))
        })
    }
}

impl fmt::Debug for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Provider").finish_non_exhaustive()
    }
}
