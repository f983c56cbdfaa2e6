//! Service endpoints.

use std::fmt;
use std::net::IpAddr;

use reqwest::Url;

use crate::config_error::{ConfigError, ConfigErrorKind};

const REGION: &str = "{region}";

/// The endpoint of a service: scheme, host, port and an optional base path.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Endpoint {
    /// Without the base path.
    url: Url,
    /// The base path without a trailing slash. Empty for most.
    base: String,
    /// Whether it was derived from a region.
    pub(crate) is_regional: bool,
    /// Whether the user set it.
    pub(super) is_explicit: bool,
}

impl Endpoint {
    /// The endpoint of a service in a region, from a template such as `https://iam.{region}.myhuaweicloud.com`. Unknown
    /// regions are accepted, since new ones are added.
    pub(crate) fn in_region(template: &str, region: &str) -> Result<Self, ConfigError> {
        let is_name = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        if region.is_empty() || region.len() > 63 || !region.bytes().all(is_name) {
            let hint = "use at most 63 letters, digits and hyphens, such as cn-north-4";
            let message = format!("{region:?} is not the name of a region; {hint}");
            return Err(ConfigError::new(ConfigErrorKind::Endpoint, message));
        }
        let address = template.replace(REGION, region);
        let hint = ", or set it with endpoint(...) on the builder and call allow_http(true) if that is intended";
        let endpoint = Self::parse_with("the server of the OpenAPI document", &address, false, hint)?;
        Ok(Self { is_regional: template.contains(REGION), is_explicit: false, ..endpoint })
    }

    /// The endpoint in the service's OpenAPI document, with the region inserted.
    pub(crate) fn of_service(template: Option<&str>, region: Option<&str>) -> Result<Self, ConfigError> {
        let message = match (template, region) {
            (Some(template), Some(region)) => return Self::in_region(template, region),
            (Some(template), None) if !template.contains(REGION) => return Self::in_region(template, "none"),
            (Some(_), None) => {
                "neither a region nor an endpoint is set; call region(\"cn-north-4\") or endpoint(\"https://...\") on the builder"
            }
            (None, _) => {
                "the OpenAPI document has no usable server URL; call endpoint(\"https://...\") on the builder, \
                 or with_endpoint(\"https://...\") on the client"
            }
        };
        Err(ConfigError::new(ConfigErrorKind::Endpoint, message))
    }

    /// Parses an endpoint from user input, as `https://host[:port][/base]`. `name` identifies it in errors. Without
    /// `allow_http`, `http://` is accepted only for loopback addresses, which cannot be intercepted.
    pub(crate) fn parse(name: &str, text: &str, allow_http: bool) -> Result<Self, ConfigError> {
        Self::parse_with(name, text, allow_http, ", or call allow_http(true) if that is intended")
    }

    /// Parses an endpoint of the environment, whose errors name no methods.
    pub(crate) fn parse_from_env(name: &str, text: &str, allow_http: bool) -> Result<Self, ConfigError> {
        Self::parse_with(name, text, allow_http, "")
    }

    fn parse_with(name: &str, text: &str, allow_http: bool, hint: &str) -> Result<Self, ConfigError> {
        const FORM: &str = "write it as https://host[:port][/base]";
        let error = |message: String| ConfigError::new(ConfigErrorKind::Endpoint, message);
        let refuse = |what: &str| error(format!("{name} {what}; {FORM}"));
        if text.contains('@') {
            // An address with credentials must not be shown, even if it has other errors.
            return Err(refuse("contains @; a user name or password in it is not supported"));
        }
        let mut url = Url::parse(text).map_err(|error| refuse("is not a URL").with_source(error))?;
        if url.query().is_some() || url.fragment().is_some() {
            return Err(refuse("has a query or a fragment"));
        }
        if !matches!(url.scheme(), "https" | "http") || url.host_str().is_none() {
            return Err(refuse(&format!("{text:?} is neither https nor http")));
        }
        if url.scheme() == "http" && !allow_http && !is_loopback(&url) {
            return Err(error(format!("{name} {text:?} would send credentials unencrypted; write https://{hint}")));
        }
        let base = url.path().trim_end_matches('/').to_owned();
        url.set_path("");
        Ok(Self { url, base, is_regional: false, is_explicit: true })
    }

    pub(crate) fn is_encrypted(&self) -> bool {
        self.url.scheme() == "https"
    }

    /// Builds the URL of a request from its path, which is encoded and begins with a slash.
    pub(crate) fn join(&self, path: &str, query: &str) -> Url {
        let mut url = self.url.clone();
        if self.base.is_empty() {
            url.set_path(path);
        } else {
            url.set_path(&format!("{}{path}", self.base));
        }
        url.set_query((!query.is_empty()).then_some(query));
        url
    }
}

pub(super) fn is_loopback(url: &Url) -> bool {
    let Some(host) = url.host_str() else { return false };
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.url.as_str().trim_end_matches('/'), self.base)
    }
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
