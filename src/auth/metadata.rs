//! The keys of a cloud server's agency.

use std::fmt;
use std::future::poll_fn;
use std::sync::Arc;
use std::time::Duration;

use http::header::{HeaderName, HeaderValue};
use progenitor_client::ByteStream;

use super::cache::{Cache, Fresh};
use super::credentials::About;
use super::sign::Keys;
use super::{AuthError, Authorizer, Setting, iam};
use crate::endpoint::Endpoint;
use crate::generated::metadata;
use crate::secrets::Confidential;
use crate::service::{Limits, Service};
use crate::{BuildError, Error, ErrorKind, RetryPolicy};

/// Where a cloud server finds what it may know of itself.
const ADDRESS: &str = "http://169.254.169.254";
/// How long a session lives, in seconds. It serves for one request here; this is what the service's users ask for.
const SESSION_SECONDS: i64 = 21_600;
/// The service answers at once where it is there, and its address leads nowhere where it is not. What the calls may take is bounded by
/// a third of what a call may, so that the error is told before the time of that call is over.
const LONGEST: Duration = Duration::from_secs(5);
const SESSION: HeaderName = HeaderName::from_static("x-metadata-token");

/// Temporary keys of the agency of the cloud server that the program runs on. They are renewed before they end.
#[derive(Clone)]
pub struct Metadata {
    endpoint: Option<String>,
    about: About,
    /// What was looked for before, where this is the last resort.
    looked_for: Option<String>,
}

impl Metadata {
    /// Takes the keys from the metadata service at its fixed address.
    #[must_use]
    pub fn new() -> Self {
        Self { endpoint: None, about: About::default(), looked_for: None }
    }

    /// Sets another address of the metadata service. `http://` is fine here: the address is one that only the server reaches.
    #[must_use]
    pub fn endpoint(mut self, endpoint: impl Into<String>) -> Self {
        self.endpoint = Some(endpoint.into());
        self
    }

    /// Sets the project's ID. It is looked up by the region's name unless set.
    #[must_use]
    pub fn project_id(mut self, project_id: impl Into<String>) -> Self {
        self.about.project_id = Some(project_id.into());
        self
    }

    /// Sets IAM's endpoint, where the project's ID is looked up. That of the
    /// [client](crate::ClientBuilder::iam_endpoint), or of its region, unless set.
    #[must_use]
    pub fn iam_endpoint(mut self, endpoint: impl Into<String>) -> Self {
        self.about.iam_endpoint = Some(endpoint.into());
        self
    }

    /// Says what was looked for before, for the error that tells that there was nothing here either.
    pub(crate) fn after(mut self, looked_for: String) -> Self {
        self.looked_for = Some(looked_for);
        self
    }

    /// The keys as they are renewed, and what they are about.
    pub(crate) fn into_parts(self, setting: &Setting<'_>) -> Result<(Cache<Arc<Keys>>, About), BuildError> {
        let endpoint =
            Endpoint::parse("the metadata service's endpoint", self.endpoint.as_deref().unwrap_or(ADDRESS), true)?;
        let timeout = LONGEST.min(setting.limits.timeout / 3);
        let limits = Limits { timeout, retry: RetryPolicy::none(), ..setting.limits };
        let service = Service::new(setting.direct.clone(), endpoint, Authorizer::Open, limits);
        let service = Arc::new(service.confidential(Confidential::default()));
        let looked_for = self.looked_for;
        let cache = Cache::new(move || {
            let (service, looked_for) = (Arc::clone(&service), looked_for.clone());
            Box::pin(async move {
                fetch(&service).await.map_err(|error| match looked_for {
                    Some(looked_for) => error.after(&looked_for),
                    None => error,
                })
            })
        });
        Ok((cache, self.about))
    }
}

/// Shows no address, for one may hold a password.
impl fmt::Debug for Metadata {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Metadata").field("project_id", &self.about.project_id).finish_non_exhaustive()
    }
}

impl Default for Metadata {
    fn default() -> Self {
        Self::new()
    }
}

async fn fetch(service: &Arc<Service>) -> Result<Fresh<Arc<Keys>>, AuthError> {
    let failed = |error: Error| AuthError::of_call("getting keys from the metadata service", error);
    let authorizer = match session(service).await.map_err(failed)? {
        Some(token) => Authorizer::Header(SESSION, token),
        None => Authorizer::Open,
    };
    let service = Arc::new(Service::clone(service).authorized_by(authorizer));
    let answer = service
        .call(async |metadata: &metadata::Client| metadata.get_security_key().send().await)
        .await
        .map_err(failed)?;
    let life = iam::life(&answer.credential.expires_at, None, answer.headers());
    let key = answer.into_inner().credential;
    let keys = Keys::new(key.access, key.secret.expose().to_owned(), Some(key.securitytoken.expose().to_owned()))
        .map_err(AuthError::unavailable)?;
    Ok(Fresh { value: Arc::new(keys), life })
}

/// Begins a session, where that mode is on.
async fn session(service: &Arc<Service>) -> Result<Option<HeaderValue>, Error> {
    let answer = service
        .call(async |metadata: &metadata::Client| {
            metadata.create_metadata_token().x_metadata_token_ttl_seconds(SESSION_SECONDS).send().await
        })
        .await;
    match answer {
        Ok(answer) => {
            let unusable =
                || Error::new(ErrorKind::Decode, "the metadata service gave a session that is not a header's value");
            let text = text(answer.into_inner()).await.map_err(|error| unusable().because(error.without_url()))?;
            let mut token = HeaderValue::from_bytes(text.trim_ascii()).map_err(|_| unusable())?;
            token.set_sensitive(true);
            Ok(Some(token))
        }
        Err(error) if matches!(error.status().map(|status| status.as_u16()), Some(404 | 405 | 503)) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Collects a body, which has arrived already.
async fn text(body: ByteStream) -> reqwest::Result<Vec<u8>> {
    let mut stream = body.into_inner();
    let mut text = Vec::new();
    while let Some(chunk) = poll_fn(|context| stream.as_mut().poll_next(context)).await {
        text.extend_from_slice(&chunk?);
    }
    Ok(text)
}
