//! The gateway in front of SecMaster and of IAM: who may come in.

use serde_json::json;

use super::identity::Validity;
use super::signature;
use super::state::State;
use super::{MockResponse, Request};
use crate::headers;

/// Why a request may not come in.
pub(super) struct Refusal {
    status: u16,
    code: &'static str,
    text: String,
}

impl Refusal {
    pub(super) fn new(status: u16, code: &'static str, text: impl Into<String>) -> Self {
        Self { status, code, text: text.into() }
    }

    /// The answer in the form of the gateway, with the same id in the body and in the header.
    pub(super) fn answer(&self, state: &State) -> MockResponse {
        let id = state.ids().hex();
        MockResponse::new(self.status)
            .header(headers::REQUEST_ID.as_str(), &id)
            .json(json!({ "error_code": self.code, "error_msg": self.text, "request_id": id }))
    }
}

/// Says whether a request may come in: it has either one token that is valid, or a signature that is right, of the project that its
/// path names.
///
/// # Errors
///
/// Where it may not: why. The text does not repeat what the request has.
pub(super) fn admit(state: &State, request: &Request, project: Option<&str>) -> Result<(), Refusal> {
    let is_sent = |name| request.headers().contains_key(name);
    match (is_sent("x-auth-token"), is_sent("authorization")) {
        (true, true) => {
            let text = "X-Auth-Token and Authorization are both there; a request is authorised by one of them";
            Err(Refusal::new(400, "FakeServer.0400", text))
        }
        (false, true) => check_signature(state, request),
        _ => check_token(state, request, project),
    }?;
    check_project(state, request, project)
}

fn check_token(state: &State, request: &Request, project: Option<&str>) -> Result<(), Refusal> {
    let refuse = |code, why| Err(Refusal::new(401, code, format!("IAM authentication failed: X-Auth-Token {why}")));
    let mut tokens = request.headers().get_all(headers::AUTH_TOKEN).iter();
    match (tokens.next(), tokens.next()) {
        (None, _) => refuse("APIGW.0301", "is missing"),
        (Some(token), None) => match state.identity().validity(token.as_bytes()) {
            Validity::Valid(of) if state.separates(project, &of) => {
                Err(Refusal::new(403, "APIGW.0302", "X-Auth-Token belongs to another project than the one in the path"))
            }
            Validity::Valid(_) => Ok(()),
            Validity::Ended => refuse("APIGW.0307", "has expired or was revoked; get a new one"),
            Validity::Unknown => refuse("APIGW.0301", "is not a token that is valid here"),
        },
        (Some(_), Some(_)) => refuse("APIGW.0301", "is there more than once"),
    }
}

fn check_signature(state: &State, request: &Request) -> Result<(), Refusal> {
    signature::verify(request, state.clock().now(), |access, token| state.keys().secret_of(access, token))
        .map_err(|why| Refusal::new(401, "APIGW.0301", format!("IAM authentication failed: {why}")))
}

/// A project that the request names has to be one that is known, and that of the path.
fn check_project(state: &State, request: &Request, project: Option<&str>) -> Result<(), Refusal> {
    for id in request.headers().get_all("x-project-id") {
        if !state.identity().has_project(id.as_bytes()) {
            let text = "X-Project-Id is not the ID of a project that the caller may use";
            return Err(Refusal::new(403, "APIGW.0302", text));
        }
        if state.separates(project, &String::from_utf8_lossy(id.as_bytes())) {
            return Err(Refusal::new(403, "APIGW.0302", "X-Project-Id is another project than the one in the path"));
        }
    }
    Ok(())
}
