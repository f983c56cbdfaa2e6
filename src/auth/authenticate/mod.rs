//! Puts credentials on a request, and knows what their rejection means.

pub(super) mod cache;
pub(super) mod clock;
pub(super) mod project;
pub(crate) mod sign;

use std::sync::Arc;
use std::time::SystemTime;

use http::header::HeaderMap;
use http::{HeaderValue, StatusCode};
use reqwest::Request;

use super::error::AuthError;
use super::token::Token;
use crate::error::body::{ErrorBody, gateway_code};
use crate::headers;
use cache::Cache;
use clock::Clock;
use project::Project;
use sign::Keys;

/// How the requests of a session are authenticated, and which project they are for.
#[derive(Clone)]
pub(crate) struct Authenticator {
    pub(super) scheme: Scheme,
    pub(super) project: Project,
}

/// What is put on a request.
#[derive(Clone)]
pub(crate) enum Scheme {
    /// Nothing, as for a login.
    Anonymous,
    /// A token that does not change.
    FixedToken(HeaderValue),
    /// A token that is refreshed.
    Token(Cache<Token>),
    /// A signature of each request.
    Signature(Signer),
}

/// Signs requests.
#[derive(Clone)]
pub(crate) struct Signer {
    pub(super) keys: KeySource,
    /// The project whose id is sent with each request; `None` for a request that is not about one.
    pub(super) project: Option<Project>,
    pub(super) clock: Clock,
}

/// Where the keys come from.
#[derive(Clone)]
pub(crate) enum KeySource {
    /// Keys that do not change.
    Fixed(Arc<Keys>),
    /// Keys that are refreshed.
    Refreshed(Cache<Arc<Keys>>),
}

/// What a request was authenticated with, as far as it can be replaced.
#[derive(Default)]
pub(crate) struct AppliedCredential {
    generation: Option<u64>,
    /// The time that a request was signed with.
    signed_at: Option<SystemTime>,
}

impl Authenticator {
    /// Puts nothing on requests.
    pub(super) fn anonymous() -> Self {
        Self { scheme: Scheme::Anonymous, project: Project::Unknown }
    }

    /// Puts the credentials on a request. All other headers have to be in place.
    ///
    /// # Errors
    ///
    /// Returns an error if no valid credentials are available.
    pub(crate) async fn authenticate(&self, request: &mut Request) -> Result<AppliedCredential, AuthError> {
        match &self.scheme {
            Scheme::Anonymous => Ok(AppliedCredential::default()),
            Scheme::FixedToken(token) => {
                request.headers_mut().insert(headers::AUTH_TOKEN, token.clone());
                Ok(AppliedCredential::default())
            }
            Scheme::Token(cache) => {
                let cached = cache.get().await?;
                request.headers_mut().insert(headers::AUTH_TOKEN, cached.value.header().clone());
                Ok(AppliedCredential { generation: Some(cached.generation), signed_at: None })
            }
            Scheme::Signature(signer) => signer.sign(request).await,
        }
    }

    /// The id of the project; `None` if nothing is known of it.
    ///
    /// # Errors
    ///
    /// Returns an error if no token is available or the lookup fails.
    pub(crate) async fn project_id(&self) -> Result<Option<String>, AuthError> {
        if let (Scheme::Token(cache), Project::Unknown | Project::Lookup(_)) = (&self.scheme, &self.project) {
            let cached = cache.get().await?;
            if let Some(id) = cached.value.project() {
                return Ok(Some(id.to_owned()));
            }
        }
        self.project.id().await
    }

    /// Records that the credentials were accepted if a response with this status means so. A gateway may throttle a request, or be
    /// in trouble, before it looks at them.
    pub(crate) fn accept(&self, applied: &AppliedCredential, status: StatusCode) {
        let is_accepted =
            !matches!(status, StatusCode::UNAUTHORIZED | StatusCode::TOO_MANY_REQUESTS) && !status.is_server_error();
        let Some(generation) = applied.generation.filter(|_| is_accepted) else { return };
        match &self.scheme {
            Scheme::Token(cache) => cache.accept(generation),
            Scheme::Signature(Signer { keys: KeySource::Refreshed(cache), .. }) => cache.accept(generation),
            Scheme::Anonymous | Scheme::FixedToken(_) | Scheme::Signature(_) => {}
        }
    }

    /// Whether a rejected request may be retried with other credentials, which are made ready for it.
    ///
    /// The gateway rejected it, so it was not processed.
    pub(crate) fn renew(
        &self,
        applied: &AppliedCredential,
        status: StatusCode,
        headers: &HeaderMap,
        body: &[u8],
    ) -> bool {
        if status != StatusCode::UNAUTHORIZED {
            return false;
        }
        let code = ErrorBody::parse(body).code;
        // IAM says no more than that it is a 401.
        let number = code.as_deref().and_then(|code| if code == "401" { Some("0301") } else { gateway_code(code) });
        match &self.scheme {
            Scheme::Anonymous | Scheme::FixedToken(_) => false,
            Scheme::Token(cache) => invalidate(cache, applied, number),
            Scheme::Signature(signer) => {
                let server = headers::date(headers);
                let is_corrected = number == Some("0301")
                    && applied
                        .signed_at
                        .zip(server)
                        .is_some_and(|(signed, server)| signer.clock.correct(signed, server));
                match &signer.keys {
                    KeySource::Refreshed(cache) if !is_corrected => invalidate(cache, applied, number),
                    _ => is_corrected,
                }
            }
        }
    }
}

/// Drops rejected credentials if the gateway's code means that others may be accepted.
fn invalidate<V: Clone + Send + Sync + 'static>(
    cache: &Cache<V>,
    applied: &AppliedCredential,
    number: Option<&str>,
) -> bool {
    match (applied.generation, number) {
        (Some(generation), Some("0301" | "0307")) => cache.invalidate(generation),
        _ => false,
    }
}

impl Signer {
    async fn sign(&self, request: &mut Request) -> Result<AppliedCredential, AuthError> {
        let project_id = match &self.project {
            Some(project) => project.id().await?,
            None => None,
        };
        let (keys, generation) = match &self.keys {
            KeySource::Fixed(keys) => (Arc::clone(keys), None),
            KeySource::Refreshed(cache) => {
                let cached = cache.get().await?;
                (cached.value, Some(cached.generation))
            }
        };
        let now = self.clock.now();
        sign::sign(request, &keys, project_id.as_deref(), now).map_err(AuthError::refused)?;
        Ok(AppliedCredential { generation, signed_at: Some(now) })
    }
}
