//! Custom token providers.

use std::error::Error as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use secmaster_client::auth::{AuthError, Credentials, Token, TokenProvider};
use secmaster_client::testing::{MockResponse, Server};
use secmaster_client::{Client, ErrorKind, RetryPolicy};
use tokio::net::TcpListener;
use tokio::time::timeout;

use super::builder;
use crate::support::{TOKEN, create, server_with_any_ids};

struct Vault {
    calls: AtomicUsize,
    tokens: Vec<String>,
    ttl: Option<Duration>,
}

impl Vault {
    fn new(tokens: &[String], ttl: Option<Duration>) -> Arc<Self> {
        Arc::new(Self { calls: AtomicUsize::new(0), tokens: tokens.to_vec(), ttl })
    }
}

impl TokenProvider for Vault {
    async fn token(&self) -> Result<Token, AuthError> {
        let number = self.calls.fetch_add(1, Ordering::SeqCst);
        let token = self.tokens.get(number).ok_or_else(|| AuthError::unavailable("the vault is empty"))?;
        let token = Token::new(token).map_err(|error| AuthError::refused(error.to_string()))?;
        Ok(match self.ttl {
            Some(ttl) => token.expires_in(ttl).project_id("vault's"),
            None => token,
        })
    }
}

#[tokio::test]
async fn a_provider_is_called_once_and_again_after_a_401() {
    let server = server_with_any_ids().await;
    let vault = Vault::new(&[server.token(), server.token()], None);
    let client = builder(&server).credentials(Credentials::provider(Arc::clone(&vault))).build().unwrap();
    for _ in 0..3 {
        create(&client).await.unwrap();
    }
    assert_eq!(vault.calls.load(Ordering::SeqCst), 1);
    server.revoke_tokens();
    let error = create(&client).await.unwrap_err();
    assert!(error.is_unauthorized());
    assert_eq!(vault.calls.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn a_provider_sets_the_ttl_and_project_of_its_token() {
    let server = server_with_any_ids().await;
    let vault = Vault::new(&vec![server.token(); 100], Some(Duration::from_millis(400)));
    let client = builder(&server).credentials(Credentials::provider(Arc::clone(&vault))).build().unwrap();
    assert_eq!(client.project_id().await.unwrap(), "vault's");
    while vault.calls.load(Ordering::SeqCst) < 3 {
        create(&client).await.unwrap();
    }
}

#[tokio::test]
async fn the_message_of_a_provider_is_in_the_error() {
    let server = Server::start().await;
    for (tokens, message, is_retryable) in [
        (vec![], "the vault is empty", true),
        (
            vec!["hunter2\n".to_owned()],
            "the token has a line break; pass only the value of X-Subject-Token from IAM's response",
            false,
        ),
    ] {
        let client = builder(&server).credentials(Credentials::provider(Vault::new(&tokens, None))).build().unwrap();
        let error = create(&client).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Authentication);
        assert_eq!(error.is_retryable(), is_retryable);
        assert_eq!(error.to_string(), format!("CreatePlaybookAction: request not sent: {message}"));
    }
    assert_eq!(server.requests().len(), 0);
}

#[tokio::test]
async fn a_401_is_returned_if_no_other_token_is_available() {
    let server = server_with_any_ids().await;
    let vault = Vault::new(&[server.token()], None);
    let client = builder(&server).credentials(Credentials::provider(vault)).build().unwrap();
    create(&client).await.unwrap();
    server.revoke_tokens();
    let error = create(&client).await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Authentication, 1));
    assert_eq!(error.status().unwrap(), 401);
    let id = error.request_id().unwrap();
    assert!(error.to_string().starts_with(
        "CreatePlaybookAction: returned 401 Unauthorized, and no other credentials are available: the vault is empty (request id "
    ), "{error}");
    assert!(error.to_string().ends_with(&format!(" (request id {id})")), "{error}");
}

/// A vault that does not respond the first time.
#[derive(Default)]
struct Unresponsive {
    token: String,
    calls: AtomicUsize,
}

impl TokenProvider for Unresponsive {
    async fn token(&self) -> Result<Token, AuthError> {
        if self.calls.fetch_add(1, Ordering::SeqCst) == 0 {
            std::future::pending::<()>().await;
        }
        Token::new(&self.token).map_err(|error| AuthError::refused(error.to_string()))
    }
}

