//! Identities: one user, the projects, the issued credentials, and the gateway that checks these.

pub(super) mod login;
pub(super) mod metadata;

use std::collections::HashMap;
use std::time::Duration;

use jiff::Timestamp;
use tokio::time::Instant;

use super::Request;
use super::clock::{Expiry, is_past};
use super::random::{hex, secret};
use super::refusal::Refusal;
use crate::auth::authenticate::sign::verify::verify;
use crate::headers::single;

pub(super) const DOMAIN: &str = "IAMDomain";
pub(super) const USER: &str = "IAMUser";
pub(super) const REGION: &str = "cn-north-4";
pub(super) const LOGIN: &str = "KeystoneCreateUserTokenByPassword";

/// The default lifetime of tokens and temporary keys, as in the cloud.
const TTL: Duration = Duration::from_secs(24 * 60 * 60);

#[derive(Default)]
pub(super) struct Identity {
    /// Whether unknown projects and workspaces are accepted.
    pub(super) any_ids: bool,
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
    /// The IDs of the projects, and the expiry, of the tokens.
    tokens: HashMap<String, (String, Expiry)>,
    pub(super) token_ttl: Duration,
    /// The keys of the user, which do not expire.
    pub(super) access_key: String,
    pub(super) secret_key: String,
    /// The secret keys of the user and of temporary credentials, by access key.
    pub(super) keys: HashMap<String, Key>,
    pub(super) keys_ttl: Duration,
    pub(super) keys_issued: usize,
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

pub(super) struct Key {
    pub(super) secret: String,
    pub(super) security_token: Option<String>,
    pub(super) expiry: Expiry,
}

impl Identity {
    pub(super) fn new(any_ids: bool) -> Self {
        let mut identity = Self {
            any_ids,
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
        let id = identity.project_id.clone();
        identity.token = identity.issue_token(&id, None);
        identity.projects.push(Project { id, name: REGION.to_owned() });
        let (access, secret) = (identity.access_key.clone(), identity.secret_key.clone());
        identity.keys.insert(access, Key { secret, security_token: None, expiry: None });
        identity
    }

    pub(super) fn has_project(&self, id: &str) -> bool {
        self.projects.iter().any(|project| project.id == id)
    }

    fn issue_token(&mut self, project_id: &str, expiry: Expiry) -> String {
        // IAM tokens have this prefix and length.
        let token = format!("MII{}", secret(1024));
        self.tokens.insert(token.clone(), (project_id.to_owned(), expiry));
        token
    }

    pub(super) fn revoke_tokens(&mut self) {
        self.tokens.values_mut().for_each(|(_, expiry)| *expiry = Some(Instant::now()));
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
            _ if is_past(key.expiry) => Err("the temporary access key has expired"),
            _ => Ok(key.secret.clone()),
        }
    }

    /// Checks that a request has either one valid token or a valid signature, for the project in its path.
    pub(super) fn authorize(&self, now: Timestamp, request: &Request, project: Option<&str>) -> Result<(), Refusal> {
        let is_sent = |name| request.headers().contains_key(name);
        // Any caller may use an unknown project, if those are accepted.
        let checked = project.filter(|id| !self.any_ids || self.has_project(id));
        let is_other = |caller: &str| checked.is_some_and(|id| id != caller);
        let message = "both X-Auth-Token and Authorization are present; send only one of them";
        Refusal::new(400, "FakeServer.0400", message).when(is_sent("x-auth-token") && is_sent("authorization"))?;
        let forbidden = |message| Refusal::new(403, "APIGW.0302", message);
        if is_sent("authorization") {
            let parts = [request.method(), request.path(), request.query().unwrap_or_default()];
            let secret_of = |access: &str, token: Option<&str>| self.secret_key_of(access, token);
            verify(parts, request.headers(), request.body(), now, secret_of)
                .map_err(|why| unauthenticated("APIGW.0301", &why))?;
            let message = "the project in the path is not one that the caller may use";
            forbidden(message).when(checked.is_some_and(|id| !self.has_project(id)))?;
        } else {
            let message = "X-Auth-Token belongs to another project than the one in the path";
            forbidden(message).when(is_other(self.check_token(request)?))?;
        }
        for id in request.headers().get_all("x-project-id") {
            let id = String::from_utf8_lossy(id.as_bytes());
            let message = "X-Project-Id is not the ID of a project that the caller may use";
            forbidden(message).when(!self.has_project(&id) && project != Some(&*id))?;
            let message = "X-Project-Id is another project than the one in the path";
            forbidden(message).when(is_other(&id))?;
        }
        Ok(())
    }

    fn check_token(&self, request: &Request) -> Result<&str, Refusal> {
        let token = single(request.headers(), "X-Auth-Token");
        let token = token.map_err(|why| unauthenticated("APIGW.0301", &format!("X-Auth-Token {why}")))?;
        let unknown = || unauthenticated("APIGW.0301", "X-Auth-Token is not a valid token");
        let (project, expiry) = self.tokens.get(token).ok_or_else(unknown)?;
        let message = "X-Auth-Token has expired or was revoked; get a new one";
        unauthenticated("APIGW.0307", message).when(is_past(*expiry))?;
        Ok(project)
    }
}

fn unauthenticated(code: &'static str, why: &str) -> Refusal {
    Refusal::new(401, code, format!("IAM authentication failed: {why}"))
}
