//! A token of IAM.

use std::fmt;

use http::HeaderValue;
use zeroize::Zeroizing;

use crate::BuildError;

/// A user token, kept as a header value that no log shows.
#[derive(Clone)]
pub(crate) struct Token(HeaderValue);

impl Token {
    /// Takes a token as IAM hands it out.
    ///
    /// # Errors
    ///
    /// Where it can not be sent as a header. The token is not shown.
    pub(crate) fn new(text: String) -> Result<Self, BuildError> {
        let text = Zeroizing::new(text);
        let refuse = |what: &str| {
            Err(BuildError::new(format!(
                "the token {what}; give the value of X-Subject-Token from IAM's answer, and nothing else"
            )))
        };
        if text.is_empty() {
            return refuse("is empty");
        }
        if text.contains(['\r', '\n']) {
            return refuse("has a line break");
        }
        if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return refuse("has a character that is not visible ASCII");
        }
        let Ok(mut value) = HeaderValue::from_str(&text) else { return refuse("can not be sent as a header") };
        value.set_sensitive(true);
        Ok(Self(value))
    }

    /// The value of `X-Auth-Token`, marked as sensitive.
    pub(crate) fn header(&self) -> HeaderValue {
        self.0.clone()
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token([redacted])")
    }
}
