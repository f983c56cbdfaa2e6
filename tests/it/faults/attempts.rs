//! Earlier attempts in the error of a call.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use secmaster_client::auth::{AccessKey, AuthError, Credentials, Token, TokenProvider};
use secmaster_client::{Client, ErrorKind, RetryPolicy};

use super::{bounded, unused, without_delays};
use crate::raw_server::RawServer;
use crate::support::{REQUEST_ID, create, response};

const EXPIRED: &[u8] = br#"{"error_code":"APIGW.0301","error_msg":"token expired"}"#;

fn unauthorized() -> Vec<u8> {
    response("401 Unauthorized", &[], EXPIRED)
}

fn throttled() -> Vec<u8> {
    response("429 Too Many Requests", &[], b"")
}

/// Returns a fixed number of tokens, then fails.
struct Tokens {
    calls: AtomicUsize,
    all: usize,
}

impl TokenProvider for Tokens {
    async fn token(&self) -> Result<Token, AuthError> {
        let number = self.calls.fetch_add(1, Ordering::SeqCst);
        if number == self.all {
            return Err(AuthError::unavailable("the vault is closed"));
        }
        Ok(Token::new(format!("token-{number}")).unwrap())
    }
}

fn with_tokens(server: &RawServer, all: usize, policy: RetryPolicy) -> Client {
    let tokens = Tokens { calls: AtomicUsize::new(0), all };
    Client::builder()
        .endpoint(server.endpoint())
        .credentials(Credentials::provider(tokens))
        .retry(policy)
        .build()
        .unwrap()
}

#[tokio::test]
async fn a_429_after_a_502_is_not_retryable() {
    let gateway = || response("502 Bad Gateway", &[], b"");
    let policy = without_delays().attempts(2).on_unavailable(true);
    for (responses, kind, status, is_retryable) in [
        (vec![throttled(), throttled()], ErrorKind::Service, 429, true),
        (vec![gateway(), throttled()], ErrorKind::Service, 429, false),
        // The server stops listening after the single response.
        (vec![throttled()], ErrorKind::Connect, 429, true),
        (vec![gateway()], ErrorKind::Connect, 502, false),
    ] {
        let server = RawServer::responding_once(responses).await;
        let error = bounded(create(&server.builder().retry(policy).build().unwrap())).await.unwrap_err();
        assert_eq!((error.kind(), error.status().unwrap().as_u16(), error.attempts()), (kind, status, 2), "{error}");
        assert_eq!(error.is_retryable(), is_retryable, "{error}");
    }
}

#[tokio::test]
async fn a_failed_retry_reports_the_first_response() {
    let server = RawServer::responding_once(vec![unauthorized()]).await;
    let client = with_tokens(&server, 2, RetryPolicy::none());
    let error = bounded(create(&client)).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        format!(
            "CreatePlaybookAction: no connection to {}: connection refused; an earlier attempt returned 401 \
             Unauthorized (request id {REQUEST_ID})",
            server.endpoint()
        )
    );
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Connect, 2));
    // The token was replaced: the failure is caused by the network.
    assert!(error.is_retryable() && !error.is_unauthorized(), "{error:?}");
}

#[tokio::test]
async fn a_lookup_without_connection_is_not_refused() {
    let server = RawServer::responding_once(vec![unauthorized()]).await;
    let tokens = Credentials::provider(Tokens { calls: AtomicUsize::new(0), all: 2 });
    let client = Client::builder().endpoint(server.endpoint()).iam_endpoint(server.endpoint());
    let client = client.region("cn-north-4").credentials(tokens).retry(RetryPolicy::none()).build().unwrap();
    let error = bounded(client.project_id()).await.unwrap_err();
    assert!(error.is_retryable(), "{error}");
    let message = "request not sent: looking up the project ID failed: no connection to ";
    assert!(error.to_string().starts_with(message), "{error}");
}

#[tokio::test]
async fn a_refreshed_token_does_not_count_as_an_attempt() {
    let created = || response("200 OK", &[], b"{}");
    for responses in [vec![unauthorized(), throttled(), created()], vec![throttled(), unauthorized(), created()]] {
        let server = RawServer::responding_once(responses).await;
        let created = bounded(create(&with_tokens(&server, 2, without_delays().attempts(2)))).await.unwrap();
        assert_eq!((created.attempts(), server.requests().len()), (3, 3));
    }
    let server = RawServer::responding_once(vec![unauthorized(), throttled(), throttled(), created()]).await;
    let error = bounded(create(&with_tokens(&server, 2, without_delays().attempts(2)))).await.unwrap_err();
    assert_eq!((error.is_throttled(), error.attempts(), server.requests().len()), (true, 3, 3), "{error}");
}

#[tokio::test]
async fn credentials_that_expire_between_attempts_are_reported() {
    let create_at = async |endpoint: String| {
        // Valid only for the first attempt.
        let token = Token::new("token-0").unwrap().expires_in(Duration::ZERO);
        let client = Client::builder()
            .endpoint(endpoint)
            .credentials(Credentials::provider(Once(AtomicUsize::new(0), token)))
            .retry(without_delays());
        let error = bounded(create(&client.build().unwrap())).await.unwrap_err();
        assert_eq!((error.kind(), error.attempts()), (ErrorKind::Authentication, 1));
        error.to_string()
    };
    let server = RawServer::responding_once(vec![throttled()]).await;
    assert_eq!(
        create_at(server.endpoint()).await,
        format!(
            "CreatePlaybookAction: returned 429 Too Many Requests, and the request was not retried: no valid credentials: the vault is closed \
             (request id {REQUEST_ID})"
        )
    );
    let (_socket, endpoint) = unused();
    assert_eq!(
        create_at(endpoint).await,
        "CreatePlaybookAction: request not retried: no valid credentials: the vault is closed"
    );
}

/// Returns one token.
struct Once(AtomicUsize, Token);

impl TokenProvider for Once {
    async fn token(&self) -> Result<Token, AuthError> {
        match self.0.fetch_add(1, Ordering::SeqCst) {
            0 => Ok(self.1.clone()),
            _ => Err(AuthError::unavailable("the vault is closed")),
        }
    }
}

#[tokio::test]
async fn a_truncated_get_is_retried_if_the_policy_allows() {
    let projects = br#"{"projects":[{"id":"2b31ed520xxxxxxebedb6e57xxxxxxxx","name":"cn-north-4"}]}"#;
    let whole = response("200 OK", &[], projects);
    let broken = whole[..whole.len() - 5].to_vec();
    for (policy, expected) in [(without_delays(), false), (without_delays().idempotent_calls(true), true)] {
        let server = RawServer::responding_once(vec![broken.clone(), whole.clone()]).await;
        let key = AccessKey::new("AK", "SK").iam_endpoint(server.endpoint());
        let client = Client::builder().region("cn-north-4").credentials(key).retry(policy).build().unwrap();
        let found = bounded(client.project_id()).await;
        assert_eq!(found.is_ok(), expected, "{found:?}");
        assert_eq!(server.requests().len(), 1 + usize::from(expected));
        assert!(server.requests()[0].starts_with("GET /v3/projects?"));
    }
}
