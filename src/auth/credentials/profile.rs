//! The credentials file of the vendor's SDKs.

use std::fs;
use std::path::Path;

use zeroize::Zeroizing;

use super::access_key::AccessKey;
use super::context::IamEndpoint;
use crate::config_error::{ConfigError, ConfigErrorKind};
use crate::session::endpoint::Endpoint;

const SECTION: &str = "basic";

/// The error for a value that is not bare, and how to fix it.
pub(super) const NOT_BARE: &str = "a space, a quote or another invalid character; use only the value as it was issued";

/// Whether a value is one word of visible ASCII without quotes, as keys and IDs are.
pub(super) fn is_bare(value: &str) -> bool {
    value.bytes().all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'"' | b'\''))
}

/// Reads the keys in the section `[basic]` of a credentials file. Errors never quote the file, since it may contain a
/// secret.
pub(super) fn read(path: &Path) -> Result<AccessKey, ConfigError> {
    let refuse = |what: String| {
        ConfigError::new(ConfigErrorKind::Credentials, format!("the credentials file {} {what}", path.display()))
    };
    let text = fs::read_to_string(path).map_err(|error| refuse(format!("cannot be read: {error}")))?;
    let text = Zeroizing::new(text);
    let values = section(&text)
        .map_err(|line| refuse(format!("is malformed: line {line} is neither [section] nor name = value")))?;
    let get = |name: &str| {
        let found = values.iter().rev().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| *value);
        // Quotes and trailing comments would become part of the value.
        if found.is_some_and(|value| !is_bare(value)) {
            return Err(refuse(format!(
                "has an invalid value of {name}: it contains {NOT_BARE}; put comments on separate lines"
            )));
        }
        Ok(found.map(str::to_owned))
    };
    let need = |name: &str| {
        get(name)?.ok_or_else(|| refuse(format!("has no {name} in its section [{SECTION}]; add a line {name} = ...")))
    };
    let mut key = AccessKey::new(need("ak")?, need("sk")?);
    if let Some(token) = get("security_token")? {
        key = key.security_token(token);
    }
    key.scope.project_id = get("project_id")?;
    if let Some(address) = get("iam_endpoint")? {
        let name = format!("the credentials file {} cannot be used: iam_endpoint", path.display());
        // The client setting decides whether http:// is allowed.
        Endpoint::parse(&name, &address, true)?;
        key.scope.iam_endpoint = Some(IamEndpoint { name, address });
    }
    Ok(key)
}

/// The names and non-empty values of the section, or the number of a malformed line.
fn section(text: &str) -> Result<Vec<(&str, &str)>, usize> {
    let mut values = Vec::new();
    let mut is_ours = false;
    for (index, line) in text.trim_start_matches('\u{feff}').lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with(['#', ';']) {
            continue;
        }
        if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            is_ours = name.trim() == SECTION;
            continue;
        }
        let Some((name, value)) = line.split_once(['=', ':']) else { return Err(index + 1) };
        if is_ours && !value.trim().is_empty() {
            values.push((name.trim(), value.trim()));
        }
    }
    Ok(values)
}
