//! Why no valid credentials could be had.

use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::{Error, ErrorKind};

/// Why no valid credentials could be had. It can be cloned, since all calls that waited for the same login get it.
#[derive(Debug, Clone)]
pub struct AuthError {
    text: Arc<str>,
    reason: Reason,
    cause: Option<Arc<Error>>,
}

/// What to make of a failed attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reason {
    /// Asking again would be refused again, and may do harm.
    Refused,
    /// There were too many attempts. The wait is what the answer asks for.
    Throttled(Option<Duration>),
    /// Nobody could be asked.
    Unavailable,
}

impl AuthError {
    /// The credentials were refused. A client does not try again by itself for five minutes, so that it can not lock an account.
    ///
    /// `text` says what was wrong and what to do, in one line and without a secret.
    pub fn refused(text: impl Into<String>) -> Self {
        Self::new(Reason::Refused, text)
    }

    /// Nobody could be asked, as when a vault is down. A client tries again, after a wait that grows.
    ///
    /// `text` says what was wrong and what to do, in one line and without a secret.
    pub fn unavailable(text: impl Into<String>) -> Self {
        Self::new(Reason::Unavailable, text)
    }

    pub(super) fn new(reason: Reason, text: impl Into<String>) -> Self {
        Self { text: text.into().into(), reason, cause: None }
    }

    /// What a failed call to IAM, or to the metadata service, means for the credentials.
    pub(crate) fn of_call(what: &str, error: Error) -> Self {
        // A call that needs credentials by itself fails for want of them.
        if let Some(error) = error.authentication() {
            return error.clone();
        }
        let reason = match error.status().map(|status| status.as_u16()) {
            Some(429) => Reason::Throttled(error.retry_after()),
            Some(408) => Reason::Unavailable,
            Some(400..=499) => Reason::Refused,
            _ if error.kind() == ErrorKind::Redirect => Reason::Refused,
            _ => Reason::Unavailable,
        };
        let verb = if reason == Reason::Refused { "was refused" } else { "failed" };
        Self { text: format!("{what} {verb}: {}", error.explained()).into(), reason, cause: Some(Arc::new(error)) }
    }

    /// Puts what the user should know before the text.
    pub(crate) fn after(mut self, text: &str) -> Self {
        self.text = format!("{text}; {}", self.text).into();
        self
    }

    /// Says for how long nobody is asked again, where this is told once more.
    pub(super) fn kept_for(mut self, wait: Duration) -> Self {
        let seconds = wait.as_millis().div_ceil(1000);
        self.text = format!("{}; not asked again for {seconds} s", self.text).into();
        self
    }

    /// Whether asking again would be of no use.
    #[must_use]
    pub fn is_refused(&self) -> bool {
        self.reason == Reason::Refused
    }

    pub(crate) fn reason(&self) -> Reason {
        self.reason
    }

    /// The failed call, where there was one.
    pub(crate) fn cause(&self) -> Option<&Arc<Error>> {
        self.cause.as_ref()
    }
}

impl fmt::Display for AuthError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl StdError for AuthError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.cause.as_deref().map(|cause| cause as &(dyn StdError + 'static))
    }
}
