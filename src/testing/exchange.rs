//! One request and its answer.

use std::sync::Arc;

use axum::Router;
use axum::body::to_bytes;
use axum::extract;
use axum::response::Response;
use httpdate::fmt_http_date;

use super::login::is_login;
use super::role::Role;
use super::state::State;
use super::{MockResponse, Request, iam, metadata, service};
use crate::headers;

/// Takes all requests to [`exchange`]. Which of them the cloud knows is for its parts to say, in their own words.
pub(super) fn router(state: Arc<State>) -> Router {
    Router::new().fallback(exchange).with_state(state)
}

async fn exchange(extract::State(state): extract::State<Arc<State>>, request: extract::Request) -> Response {
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, usize::MAX).await else {
        // The client left before it had sent everything, so that nobody is there to be answered.
        return MockResponse::disconnect().response("", None);
    };
    let request = Request::new(parts, body);
    let role = Role::of(&request, state.route(&request).is_some());
    let queued = state.receive(role, request.clone());
    if is_login(&request) {
        state.identity().logins_released().await;
    }
    let answer = match (role, queued) {
        (Role::Service, Some(queued)) => state.announce(queued),
        (Role::Iam | Role::Metadata, Some(queued)) => queued,
        (Role::Service, None) => service::answer(&state, &request),
        (Role::Iam, None) => iam::answer(&state, &request),
        (Role::Metadata, None) => metadata::answer(state.metadata(), state.keys(), state.clock().now(), &request),
    };
    if !answer.wait().is_zero() {
        tokio::time::sleep(answer.wait()).await;
    }
    let id = match role {
        Role::Service => Some((headers::REQUEST_ID, state.ids().request_id())),
        Role::Iam => Some((headers::IAM_TRACE_ID, state.ids().hex())),
        Role::Metadata => None,
    };
    answer.response(&fmt_http_date(state.clock().now()), id.as_ref())
}
