//! A token of IAM.

use std::fmt;
use std::time::Duration;

use http::HeaderValue;
use zeroize::Zeroizing;

use crate::BuildError;

/// A user token of IAM, kept as a header value that no log shows.
#[derive(Clone)]
pub struct Token {
    header: HeaderValue,
    life: Option<Duration>,
    project_id: Option<String>,
}

impl Token {
    /// Takes a token as IAM hands it out, in the header `X-Subject-Token` of its answer.
    ///
    /// # Errors
    ///
    /// Where it can not be sent as a header: it is empty, or has a line break or another character that is not visible ASCII. The
    /// token is not shown.
    pub fn new(text: impl Into<String>) -> Result<Self, BuildError> {
        let text = Zeroizing::new(text.into());
        let refuse = |what: &str| {
            let hint = "give the value of X-Subject-Token from IAM's answer, and nothing else";
            Err(BuildError::new(format!("the token {what}; {hint}")))
        };
        if text.is_empty() {
            return refuse("is empty");
        }
        if text.contains(['\r', '\n']) {
            return refuse("has a line break");
        }
        if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return refuse("has a space or another character that is not visible ASCII");
        }
        let Ok(mut header) = HeaderValue::from_str(&text) else { return refuse("can not be sent as a header") };
        header.set_sensitive(true);
        Ok(Self { header, life: None, project_id: None })
    }

    /// Says how long the token still lives, so that a client asks for the next one in time. Unless said, a token is used until
    /// the service refuses it.
    #[must_use]
    pub fn expires_in(mut self, life: Duration) -> Self {
        self.life = Some(life);
        self
    }

    /// Says which project the token is for, which [`Client::project_id`](crate::Client::project_id) then tells.
    #[must_use]
    pub fn project_id(mut self, project_id: impl Into<String>) -> Self {
        self.project_id = Some(project_id.into());
        self
    }

    /// The value of `X-Auth-Token`, marked as sensitive.
    pub(crate) fn header(&self) -> &HeaderValue {
        &self.header
    }

    pub(crate) fn life(&self) -> Option<Duration> {
        self.life
    }

    pub(crate) fn project(&self) -> Option<&str> {
        self.project_id.as_deref()
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token([redacted])")
    }
}
