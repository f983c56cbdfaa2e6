//! The history limit, and the counts beyond it.

use secmaster_client::testing::{MockResponse, Server};
use serde_json::json;

use super::logins::{body, log_in};
use super::wire::{RawRequest, Reply};
use crate::support::server_with_any_ids;

/// Creates a row for each of the names.
async fn create(server: &Server, names: &[&str]) -> Reply {
    let action = |name| json!({ "action_type": "AOP_WORKFLOW", "action_id": "w", "name": name });
    let actions: Vec<_> = names.iter().map(action).collect();
    RawRequest::create(server).body(json!(actions).to_string()).header("X-Names", &names.concat()).send(server).await
}

/// The names of the recorded rows and requests.
fn recorded(server: &Server) -> (Vec<String>, Vec<String>) {
    let rows = server.created().iter().map(|row| row["name"].as_str().unwrap().to_owned()).collect();
    let requests = server.requests().iter().map(|request| request.header("X-Names").unwrap().to_owned()).collect();
    (rows, requests)
}

fn strings(strings: &[&str]) -> Vec<String> {
    strings.iter().map(|string| (*string).to_owned()).collect()
}

#[tokio::test]
async fn the_history_limit_retains_the_latest() {
    let server = server_with_any_ids().await;
    for name in ["a", "b", "c", "d"] {
        create(&server, &[name]).await;
    }
    assert_eq!(recorded(&server), (strings(&["a", "b", "c", "d"]), strings(&["a", "b", "c", "d"])));
    server.history_limit(3);
    assert_eq!(recorded(&server), (strings(&["b", "c", "d"]), strings(&["b", "c", "d"])));
    create(&server, &["e", "f"]).await;
    assert_eq!(recorded(&server), (strings(&["d", "e", "f"]), strings(&["c", "d", "ef"])));
    assert_eq!(server.requests_to("/v1/").len(), 3);
}

#[tokio::test]
async fn a_response_has_all_rows_beyond_the_history_limit() {
    let server = server_with_any_ids().await;
    server.history_limit(2);
    let reply = create(&server, &["a", "b", "c"]).await;
    assert_eq!(reply.json()["data"].as_array().unwrap().len(), 3);
    assert_eq!(recorded(&server), (strings(&["b", "c"]), strings(&["abc"])));
    server.history_limit(0);
    create(&server, &["d"]).await;
    assert_eq!(recorded(&server), (strings(&[]), strings(&[])));
}

#[tokio::test]
async fn the_history_limit_can_be_raised() {
    let server = server_with_any_ids().await;
    server.history_limit(1);
    create(&server, &["a"]).await;
    server.history_limit(usize::MAX);
    create(&server, &["b"]).await;
    create(&server, &["c"]).await;
    assert_eq!(recorded(&server), (strings(&["a", "b", "c"]), strings(&["a", "b", "c"])));
}

#[tokio::test]
async fn counts_do_not_depend_on_the_history_limit() {
    let server = server_with_any_ids().await;
    server.history_limit(0);
    create(&server, &["a", "b"]).await;
    server.respond_next(MockResponse::new(200));
    create(&server, &["not made"]).await;
    create(&server, &["c"]).await;
    for _ in 0..2 {
        assert_eq!(log_in(&server, &body(&server)).await.status, 201);
    }
    assert_eq!((server.created_count(), server.logins(), server.login_attempts()), (3, 2, 2));
}
