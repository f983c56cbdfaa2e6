//! The gateway: whether a request is authenticated, and authorized for the project of its path.

use super::{Identity, signature};
use crate::headers;
use crate::testing::Request;
use crate::testing::service::Refusal;
use crate::testing::state::State;

/// Checks that a request has either one valid token or a right signature, for the project in its path.
pub(in crate::testing) fn authorize(state: &State, request: &Request, project: Option<&str>) -> Result<(), Refusal> {
    let is_sent = |name| request.headers().contains_key(name);
    match (is_sent("x-auth-token"), is_sent("authorization")) {
        (true, true) => {
            let message = "X-Auth-Token and Authorization are both there; a request is authorized by one of them";
            return Err(Refusal::new(400, "FakeServer.0400", message));
        }
        (false, true) => {
            let now = state.data().now();
            signature::verify(request, now, |access, token| state.data().identity.secret_key_of(access, token))
                .map_err(|why| unauthenticated("APIGW.0301", &why))?;
        }
        _ => {
            let token_project = check_token(&state.data().identity, request)?;
            if state.data().separates(project, &token_project) {
                let message = "X-Auth-Token belongs to another project than the one in the path";
                return Err(Refusal::new(403, "APIGW.0302", message));
            }
        }
    }
    let data = state.data();
    for id in request.headers().get_all("x-project-id") {
        let id = String::from_utf8_lossy(id.as_bytes());
        if !data.identity.has_project(&id) {
            let message = "X-Project-Id is not the ID of a project that the caller may use";
            return Err(Refusal::new(403, "APIGW.0302", message));
        }
        if data.separates(project, &id) {
            return Err(Refusal::new(403, "APIGW.0302", "X-Project-Id is another project than the one in the path"));
        }
    }
    Ok(())
}

fn unauthenticated(code: &'static str, why: &str) -> Refusal {
    Refusal::new(401, code, format!("IAM authentication failed: {why}"))
}

/// The project of the token.
fn check_token(identity: &Identity, request: &Request) -> Result<String, Refusal> {
    let mut tokens = request.headers().get_all(headers::AUTH_TOKEN).iter();
    let token = match (tokens.next(), tokens.next()) {
        (Some(token), None) => token,
        (None, _) => return Err(unauthenticated("APIGW.0301", "X-Auth-Token is missing")),
        _ => return Err(unauthenticated("APIGW.0301", "X-Auth-Token is there more than once")),
    };
    match token.to_str().ok().and_then(|token| identity.tokens.get(token)) {
        None => Err(unauthenticated("APIGW.0301", "X-Auth-Token is not a token that is valid here")),
        Some(token) if token.expiry.is_past() => {
            Err(unauthenticated("APIGW.0307", "X-Auth-Token has expired or was revoked; get a new one"))
        }
        Some(token) => Ok(token.project_id.clone()),
    }
}
