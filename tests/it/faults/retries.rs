//! When a request is retried, and when it is not.

use std::time::{Duration, Instant};

use secmaster_client::testing::{MockResponse, Server};
use secmaster_client::{Client, ClientBuilder, Error, ErrorKind, RetryPolicy};

use super::{SHORT, TIMEOUT, bounded, without_delays};
use crate::support::{PROJECT, VERSION, WORKFLOW, WORKSPACE, create, server_with_any_ids};

fn to(server: &Server) -> ClientBuilder {
    Client::builder().endpoint(server.endpoint()).token(server.token()).timeout(TIMEOUT)
}

pub fn throttled() -> MockResponse {
    MockResponse::new(429).json(serde_json::json!({ "error_code": "APIGW.0308", "error_msg": "slow down" }))
}

/// Asserts a success after this number of equal requests, of which the last has created one row.
async fn created(server: &Server, client: ClientBuilder, requests: usize) {
    let created = bounded(create(&client.build().unwrap())).await.unwrap();
    assert_eq!(usize::try_from(created.attempts()).unwrap(), requests);
    assert_eq!((server.requests().len(), server.created().len()), (requests, 1));
    assert_eq!(server.created()[0]["id"], created.data.as_ref().unwrap()[0].id.as_deref().unwrap());
    for request in server.requests() {
        let path = format!("/v1/{PROJECT}/workspaces/{WORKSPACE}/soc/playbooks/versions/{VERSION}/actions");
        assert_eq!(
            (request.method(), request.path(), request.header("X-Auth-Token")),
            ("POST", &*path, Some(&*server.token()))
        );
        assert_eq!(request.json().unwrap()[0]["action_id"], WORKFLOW);
    }
}

/// Asserts a failure after this number of requests, none of which has created a row.
async fn failed(
    server: &Server,
    client: ClientBuilder,
    requests: usize,
    kind: ErrorKind,
    status: Option<u16>,
) -> Error {
    let error = bounded(create(&client.build().unwrap())).await.unwrap_err();
    assert_eq!(usize::try_from(error.attempts()).unwrap(), requests, "{error}");
    assert_eq!((server.requests().len(), server.created().len()), (requests, 0), "{error}");
    assert_eq!((error.kind(), error.status().map(|status| status.as_u16())), (kind, status), "{error}");
    error
}

#[tokio::test]
async fn a_success_is_not_retried() {
    let server = server_with_any_ids().await;
    created(&server, to(&server), 1).await;
}

#[tokio::test]
async fn a_throttled_call_is_retried_after_retry_after() {
    let after = async |response: MockResponse, least: u64| {
        let server = server_with_any_ids().await;
        server.respond_next(response);
        let started = Instant::now();
        created(&server, to(&server), 2).await;
        let took = started.elapsed();
        assert!(took >= Duration::from_millis(least), "{took:?}");
    };
    let (zero, one) = (throttled().header("Retry-After", "0"), throttled().header("Retry-After", "1"));
    // Half a second is the minimum delay.
    tokio::join!(after(throttled(), 500), after(zero, 500), after(one, 1000));
}

#[tokio::test]
async fn a_throttled_call_fails_after_three_attempts() {
    let server = Server::start().await;
    for id in ["first", "second", "third", "fourth"] {
        server.respond_next(throttled().header("X-request-id", id));
    }
    let error = failed(&server, to(&server).retry(without_delays()), 3, ErrorKind::Service, Some(429)).await;
    assert_eq!(
        error.to_string(),
        "CreatePlaybookAction: returned 429 Too Many Requests, APIGW.0308: slow down (request id third)"
    );
    assert!(error.is_throttled() && error.is_retryable());
}

#[tokio::test]
async fn retry_policy_none_sends_once() {
    let server = Server::start().await;
    server.respond_next(throttled());
    failed(&server, to(&server).retry(RetryPolicy::none()), 1, ErrorKind::Service, Some(429)).await;
}

#[tokio::test]
async fn a_503_is_retried_only_if_the_policy_allows() {
    for status in [502, 503, 504] {
        let server = server_with_any_ids().await;
        server.respond_next(MockResponse::new(status).header("Retry-After", "0"));
        let error = failed(&server, to(&server), 1, ErrorKind::Service, Some(status)).await;
        assert!(!error.is_retryable());

        let server = server_with_any_ids().await;
        server.respond_next(MockResponse::new(status).header("Retry-After", "0"));
        created(&server, to(&server).retry(without_delays().on_unavailable(true)), 2).await;
    }
}

#[tokio::test]
async fn a_gateway_that_cannot_reach_iam_is_retried() {
    for (code, requests) in [("APIGW.0613", 2), ("APIG.0613", 2), ("APIGW.0612", 1), ("SecMaster.0613", 1)] {
        let server = server_with_any_ids().await;
        server.respond_next(MockResponse::new(503).json(serde_json::json!({ "error_code": code })));
        let client = to(&server).retry(without_delays());
        if requests == 2 {
            created(&server, client, requests).await;
        } else {
            let error = failed(&server, client, requests, ErrorKind::Service, Some(503)).await;
            assert_eq!(error.code(), Some(code));
        }
    }
}

#[tokio::test]
async fn other_errors_are_not_retried() {
    let widest = || without_delays().on_unavailable(true).idempotent_calls(true);
    for (response, kind, status) in [
        (MockResponse::new(400), ErrorKind::Service, Some(400)),
        (MockResponse::new(401), ErrorKind::Service, Some(401)),
        (MockResponse::new(408), ErrorKind::Service, Some(408)),
        (MockResponse::new(500), ErrorKind::Service, Some(500)),
        (MockResponse::new(200), ErrorKind::Decode, Some(200)),
        (MockResponse::new(200).body("{}").disconnect_after(1), ErrorKind::Transport, Some(200)),
        (MockResponse::new(307).header("Location", "/"), ErrorKind::Redirect, Some(307)),
        // A create is not idempotent.
        (MockResponse::disconnect(), ErrorKind::Transport, None),
    ] {
        let server = Server::start().await;
        server.respond_next(response.header("Retry-After", "0"));
        failed(&server, to(&server).retry(widest()), 1, kind, status).await;
    }
}

#[tokio::test]
async fn a_long_retry_after_is_left_to_the_caller() {
    for (asked, longest) in
        [("11", Duration::from_secs(10)), ("1", Duration::ZERO), ("18446744073709551615", Duration::MAX)]
    {
        let server = Server::start().await;
        server.respond_next(throttled().header("Retry-After", asked));
        let policy = RetryPolicy::new().max_delay(longest);
        let error = failed(&server, to(&server).retry(policy), 1, ErrorKind::Service, Some(429)).await;
        assert_eq!(error.retry_after(), Some(Duration::from_secs(asked.parse().unwrap())));
    }
}

#[tokio::test]
async fn a_retry_after_beyond_the_timeout_is_not_awaited() {
    for (response, timeout) in [
        // Longer than the timeout of the call.
        (throttled().header("Retry-After", "10"), TIMEOUT),
        // The first delay is at least half a second.
        (throttled(), SHORT),
    ] {
        let server = Server::start().await;
        server.respond_next(response);
        failed(&server, to(&server).timeout(timeout), 1, ErrorKind::Service, Some(429)).await;
    }
}
