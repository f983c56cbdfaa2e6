//! Validation of values read from the environment or the credentials file.

use crate::config_error::ConfigError;
use crate::session::endpoint::Endpoint;

/// What is wrong with a value that is not bare, and what to do.
pub(super) const NOT_BARE: &str =
    "a space, a quote or another character that it cannot have; use it as it was issued, and nothing else";

/// Rejects what is not an endpoint, with the name of where it comes from. Whether `http://` is allowed, the client decides.
pub(super) fn address(name: &str, text: &str) -> Result<(), ConfigError> {
    Endpoint::parse(name, text, true).map(drop)
}

/// Whether a value is one word of visible ASCII without quotes, as keys and IDs are.
pub(super) fn is_bare(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'"' | b'\''))
}