#[tokio::test]
async fn a_provider_that_times_out_is_called_again() {
    let server = server_with_any_ids().await;
    let vault = Unresponsive { token: server.token(), ..Unresponsive::default() };
    let client =
        builder(&server).credentials(Credentials::provider(vault)).timeout(Duration::from_secs(2)).build().unwrap();
    let error = create(&client).await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Authentication, 0));
    assert!(error.is_retryable());
    assert_eq!(
        error.to_string(),
        "CreatePlaybookAction: request not sent: the token provider did not respond within 1.5s"
    );
    let error = client.project_id().await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "request not sent: the token provider did not respond within 1.5s; next attempt in 1 s"
    );
    tokio::time::pause();
    tokio::time::advance(Duration::from_secs(1)).await;
    tokio::time::resume();
    create(&client).await.unwrap();
}

#[tokio::test]
async fn the_project_lookup_times_out() {
    let server = Server::start().await;
    let vault = Unresponsive { token: server.token(), ..Unresponsive::default() };
    let client =
        builder(&server).credentials(Credentials::provider(vault)).timeout(Duration::from_millis(200)).build().unwrap();
    let error = timeout(Duration::from_secs(5), client.project_id()).await.unwrap().unwrap_err();
    assert_eq!(error.to_string(), "request not sent: the token provider did not respond within 150ms");
}

#[tokio::test]
async fn a_call_times_out_while_it_waits_for_a_token() {
    let server = Server::start().await;
    let client = builder(&server)
        .credentials(Credentials::provider(Unresponsive::default()))
        .timeout(Duration::from_millis(400))
        .build()
        .unwrap();
    // The provider has a longer timeout than this clone.
    let error = create(&client.with_timeout(Duration::from_millis(200))).await.unwrap_err();
    assert_eq!((error.kind(), error.attempts(), error.is_retryable()), (ErrorKind::Timeout, 0, true));
    assert_eq!(error.to_string(), "CreatePlaybookAction: timed out after 200ms waiting for credentials");
}

/// Fails with a custom error.
struct Sealed {
    is_transient: bool,
}

impl TokenProvider for Sealed {
    async fn token(&self) -> Result<Token, AuthError> {
        Err(AuthError::from_source(self.is_transient, std::io::Error::other("the vault is sealed")))
    }
}

#[tokio::test]
async fn the_error_of_a_provider_is_the_source() {
    for is_transient in [true, false] {
        let server = Server::start().await;
        let client = builder(&server).credentials(Credentials::provider(Sealed { is_transient })).build().unwrap();
        let error = create(&client).await.unwrap_err();
        assert_eq!((error.kind(), error.is_retryable()), (ErrorKind::Authentication, is_transient));
        assert_eq!(
            error.to_string(),
            "CreatePlaybookAction: request not sent: the token provider failed: the vault is sealed"
        );
        let cause = error.source().unwrap().downcast_ref::<AuthError>().unwrap();
        assert_eq!(cause.is_refused(), !is_transient);
        assert!(cause.source().unwrap().downcast_ref::<std::io::Error>().is_some());
    }
}

/// Returns a token after a delay.
struct Slow(String, Duration);

impl TokenProvider for Slow {
    async fn token(&self) -> Result<Token, AuthError> {
        tokio::time::sleep(self.1).await;
        Ok(Token::new(&self.0).unwrap())
    }
}

/// A retry needs no login, so only the request itself has to fit into the remaining timeout.
#[tokio::test]
async fn a_slow_login_does_not_prevent_a_retry() {
    let server = server_with_any_ids().await;
    server.respond_next(MockResponse::new(429));
    let slow = Credentials::provider(Slow(server.token(), Duration::from_millis(800)));
    let retry = RetryPolicy::new().max_delay(Duration::from_millis(10));
    let client = builder(&server).credentials(slow).retry(retry).timeout(Duration::from_millis(1500)).build().unwrap();
    assert_eq!(create(&client).await.unwrap().attempts(), 2);
}

#[tokio::test]
async fn the_timeout_covers_the_waits_for_a_token_and_for_a_project() {
    // Accepts connections, but does not respond.
    let iam = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", iam.local_addr().unwrap());
    let client = Client::builder()
        .endpoint(&address)
        .iam_endpoint(&address)
        .region("cn-north-4")
        .credentials(Credentials::provider(Slow(TOKEN.to_owned(), Duration::from_millis(500))))
        .timeout(Duration::from_secs(1))
        .build()
        .unwrap();
    // Each of the two may take 750 ms.
    let error =
        client.create_playbook_action().workspace_id("w").version_id("v").body(vec![]).send().await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Timeout, 0));
    assert_eq!(error.to_string(), "CreatePlaybookAction: timed out after 1s waiting for credentials");
}
