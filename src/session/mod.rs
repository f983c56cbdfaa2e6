//! Sends requests, with the state that all calls of a client share.

mod attempt;
mod call;
pub(crate) mod endpoint;
pub(crate) mod http;
pub(crate) mod retry;
mod transport_error;

use std::collections::HashSet;
use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use ::http::{HeaderMap, HeaderName, HeaderValue, header};

use crate::auth::authenticate::Authenticator;
use crate::auth::secret::Secret;
use crate::config_error::{ConfigError, ConfigErrorKind};
use crate::error::redact::Sensitive;
use crate::error::{Error, ErrorKind};
use crate::headers;
use crate::operation::Operation;
use endpoint::Endpoint;
use http::Http;
use retry::RetryPolicy;

/// Headers that the client sets itself, and headers of the connection.
const RESERVED: [HeaderName; 20] = [
    header::ACCEPT,
    header::ACCEPT_ENCODING,
    header::AUTHORIZATION,
    header::CONNECTION,
    header::CONTENT_ENCODING,
    header::CONTENT_LENGTH,
    header::CONTENT_TYPE,
    header::EXPECT,
    header::HOST,
    header::PROXY_AUTHORIZATION,
    header::TE,
    header::TRAILER,
    header::TRANSFER_ENCODING,
    header::UPGRADE,
    HeaderName::from_static("keep-alive"),
    headers::CONTENT_SHA256,
    headers::AUTH_TOKEN,
    headers::PROJECT_ID,
    headers::SDK_DATE,
    headers::SECURITY_TOKEN,
];

/// The state that the calls of a client share: credentials, connections and limits.
///
/// Cloning is cheap, and clones share everything. Get a session from a client, and create a client of another service
/// from it, which uses that service's endpoint: `other::Client::from(client.session().clone())`.
#[derive(Clone)]
pub struct Session {
    shared: Arc<Shared>,
    service: Arc<Service>,
    options: Options,
}

/// State shared by the clients of all services.
struct Shared {
    http: Http,
    authenticator: Authenticator,
    settings: Settings,
    /// The addresses of operations whose deprecation was logged, since operation ids are not unique across services.
    warned: Mutex<HashSet<usize>>,
}

struct Service {
    /// The operations of its OpenAPI document, which identify the service.
    operations: &'static [Operation],
    /// Its endpoint, or the reason why it has none.
    endpoint: Result<Endpoint, ConfigError>,
}

/// Options that may differ between clones of a session.
#[doc(hidden)]
#[derive(Clone)]
pub struct Options {
    pub timeout: Duration,
    pub retry: RetryPolicy,
    headers: Option<Arc<HeaderMap>>,
    sensitive: Arc<Sensitive>,
}

/// Options of a client and of the calls that fetch its credentials.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    /// The region, from which the endpoints of services are derived.
    pub(crate) region: Option<String>,
    pub(crate) iam_endpoint: Option<String>,
    pub(crate) project_id: Option<String>,
    pub(crate) allow_http: bool,
    pub(crate) timeout: Duration,
    pub(crate) max_response_bytes: usize,
    pub(crate) retry: RetryPolicy,
}

/// A generated client: the operations and default endpoint of its OpenAPI document.
pub trait Api: From<Session> {
    /// The address of the service. `{region}` is replaced by the client's region.
    const ENDPOINT: Option<&'static str>;

    /// Sorted by method name.
    fn operations() -> &'static [Operation];
}

/// Documented on the hidden methods of the same names in generated clients.
impl Session {
    /// Creates a session for the service with these `operations`.
    pub(crate) fn new(
        http: Http,
        endpoint: Endpoint,
        authenticator: Authenticator,
        settings: Settings,
        operations: &'static [Operation],
    ) -> Self {
        let (timeout, retry) = (settings.timeout, settings.retry);
        let shared = Shared { http, authenticator, settings, warned: Mutex::default() };
        let sensitive = Arc::new(Sensitive { values: proxy_secrets(&shared, &endpoint), hides_responses: false });
        Self {
            shared: Arc::new(shared),
            service: Arc::new(Service { operations, endpoint: Ok(endpoint) }),
            options: Options { timeout, retry, headers: None, sensitive },
        }
    }

