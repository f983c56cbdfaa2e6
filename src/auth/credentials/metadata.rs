//! Temporary keys of a cloud server's agency.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::header::HeaderValue;

use super::Credentials;
use super::context::{AuthContext, Scope};
use super::expiry::lifetime;
use super::generated::metadata;
use super::iam::from_call;
use crate::auth::authenticate::cache::{Cache, Fetched};
use crate::auth::authenticate::sign::Keys;
use crate::auth::authenticate::{Authenticator, Scheme};
use crate::auth::error::AuthError;
use crate::config_error::ConfigError;
use crate::error::{Error, ErrorKind};
use crate::session::endpoint::Endpoint;
use crate::session::retry::RetryPolicy;
use crate::session::{Api, Session, Settings};

const ADDRESS: &str = "http://169.254.169.254";
/// The lifetime of a metadata session in seconds. Only one request uses it; this is the value that clients commonly
/// request.
const SESSION_SECONDS: i64 = 21_600;
/// The service either responds at once or is unreachable. Its calls get at most a third of the timeout of the call that
/// needs the keys, so that their error is reported before that call times out.
const TIMEOUT: Duration = Duration::from_secs(5);
const SESSION: &str = "x-metadata-token";

/// Temporary keys of the agency of the cloud server that the program runs on. They are refreshed before they expire.
///
/// The metadata service gets two requests, each with a timeout of five seconds or of a third of that of the client, if
/// that is shorter.
///
/// ```
/// use secmaster_client::Client;
/// use secmaster_client::auth::Metadata;
///
/// let client = Client::builder().region("cn-north-4").credentials(Metadata::new()).build()?;
/// # Ok::<(), secmaster_client::ConfigError>(())
/// ```
#[derive(Clone)]
pub struct Metadata {
    endpoint: Option<String>,
    scope: Scope,
    /// The sources that were tried before, if this is the last one.
    looked_for: Option<String>,
}

impl Metadata {
    /// Creates credentials that use the metadata service at its default address.
    #[must_use]
    pub fn new() -> Self {
        Self { endpoint: None, scope: Scope::default(), looked_for: None }
    }

    /// Sets the address of the metadata service. The default is `http://169.254.169.254`, which only the cloud server
    /// itself can reach. `http://` is accepted for any address.
    #[must_use]
    pub fn endpoint(mut self, endpoint: impl Into<String>) -> Self {
        self.endpoint = Some(endpoint.into());
        self
    }

    /// Sets the project ID. By default it is looked up by the name of the region.
    #[must_use]
    pub fn project_id(mut self, project_id: impl Into<String>) -> Self {
        self.scope.project_id = Some(project_id.into());
        self
    }

    /// Sets IAM's endpoint, where the project ID is looked up. The default is that of the
    /// [client](crate::ClientBuilder::iam_endpoint), or of its region.
    #[must_use]
    pub fn iam_endpoint(mut self, endpoint: impl Into<String>) -> Self {
        self.scope.iam_endpoint = Some(endpoint.into().into());
        self
    }

    /// Sets the sources that were tried before, for the error message if this one fails too.
    pub(super) fn after(mut self, looked_for: String) -> Self {
        self.looked_for = Some(looked_for);
        self
    }

    fn scheme(&self, context: &AuthContext<'_>) -> Result<Scheme, ConfigError> {
        let address = self.endpoint.as_deref().unwrap_or(ADDRESS);
        let endpoint = Endpoint::parse("the metadata service's endpoint", address, true)?;
        let timeout = TIMEOUT.min(context.settings.timeout / 3);
        let settings = Settings { timeout, retry: RetryPolicy::none(), ..context.settings.clone() };
        let (http, operations) = (context.direct.clone(), metadata::Client::operations());
        let session = Session::new(http, endpoint, Authenticator::anonymous(), settings, operations);
        let session = session.confidential();
        let looked_for = self.looked_for.clone();
        Ok(Scheme::signature(Cache::new(context.timeout(), move || {
            let (session, looked_for) = (session.clone(), looked_for.clone());
            async move {
                fetch(&session).await.map_err(|error| match looked_for {
                    Some(looked_for) => error.with_context(&looked_for),
                    None => error,
                })
            }
        })))
    }
}

impl From<Metadata> for Credentials {
    fn from(metadata: Metadata) -> Self {
        Self::new("the metadata service", metadata.scope.clone(), move |context, _| metadata.scheme(context))
    }
}

/// Omits addresses, which may contain a password.
impl fmt::Debug for Metadata {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Metadata").field("project_id", &self.scope.project_id).finish_non_exhaustive()
    }
}

impl Default for Metadata {
    fn default() -> Self {
        Self::new()
    }
}

async fn fetch(session: &Session) -> Result<Fetched<Arc<Keys>>, AuthError> {
    let failed = |error: Error| from_call("getting keys from the metadata service", error);
    let session = match session_token(session).await.map_err(failed)? {
        Some(token) => {
            session.with_header(SESSION, token).map_err(|error| AuthError::unavailable(error.to_string()))?
        }
        None => session.clone(),
    };
    let response = metadata::Client::from(session).get_security_key().send().await.map_err(failed)?;
    let expires_at = response.credential.as_ref().and_then(|key| key.expires_at.as_deref()).unwrap_or_default();
    let lifetime = lifetime(expires_at, None, response.headers());
    let missing = || AuthError::unavailable("the metadata service returned no keys");
    let key = response.into_inner().credential.ok_or_else(missing)?;
    let (Some(access), Some(secret), Some(token)) = (key.access, key.secret, key.securitytoken) else {
        return Err(missing());
    };
    let keys = Keys::new(access, secret.expose().to_owned(), Some(token.expose().to_owned()))
        .map_err(AuthError::unavailable)?;
    Ok(Fetched { value: Arc::new(keys), lifetime })
}

/// Creates a session if the server requires one.
async fn session_token(session: &Session) -> Result<Option<HeaderValue>, Error> {
    let client = metadata::Client::from(session.clone());
    let sent = client.create_metadata_token().x_metadata_token_ttl_seconds(SESSION_SECONDS).send().await;
    let body = match sent {
        Ok(response) => response.into_inner().bytes().await?,
        Err(error) if matches!(error.status().map(|status| status.as_u16()), Some(404 | 405 | 503)) => return Ok(None),
        Err(error) => return Err(error),
    };
    let mut token = HeaderValue::from_bytes(body.trim_ascii()).map_err(|_| {
        Error::new(ErrorKind::Decode, "the metadata service returned a session token that is not a header value")
    })?;
    token.set_sensitive(true);
    Ok(Some(token))
}
