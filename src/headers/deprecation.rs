//! The deprecation notice of an operation.

use http::HeaderMap;

use crate::headers;

/// The deprecation notice in a response: the operation goes offline.
///
/// The two headers are not in the API reference; the vendor's machine-readable definition of the operation declares
/// them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deprecation {
    info: Option<String>,
    date: Option<String>,
}

impl Deprecation {
    pub(crate) fn from_headers(map: &HeaderMap) -> Option<Self> {
        let info = headers::value(map, headers::DEPRECATION_INFO);
        let date = headers::value(map, headers::DEPRECATION_DATE);
        (info.is_some() || date.is_some()).then_some(Self { info, date })
    }

    /// The suggested alternative (`X-API-Deprecation-Info`).
    #[must_use]
    pub fn info(&self) -> Option<&str> {
        self.info.as_deref()
    }

    /// The date on which the operation goes offline, as the service formats it (`X-API-Deprecation-Date`).
    #[must_use]
    pub fn date(&self) -> Option<&str> {
        self.date.as_deref()
    }
}
