//! Endless responses, and responses over the limits.

use secmaster_client::{Error, ErrorKind};

use super::{assert_no_response, assert_responded, failure_of, once, timed_out};
use crate::raw_server::{Connection, RawServer};
use crate::support::REQUEST_ID;

const LIMIT: usize = 1_000_000;
/// The maximum length of a body that an error stores.
const STORED: usize = 16 * 1024;
const PACE: std::time::Duration = std::time::Duration::from_millis(5);

/// Sends a prefix, then repeats the same bytes.
async fn endless(begin: &str, again: &[u8]) -> RawServer {
    let (begin, again) = (begin.to_owned(), again.to_owned());
    RawServer::start(move |mut connection: Connection| {
        let (begin, again) = (begin.clone(), again.clone());
        async move {
            connection.request().await;
            connection.send(begin.as_bytes()).await;
            while connection.send(&again).await {}
        }
    })
    .await
}

/// Sends a prefix, then one byte at a time.
async fn dripping(begin: &str, byte: u8) -> RawServer {
    let begin = begin.to_owned();
    RawServer::start(move |mut connection: Connection| {
        let begin = begin.clone();
        async move {
            connection.request().await;
            connection.send(begin.as_bytes()).await;
            while connection.send(&[byte]).await {
                tokio::time::sleep(PACE).await;
            }
        }
    })
    .await
}

async fn limited(server: &RawServer) -> Error {
    once(server, &server.builder().max_response_bytes(LIMIT).build().unwrap()).await.unwrap_err()
}

fn head(status: &str, framing: &str) -> String {
    format!("HTTP/1.1 {status}\r\nX-request-id: {REQUEST_ID}\r\n{framing}\r\n")
}

fn assert_nothing_in_time(server: &RawServer, error: &Error) {
    assert_no_response(error, ErrorKind::Timeout, &format!("no response from {} within 500ms", server.endpoint()));
}

fn assert_head_refused(server: &RawServer, error: &Error) {
    let endpoint = server.endpoint();
    let message = format!("the response of {endpoint} is not HTTP, or its headers are too large; check the endpoint");
    assert_no_response(error, ErrorKind::Transport, &message);
}

fn assert_too_large(error: &Error, byte: u8) {
    let message = "returned 200 OK with a body of more than 1000000 bytes; raise max_response_bytes to read it";
    assert_responded(error, ErrorKind::TooLarge, 200, message);
    assert_eq!(error.body(), [byte; STORED]);
}

#[tokio::test]
async fn no_response_times_out() {
    let server = RawServer::start(|mut connection| async move { connection.until_closed().await }).await;
    assert_nothing_in_time(&server, &timed_out(&server).await);
}

#[tokio::test]
async fn slow_headers_time_out() {
    let server = dripping("HTTP/1.1 200 OK\r\nX-request-id: abc\r\nX-Drip: ", b'x').await;
    assert_nothing_in_time(&server, &timed_out(&server).await);
}

#[tokio::test]
async fn a_slow_body_times_out() {
    for framing in ["Content-Length: 1000000\r\n", ""] {
        let server = dripping(&head("200 OK", framing), b' ').await;
        let error = timed_out(&server).await;
        let message = "returned 200 OK, but the call did not complete within 500ms";
        assert_responded(&error, ErrorKind::Timeout, 200, message);
    }
}

#[tokio::test]
async fn endless_headers_are_an_error() {
    let server = endless("HTTP/1.1 200 OK\r\n", b"X-Header: value\r\n").await;
    assert_head_refused(&server, &failure_of(&server).await);
}

#[tokio::test]
async fn an_endless_header_is_an_error() {
    let server = endless("HTTP/1.1 200 OK\r\nX-Header: ", &[b'x'; 4096]).await;
    assert_head_refused(&server, &failure_of(&server).await);
}

#[tokio::test]
async fn endless_informational_responses_time_out() {
    let server = endless("", b"HTTP/1.1 100 Continue\r\n\r\n").await;
    assert_nothing_in_time(&server, &timed_out(&server).await);
}

#[tokio::test]
async fn an_endless_chunked_body_is_too_large() {
    let server = endless(
        &head("200 OK", "Transfer-Encoding: chunked\r\n"),
        format!("1000\r\n{}\r\n", "x".repeat(0x1000)).as_bytes(),
    )
    .await;
    assert_too_large(&limited(&server).await, b'x');
}

#[tokio::test]
async fn an_endless_body_without_a_length_is_too_large() {
    let server = endless(&head("200 OK", ""), &[b'x'; 4096]).await;
    assert_too_large(&limited(&server).await, b'x');
}

#[tokio::test]
async fn an_endless_error_body_is_truncated() {
    let server = endless(&head("400 Bad Request", ""), &[b'x'; 4096]).await;
    let error = limited(&server).await;
    assert_responded(&error, ErrorKind::Service, 400, &format!("returned 400 Bad Request: {}…", "x".repeat(256)));
    assert_eq!(error.body(), [b'x'; STORED]);
}

#[tokio::test]
async fn a_body_over_the_limit_is_too_large() {
    let mut response = head("200 OK", "Content-Length: 10000000\r\n").into_bytes();
    response.resize(response.len() + 10_000_000, b' ');
    let server = RawServer::responding(response).await;
    assert_too_large(&limited(&server).await, b' ');
}

#[tokio::test]
async fn a_huge_content_length_is_not_preallocated() {
    let server = endless(&head("200 OK", "Content-Length: 10000000000000000000\r\n"), &[b' '; 4096]).await;
    assert_too_large(&limited(&server).await, b' ');
}
