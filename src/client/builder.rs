//! Client configuration.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use http::HeaderValue;

use crate::auth::credentials::Credentials;
use crate::auth::credentials::context::{AuthContext, check_project_id};
use crate::auth::token::Token;
use crate::config_error::{ConfigError, ConfigErrorKind};
use crate::session::endpoint::Endpoint;
use crate::session::http::{Http, Proxy};
use crate::session::retry::RetryPolicy;
use crate::session::{Api, Session, Settings};

/// Configures a client.
///
/// Credentials are required, and a region or an endpoint, unless the server URL of the OpenAPI document has no
/// `{region}`. Every other setting has a default, which its method documents with the reason. `C` is the client of an
/// OpenAPI document: the packaged one, or one generated from a custom document.
///
/// ```
/// use std::time::Duration;
///
/// use secmaster_client::Client;
///
/// let client = Client::builder().region("cn-north-4").token("MII...").timeout(Duration::from_secs(10)).build()?;
/// # Ok::<(), secmaster_client::ConfigError>(())
/// ```
#[derive(Clone)]
#[must_use = "a builder does nothing until build() is called"]
pub struct ClientBuilder<C = crate::Client> {
    settings: Settings,
    endpoint: Option<String>,
    credentials: Option<Result<Credentials, ConfigError>>,
    connect_timeout: Duration,
    user_agent: String,
    proxy: Option<String>,
    #[cfg(feature = "rustls")]
    roots: Vec<u8>,
    client: PhantomData<fn() -> C>,
}

impl<C> ClientBuilder<C> {
    /// Used by generated code; users call `Client::builder()`.
    #[doc(hidden)]
    #[allow(clippy::new_without_default, reason = "created by Client::builder()")]
    pub fn new() -> Self {
        let settings = Settings {
            region: None,
            iam_endpoint: None,
            project_id: None,
            allow_http: false,
            timeout: Duration::from_secs(30),
            max_response_bytes: 16 * 1024 * 1024,
            retry: RetryPolicy::new(),
        };
        Self {
            settings,
            endpoint: None,
            credentials: None,
            connect_timeout: Duration::from_secs(10),
            user_agent: concat!(env!("CARGO_PKG_NAME"), "/", env!("CARGO_PKG_VERSION")).to_owned(),
            proxy: None,
            #[cfg(feature = "rustls")]
            roots: Vec::new(),
            client: PhantomData,
        }
    }

    /// Sets the region, such as `cn-north-4`. Its public endpoint is used by default; [`endpoint`](Self::endpoint)
    /// overrides it.
    ///
    /// Any name of up to 63 letters, digits and hyphens is accepted, so that regions opened after this release work
    /// too.
    pub fn region(mut self, region: impl Into<String>) -> Self {
        self.settings.region = Some(region.into());
        self
    }

    /// Sets the endpoint, as `https://host[:port][/base]`. It overrides the endpoint of the region.
    ///
    /// `http://` is rejected for anything but a loopback address, unless [`allow_http`](Self::allow_http) is set.
    pub fn endpoint(mut self, endpoint: impl Into<String>) -> Self {
        self.endpoint = Some(endpoint.into());
        self
    }

    /// Sets IAM's endpoint, as `https://host[:port][/base]`, for credentials that do not set one. The default is the
    /// endpoint of the region.
    ///
    /// Passwords log in there, and the project ID is looked up there with the credentials of the client.
    pub fn iam_endpoint(mut self, endpoint: impl Into<String>) -> Self {
        self.settings.iam_endpoint = Some(endpoint.into());
        self
    }

    /// Sets the project ID. It is used by every operation whose `project_id` is not set, and overrides that of the
    /// credentials. Only the project of a token is then still that of [`Password::project`](crate::auth::Password), if
    /// set.
    ///
    /// By default the project ID of the credentials or of the token is used, or else it is looked up once in IAM by the
    /// name of the region.
    pub fn project_id(mut self, project_id: impl Into<String>) -> Self {
        self.settings.project_id = Some(project_id.into());
        self
    }

