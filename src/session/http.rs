//! The HTTP client and its proxy.

use std::fmt;
use std::sync::Arc;

use data_encoding::BASE64;
use percent_encoding::percent_decode_str;
use reqwest::Url;

use super::endpoint::is_loopback;
use crate::auth::secret::Secret;
use crate::config_error::{ConfigError, ConfigErrorKind};
use crate::error::redact::MIN_PREFIX;

/// The hosts that a proxy on another machine is not used for.
const LOOPBACK: &str = "localhost,127.0.0.0/8,::1";

/// A client of the HTTP library, with its proxy.
#[derive(Clone)]
pub(crate) struct Http {
    pub(crate) client: reqwest::Client,
    pub(crate) proxy: Option<Arc<Proxy>>,
}

/// The address of a proxy, and the secrets in it.
pub(crate) struct Proxy {
    /// Includes user and password, if set.
    url: Url,
    /// Scheme, host and port.
    origin: String,
    pub(crate) secrets: Vec<Secret>,
}

impl Http {
    /// The proxy through which requests to a URL go.
    pub(super) fn proxy_for(&self, url: &Url) -> Option<&Proxy> {
        self.proxy.as_deref().filter(|proxy| !proxy.bypasses(url))
    }
}

impl Proxy {
    /// Whether requests to a URL do not use this proxy. Those to this machine may be unencrypted, so they do not leave it.
    fn bypasses(&self, url: &Url) -> bool {
        is_loopback(url) && !is_loopback(&self.url)
    }

    /// Parses a proxy address from user input, as `http://[user:password@]host:port` or with `https`. The HTTP library
    /// would silently bypass a proxy of another scheme.
    pub(crate) fn parse(text: &str) -> Result<Self, ConfigError> {
        // Neither the address nor the parse error is shown, since both may contain a password.
        let refuse = |what| proxy_error(format!("the proxy {what}; write it as http://[user:password@]host:port"));
        let url = Url::parse(text).map_err(|_| refuse("is not a URL"))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(refuse("is neither http nor https"));
        }
        let decode = |text| percent_decode_str(text).decode_utf8_lossy().into_owned();
        let (user, password) = (decode(url.username()), url.password().map(decode));
        let mut secrets = Vec::new();
        if !user.is_empty() || password.is_some() {
            let sent = BASE64.encode(format!("{user}:{}", password.as_deref().unwrap_or_default()).as_bytes());
            // An API key may be used as the user name.
            let given = password.unwrap_or(user);
            secrets.push(Secret::from(sent));
            // A shorter string may match unrelated content, which would be redacted.
            secrets.extend(Some(given).filter(|given| given.len() >= MIN_PREFIX).map(Secret::from));
        }
        let origin = url.origin().ascii_serialization();
        Ok(Self { url, origin, secrets })
    }

    pub(crate) fn to_reqwest(&self) -> Result<reqwest::Proxy, ConfigError> {
        let proxy = reqwest::Proxy::all(self.url.clone());
        let proxy = proxy.map_err(|_| proxy_error("the HTTP library cannot use the proxy"))?;
        // Requests to this machine may be unencrypted, so they must not leave it.
        Ok(if is_loopback(&self.url) { proxy } else { proxy.no_proxy(reqwest::NoProxy::from_string(LOOPBACK)) })
    }
}

fn proxy_error(message: impl Into<String>) -> ConfigError {
    ConfigError::new(ConfigErrorKind::Proxy, message)
}

impl fmt::Display for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.origin)
    }
}
