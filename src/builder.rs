//! How a client is made.

use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::HeaderValue;

use crate::auth::{Credentials, Setting, Token};
use crate::endpoint::Endpoint;
use crate::proxy::Proxy;
use crate::service::{Http, Limits, Service};
use crate::{Client, RetryPolicy};

/// Long enough for a create that the service is slow about, and short enough for a job to notice that the service is gone.
const TIMEOUT: Duration = Duration::from_secs(30);
/// A connection within one continent takes well under a second, and a lost packet is sent again after one and three.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// Above all that the service is known to answer; its gateway refuses more than 12 MB in the other direction.
const MAX_RESPONSE_BYTES: usize = 16 * 1024 * 1024;
/// With certificates that are none, the HTTP library fails only here.
const NO_CLIENT: &str =
    "the HTTP client can not be made; if root certificates are set, check that they are certificates in PEM form";
const USER_AGENT: &str = concat!(env!("CARGO_PKG_NAME"), "/", env!("CARGO_PKG_VERSION"));

/// Settings of a [`Client`] to be.
#[derive(Clone)]
#[must_use = "a builder does nothing until build() is called"]
pub struct ClientBuilder {
    region: Option<String>,
    endpoint: Option<String>,
    iam_endpoint: Option<String>,
    allow_http: bool,
    credentials: Option<Result<Credentials, BuildError>>,
    timeout: Duration,
    connect_timeout: Duration,
    user_agent: String,
    max_response_bytes: usize,
    proxy: Option<String>,
    retry: RetryPolicy,
    #[cfg(feature = "rustls")]
    roots: Vec<u8>,
}

impl ClientBuilder {
    pub(crate) fn new() -> Self {
        Self {
            region: None,
            endpoint: None,
            iam_endpoint: None,
            allow_http: false,
            credentials: None,
            timeout: TIMEOUT,
            connect_timeout: CONNECT_TIMEOUT,
            user_agent: USER_AGENT.to_owned(),
            max_response_bytes: MAX_RESPONSE_BYTES,
            proxy: None,
            retry: RetryPolicy::new(),
            #[cfg(feature = "rustls")]
            roots: Vec::new(),
        }
    }

    /// Sets the region, such as `cn-north-4`. Its public endpoint is used unless [`endpoint`](Self::endpoint) names another.
    ///
    /// Any name of letters, digits and hyphens is taken, so that a region opened after this release works as well.
    pub fn region(mut self, region: impl Into<String>) -> Self {
        self.region = Some(region.into());
        self
    }

    /// Sets the endpoint, as `https://host[:port][/base]`. It goes before the region's.
    ///
    /// `http://` is refused for anything but a loopback address, unless [`allow_http`](Self::allow_http) is set.
    pub fn endpoint(mut self, endpoint: impl Into<String>) -> Self {
        self.endpoint = Some(endpoint.into());
        self
    }

    /// Sets IAM's endpoint, as `https://host[:port][/base]`, for credentials that do not name their own. That of the region unless set.
    ///
    /// It is where a password logs in, and where the ID of the project is looked up, with the same credentials as a call.
    pub fn iam_endpoint(mut self, endpoint: impl Into<String>) -> Self {
        self.iam_endpoint = Some(endpoint.into());
        self
    }

    /// Allows endpoints with `http://` that are not loopback addresses, that of IAM as well. What lets in then crosses the network
    /// unencrypted: a token, or the password of a login.
    pub fn allow_http(mut self, allow: bool) -> Self {
        self.allow_http = allow;
        self
    }

    /// Sets the IAM token that is sent as `X-Auth-Token` (contract).
    ///
    /// A token lives for 24 hours, and this one is not renewed; [`credentials`](Self::credentials) takes some that are. Of the two, what
    /// is called last counts.
    pub fn token(mut self, token: impl Into<String>) -> Self {
        self.credentials = Some(Token::new(token).map(Credentials::from));
        self
    }

    /// Sets how the client is let in: anything of [`auth`](crate::auth), or a [`TokenProvider`](crate::auth::TokenProvider) of
    /// one's own.
    pub fn credentials(mut self, credentials: impl Into<Credentials>) -> Self {
        self.credentials = Some(Ok(credentials.into()));
        self
    }

