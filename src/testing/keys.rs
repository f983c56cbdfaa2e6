//! The access keys that a request may be signed with.

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::Duration;

use super::clock::End;
use super::ids::secret;
use super::lock::lock;

/// How long temporary keys live unless a test says otherwise, as those of a real agency.
const LIFE: Duration = Duration::from_secs(24 * 60 * 60);

/// The keys of the user, which stay the same, and the temporary ones that were given to a cloud server.
pub(super) struct AccessKeys {
    access: String,
    secret: String,
    temporary: Mutex<Temporary>,
}

struct Temporary {
    life: Duration,
    /// By access key.
    given: HashMap<String, Given>,
}

struct Given {
    secret: String,
    security_token: String,
    end: End,
}

/// Temporary keys on their way to the cloud server.
pub(super) struct NewKeys {
    pub(super) access: String,
    pub(super) secret: String,
    pub(super) security_token: String,
    pub(super) life: Duration,
}

impl AccessKeys {
    pub(super) fn new() -> Self {
        Self {
            access: format!("AK{}", secret(18).to_uppercase()),
            secret: secret(40),
            temporary: Mutex::new(Temporary { life: LIFE, given: HashMap::new() }),
        }
    }

    pub(super) fn access(&self) -> &str {
        &self.access
    }

    pub(super) fn secret(&self) -> &str {
        &self.secret
    }

    /// How long the keys live that are given from now on.
    pub(super) fn set_life(&self, life: Duration) {
        lock(&self.temporary).life = life;
    }

    /// How many temporary keys were given.
    pub(super) fn given(&self) -> usize {
        lock(&self.temporary).given.len()
    }

    /// Gives temporary keys.
    pub(super) fn give(&self) -> NewKeys {
        let mut temporary = lock(&self.temporary);
        let keys = NewKeys {
            access: format!("HST{}", secret(17).to_uppercase()),
            secret: secret(40),
            security_token: secret(512),
            life: temporary.life,
        };
        let given = Given {
            secret: keys.secret.clone(),
            security_token: keys.security_token.clone(),
            end: End::after(keys.life),
        };
        temporary.given.insert(keys.access.clone(), given);
        keys
    }

    /// The secret key that belongs to an access key, where the two may be used with this security token, or without one.
    ///
    /// # Errors
    ///
    /// Where they may not: why. No key is shown.
    pub(super) fn secret_of(&self, access: &str, security_token: Option<&str>) -> Result<String, &'static str> {
        if access == self.access {
            return match security_token {
                None => Ok(self.secret.clone()),
                Some(_) => Err("X-Security-Token is there, but the access key is not a temporary one"),
            };
        }
        let temporary = lock(&self.temporary);
        let Some(given) = temporary.given.get(access) else { return Err("the access key is unknown") };
        match security_token {
            None => Err("X-Security-Token is missing, which a temporary access key needs"),
            Some(token) if token != given.security_token => {
                Err("X-Security-Token is not the one that was given with the access key")
            }
            Some(_) if given.end.has_come() => Err("the temporary access key has ended"),
            Some(_) => Ok(given.secret.clone()),
        }
    }
}
