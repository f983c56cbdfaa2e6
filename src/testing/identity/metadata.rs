//! The operations of the metadata service of a cloud server.

use std::time::Duration;

use serde_json::json;

use super::{Identity, Key};
use crate::testing::MockResponse;
use crate::testing::clock::{Expiry, expires_at};
use crate::testing::openapi::call::Call;
use crate::testing::random::secret;
use crate::testing::refusal::Refusal;
use crate::testing::state::Data;

const TTL: &str = "X-Metadata-Token-Ttl-Seconds";
const TOKEN: &str = "X-Metadata-Token";
/// The longest lifetime of a session, in seconds.
const MAX_TTL: u64 = 21_600;

/// Performs an operation of the metadata service: creates a session or issues keys.
pub(in crate::testing) fn perform(data: &mut Data, call: &Call<'_>) -> Result<MockResponse, Refusal> {
    let now = data.now();
    let identity = &mut data.identity;
    if call.operation.id == "CreateMetadataToken" {
        return identity.begin_session(call.request.header(TTL));
    }
    identity.check_session(call.request.header(TOKEN))?;
    if !identity.has_agency {
        return Err(Refusal::new(404, "", "the server has no agency"));
    }
    let (access, secret, token) = (format!("HST{}", secret(17).to_uppercase()), secret(40), secret(512));
    let body = json!({ "credential": {
        "access": access,
        "secret": secret,
        "securitytoken": token,
        "expires_at": expires_at(now, identity.keys_ttl),
    }});
    let key = Key { secret, security_token: Some(token), expiry: Expiry::after(identity.keys_ttl) };
    identity.keys.insert(access, key);
    Ok(MockResponse::new(200).json(body))
}

impl Identity {
    fn begin_session(&mut self, ttl: Option<&str>) -> Result<MockResponse, Refusal> {
        if !self.has_sessions {
            return Err(Refusal::new(404, "", "sessions are disabled"));
        }
        let seconds = ttl.and_then(|seconds| seconds.parse().ok()).filter(|seconds| (1..=MAX_TTL).contains(seconds));
        let Some(seconds) = seconds else {
            return Err(Refusal::bad_request(format!("{TTL} must be a number from 1 to {MAX_TTL}")));
        };
        let token = secret(56);
        self.sessions.insert(token.clone(), Expiry::after(Duration::from_secs(seconds)));
        Ok(MockResponse::new(200).header("content-type", "text/plain").body(token))
    }

    fn check_session(&self, token: Option<&str>) -> Result<(), Refusal> {
        let message = match token.map(|token| self.sessions.get(token)) {
            _ if !self.has_sessions => return Ok(()),
            Some(Some(expiry)) if !expiry.is_past() => return Ok(()),
            None => format!("{TOKEN} is missing"),
            Some(_) => format!("{TOKEN} is not a valid session token, or has expired"),
        };
        Err(Refusal::new(401, "", message))
    }
}
