//! A call has one deadline for all its parts. In these tests, each part alone meets the deadline, but together they exceed it.

use std::time::{Duration, Instant};

use secmaster_client::auth::{AuthError, Credentials, Token, TokenProvider};
use secmaster_client::testing::{MockResponse, Server};
use secmaster_client::{Client, ClientBuilder, ErrorKind};

use super::retries::throttled;
use super::{assert_no_response, within, without_delays};
use crate::support::create;

/// The timeout of a call. It leaves each part half a second of tolerance on a busy machine.
const CALL: Duration = Duration::from_secs(3);

fn percent(part: u32) -> Duration {
    CALL * part / 100
}

/// Returns a token after a delay.
struct Slow {
    token: String,
    time: Duration,
}

impl TokenProvider for Slow {
    async fn token(&self) -> Result<Token, AuthError> {
        tokio::time::sleep(self.time).await;
        Token::new(&self.token).map_err(|error| AuthError::refused(error.to_string()))
    }
}

/// Asserts that a call times out after one request, or after two if the first returned this status.
async fn assert_times_out(server: &Server, client: ClientBuilder, before: Option<&str>) {
    let client = client.endpoint(server.endpoint()).timeout(CALL).build().unwrap();
    let started = Instant::now();
    let error = within(CALL, create(&client)).await.unwrap_err();
    assert!(started.elapsed() >= CALL, "{error}");
    let reported = before
        .map_or_else(String::new, |status| format!("; an earlier attempt returned {status} with request id earlier"));
    assert_no_response(
        &error,
        ErrorKind::Timeout,
        &format!("no response from {} within 3s{reported}", server.endpoint()),
    );
    assert_eq!(server.requests().len(), 1 + usize::from(before.is_some()));
}

#[tokio::test]
async fn a_login_and_the_request_share_the_timeout() {
    let server = Server::start().await;
    server.respond_next(MockResponse::new(200).json(serde_json::json!({})).delay(percent(60)));
    let slow = Slow { token: server.token(), time: percent(50) };
    assert_times_out(&server, Client::builder().credentials(Credentials::provider(slow)), None).await;
}

#[tokio::test]
async fn two_logins_and_two_requests_share_the_timeout() {
    let server = Server::start().await;
    server.respond_next(
        MockResponse::new(401)
            .header("X-request-id", "earlier")
            .json(serde_json::json!({ "error_code": "APIGW.0301" })),
    );
    server.respond_next(MockResponse::new(200).json(serde_json::json!({})).delay(percent(60)));
    let slow = Slow { token: server.token(), time: percent(25) };
    assert_times_out(&server, Client::builder().credentials(Credentials::provider(slow)), Some("401 Unauthorized"))
        .await;
}

#[tokio::test]
async fn all_attempts_share_the_timeout() {
    let server = Server::start().await;
    server.respond_next(throttled().header("X-request-id", "earlier").delay(percent(30)));
    server.respond_next(MockResponse::new(200).json(serde_json::json!({})).delay(percent(80)));
    assert_times_out(
        &server,
        Client::builder().token(server.token()).retry(without_delays()),
        Some("429 Too Many Requests"),
    )
    .await;
}

#[tokio::test]
async fn backoff_and_retry_share_the_timeout() {
    let server = Server::start().await;
    server.respond_next(throttled().header("X-request-id", "earlier").header("Retry-After", "1"));
    server.respond_next(MockResponse::new(200).json(serde_json::json!({})).delay(percent(80)));
    assert_times_out(&server, Client::builder().token(server.token()), Some("429 Too Many Requests")).await;
}
