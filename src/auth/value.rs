//! What a value of the environment or of the credentials file may be.

use crate::BuildError;
use crate::endpoint::Endpoint;

/// What is wrong with a value that is not bare, and what to write.
pub(super) const NOT_BARE: &str =
    "a space, a quote or another character that it can not have; give it as it was handed out, and nothing else";

/// Refuses what is no endpoint, while it is known where it comes from: `name` says that. Whether `http://` may be used, the client
/// decides.
pub(super) fn address(name: &str, text: &str) -> Result<(), BuildError> {
    Endpoint::parse(name, text, true).map(drop)
}

/// Whether a text is all that a key or an ID may be: one word of visible ASCII, without quotes.
pub(super) fn is_bare(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'"' | b'\''))
}
