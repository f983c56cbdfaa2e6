//! Applies credentials to requests, and handles their rejection.

pub(super) mod cache;
pub(super) mod clock;
pub(crate) mod sign;

use std::sync::Arc;
use std::time::SystemTime;

use http::{HeaderMap, StatusCode};
use reqwest::Request;

use super::error::AuthError;
use super::token::Token;
use crate::error::body::{ErrorBody, gateway_code};
use crate::headers;
use cache::{Cache, Cached};
use clock::Clock;
use sign::Keys;

/// How the requests of a session are authenticated, and their project.
#[derive(Clone)]
pub(crate) struct Authenticator {
    pub(super) scheme: Scheme,
    /// The project ID; `None` if unknown.
    pub(super) project: Option<Cache<String>>,
    pub(super) is_from_env: bool,
}

#[derive(Clone)]
pub(crate) enum Scheme {
    /// No authentication, as for a login.
    Anonymous,
    Token(Cache<Token>),
    /// A signature of each request, with the time of the service's clock.
    Signature {
        keys: Cache<Arc<Keys>>,
        clock: Clock,
    },
}

impl Scheme {
    pub(super) fn signature(keys: Cache<Arc<Keys>>) -> Self {
        Self::Signature { keys, clock: Clock::default() }
    }
}

/// The replaceable part of the credentials that a request was sent with.
#[derive(Default)]
pub(crate) struct AppliedCredential {
    generation: u64,
    signed_at: Option<SystemTime>,
}

impl Authenticator {
    pub(super) fn anonymous() -> Self {
        Self { scheme: Scheme::Anonymous, project: None, is_from_env: false }
    }

    /// Applies the credentials to a request. All other headers must already be set. A signature covers the project of the
    /// request, or else that of the credentials.
    pub(crate) async fn authenticate(
        &self,
        request: &mut Request,
        project_id: Option<&str>,
    ) -> Result<AppliedCredential, AuthError> {
        match &self.scheme {
            Scheme::Anonymous => Ok(AppliedCredential::default()),
            Scheme::Token(cache) => {
                let cached = cache.get().await?;
                request.headers_mut().insert(headers::AUTH_TOKEN, cached.value.header);
                Ok(AppliedCredential { generation: cached.generation, signed_at: None })
            }
            Scheme::Signature { keys, clock } => {
                let project_id = match (project_id, &self.project) {
                    (Some(id), _) => Some(id.to_owned()),
                    (None, Some(project)) => Some(project.get().await?.value),
                    (None, None) => None,
                };
                let Cached { value: keys, generation, .. } = keys.get().await?;
                let now = clock.now();
                sign::sign(request, &keys, project_id.as_deref(), now).map_err(AuthError::refused)?;
                Ok(AppliedCredential { generation, signed_at: Some(now) })
            }
        }
    }

    /// The project ID; `None` if unknown.
    pub(crate) async fn project_id(&self) -> Result<Option<String>, AuthError> {
        if let (Scheme::Token(cache), None | Some(Cache::Fetched(_))) = (&self.scheme, &self.project)
            && let Some(id) = cache.get().await?.value.project_id
        {
            return Ok(Some(id));
        }
        match &self.project {
            Some(project) => Ok(Some(project.get().await?.value)),
            None => Ok(None),
        }
    }

    /// The error of a call that needs a project if it is unknown.
    pub(crate) fn no_project(&self) -> &'static str {
        if self.is_from_env {
            "the project is not known; set SECMASTER_PROJECT_ID"
        } else {
            "the project is not known; call project_id(...) or region(...) on Client::builder(), or project_id(...) on the request"
        }
    }

    /// Records that the credentials were accepted, if the status implies it. A gateway may throttle a request or fail
    /// before it checks the credentials.
    pub(crate) fn accept(&self, applied: &AppliedCredential, status: StatusCode) {
        if matches!(status, StatusCode::UNAUTHORIZED | StatusCode::TOO_MANY_REQUESTS) || status.is_server_error() {
            return;
        }
        match &self.scheme {
            Scheme::Anonymous => {}
            Scheme::Token(cache) => cache.accept(applied.generation),
            Scheme::Signature { keys, .. } => keys.accept(applied.generation),
        }
    }

    /// Whether a rejected request may be retried with other credentials, which this prepares.
    ///
    /// The gateway rejected the request, so it was not processed.
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
        // IAM only returns a 401, without a code.
        let number = code.as_deref().and_then(|code| if code == "401" { Some("0301") } else { gateway_code(code) });
        let is_replaceable = matches!(number, Some("0301" | "0307"));
        match &self.scheme {
            Scheme::Anonymous => false,
            Scheme::Token(cache) => is_replaceable && cache.invalidate(applied.generation),
            Scheme::Signature { keys, clock } => {
                let times = applied.signed_at.zip(headers::date(headers)).filter(|_| number == Some("0301"));
                times.is_some_and(|(signed, server)| clock.correct(signed, server))
                    || is_replaceable && keys.invalidate(applied.generation)
            }
        }
    }
}
