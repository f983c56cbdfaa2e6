//! Calls during faults of the network, of a proxy or of the service.
//!
//! Calls use the default retry policy unless stated otherwise: a request that was sent once arrives once. No call may exceed its
//! timeout.

mod attempts;
mod connections;
mod deadline;
mod endless;
mod pooled;
mod proxy;
mod random;
mod responses;
mod retries;
mod tls;
mod truncated;

use std::error::Error as StdError;
use std::time::{Duration, Instant};

use secmaster_client::types::{CreateAction, CreatePlaybookActionResponse};
use secmaster_client::{Client, Error, ErrorKind, Response, RetryPolicy};
use tokio::net::TcpSocket;

use crate::raw_server::RawServer;
use crate::support::{PROJECT, REQUEST_ID, TIMEOUT, VERSION, WORKFLOW, WORKSPACE, create};

type Created = Result<Response<CreatePlaybookActionResponse>, Error>;

/// The timeout of a call that is expected to time out.
const SHORT: Duration = Duration::from_millis(500);
/// How much a call may exceed its timeout on a busy machine.
const SLACK: Duration = Duration::from_secs(5);

/// Much more than a server reads before it rejects a request.
const LARGE: usize = 8_000_000;

/// A call with a request of more than [`LARGE`] bytes.
async fn create_large(client: &Client) -> Created {
    let large = CreateAction::workflow(WORKFLOW).description("x".repeat(LARGE));
    let create = client.create_playbook_action().project_id(PROJECT).workspace_id(WORKSPACE).version_id(VERSION);
    create.body(vec![large]).send().await
}

/// A port without a listener, which is reserved until this is dropped.
pub fn unused() -> (TcpSocket, String) {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let endpoint = format!("http://{}", socket.local_addr().unwrap());
    (socket, endpoint)
}

/// Waits for a future that must complete, such as a call of a client with [`TIMEOUT`].
async fn bounded<T>(future: impl Future<Output = T>) -> T {
    within(TIMEOUT, future).await
}

/// Waits for a call, and asserts that it does not exceed its timeout.
async fn within<T>(timeout: Duration, future: impl Future<Output = T>) -> T {
    let bound = timeout + SLACK;
    let started = Instant::now();
    let outcome = tokio::time::timeout(bound, future).await.expect("the call exceeded its timeout");
    assert!(started.elapsed() < bound, "the call exceeded its timeout");
    outcome
}

/// One call whose request is expected to be seen once.
async fn once(server: &RawServer, client: &Client) -> Created {
    once_within(TIMEOUT, server, client).await
}

/// The same, by a client with another timeout.
async fn once_within(timeout: Duration, server: &RawServer, client: &Client) -> Created {
    let before = server.request_count();
    let outcome = within(timeout, create(client)).await;
    let attempts = outcome.as_ref().map_or_else(Error::attempts, Response::attempts);
    assert_eq!((server.request_count() - before, attempts), (1, 1), "{outcome:?}");
    outcome
}

/// The same, with the default client.
async fn outcome_of(server: &RawServer) -> Created {
    once(server, &server.builder().build().unwrap()).await
}

async fn failure_of(server: &RawServer) -> Error {
    outcome_of(server).await.unwrap_err()
}

/// Makes one call with the [`SHORT`] timeout.
async fn timed_out(server: &RawServer) -> Error {
    let client = server.builder().timeout(SHORT).build().unwrap();
    let started = Instant::now();
    let error = once_within(SHORT, server, &client).await.unwrap_err();
    assert!(started.elapsed() >= SHORT, "{error}");
    error
}

/// The end of the message of an error of this kind, if it is unknown whether the request was processed.
fn suffix(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::Timeout | ErrorKind::Transport => "; the request may have been processed",
        _ => "",
    }
}

/// Asserts an error of a call that got no response.
fn assert_no_response(error: &Error, kind: ErrorKind, message: &str) {
    assert_eq!(error.to_string(), format!("CreatePlaybookAction: {message}{}", suffix(kind)));
    assert_eq!(error.kind(), kind, "{error}");
    assert_eq!((error.status(), error.request_id(), error.body()), (None, None, &b""[..]), "{error}");
    assert_eq!(error.is_retryable(), kind == ErrorKind::Connect, "{error}");
}

/// Asserts an error of a call that got a response, at least in part, with the [`REQUEST_ID`].
fn assert_responded(error: &Error, kind: ErrorKind, status: u16, message: &str) {
    let suffix = suffix(kind);
    assert_eq!(error.to_string(), format!("CreatePlaybookAction: {message}{suffix} (request id {REQUEST_ID})"));
    assert_eq!(error.kind(), kind, "{error}");
    assert_eq!(error.status().unwrap(), status, "{error}");
    assert_eq!(error.request_id().unwrap().as_str(), REQUEST_ID, "{error}");
    assert!(!error.is_retryable(), "{error}");
}

/// The default policy, but without delays.
fn without_delays() -> RetryPolicy {
    RetryPolicy::new().max_delay(Duration::ZERO)
}

/// The messages of all sources of an error.
fn causes(error: &Error) -> String {
    let causes = std::iter::successors(error.source(), |&cause| cause.source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join("; ")
}
