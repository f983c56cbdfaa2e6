//! Credentials from the environment.

use std::env;
use std::path::{Path, PathBuf};

use super::access_key::AccessKey;
use super::metadata::Metadata;
use super::password::Password;
use super::validate::{NOT_BARE, address, is_bare};
use super::{Credentials, profile};
use crate::auth::token::Token;
use crate::config_error::{ConfigError, ConfigErrorKind};

const TOKEN: &str = "SECMASTER_TOKEN";
const ACCESS: &str = "HUAWEICLOUD_SDK_AK";
const SECRET: &str = "HUAWEICLOUD_SDK_SK";
const SECURITY_TOKEN: &str = "HUAWEICLOUD_SDK_SECURITY_TOKEN";
const PROJECT_ID: &str = "HUAWEICLOUD_SDK_PROJECT_ID";
const IAM_ENDPOINT: &str = "HUAWEICLOUD_SDK_IAM_ENDPOINT";
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
/// 4. The file `~/.huaweicloud/credentials`, or the one that `HUAWEICLOUD_SDK_CREDENTIALS_FILE` names: its section `[basic]` with `ak`
///    and `sk`, and if needed `security_token`, `project_id` and `iam_endpoint`. Values are bare: without quotes, and without a
///    comment on the same line.
/// 5. The metadata service of the cloud server that the program runs on, which is called with the first request.
///
/// `HUAWEICLOUD_SDK_PROJECT_ID` and `HUAWEICLOUD_SDK_IAM_ENDPOINT` apply to whichever is found, and override a file.
/// `SECMASTER_METADATA_ENDPOINT` sets another address of the metadata service. An empty variable counts as not set.
///
/// This is the only place where this crate reads the environment, and it does so when it is called. On Linux the library that loads
/// the certificates of the operating system also reads `SSL_CERT_FILE` and `SSL_CERT_DIR`: if one is set, what it names is trusted
/// instead. The source that was chosen is logged, without its secret. Nothing is written.
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
/// Returns an error if one of the sources is present but incomplete or malformed, such as an access key without its secret key: the
/// message says what is missing or wrong, and in which variable or file. If there is no source, the first call fails with a list of
/// what was looked for.
pub fn from_env() -> Result<Credentials, ConfigError> {
    let environment = Environment { project_id: bare(PROJECT_ID)?, iam_endpoint: endpoint(IAM_ENDPOINT)? };
    let mut looked_for = Vec::new();
    let sources: [Source; 4] = [token, access_key, password, file];
    for source in sources {
        match source(&environment)? {
            Lookup::Found(name, credentials) => {
                tracing::info!(source = name, "credentials were found in the environment");
                return Ok(credentials.found_in(&name));
            }
            Lookup::Absent(why) => looked_for.push(why),
        }
    }
    tracing::info!(
        source = "the metadata service",
        "no credentials were found in the environment; using the metadata service"
    );
    let looked_for = format!("no credentials were found: {}", looked_for.join("; "));
    let mut metadata = Metadata::new().after(looked_for);
    if let Some(endpoint) = endpoint(METADATA_ENDPOINT)? {
        metadata = metadata.endpoint(endpoint);
    }
    if let Some(project_id) = environment.project_id {
        metadata = metadata.project_id(project_id);
    }
    if let Some(endpoint) = environment.iam_endpoint {
        metadata = metadata.iam_endpoint(endpoint);
    }
    Ok(metadata.into())
}

/// What applies to every kind of credentials.
struct Environment {
    project_id: Option<String>,
    iam_endpoint: Option<String>,
}

/// Looks into one source.
type Source = fn(&Environment) -> Result<Lookup, ConfigError>;

/// What a source has.
enum Lookup {
    /// Its name, and the credentials in it.
    Found(String, Credentials),
    /// Why there are none.
    Absent(String),
}

fn token(environment: &Environment) -> Result<Lookup, ConfigError> {
    let Some(text) = variable(TOKEN)? else { return Ok(Lookup::Absent(format!("{TOKEN} is not set"))) };
    let mut token = Token::new(text).map_err(|error| error.in_setting(TOKEN))?;
    if let Some(project_id) = &environment.project_id {
        token = token.project_id(project_id);
    }
    let mut credentials = Credentials::from(token);
    if let Some(endpoint) = &environment.iam_endpoint {
        credentials = credentials.with_iam_endpoint(endpoint);
    }
    Ok(Lookup::Found(TOKEN.to_owned(), credentials))
}

