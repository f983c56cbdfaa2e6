//! Identities: one user, the projects, and the issued credentials.

pub(super) mod authorize;
pub(super) mod login;
pub(super) mod metadata;
mod signature;

use std::collections::HashMap;
use std::time::Duration;

use super::clock::Expiry;
use super::random::{hex, secret};

pub(super) const DOMAIN: &str = "IAMDomain";
pub(super) const USER: &str = "IAMUser";
pub(super) const REGION: &str = "cn-north-4";
/// The operation of a login.
pub(super) const LOGIN: &str = "KeystoneCreateUserTokenByPassword";

/// The default lifetime of tokens and temporary keys, as in the cloud.
const TTL: Duration = Duration::from_secs(24 * 60 * 60);

#[derive(Default)]
pub(super) struct Identity {
    pub(super) user_id: String,
    domain_id: String,
    pub(super) password: String,
    /// The current passcode of the second factor, if it is required.
    pub(super) passcode: Option<String>,
    /// The number of wrong passwords and passcodes since the last login.
    pub(super) failures: usize,
    pub(super) logins: usize,
    /// The initial project and token.
    pub(super) project_id: String,
    pub(super) token: String,
    pub(super) projects: Vec<Project>,
    tokens: HashMap<String, Token>,
    pub(super) token_ttl: Duration,
    /// The keys of the user, which do not expire.
    pub(super) access_key: String,
    pub(super) secret_key: String,
    /// The secret keys of the user and of temporary credentials, by access key.
    keys: HashMap<String, Key>,
    pub(super) keys_ttl: Duration,
    /// The metadata service sessions, by token.
    sessions: HashMap<String, Expiry>,
    pub(super) has_sessions: bool,
    pub(super) has_agency: bool,
}

#[derive(Clone)]
pub(super) struct Project {
    pub(super) id: String,
    pub(super) name: String,
}

struct Token {
    project_id: String,
    expiry: Expiry,
}

struct Key {
    secret: String,
    security_token: Option<String>,
    expiry: Expiry,
}

impl Identity {
    pub(super) fn new() -> Self {
        let mut identity = Self {
            user_id: hex(),
            domain_id: hex(),
            password: format!("Password-{}", secret(16)),
            project_id: hex(),
            token_ttl: TTL,
            access_key: format!("AK{}", secret(18).to_uppercase()),
            secret_key: secret(40),
            keys_ttl: TTL,
            has_sessions: true,
            has_agency: true,
            ..Self::default()
        };
        let project = Project { id: identity.project_id.clone(), name: REGION.to_owned() };
        identity.token = identity.issue_token(&project, Expiry::NEVER);
        identity.projects.push(project);
        let key = Key { secret: identity.secret_key.clone(), security_token: None, expiry: Expiry::NEVER };
        identity.keys.insert(identity.access_key.clone(), key);
        identity
    }

    pub(super) fn has_project(&self, id: &str) -> bool {
        self.projects.iter().any(|project| project.id == id)
    }

    fn issue_token(&mut self, project: &Project, expiry: Expiry) -> String {
        // IAM tokens have this prefix and length.
        let token = format!("MII{}", secret(1024));
        self.tokens.insert(token.clone(), Token { project_id: project.id.clone(), expiry });
        token
    }

    pub(super) fn revoke_tokens(&mut self) {
        self.tokens.values_mut().for_each(|token| token.expiry = Expiry::after(Duration::ZERO));
    }

    /// The number of temporary keys that were issued.
    pub(super) fn keys_issued(&self) -> usize {
        self.keys.len() - 1
    }

    /// Returns the secret key for an access key, if it is valid with this security token, or without one.
    fn secret_key_of(&self, access_key: &str, security_token: Option<&str>) -> Result<String, &'static str> {
        let key = self.keys.get(access_key).ok_or("the access key is unknown")?;
        match (&key.security_token, security_token) {
            (None, Some(_)) => Err("X-Security-Token is present, but the access key is not a temporary one"),
            (Some(_), None) => Err("X-Security-Token is missing, which a temporary access key needs"),
            (Some(issued), Some(given)) if issued != given => {
                Err("X-Security-Token is not the one that was issued with the access key")
            }
            _ if key.expiry.is_past() => Err("the temporary access key has expired"),
            _ => Ok(key.secret.clone()),
        }
    }
}
