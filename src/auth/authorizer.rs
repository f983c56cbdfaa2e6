//! Puts credentials on a request, and knows what a refusal of them means.

use std::sync::Arc;
use std::time::SystemTime;

use http::StatusCode;
use http::header::{DATE, HeaderMap, HeaderName, HeaderValue};
use reqwest::Request;

use super::cache::Cache;
use super::clock::Clock;
use super::sign::{Keys, sign};
use super::{AuthError, Project, Token};
use crate::error_body::{ErrorBody, gateway_code};
use crate::{header, retry_after};

/// How the requests of a service are authorised.
#[derive(Clone)]
pub(crate) enum Authorizer {
    /// Nothing is added, as for a login.
    Open,
    /// A header that stays the same.
    Header(HeaderName, HeaderValue),
    /// A token that is renewed.
    Token(Cache<Token>),
    /// A signature of each request.
    Signature(Signer),
}

/// Signs requests.
#[derive(Clone)]
pub(crate) struct Signer {
    pub(crate) keys: KeySource,
    /// The project whose ID is sent with each request; `None` for a request that is not about one.
    pub(crate) project: Option<Project>,
    pub(crate) clock: Clock,
}

/// Where the keys come from.
#[derive(Clone)]
pub(crate) enum KeySource {
    /// Keys that stay the same.
    Fixed(Arc<Keys>),
    /// Keys that are renewed.
    Renewed(Cache<Arc<Keys>>),
}

/// What a request was authorised with, as far as it can be replaced.
#[derive(Default)]
pub(crate) struct Grant {
    generation: Option<u64>,
    /// The time that a request was signed with.
    signed: Option<SystemTime>,
}

impl Authorizer {
    /// Puts the credentials on a request. All other headers have to be in place.
    ///
    /// # Errors
    ///
    /// Where no valid credentials could be had.
    pub(crate) async fn authorize(&self, request: &mut Request) -> Result<Grant, AuthError> {
        match self {
            Self::Open => Ok(Grant::default()),
            Self::Header(name, value) => {
                request.headers_mut().insert(name, value.clone());
                Ok(Grant::default())
            }
            Self::Token(cache) => {
                let held = cache.get().await?;
                request.headers_mut().insert(header::AUTH_TOKEN, held.value.header().clone());
                Ok(Grant { generation: Some(held.generation), signed: None })
            }
            Self::Signature(signer) => signer.authorize(request).await,
        }
    }

    /// Notes that an answer of this status means that the credentials were taken, where it does. A gateway may throttle a request, or
    /// be in trouble, before it looks at them.
    pub(crate) fn accept(&self, grant: &Grant, status: StatusCode) {
        let is_taken =
            !matches!(status, StatusCode::UNAUTHORIZED | StatusCode::TOO_MANY_REQUESTS) && !status.is_server_error();
        let Some(generation) = grant.generation.filter(|_| is_taken) else { return };
        match self {
            Self::Token(cache) => cache.accept(generation),
            Self::Signature(Signer { keys: KeySource::Renewed(cache), .. }) => cache.accept(generation),
            Self::Open | Self::Header(..) | Self::Signature(_) => {}
        }
    }

    /// Whether a request that was refused may be repeated with other credentials, which are made ready for it.
    ///
    /// The gateway refused it, so that nothing was done.
    pub(crate) fn renew(&self, grant: &Grant, status: StatusCode, headers: &HeaderMap, body: &[u8]) -> bool {
        if status != StatusCode::UNAUTHORIZED {
            return false;
        }
        let code = ErrorBody::read(body).code;
        // IAM says no more than that it is a 401.
        let number = code.as_deref().and_then(|code| if code == "401" { Some("0301") } else { gateway_code(code) });
        match self {
            Self::Open | Self::Header(..) => false,
            Self::Token(cache) => invalidate(cache, grant, number),
            Self::Signature(signer) => {
                let shown = retry_after::date(headers, DATE);
                let corrected = number == Some("0301")
                    && grant.signed.zip(shown).is_some_and(|(signed, shown)| signer.clock.adopt(signed, shown));
                match &signer.keys {
                    KeySource::Renewed(cache) if !corrected => invalidate(cache, grant, number),
                    _ => corrected,
                }
            }
        }
    }
}

/// Drops what was refused, where the gateway's code says that another may be taken.
fn invalidate<V: Clone + Send + Sync + 'static>(cache: &Cache<V>, grant: &Grant, number: Option<&str>) -> bool {
    match (grant.generation, number) {
        (Some(generation), Some("0301" | "0307")) => cache.invalidate(generation),
        _ => false,
    }
}

impl Signer {
    async fn authorize(&self, request: &mut Request) -> Result<Grant, AuthError> {
        let project_id = match &self.project {
            Some(project) => Some(project.id().await?),
            None => None,
        };
        let (keys, generation) = match &self.keys {
            KeySource::Fixed(keys) => (Arc::clone(keys), None),
            KeySource::Renewed(cache) => {
                let held = cache.get().await?;
                (held.value, Some(held.generation))
            }
        };
        let now = self.clock.now();
        sign(request, &keys, project_id.as_deref(), now).map_err(AuthError::refused)?;
        Ok(Grant { generation, signed: Some(now) })
    }
}
