//! What IAM knows: one user, the projects, and the tokens that were given.

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::{Duration, SystemTime};

use tokio::sync::watch;

use super::clock::{End, later};
use super::ids::{Ids, secret, token};
use super::lock::lock;
use super::login::{Login, Scope};

pub(super) const DOMAIN: &str = "IAMDomain";
pub(super) const USER: &str = "IAMUser";
pub(super) const REGION: &str = "cn-north-4";

/// How long a token lives unless a test says otherwise, as a real one.
const TOKEN_LIFE: Duration = Duration::from_secs(24 * 60 * 60);
/// After how many wrong passwords the account is locked.
pub(super) const MOST_WRONG: usize = 5;

pub(super) struct Identity {
    password: String,
    /// The token that is there from the beginning.
    token: String,
    project_id: String,
    pub(super) domain_id: String,
    known: Mutex<Known>,
    /// Whether logins have to wait.
    held: watch::Sender<bool>,
}

struct Known {
    user_id: String,
    /// What the second factor shows, where there is one.
    passcode: Option<String>,
    projects: Vec<Project>,
    tokens: HashMap<String, Issued>,
    token_ttl: Duration,
    logins: usize,
    /// How many wrong passwords there were since the last right one.
    wrong: usize,
}

struct Issued {
    end: End,
    project_id: String,
}

#[derive(Clone)]
pub(super) struct Project {
    pub(super) id: String,
    pub(super) name: String,
}

/// What a login gives.
pub(super) struct Granted {
    pub(super) token: String,
    pub(super) expires_at: SystemTime,
    pub(super) user_id: String,
    pub(super) project: Project,
}

/// Why a login gives nothing.
pub(super) enum Denied {
    Locked,
    WrongPassword,
    /// With what is wrong.
    WrongPasscode(&'static str),
    /// With how many projects the scope names.
    NotOneProject(usize),
}

/// Whether a token may be used.
pub(super) enum Validity {
    /// With the project that the token belongs to.
    Valid(String),
    Ended,
    Unknown,
}

impl Identity {
    pub(super) fn new(ids: &Ids) -> Self {
        let (token, project_id) = (token(), ids.hex());
        let first = Issued { end: End::NEVER, project_id: project_id.clone() };
        let known = Known {
            user_id: ids.hex(),
            passcode: None,
            projects: vec![Project { id: project_id.clone(), name: REGION.to_owned() }],
            tokens: HashMap::from([(token.clone(), first)]),
            token_ttl: TOKEN_LIFE,
            logins: 0,
            wrong: 0,
        };
        Self {
            password: format!("Password-{}", secret(16)),
            token,
            project_id,
            domain_id: ids.hex(),
            known: Mutex::new(known),
            held: watch::Sender::new(false),
        }
    }

    pub(super) fn password(&self) -> &str {
        &self.password
    }

    pub(super) fn token(&self) -> &str {
        &self.token
    }

    pub(super) fn project_id(&self) -> &str {
        &self.project_id
    }

    pub(super) fn add_project(&self, name: &str, id: &str) {
        lock(&self.known).projects.push(Project { id: id.to_owned(), name: name.to_owned() });
    }

    /// The projects, or those of a name.
    pub(super) fn projects(&self, name: Option<&str>) -> Vec<Project> {
        let known = lock(&self.known);
        known.projects.iter().filter(|project| name.is_none_or(|name| project.name == name)).cloned().collect()
    }

    pub(super) fn has_project(&self, id: &[u8]) -> bool {
        lock(&self.known).projects.iter().any(|project| project.id.as_bytes() == id)
    }

    pub(super) fn require_totp(&self, user_id: &str, passcode: &str) {
        let mut known = lock(&self.known);
        (known.user_id, known.passcode) = (user_id.to_owned(), Some(passcode.to_owned()));
    }

    pub(super) fn unlock(&self) {
        lock(&self.known).wrong = 0;
    }

    /// How long the tokens live that are given from now on.
    pub(super) fn set_token_life(&self, life: Duration) {
        lock(&self.known).token_ttl = life;
    }

    pub(super) fn revoke_tokens(&self) {
        lock(&self.known).tokens.values_mut().for_each(|issued| issued.end = End::after(Duration::ZERO));
    }

    pub(super) fn logins(&self) -> usize {
        lock(&self.known).logins
    }

    pub(super) fn validity(&self, token: &[u8]) -> Validity {
        let known = lock(&self.known);
        match std::str::from_utf8(token).ok().and_then(|token| known.tokens.get(token)) {
            None => Validity::Unknown,
            Some(issued) if issued.end.has_come() => Validity::Ended,
            Some(issued) => Validity::Valid(issued.project_id.clone()),
        }
    }

    pub(super) fn pause_logins(&self, hold: bool) {
        self.held.send_replace(hold);
    }

    /// Waits until no login is held.
    pub(super) async fn logins_released(&self) {
        // The sender is a part of this, so that it is not gone while this waits.
        let _ = self.held.subscribe().wait_for(|held| !held).await;
    }

    /// Gives a token for a login, where all of it is right.
    pub(super) fn log_in(&self, login: &Login, now: SystemTime) -> Result<Granted, Denied> {
        let mut known = lock(&self.known);
        if login.domain != DOMAIN || login.user != USER {
            return Err(Denied::WrongPassword);
        }
        if known.wrong >= MOST_WRONG {
            return Err(Denied::Locked);
        }
        if login.password != self.password {
            known.wrong += 1;
            return Err(Denied::WrongPassword);
        }
        known.check_passcode(login)?;
        known.wrong = 0;
        let project = known.project(&login.scope)?;
        let (token, life) = (token(), known.token_ttl);
        let issued = Issued { end: End::after(life), project_id: project.id.clone() };
        known.tokens.insert(token.clone(), issued);
        known.logins += 1;
        Ok(Granted { token, expires_at: later(now, life), user_id: known.user_id.clone(), project })
    }
}

impl Known {
    fn check_passcode(&mut self, login: &Login) -> Result<(), Denied> {
        match (&self.passcode, &login.totp) {
            (None, None) => Ok(()),
            (None, Some(_)) => Err(Denied::WrongPasscode("the user has no second factor, but the login has one")),
            (Some(_), None) => Err(Denied::WrongPasscode("a second factor is needed: add totp to the methods")),
            (Some(passcode), Some(totp)) if totp.user_id == self.user_id && totp.passcode == *passcode => Ok(()),
            (Some(_), Some(_)) => {
                self.wrong += 1;
                Err(Denied::WrongPasscode("the passcode or the user's ID is wrong"))
            }
        }
    }

    fn project(&self, scope: &Scope) -> Result<Project, Denied> {
        let is_meant = |project: &&Project| match scope {
            Scope::Name(name) => project.name == *name,
            Scope::Id(id) => project.id == *id,
        };
        let mut found = self.projects.iter().filter(is_meant);
        match (found.next(), found.count()) {
            (Some(project), 0) => Ok(project.clone()),
            (first, others) => Err(Denied::NotOneProject(others + usize::from(first.is_some()))),
        }
    }
}
