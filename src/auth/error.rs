//! Errors of authentication.

use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// Why no valid credentials are available.
///
/// It can be cloned, since it is returned to all calls that wait for the same login. For
/// [`ErrorKind::Authentication`](crate::ErrorKind), it is the [source](StdError::source) of the call's
/// [`Error`](crate::Error). Its own source is the failed call to IAM or to the metadata service, or the error that was
/// passed to [`from_source`](Self::from_source).
#[derive(Debug, Clone)]
pub struct AuthError {
    message: Arc<str>,
    pub(crate) reason: Reason,
    source: Option<Arc<dyn StdError + Send + Sync>>,
    /// Whether the source is a failed call of this client to IAM or to the metadata service.
    is_call: bool,
    /// How long this error is still cached, if no attempt was made.
    pub(crate) cached_for: Option<Duration>,
}

/// How a failed login affects the next one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reason {
    /// The credentials are wrong: another attempt would also be refused, and may lock the account.
    Refused,
    /// Too many attempts, with the delay that the response requests.
    Throttled(Option<Duration>),
    /// The source of the credentials could not be reached.
    Unavailable,
}

impl AuthError {
    /// The credentials were refused. Calls fail for five minutes without another attempt, so that a client cannot lock
    /// an account.
    ///
    /// `message` describes the problem and how to fix it, on one line and without a secret.
    pub fn refused(message: impl Into<String>) -> Self {
        Self::new(Reason::Refused, message)
    }

    /// The source of the credentials is unavailable, for example because a vault is down. Calls fail during a delay of
    /// one second, which doubles each time up to a minute; the first call after it makes another attempt.
    ///
    /// `message` describes the problem and how to fix it, on one line and without a secret.
    pub fn unavailable(message: impl Into<String>) -> Self {
        Self::new(Reason::Unavailable, message)
    }

    /// Wraps the error of a custom provider: [unavailable](Self::unavailable) if it `is_transient`, else
    /// [refused](Self::refused). Its message is included in this error's, and [`source`](StdError::source) returns it.
    /// Neither its message nor its `Debug` output may contain a secret.
    ///
    /// ```
    /// use std::io;
    ///
    /// use secmaster_client::auth::AuthError;
    ///
    /// let error = AuthError::from_source(true, io::Error::other("the vault is sealed"));
    /// assert_eq!(error.to_string(), "the token provider failed: the vault is sealed");
    /// assert!(!error.is_refused());
    /// ```
    pub fn from_source(is_transient: bool, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        let source = source.into();
        let reason = if is_transient { Reason::Unavailable } else { Reason::Refused };
        Self::new(reason, format!("the token provider failed: {source}")).with_source(source)
    }

    pub(crate) fn new(reason: Reason, message: impl Into<String>) -> Self {
        Self { message: message.into().into(), reason, source: None, is_call: false, cached_for: None }
    }

    fn with_source(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.source = Some(source.into().into());
        self
    }

    pub(crate) fn with_call(self, error: impl StdError + Send + Sync + 'static) -> Self {
        Self { is_call: true, ..self.with_source(error) }
    }

    /// The failed call to IAM or to the metadata service.
    pub(crate) fn call(&self) -> Option<&(dyn StdError + Send + Sync + 'static)> {
        self.source.as_deref().filter(|_| self.is_call)
    }

    /// Prepends context to the message.
    pub(crate) fn with_context(mut self, context: &str) -> Self {
        self.message = format!("{context}; {}", self.message).into();
        self
    }

    /// Whether another attempt would also be refused.
    #[must_use]
    pub fn is_refused(&self) -> bool {
        self.reason == Reason::Refused
    }
}

impl fmt::Display for AuthError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        match self.cached_for {
            Some(delay) => write!(f, "; next attempt in {} s", delay.as_millis().div_ceil(1000)),
            None => Ok(()),
        }
    }
}

impl StdError for AuthError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source.as_deref().map(|source| source as &(dyn StdError + 'static))
    }
}
