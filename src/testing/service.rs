//! How SecMaster, and the gateway in front of it, respond to a request.

use super::check::Input;
use super::document::{Operation, Response};
use super::gateway::{Refusal, admit};
use super::refusal::{bad_parameters, refuse};
use super::state::State;
use super::{MockResponse, Request, family};

/// Responds to a request for which nothing is queued.
pub(super) fn answer(state: &State, request: &Request) -> MockResponse {
    let Some((operation, path)) = state.route(request) else {
        let text = format!("no API is published for {} {}", request.method(), request.path());
        return Refusal::new(404, "APIGW.0101", text).answer(state);
    };
    let project = path.iter().find(|(name, _)| *name == "project_id").map(|(_, id)| id.as_str());
    if let Err(refusal) = admit(state, request, project) {
        return refusal.answer(state);
    }
    state.announce(match Input::read(operation, path, request) {
        Ok(input) => perform(state, operation, &input),
        Err(text) => refuse(&bad_parameters(text)),
    })
}

/// Responds to a request that the document allows.
fn perform(state: &State, operation: &Operation, input: &Input<'_>) -> MockResponse {
    family::answer(state, operation, input).unwrap_or_else(|| documented(&operation.response))
}

/// The example in the document.
fn documented(response: &Response) -> MockResponse {
    let answer = MockResponse::new(response.status);
    match &response.content_type {
        None => answer,
        Some(content_type) if content_type.contains("json") => {
            answer.header("content-type", content_type).json(&response.example)
        }
        Some(content_type) => {
            let body = response.example.as_str().unwrap_or_default().to_owned();
            answer.header("content-type", content_type).body(body)
        }
    }
}
