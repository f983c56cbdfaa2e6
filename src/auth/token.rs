//! IAM tokens.

use std::fmt;
use std::time::Duration;

use http::HeaderValue;
use zeroize::Zeroizing;

use crate::config_error::{ConfigError, ConfigErrorKind};

/// An IAM user token, stored as a header value that is marked as sensitive.
///
/// ```
/// use std::time::Duration;
///
/// use secmaster_client::Client;
/// use secmaster_client::auth::Token;
///
/// let token = Token::new("MII...")?.project_id("2b31ed520xxxxxxebedb6e57xxxxxxxx");
/// let client = Client::builder().region("cn-north-4").credentials(token).build()?;
/// # Ok::<(), secmaster_client::ConfigError>(())
/// ```
#[derive(Clone)]
pub struct Token {
    /// The value of `X-Auth-Token`, marked as sensitive.
    pub(crate) header: HeaderValue,
    pub(crate) lifetime: Option<Duration>,
    pub(crate) project_id: Option<String>,
}

impl Token {
    /// Creates a token from the value that IAM returns in the header `X-Subject-Token`.
    ///
    /// # Errors
    ///
    /// Returns an error if the token is empty or contains a line break or any other character that is not visible
    /// ASCII, and so cannot be sent as a header. The error does not show the token.
    pub fn new(token: impl Into<String>) -> Result<Self, ConfigError> {
        let token = Zeroizing::new(token.into());
        let what = if token.is_empty() {
            Some("is empty")
        } else if token.contains(['\r', '\n']) {
            Some("has a line break")
        } else if !token.bytes().all(|byte| byte.is_ascii_graphic()) {
            Some("has a space or another character that is not visible ASCII")
        } else {
            None
        };
        let header = HeaderValue::from_str(&token).ok().filter(|_| what.is_none());
        let mut header = header.ok_or_else(|| {
            let what = what.unwrap_or("cannot be sent as a header");
            let message = format!("the token {what}; pass only the value of X-Subject-Token from IAM's response");
            ConfigError::new(ConfigErrorKind::Credentials, message)
        })?;
        header.set_sensitive(true);
        Ok(Self { header, lifetime: None, project_id: None })
    }

    /// Sets the remaining lifetime of a token that a [`TokenProvider`](crate::auth::TokenProvider) returns, so that a
    /// client can replace it in time. By default such a token is used until the service rejects it.
    ///
    /// A token that is passed to [`credentials`](crate::ClientBuilder::credentials) is never replaced.
    #[must_use]
    pub fn expires_in(mut self, lifetime: Duration) -> Self {
        self.lifetime = Some(lifetime);
        self
    }

    /// Sets the project ID of the token, which [`Client::project_id`](crate::Client::project_id) then returns.
    #[must_use]
    pub fn project_id(mut self, project_id: impl Into<String>) -> Self {
        self.project_id = Some(project_id.into());
        self
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token([redacted])")
    }
}
