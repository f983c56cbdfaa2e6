//! Configuration errors of a client or its credentials.

use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;

/// The setting that caused a [`ConfigError`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ConfigErrorKind {
    /// The region or an endpoint, including that of IAM or of the metadata service. Check the address.
    Endpoint,
    /// The credentials are missing, incomplete or malformed. Check their source.
    Credentials,
    /// The project is unknown, or its ID is malformed. Set a region or a project ID. If it is set in the environment or
    /// with the credentials, the kind is [`Credentials`](Self::Credentials).
    Project,
    /// The timeout is zero.
    Timeout,
    /// The proxy.
    Proxy,
    /// The root certificates are not in PEM format.
    Certificates,
    /// A header: the user agent, or one that is added to some calls.
    Header,
    /// The HTTP library cannot be initialized, for example because the operating system has no root certificates or one
    /// is malformed.
    HttpClient,
}

/// Why a client or its credentials cannot be configured: what is wrong with a setting, and how to fix it.
///
/// The message is one line and contains no secret.
///
/// ```
/// use secmaster_client::{Client, ConfigErrorKind};
///
/// let error = Client::builder().token("MII...").build().unwrap_err();
/// assert_eq!(error.kind(), ConfigErrorKind::Endpoint);
/// ```
#[derive(Debug, Clone)]
pub struct ConfigError {
    kind: ConfigErrorKind,
    message: String,
    source: Option<Arc<dyn StdError + Send + Sync>>,
}

impl ConfigError {
    pub(crate) fn new(kind: ConfigErrorKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), source: None }
    }

    pub(crate) fn with_source(mut self, source: impl StdError + Send + Sync + 'static) -> Self {
        self.source = Some(Arc::new(source));
        self
    }

    /// Prepends the source of a setting, such as an environment variable, to the message.
    pub(crate) fn in_setting(mut self, name: &str) -> Self {
        self.message = format!("{name}: {}", self.message);
        self
    }

    /// The invalid setting.
    #[must_use]
    pub fn kind(&self) -> ConfigErrorKind {
        self.kind
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl StdError for ConfigError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source.as_deref().map(|source| source as &(dyn StdError + 'static))
    }
}
