//! The gateway: authenticates a request, and authorizes it for the project in its path.

use super::{Identity, signature};
use crate::testing::Request;
use crate::testing::refusal::Refusal;
use crate::testing::state::State;

/// Checks that a request has either one valid token or a valid signature, for the project in its path.
pub(in crate::testing) fn authorize(state: &State, request: &Request, project: Option<&str>) -> Result<(), Refusal> {
    let is_sent = |name| request.headers().contains_key(name);
    let data = state.data();
    let caller = match (is_sent("x-auth-token"), is_sent("authorization")) {
        (true, true) => {
            let message = "both X-Auth-Token and Authorization are present; send only one of them";
            return Err(Refusal::new(400, "FakeServer.0400", message));
        }
        (false, true) => {
            signature::verify(request, data.now(), |access, token| data.identity.secret_key_of(access, token))
                .map_err(|why| unauthenticated("APIGW.0301", &why))?;
            None
        }
        _ => Some(check_token(&data.identity, request)?),
    };
    let forbidden = |message| Err(Refusal::new(403, "APIGW.0302", message));
    if caller.is_some_and(|caller| data.separates(project, caller)) {
        return forbidden("X-Auth-Token belongs to another project than the one in the path");
    }
    for id in request.headers().get_all("x-project-id") {
        let id = String::from_utf8_lossy(id.as_bytes());
        // A made-up project is accepted if it is that of the path.
        if !data.identity.has_project(&id) && project != Some(&*id) {
            return forbidden("X-Project-Id is not the ID of a project that the caller may use");
        }
        if data.separates(project, &id) {
            return forbidden("X-Project-Id is another project than the one in the path");
        }
    }
    Ok(())
}

fn unauthenticated(code: &'static str, why: &str) -> Refusal {
    Refusal::new(401, code, format!("IAM authentication failed: {why}"))
}

/// The project of the token.
fn check_token<'a>(identity: &'a Identity, request: &Request) -> Result<&'a str, Refusal> {
    let name = "X-Auth-Token";
    let token = request.single_header(name).map_err(|why| unauthenticated("APIGW.0301", &format!("{name} {why}")))?;
    match identity.tokens.get(token) {
        None => Err(unauthenticated("APIGW.0301", "X-Auth-Token is not a valid token")),
        Some(token) if token.expiry.is_past() => {
            Err(unauthenticated("APIGW.0307", "X-Auth-Token has expired or was revoked; get a new one"))
        }
        Some(token) => Ok(&token.project_id),
    }
}