    /// The same session for the service of another document. A different service gets the endpoint derived from the
    /// region.
    ///
    /// Used by generated code.
    #[doc(hidden)]
    #[must_use]
    pub fn for_service(self, operations: &'static [Operation], template: Option<&'static str>) -> Self {
        if std::ptr::eq(self.service.operations, operations) {
            return self;
        }
        let endpoint = match &self.service.endpoint {
            Ok(endpoint) if !endpoint.is_explicit => {
                Endpoint::of_service(template, self.shared.settings.region.as_deref())
            }
            // Credentials are not sent to other hosts unless requested.
            Ok(_) => Err(ConfigError::new(
                ConfigErrorKind::Endpoint,
                "no endpoint is known for this service, because the session's endpoint was set explicitly, not derived from a region; \
                 call with_endpoint(\"https://...\") on the client of this service",
            )),
            Err(error) => Err(error.clone()),
        };
        let mut session = self.with_service(operations, endpoint);
        // These options apply to the other service.
        session.options.headers = None;
        session
    }

    #[doc(hidden)]
    pub fn with_endpoint(&self, address: &str) -> Result<Self, ConfigError> {
        let endpoint = Endpoint::parse("the endpoint", address, self.shared.settings.allow_http)?;
        Ok(self.clone().with_service(self.service.operations, Ok(endpoint)))
    }

    fn with_service(self, operations: &'static [Operation], endpoint: Result<Endpoint, ConfigError>) -> Self {
        let values = endpoint.as_ref().map_or_else(|_| Vec::new(), |endpoint| proxy_secrets(&self.shared, endpoint));
        let sensitive = Arc::new(Sensitive { values, hides_responses: self.options.sensitive.hides_responses });
        let options = Options { sensitive, ..self.options };
        Self { shared: self.shared, service: Arc::new(Service { operations, endpoint }), options }
    }

    /// The same session with different options. Used by generated code.
    #[doc(hidden)]
    #[must_use]
    pub fn with(&self, change: impl FnOnce(&mut Options)) -> Self {
        let mut session = self.clone();
        change(&mut session.options);
        session
    }

    #[doc(hidden)]
    pub fn with_header<N, V>(&self, name: N, value: V) -> Result<Self, ConfigError>
    where
        N: TryInto<HeaderName>,
        V: TryInto<HeaderValue>,
    {
        let refuse = |message: String| ConfigError::new(ConfigErrorKind::Header, message);
        let name =
            name.try_into().map_err(|_| refuse("a header name is malformed; use letters, digits and -".to_owned()))?;
        if RESERVED.contains(&name) {
            return Err(refuse(format!("the header {name} is set by the client itself and cannot be added")));
        }
        let value = value.try_into().map_err(|_| {
            refuse(format!("the value of the header {name} has a line break or another control character"))
        })?;
        let mut map = self.options.headers.as_deref().cloned().unwrap_or_default();
        map.insert(name, value);
        Ok(self.with(|options| options.headers = Some(Arc::new(map))))
    }

    /// Writes the `Debug` output of types that contain this session.
    #[doc(hidden)]
    pub fn describe(&self, name: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct(name)
            .field("endpoint", &format_args!("{}", self.service))
            .field("timeout", &self.options.timeout)
            .finish_non_exhaustive()
    }

    /// The same session for calls that exchange credentials: shows no part of a successful response.
    pub(crate) fn confidential(&self) -> Self {
        let sensitive = Arc::new(Sensitive { values: self.options.sensitive.values.clone(), hides_responses: true });
        self.with(|options| options.sensitive = sensitive)
    }

    #[doc(hidden)]
    pub async fn project_id(&self) -> Result<String, Error> {
        let (authenticator, timeout) = (&self.shared.authenticator, self.options.timeout);
        let Ok(found) = tokio::time::timeout(timeout, authenticator.project_id()).await else {
            let message = format!("timed out after {timeout:?} waiting for credentials");
            return Err(Error::new(ErrorKind::Timeout, message));
        };
        found.map_err(Error::unauthenticated)?.ok_or_else(|| {
            let message = format!("request not sent: {}", authenticator.no_project());
            Error::new(ErrorKind::InvalidRequest, message)
        })
    }
}

/// Proxy secrets that a response may quote. Over TLS, only the proxy sees its password.
fn proxy_secrets(shared: &Shared, endpoint: &Endpoint) -> Vec<Secret> {
    let proxy = shared.http.proxy.as_ref().filter(|_| !endpoint.is_encrypted());
    proxy.map_or_else(Vec::new, |proxy| proxy.secrets.clone())
}

impl Service {
    fn is_regional(&self) -> bool {
        self.endpoint.as_ref().is_ok_and(|endpoint| endpoint.is_regional)
    }
}

impl fmt::Display for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.endpoint {
            Ok(endpoint) => endpoint.fmt(f),
            Err(_) => f.write_str("none"),
        }
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.describe("Session", f)
    }
}

#[cfg(all(test, feature = "test-util"))]
#[allow(clippy::unwrap_used, reason = "tests may panic")]
mod tests;
