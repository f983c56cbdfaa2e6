//! Credentials from the environment.

use std::env;
use std::path::{Path, PathBuf};

use super::Credentials;
use super::access_key::AccessKey;
use super::context::{IAM_ENDPOINT, IamEndpoint, PROJECT_ID};
use super::metadata::Metadata;
use super::password::Password;
use super::profile::{self, NOT_BARE, is_bare};
use crate::auth::token::Token;
use crate::config_error::{ConfigError, ConfigErrorKind};
use crate::session::endpoint::Endpoint;

const TOKEN: &str = "SECMASTER_TOKEN";
const ACCESS: &str = "HUAWEICLOUD_SDK_AK";
const SECRET: &str = "HUAWEICLOUD_SDK_SK";
const SECURITY_TOKEN: &str = "HUAWEICLOUD_SDK_SECURITY_TOKEN";
const SDK_PROJECT_ID: &str = "HUAWEICLOUD_SDK_PROJECT_ID";
const FILE: &str = "HUAWEICLOUD_SDK_CREDENTIALS_FILE";
const DOMAIN: &str = "SECMASTER_IAM_DOMAIN";
const USER: &str = "SECMASTER_IAM_USER";
const PASSWORD: &str = "SECMASTER_IAM_PASSWORD";
const METADATA_ENDPOINT: &str = "SECMASTER_METADATA_ENDPOINT";

/// Finds credentials in the environment: the first of these that is present.
///
/// 1. `SECMASTER_TOKEN`: an IAM token.
/// 2. `HUAWEICLOUD_SDK_AK` and `HUAWEICLOUD_SDK_SK`, with `HUAWEICLOUD_SDK_SECURITY_TOKEN` if the keys are temporary.
/// 3. `SECMASTER_IAM_DOMAIN`, `SECMASTER_IAM_USER` and `SECMASTER_IAM_PASSWORD`: a login with a password.
/// 4. The file `~/.huaweicloud/credentials`, or the one that `HUAWEICLOUD_SDK_CREDENTIALS_FILE` names: its section
///    `[basic]` with `ak` and `sk`, and if needed `security_token`, `project_id` and `iam_endpoint`. Values are bare:
///    without quotes, and without a comment on the same line.
/// 5. The metadata service of the cloud server that the program runs on, called with the first request.
///
/// `SECMASTER_PROJECT_ID`, or else `HUAWEICLOUD_SDK_PROJECT_ID`, sets the project for any source, and
/// `HUAWEICLOUD_SDK_IAM_ENDPOINT` the endpoint of IAM. They override a file. `SECMASTER_METADATA_ENDPOINT` sets the
/// address of the metadata service. An empty variable is treated as unset.
///
/// This crate reads the environment only here, when this function is called. On Linux the library that loads the
/// certificates of the operating system also reads `SSL_CERT_FILE` and `SSL_CERT_DIR`, and trusts those certificates
/// instead. The selected source is logged, without its secret. Nothing is written.
///
/// ```no_run
/// use secmaster_client::{Client, auth};
///
/// let client = Client::builder().region("cn-north-4").credentials(auth::from_env()?).build()?;
/// # Ok::<(), secmaster_client::ConfigError>(())
/// ```
///
/// # Errors
///
/// Returns an error if a source is present but incomplete or malformed, such as an access key without its secret key.
/// The message names the setting, and the variable or file. If no source is found, the first call fails with a list of
/// those that were tried.
pub fn from_env() -> Result<Credentials, ConfigError> {
    let project_id = bare(PROJECT_ID)?.or(bare(SDK_PROJECT_ID)?);
    let iam_endpoint = endpoint(IAM_ENDPOINT)?;
    let mut credentials = find()?;
    let scope = &mut credentials.scope;
    scope.is_from_env = true;
    if project_id.is_some() {
        scope.project_id = project_id;
    }
    if let Some(address) = iam_endpoint {
        scope.iam_endpoint = Some(IamEndpoint { name: IAM_ENDPOINT.to_owned(), address });
    }
    Ok(credentials)
}

/// The result of a source: credentials, or an error.
type Lookup = Result<Credentials, String>;

fn find() -> Result<Credentials, ConfigError> {
    let sources: [fn() -> Result<Lookup, ConfigError>; 4] = [token, access_key, password, file];
    let mut looked_for = Vec::new();
    for source in sources {
        match source()? {
            Ok(credentials) => {
                tracing::info!(source = credentials.source, "credentials were found in the environment");
                return Ok(credentials);
            }
            Err(why) => looked_for.push(why),
        }
    }
    tracing::info!(
        source = "the metadata service",
        "no credentials were found in the environment; using the metadata service"
    );
    let mut metadata = Metadata::new().after(format!("no credentials were found: {}", looked_for.join("; ")));
    if let Some(endpoint) = endpoint(METADATA_ENDPOINT)? {
        metadata = metadata.endpoint(endpoint);
    }
    Ok(metadata.into())
}