    /// Allows `http://` endpoints that are not loopback addresses, including IAM's. The default is `false`:
    /// credentials, such as a token or a password, would be sent unencrypted. It does not apply to the server URL of an
    /// OpenAPI document; set that with [`endpoint`](Self::endpoint).
    pub fn allow_http(mut self, allow: bool) -> Self {
        self.settings.allow_http = allow;
        self
    }

    /// Sets the IAM token that is sent as `X-Auth-Token`.
    ///
    /// A token expires after 24 hours, and this one is not refreshed; use [`credentials`](Self::credentials) for that.
    /// The last of the two calls takes effect.
    pub fn token(mut self, token: impl Into<String>) -> Self {
        self.credentials = Some(Token::new(token).map(Credentials::from));
        self
    }

    /// Sets the credentials: any type of [`auth`](crate::auth), or
    /// [`Credentials::provider`](crate::auth::Credentials::provider) for a custom source of tokens.
    pub fn credentials(mut self, credentials: impl Into<Credentials>) -> Self {
        self.credentials = Some(Ok(credentials.into()));
        self
    }

    /// Sets the timeout of a whole call: logins, all attempts, the delays between them, and reading the response. The
    /// default is 30 seconds: long enough for a slow create, and short enough for a job to notice that the service is
    /// down.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.settings.timeout = timeout;
        self
    }

    /// Sets the connect timeout. The default is 10 seconds: within one continent a connection takes well under a
    /// second, and TCP retransmits a lost packet after one and three. It is capped at three quarters of the
    /// [timeout](Self::timeout) of the client, so that a failure to connect is reported as such.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = timeout;
        self
    }

    /// Sets the `user-agent` header. The default is the name and version of this crate.
    pub fn user_agent(mut self, user_agent: impl Into<String>) -> Self {
        self.user_agent = user_agent.into();
        self
    }

    /// Sets the maximum size of a response body. The default is 16 MiB, which exceeds every known response of the
    /// service. A larger success fails with [`ErrorKind::TooLarge`](crate::ErrorKind::TooLarge); a larger error is
    /// truncated.
    pub fn max_response_bytes(mut self, bytes: usize) -> Self {
        self.settings.max_response_bytes = bytes;
        self
    }

    /// Sets when a request is retried. By default: if no connection was made, after a 429, and after a 503 with which
    /// the gateway reports that it could not reach IAM (`0613`); see [`RetryPolicy`]. It also applies to logins with a
    /// password, except those with a passcode, and to the lookup of the project.
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.settings.retry = policy;
        self
    }

    /// Sets a proxy, as `http://[user:password@]host:port` or with `https`. By default none is used, and proxy
    /// environment variables are ignored. The metadata service is always reached directly, and so are loopback
    /// addresses if the proxy is on another machine.
    ///
    /// ```
    /// let builder = secmaster_client::Client::builder().region("cn-north-4").token("MII...");
    /// let client = builder.proxy("http://user:password@proxy.example:8080").build()?;
    /// # Ok::<(), secmaster_client::ConfigError>(())
    /// ```
    pub fn proxy(mut self, proxy: impl Into<String>) -> Self {
        self.proxy = Some(proxy.into());
        self
    }

    /// Trusts these certificate authorities in addition to those of the operating system, for a cloud or a proxy with a
    /// private CA. `pem` contains one or more certificates in PEM format.
    #[cfg(feature = "rustls")]
    #[cfg_attr(docsrs, doc(cfg(feature = "rustls")))]
    pub fn root_certificates(mut self, pem: impl AsRef<[u8]>) -> Self {
        self.roots.extend_from_slice(pem.as_ref());
        self.roots.push(b'\n');
        self
    }

    /// Builds the client. No request is sent.
    ///
    /// # Errors
    ///
    /// Returns an error if no endpoint results from the settings, if no credentials are set, if the credentials need a
    /// setting that is missing, such as IAM's endpoint or a project, or if a setting is malformed.
    /// [`ConfigError::kind`] identifies the setting, and the message explains how to fix it. Secrets are never shown.
    pub fn build(self) -> Result<C, ConfigError>
    where
        C: Api,
    {
        let Settings { region, project_id, allow_http, timeout, .. } = &self.settings;
        let endpoint = match &self.endpoint {
            Some(endpoint) => Endpoint::parse("the endpoint", endpoint, *allow_http)?,
            None => Endpoint::of_service(C::ENDPOINT, region.as_deref())?,
        };
        let credentials = self.credentials.clone().unwrap_or_else(|| {
            let message = "no credentials are set; call credentials(...), or token(...) with an IAM token";
            Err(ConfigError::new(ConfigErrorKind::Credentials, message))
        })?;
        if timeout.is_zero() {
            let message = "the timeout is zero; set a timeout greater than zero";
            return Err(ConfigError::new(ConfigErrorKind::Timeout, message));
        }
        if let Some(id) = project_id {
            check_project_id(id)?;
        }
        let direct = self.http(None)?;
        let http = match &self.proxy {
            Some(proxy) => self.http(Some(Proxy::parse(proxy)?))?,
            None => direct.clone(),
        };
        let context = AuthContext { settings: &self.settings, http: &http, direct: &direct };
        let authenticator = credentials.into_authenticator(&context)?;
        Ok(Session::new(http, endpoint, authenticator, self.settings, C::operations()).into())
    }

    /// The HTTP client. Features of the HTTP library that other crates enable do not affect it.
    fn http(&self, proxy: Option<Proxy>) -> Result<Http, ConfigError> {
        let user_agent = HeaderValue::from_str(&self.user_agent).map_err(|error| {
            let message = "the user agent cannot be sent as a header; use visible ASCII";
            ConfigError::new(ConfigErrorKind::Header, message).with_source(error)
        })?;
        let mut http = reqwest::Client::builder()
            // A redirect would send the credentials to another host.
            .redirect(reqwest::redirect::Policy::none())
            // With HTTP/2, the library retries requests itself and drops responses with large headers.
            .http1_only()
            .retry(reqwest::retry::never())
            // Bodies are not decompressed.
            .no_gzip()
            .no_brotli()
            .no_deflate()
            .no_zstd()
            .no_proxy()
            .no_hickory_dns()
            .connect_timeout(self.connect_timeout.min(self.settings.timeout / 4 * 3))
            .user_agent(user_agent);
        if let Some(proxy) = &proxy {
            http = http.proxy(proxy.to_reqwest()?);
        }
        #[cfg(feature = "rustls")]
        {
            http = http.tls_backend_rustls().tls_certs_merge(self.certificates()?);
        }
        let client = http.build().map_err(|error| {
            // Malformed certificates are only detected here.
            let message = "the HTTP client cannot be initialized; install the CA certificates of the operating system, and check those passed to root_certificates(...)";
            ConfigError::new(ConfigErrorKind::HttpClient, message).with_source(error.without_url())
        })?;
        Ok(Http { client, proxy: proxy.map(Arc::new) })
    }

    #[cfg(feature = "rustls")]
    fn certificates(&self) -> Result<Vec<reqwest::Certificate>, ConfigError> {
        let refuse = |what: &str| {
            let message = format!("the root certificates {what}; pass one or more certificates in PEM format");
            ConfigError::new(ConfigErrorKind::Certificates, message)
        };
        let roots = reqwest::Certificate::from_pem_bundle(&self.roots)
            .map_err(|error| refuse("cannot be read").with_source(error))?;
        if roots.is_empty() && !self.roots.is_empty() {
            return Err(refuse("contain no certificate"));
        }
        Ok(roots)
    }
}

/// Omits addresses, which may contain a password.
impl<C> fmt::Debug for ClientBuilder<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientBuilder")
            .field("region", &self.settings.region)
            .field("credentials", &self.credentials)
            .field("timeout", &self.settings.timeout)
            .field("retry", &self.settings.retry)
            .finish_non_exhaustive()
    }
}
