//! Where requests go.

use std::fmt;
use std::net::IpAddr;

use reqwest::Url;

use crate::BuildError;

/// The address of the service: scheme, host, port and an optional path before every operation's own.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Endpoint {
    /// Its scheme, host and port, read once. Instead of its path there is a long one, so that a copy has room for that of an operation.
    origin: Url,
    /// The whole of it, without a slash at its end.
    address: String,
    /// The path before every operation's own, without a slash at its end. Empty for most.
    base: String,
}

impl Endpoint {
    /// The public address of a service in a region.
    ///
    /// # Errors
    ///
    /// Where the region is not made of letters, digits and hyphens. A region that this crate has never heard of is fine, since
    /// new ones appear.
    pub(crate) fn of_region(service: &str, region: &str) -> Result<Self, BuildError> {
        let refuse = || {
            BuildError::new(format!(
                "the region {region:?} is not a region's name; give at most 63 letters, digits and hyphens, such as cn-north-4"
            ))
        };
        let is_name = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        if region.is_empty() || region.len() > 63 || !region.bytes().all(is_name) {
            return Err(refuse());
        }
        Self::parse("the endpoint", &format!("https://{service}.{region}.myhuaweicloud.com"), false)
            .map_err(|_| refuse())
    }

    /// Reads an address as a user writes it. `name` is what an error calls it.
    ///
    /// # Errors
    ///
    /// Where it is not `https://host[:port][/base]`. `http://` is for loopback addresses, where nobody listens in, unless
    /// `allow_http` is set.
    pub(crate) fn parse(name: &str, text: &str, allow_http: bool) -> Result<Self, BuildError> {
        const FORM: &str = "write it as https://host[:port][/base]";
        let refuse = |what: &str| BuildError::new(format!("{name} {what}; {FORM}"));
        if text.contains('@') {
            // Whatever is wrong with it besides, it must not be shown.
            return Err(refuse("holds a user name or password, which would be sent nowhere"));
        }
        let url = Url::parse(text).map_err(|error| refuse("is not an address").because(error))?;
        if url.query().is_some() || url.fragment().is_some() {
            return Err(refuse("holds a query or a fragment"));
        }
        if !matches!(url.scheme(), "https" | "http") || url.host_str().is_none() {
            return Err(refuse(&format!("{text:?} is neither https nor http")));
        }
        if url.scheme() == "http" && !allow_http && !is_loopback(&url) {
            return Err(BuildError::new(format!(
                "{name} {text:?} would send credentials unencrypted; write https://, or call allow_http(true) if that is what you want"
            )));
        }
        let address = url.as_str().trim_end_matches('/').to_owned();
        let base = url.path().trim_end_matches('/').to_owned();
        let mut origin = url;
        origin.set_path(&"x".repeat(255));
        Ok(Self { origin, address, base })
    }

    /// Whether nobody on the way can read what is sent there.
    pub(crate) fn is_encrypted(&self) -> bool {
        self.origin.scheme() == "https"
    }

    /// The address of an operation, whose own path is encoded and begins with a slash.
    pub(crate) fn join(&self, path: &str) -> Url {
        let mut url = self.origin.clone();
        if self.base.is_empty() {
            url.set_path(path);
        } else {
            url.set_path(&format!("{}{path}", self.base));
        }
        url
    }

    /// The part of a request's path that is its operation's own.
    pub(crate) fn own<'a>(&self, path: &'a str) -> &'a str {
        // A path that lost the base is no operation's: none has an empty path. The whole path could fit a template by chance.
        path.strip_prefix(&self.base).unwrap_or_default()
    }
}

fn is_loopback(url: &Url) -> bool {
    let Some(host) = url.host_str() else { return false };
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.address)
    }
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that can not go on says so by a panic")]
mod tests {
    use super::*;

    #[test]
    fn a_path_that_lost_the_base_is_no_operations() {
        for (base, template, given) in [("/gw/one", "/{a}/{b}", "/../B"), ("/v1/x", "/{a}/y/{b}", "/../y/B")] {
            let endpoint = Endpoint::parse("the endpoint", &format!("https://h{base}"), false).unwrap();
            let operation = crate::Operation {
                id: "X",
                function: "x",
                method: "POST",
                path: template,
                content_type: None,
                span: tracing::Span::none,
            };
            let check = |path: &str| crate::path::check(&operation, endpoint.own(endpoint.join(path).path()));
            assert!(check(given).is_err(), "{base} {template} {given}");
            assert_eq!(check(&given.replace("..", "A")), Ok(()), "{base} {template}");
        }
    }
}