fn found(source: impl Into<String>, credentials: impl Into<Credentials>) -> Credentials {
    Credentials { source: source.into(), ..credentials.into() }
}

fn token() -> Result<Lookup, ConfigError> {
    let Some(token) = variable(TOKEN)? else { return Ok(Err(format!("{TOKEN} is not set"))) };
    Ok(Ok(found(TOKEN, Token::new(token).map_err(|error| error.in_setting(TOKEN))?)))
}

fn access_key() -> Result<Lookup, ConfigError> {
    let (access, secret) = match (bare(ACCESS)?, bare(SECRET)?) {
        (Some(access), Some(secret)) => (access, secret),
        (None, None) => return Ok(Err(format!("{ACCESS} and {SECRET} are not set"))),
        (access, _) => {
            let (set, unset) = if access.is_some() { (ACCESS, SECRET) } else { (SECRET, ACCESS) };
            return Err(credentials_error(format!("{set} is set but {unset} is not; set both or none")));
        }
    };
    let mut key = AccessKey::new(access, secret);
    if let Some(token) = bare(SECURITY_TOKEN)? {
        key = key.security_token(token);
    }
    Ok(Ok(found(format!("{ACCESS} and {SECRET}"), key)))
}

fn password() -> Result<Lookup, ConfigError> {
    let names = [DOMAIN, USER, PASSWORD];
    match (variable(DOMAIN)?, variable(USER)?, variable(PASSWORD)?) {
        (Some(domain), Some(user), Some(password)) => {
            Ok(Ok(found(format!("{DOMAIN}, {USER} and {PASSWORD}"), Password::new(domain, user, password))))
        }
        (None, None, None) => Ok(Err(format!("{DOMAIN}, {USER} and {PASSWORD} are not set"))),
        (domain, user, password) => {
            let set = [domain.is_some(), user.is_some(), password.is_some()];
            let pick = |expected: bool| {
                let picked = names.iter().zip(set).filter(|(_, is_set)| *is_set == expected).map(|(name, _)| *name);
                let names = picked.collect::<Vec<_>>().join(" and ");
                format!("{names} {}", if names.contains(" and ") { "are" } else { "is" })
            };
            let message = format!("{} set but {} not; set all three or none", pick(true), pick(false));
            Err(credentials_error(message))
        }
    }
}

fn file() -> Result<Lookup, ConfigError> {
    let named = variable(FILE)?.map(PathBuf::from);
    let is_named = named.is_some();
    let Some(path) = named.or_else(default_file) else {
        return Ok(Err(format!("there is no home directory with a credentials file, and {FILE} is not set")));
    };
    if path.try_exists().is_ok_and(|exists| !exists) {
        // A file that is set explicitly must exist; the default file is optional.
        if is_named {
            return Err(credentials_error(format!("{FILE} names {}, which does not exist", path.display())));
        }
        return Ok(Err(format!("the file {} does not exist", path.display())));
    }
    Ok(Ok(found(path.display().to_string(), profile::read(&path)?)))
}

fn default_file() -> Option<PathBuf> {
    env::home_dir().filter(|home| home != Path::new("")).map(|home| home.join(".huaweicloud").join("credentials"))
}

/// Returns a variable that is set and not empty.
fn variable(name: &str) -> Result<Option<String>, ConfigError> {
    match env::var(name) {
        Ok(value) => Ok(Some(value).filter(|value| !value.is_empty())),
        Err(env::VarError::NotPresent) => Ok(None),
        Err(env::VarError::NotUnicode(_)) => Err(credentials_error(format!("{name} is not UTF-8"))),
    }
}

fn bare(name: &str) -> Result<Option<String>, ConfigError> {
    let value = variable(name)?;
    if value.as_deref().is_some_and(|value| !is_bare(value)) {
        return Err(credentials_error(format!("{name} contains {NOT_BARE}")));
    }
    Ok(value)
}

/// Parses a variable as an endpoint. The client setting decides whether `http://` is allowed.
fn endpoint(name: &str) -> Result<Option<String>, ConfigError> {
    let value = variable(name)?;
    if let Some(value) = &value {
        Endpoint::parse(name, value, true)?;
    }
    Ok(value)
}

fn credentials_error(message: impl Into<String>) -> ConfigError {
    ConfigError::new(ConfigErrorKind::Credentials, message)
}