fn access_key(environment: &Environment) -> Result<Lookup, ConfigError> {
    let (access, secret) = match (bare(ACCESS)?, bare(SECRET)?) {
        (Some(access), Some(secret)) => (access, secret),
        (None, None) => return Ok(Lookup::Absent(format!("{ACCESS} and {SECRET} are not set"))),
        (Some(_), None) => {
            return Err(credentials_error(format!("{ACCESS} is set but {SECRET} is not; set both or none")));
        }
        (None, Some(_)) => {
            return Err(credentials_error(format!("{SECRET} is set but {ACCESS} is not; set both or none")));
        }
    };
    let key = with_environment(AccessKey::new(access, secret), bare(SECURITY_TOKEN)?, environment);
    Ok(Lookup::Found(format!("{ACCESS} and {SECRET}"), key.into()))
}

fn password(environment: &Environment) -> Result<Lookup, ConfigError> {
    let names = [DOMAIN, USER, PASSWORD];
    let (domain, user, password) = match (variable(DOMAIN)?, variable(USER)?, variable(PASSWORD)?) {
        (Some(domain), Some(user), Some(password)) => (domain, user, password),
        (None, None, None) => return Ok(Lookup::Absent(format!("{DOMAIN}, {USER} and {PASSWORD} are not set"))),
        (domain, user, password) => {
            let set = [domain.is_some(), user.is_some(), password.is_some()];
            let pick = |wanted: bool| {
                let picked = names.iter().zip(set).filter(|(_, is_set)| *is_set == wanted).map(|(name, _)| *name);
                picked.collect::<Vec<_>>().join(" and ")
            };
            let text = format!("{} set but {} not; set all three or none", are(&pick(true)), are(&pick(false)));
            return Err(credentials_error(text));
        }
    };
    let mut login = Password::new(domain, user, password);
    if let Some(project_id) = &environment.project_id {
        login = login.project(project_id);
    }
    if let Some(endpoint) = &environment.iam_endpoint {
        login = login.iam_endpoint(endpoint);
    }
    Ok(Lookup::Found(format!("{DOMAIN}, {USER} and {PASSWORD}"), login.into()))
}

fn file(environment: &Environment) -> Result<Lookup, ConfigError> {
    let Some(path) = variable(FILE)?.map(PathBuf::from).or_else(default_file) else {
        return Ok(Lookup::Absent(format!(
            "there is no home directory to look for a credentials file in, and {FILE} is not set"
        )));
    };
    if path.try_exists().is_ok_and(|exists| !exists) {
        // A file that is named has to exist; the default one need not.
        return match variable(FILE)? {
            Some(_) => Err(credentials_error(format!("{FILE} names {}, which does not exist", path.display()))),
            None => Ok(Lookup::Absent(format!("the file {} does not exist", path.display()))),
        };
    }
    let name = path.display().to_string();
    let profile = profile::read(&path)?;
    let environment = Environment {
        project_id: environment.project_id.clone().or(profile.project_id),
        iam_endpoint: environment.iam_endpoint.clone().or(profile.iam_endpoint),
    };
    let key = with_environment(AccessKey::new(profile.access, profile.secret), profile.security_token, &environment);
    Ok(Lookup::Found(name, key.into()))
}

fn default_file() -> Option<PathBuf> {
    env::home_dir().filter(|home| home != Path::new("")).map(|home| home.join(".huaweicloud").join("credentials"))
}

fn with_environment(mut key: AccessKey, security_token: Option<String>, environment: &Environment) -> AccessKey {
    if let Some(token) = security_token {
        key = key.security_token(token);
    }
    if let Some(project_id) = &environment.project_id {
        key = key.project_id(project_id);
    }
    if let Some(endpoint) = &environment.iam_endpoint {
        key = key.iam_endpoint(endpoint);
    }
    key
}

fn are(names: &str) -> String {
    format!("{names} {}", if names.contains(" and ") { "are" } else { "is" })
}

/// A variable that is set and not empty.
fn variable(name: &str) -> Result<Option<String>, ConfigError> {
    match env::var(name) {
        Ok(value) => Ok(Some(value).filter(|value| !value.is_empty())),
        Err(env::VarError::NotPresent) => Ok(None),
        Err(env::VarError::NotUnicode(_)) => Err(credentials_error(format!("{name} is not UTF-8"))),
    }
}

/// A variable that holds a key.
fn bare(name: &str) -> Result<Option<String>, ConfigError> {
    let value = variable(name)?;
    if value.as_deref().is_some_and(|value| !is_bare(value)) {
        return Err(credentials_error(format!("{name} has {NOT_BARE}")));
    }
    Ok(value)
}

/// A variable that holds an endpoint.
fn endpoint(name: &str) -> Result<Option<String>, ConfigError> {
    let value = variable(name)?;
    if let Some(value) = &value {
        address(name, value)?;
    }
    Ok(value)
}

fn credentials_error(message: impl Into<String>) -> ConfigError {
    ConfigError::new(ConfigErrorKind::Credentials, message)
}
