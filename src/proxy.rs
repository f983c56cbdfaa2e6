//! The proxy that requests go through.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::percent_decode_str;
use reqwest::Url;

use crate::BuildError;
use crate::auth::Secret;
use crate::secrets::LEAST;

/// A proxy: where it is, and what no text may show of how it lets in.
pub(crate) struct Proxy {
    /// With user and password, where they are given.
    url: Url,
    /// Scheme, host and port.
    shown: String,
    secrets: Vec<Secret>,
}

impl Proxy {
    /// Reads an address as a user writes it.
    ///
    /// # Errors
    ///
    /// Where it is not `http://[user:password@]host:port`, or the same with `https`. The HTTP library would pass by a proxy of
    /// another kind.
    pub(crate) fn parse(text: &str) -> Result<Self, BuildError> {
        // Neither the text nor an error about it is shown, for they may hold a password.
        let refuse = |what| BuildError::new(format!("the proxy {what}; write it as http://[user:password@]host:port"));
        let url = Url::parse(text).map_err(|_| refuse("is not an address"))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(refuse("is neither http nor https"));
        }
        let decode = |text| percent_decode_str(text).decode_utf8_lossy().into_owned();
        let (user, password) = (decode(url.username()), url.password().map(decode));
        let mut secrets = Vec::new();
        if !user.is_empty() || password.is_some() {
            let sent = STANDARD.encode(format!("{user}:{}", password.as_deref().unwrap_or_default()));
            // A key may stand in the place of the user.
            let given = password.unwrap_or(user);
            secrets.push(Secret::from(sent));
            // A shorter text is met by chance, and an answer that has it would be spoilt.
            secrets.extend(Some(given).filter(|given| given.len() >= LEAST).map(Secret::from));
        }
        let shown = url.origin().ascii_serialization();
        Ok(Self { url, shown, secrets })
    }

    /// The same, for the HTTP library.
    ///
    /// # Errors
    ///
    /// Where that can not use it.
    pub(crate) fn to_reqwest(&self) -> Result<reqwest::Proxy, BuildError> {
        reqwest::Proxy::all(self.url.clone()).map_err(|_| BuildError::new("the HTTP library can not use the proxy"))
    }

    pub(crate) fn secrets(&self) -> &[Secret] {
        &self.secrets
    }
}

impl fmt::Display for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown)
    }
}