    /// Sets the time for one whole call: logins, all attempts and the waits between them. 30 seconds unless set, which is long
    /// enough for a create that the service is slow about, and short enough for a job to notice that the service is gone.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Sets the time for making a connection. 10 seconds unless set: within one continent a connection takes well under a second,
    /// and a lost packet is sent again after one and three. It is never more than three quarters of the [time](Self::timeout) for the
    /// call, so that a connection that is not made is told as such, not as a call whose time was over, unless a login took the rest.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = timeout;
        self
    }

    /// Sets the `user-agent` header. The crate's name and version unless set.
    pub fn user_agent(mut self, user_agent: impl Into<String>) -> Self {
        self.user_agent = user_agent.into();
        self
    }

    /// Sets the size of the largest body that is read. 16 MiB unless set, which is above all that the service is known to answer.
    pub fn max_response_bytes(mut self, bytes: usize) -> Self {
        self.max_response_bytes = bytes;
        self
    }

    /// Sets when a request is sent again. Unless set, where no connection was made, after a 429, and after a 503 by which the
    /// gateway says that it could not reach IAM (`0613`); see [`RetryPolicy`].
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.retry = policy;
        self
    }

    /// Sets a proxy, as `http://[user:password@]host:port` or with `https`. None is used unless set: the variables of the
    /// environment that name proxies are not read.
    pub fn proxy(mut self, proxy: impl Into<String>) -> Self {
        self.proxy = Some(proxy.into());
        self
    }

    /// Trusts the certificates of these authorities as well as those of the operating system, for a cloud or a proxy that has an
    /// authority of its own. `pem` holds one or more certificates in PEM form.
    #[cfg(feature = "rustls")]
    #[cfg_attr(docsrs, doc(cfg(feature = "rustls")))]
    pub fn root_certificates(mut self, pem: impl AsRef<[u8]>) -> Self {
        self.roots.extend_from_slice(pem.as_ref());
        self.roots.push(b'\n');
        self
    }

    /// Makes the client. Nothing is sent yet.
    ///
    /// # Errors
    ///
    /// Where neither a region nor an endpoint, or no credentials are set, where something that the credentials need is missing, such
    /// as IAM's endpoint or a project, or where a setting can not be used. The text says which, and what to write. A secret is never
    /// shown.
    pub fn build(self) -> Result<Client, BuildError> {
        let endpoint = match (&self.endpoint, &self.region) {
            (Some(endpoint), _) => Endpoint::parse("the endpoint", endpoint, self.allow_http)?,
            (None, Some(region)) => Endpoint::of_region("secmaster", region)?,
            (None, None) => {
                return Err(BuildError::new(
                    "neither a region nor an endpoint is set; call region(\"cn-north-4\") or endpoint(\"https://...\")",
                ));
            }
        };
        let credentials = self.credentials.clone().unwrap_or_else(|| {
            Err(BuildError::new("no credentials are set; call token(...) with a token of IAM, or credentials(...)"))
        })?;
        if self.timeout.is_zero() {
            return Err(BuildError::new(
                "the timeout is zero, so that no call could be made; give the time for a whole call",
            ));
        }
        let direct = self.http(None)?;
        let http = match &self.proxy {
            Some(proxy) => self.http(Some(Proxy::parse(proxy)?))?,
            None => direct.clone(),
        };
        let limits = Limits { timeout: self.timeout, max_response_bytes: self.max_response_bytes, retry: self.retry };
        let region = self.region.as_deref();
        let setting = Setting {
            http: &http,
            direct: &direct,
            iam_endpoint: self.iam_endpoint.as_deref(),
            region,
            allow_http: self.allow_http,
            limits,
        };
        let (authorizer, project) = credentials.into_authorizer(&setting)?;
        Ok(Client::of(Service::new(http, endpoint, authorizer, limits), project))
    }

    /// The HTTP client. What a program turns on of the HTTP library for its own use changes nothing of it.
    fn http(&self, proxy: Option<Proxy>) -> Result<Http, BuildError> {
        let user_agent = HeaderValue::from_str(&self.user_agent).map_err(|error| {
            BuildError::new("the user agent can not be sent as a header; use visible ASCII").because(error)
        })?;
        let mut http = reqwest::Client::builder()
            // A redirect would take the credentials to whatever host it names.
            .redirect(reqwest::redirect::Policy::none())
            // By HTTP/2, the library repeats requests by itself, and drops an answer whose headers are large.
            .http1_only()
            .retry(reqwest::retry::never())
            // A body is kept as it arrived.
            .no_gzip()
            .no_brotli()
            .no_deflate()
            .no_zstd()
            .no_proxy()
            .connect_timeout(self.connect_timeout.min(self.timeout / 4 * 3))
            .user_agent(user_agent);
        if let Some(proxy) = &proxy {
            http = http.proxy(proxy.to_reqwest()?);
        }
        #[cfg(feature = "rustls")]
        {
            const FORM: &str = "give one or more certificates in PEM form";
            let roots = reqwest::Certificate::from_pem_bundle(&self.roots).map_err(|error| {
                BuildError::new(format!("the root certificates can not be read; {FORM}")).because(error)
            })?;
            if roots.is_empty() && !self.roots.is_empty() {
                return Err(BuildError::new(format!("the root certificates hold none; {FORM}")));
            }
            http = http.tls_certs_merge(roots);
        }
        let client = http.build().map_err(|error| BuildError::new(NO_CLIENT).because(error.without_url()))?;
        Ok(Http { client, proxy: proxy.map(Arc::new) })
    }
}

/// Shows no address, for one may hold a password.
impl fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientBuilder")
            .field("region", &self.region)
            .field("credentials", &self.credentials)
            .field("timeout", &self.timeout)
            .field("retry", &self.retry)
            .finish_non_exhaustive()
    }
}

/// Why a client could not be made: what is wrong with a setting, and what to write instead.
#[derive(Debug, Clone)]
pub struct BuildError {
    text: String,
    source: Option<Arc<dyn StdError + Send + Sync>>,
}

impl BuildError {
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), source: None }
    }

    pub(crate) fn because(mut self, source: impl StdError + Send + Sync + 'static) -> Self {
        self.source = Some(Arc::new(source));
        self
    }
}

impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl StdError for BuildError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source.as_deref().map(|source| source as &(dyn StdError + 'static))
    }
}
