//! The announcement that an operation is to go offline.

use http::HeaderMap;

use crate::header;

/// What an answer says about the end of the operation that gave it.
///
/// The two headers are not in the contract; the vendor's own machine-readable definition of the operation declares them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deprecation {
    info: Option<String>,
    date: Option<String>,
}

impl Deprecation {
    /// Reads the headers of an answer; `None` where neither is there.
    pub(crate) fn of(headers: &HeaderMap) -> Option<Self> {
        // Most answers have neither, and to look a name up takes longer than to compare a few.
        if !headers.keys().any(|name| [header::DEPRECATION_INFO, header::DEPRECATION_DATE].contains(name)) {
            return None;
        }
        let info = header::text(headers, header::DEPRECATION_INFO);
        let date = header::text(headers, header::DEPRECATION_DATE);
        (info.is_some() || date.is_some()).then_some(Self { info, date })
    }

    /// What the service advises to use instead (`X-API-Deprecation-Info`).
    #[must_use]
    pub fn info(&self) -> Option<&str> {
        self.info.as_deref()
    }

    /// The day on which the operation goes offline, as the service writes it (`X-API-Deprecation-Date`).
    #[must_use]
    pub fn date(&self) -> Option<&str> {
        self.date.as_deref()
    }
}
