//! The credentials file of the vendor's SDKs.

use std::fs;
use std::path::Path;

use zeroize::Zeroizing;

use super::validate::{NOT_BARE, address, is_bare};
use crate::config_error::{ConfigError, ConfigErrorKind};

const SECTION: &str = "basic";

/// What the section `[basic]` of a credentials file holds.
pub(crate) struct Profile {
    pub(crate) access: String,
    pub(crate) secret: String,
    pub(crate) security_token: Option<String>,
    pub(crate) project_id: Option<String>,
    pub(crate) iam_endpoint: Option<String>,
}

/// Reads a credentials file.
///
/// # Errors
///
/// Returns an error if it cannot be read, a line is not of the form `name = value`, `ak` or `sk` is missing, or a value is malformed.
/// No line is shown, since it may hold a secret.
pub(crate) fn read(path: &Path) -> Result<Profile, ConfigError> {
    let refuse = |what: String| {
        ConfigError::new(ConfigErrorKind::Credentials, format!("the credentials file {} {what}", path.display()))
    };
    let text = fs::read_to_string(path).map_err(|error| refuse(format!("cannot be read: {error}")))?;
    let text = Zeroizing::new(text);
    let values = section(&text)
        .map_err(|line| refuse(format!("has a line {line} that is neither [section] nor name = value; correct it")))?;
    let get = |name: &str| {
        let found = values.iter().rev().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| *value);
        // Quotes would become a part of the value, and so would a comment after it.
        if found.is_some_and(|value| !is_bare(value)) {
            return Err(refuse(format!("has a value of {name} with {NOT_BARE}; write a comment on a line of its own")));
        }
        Ok(found.map(str::to_owned))
    };
    let need = |name: &str| {
        get(name)?.ok_or_else(|| refuse(format!("has no {name} in its section [{SECTION}]; add a line {name} = ...")))
    };
    let iam_endpoint = get("iam_endpoint")?;
    if let Some(endpoint) = &iam_endpoint {
        address(&format!("the credentials file {} cannot be used: iam_endpoint", path.display()), endpoint)?;
    }
    Ok(Profile {
        access: need("ak")?,
        secret: need("sk")?,
        security_token: get("security_token")?,
        project_id: get("project_id")?,
        iam_endpoint,
    })
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
