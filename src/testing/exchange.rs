//! One request and its answer.

use std::sync::Arc;

use axum::Router;
use axum::body::to_bytes;
use axum::extract;
use axum::response::Response;

use super::state::State;
use super::{Answer, Request, service};

/// Takes all requests to [`exchange`]. Which of them the cloud knows is for the service to say, in its own words.
pub(super) fn router(state: Arc<State>) -> Router {
    Router::new().fallback(exchange).with_state(state)
}

async fn exchange(extract::State(state): extract::State<Arc<State>>, request: extract::Request) -> Response {
    let id = state.ids().request_id();
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, usize::MAX).await else {
        // The client left before it had sent everything, so that nobody is there to be answered.
        return Answer::cut().response(&id);
    };
    let request = Request::new(parts, body);
    let answer = match state.receive(request.clone()) {
        Some(queued) => state.announce(queued),
        None => service::answer(&state, &request),
    };
    if !answer.wait().is_zero() {
        tokio::time::sleep(answer.wait()).await;
    }
    answer.response(&id)
}
