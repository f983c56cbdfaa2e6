//! The operations of the metadata service of a cloud server.

use std::time::Duration;

use serde_json::json;
use tokio::time::Instant;

use super::{Identity, Key};
use crate::testing::MockResponse;
use crate::testing::clock::{iam_time, is_past};
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
    Refusal::new(404, "", "the server has no agency").when(!identity.has_agency)?;
    let (access, secret, token) = (format!("HST{}", secret(17).to_uppercase()), secret(40), secret(512));
    let expires_at = iam_time(now, identity.keys_ttl);
    let body = json!({ "access": access, "secret": secret, "securitytoken": token, "expires_at": expires_at });
    let key = Key { secret, security_token: Some(token), expiry: Instant::now().checked_add(identity.keys_ttl) };
    identity.keys.insert(access, key);
    identity.keys_issued += 1;
    Ok(MockResponse::new(200).json(json!({ "credential": body })))
}

impl Identity {
    fn begin_session(&mut self, ttl: Option<&str>) -> Result<MockResponse, Refusal> {
        Refusal::new(404, "", "sessions are disabled").when(!self.has_sessions)?;
        let seconds = ttl.and_then(|seconds| seconds.parse().ok()).filter(|seconds| (1..=MAX_TTL).contains(seconds));
        let message = || format!("{TTL} must be a number from 1 to {MAX_TTL}");
        let seconds = seconds.ok_or_else(|| Refusal::bad_request(message()))?;
        let token = secret(56);
        self.sessions.insert(token.clone(), Instant::now().checked_add(Duration::from_secs(seconds)));
        Ok(MockResponse::new(200).header("content-type", "text/plain").body(token))
    }

    fn check_session(&self, token: Option<&str>) -> Result<(), Refusal> {
        let is_valid = |token| self.sessions.get(token).is_some_and(|expiry| !is_past(*expiry));
        let why = match token {
            None => "is missing",
            Some(_) => "is not a valid session token, or has expired",
        };
        Refusal::new(401, "", format!("{TOKEN} {why}")).when(self.has_sessions && !token.is_some_and(is_valid))
    }
}
