//! Connections that fail before a response arrives.

use std::net::Shutdown;
use std::pin::{Pin, pin};
use std::task::Poll;

use secmaster_client::{Client, ClientBuilder, Error, ErrorKind, RetryPolicy};
use tokio::io::AsyncReadExt;
use tokio::net::{TcpListener, TcpStream};

use super::{Created, LARGE, TIMEOUT, assert_no_response, bounded, create_large, failure_of, unused, without_delays};
use crate::raw_server::RawServer;
use crate::support::{TOKEN, create};

fn to(endpoint: &str) -> ClientBuilder {
    Client::builder().endpoint(endpoint).token(TOKEN).timeout(TIMEOUT)
}

/// Polls a call until it waits for its connection.
async fn begin<F: Future>(call: &mut Pin<&mut F>) {
    let waits = std::future::poll_fn(|context| Poll::Ready(call.as_mut().poll(context).is_pending())).await;
    assert!(waits, "the call has completed");
}

/// A server without faults.
fn healthy(listener: TcpListener) -> RawServer {
    RawServer::on(listener, |mut connection| async move {
        connection.request().await;
        connection.send(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}").await;
        connection.close().await;
    })
}

#[tokio::test]
async fn a_refused_connection_is_retried() {
    let (_socket, endpoint) = unused();
    let client = to(&endpoint).retry(without_delays()).build().unwrap();
    let error = bounded(create(&client)).await.unwrap_err();
    assert_no_response(&error, ErrorKind::Connect, &format!("no connection to {endpoint}: connection refused"));
    assert_eq!(error.attempts(), 3);
}

#[tokio::test]
async fn a_retry_succeeds_once_the_server_listens() {
    let (socket, endpoint) = unused();
    let client = to(&endpoint).retry(without_delays().attempts(2)).build().unwrap();
    let mut call = pin!(create(&client));
    begin(&mut call).await;
    let server = healthy(socket.listen(8).unwrap());
    assert_eq!(bounded(call).await.unwrap().attempts(), 2);
    assert_eq!(server.request_count(), 1);
}

/// Makes a call to a server that resets the first connection before it is used, and then behaves normally.
async fn reset_before_the_request(attempts: u32) -> (RawServer, Created) {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    let client = to(&endpoint).retry(without_delays().attempts(attempts)).build().unwrap();
    let mut call = pin!(create(&client));
    begin(&mut call).await;
    let (stream, _) = listener.accept().unwrap();
    stream.set_nonblocking(true).unwrap();
    TcpStream::from_std(stream).unwrap().set_zero_linger().unwrap();
    listener.set_nonblocking(true).unwrap();
    let server = healthy(TcpListener::from_std(listener).unwrap());
    let outcome = bounded(call).await;
    (server, outcome)
}

#[tokio::test]
async fn a_reset_before_the_request_is_retried() {
    let (server, outcome) = reset_before_the_request(2).await;
    assert_eq!(outcome.unwrap().attempts(), 2);
    assert_eq!(server.request_count(), 1);
}

#[tokio::test]
async fn a_reset_before_the_request_is_a_connect_error() {
    let (server, outcome) = reset_before_the_request(1).await;
    let error = outcome.unwrap_err();
    let message = format!("no connection to {}: connection reset", server.endpoint());
    assert_no_response(&error, ErrorKind::Connect, &message);
    assert_eq!((server.request_count(), error.attempts()), (0, 1));
}

/// Makes a call to a server that closes the connection after the call was polled this many times. Returns the endpoint, the error and
/// the bytes that the server received.
async fn closed_after(runs: usize) -> (String, Error, String) {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    let client = to(&endpoint).retry(RetryPolicy::none()).build().unwrap();
    let closed = async {
        let mut call = pin!(create(&client));
        for _ in 0..runs {
            begin(&mut call).await;
            tokio::task::yield_now().await;
        }
        let (stream, _) = listener.accept().unwrap();
        stream.shutdown(Shutdown::Write).unwrap();
        // The runtime detects the close, and resumes here before it wakes the task of the connection.
        tokio::task::yield_now().await;
        (call.await.unwrap_err(), stream)
    };
    let (error, stream) = bounded(closed).await;
    drop(client);
    stream.set_nonblocking(true).unwrap();
    let mut sent = String::new();
    bounded(TcpStream::from_std(stream).unwrap().read_to_string(&mut sent)).await.unwrap();
    (endpoint, error, sent)
}

#[tokio::test]
async fn a_close_before_the_request_differs_from_one_after() {
    let mut ends = Vec::new();
    for runs in 1..=5 {
        let (endpoint, error, sent) = closed_after(runs).await;
        if error.kind() == ErrorKind::Connect {
            let why = "the server closed it before the request was sent";
            assert_no_response(&error, ErrorKind::Connect, &format!("no connection to {endpoint}: {why}"));
            assert_eq!(sent, "");
        } else {
            let message = format!("the connection to {endpoint} broke before a response arrived");
            assert_no_response(&error, ErrorKind::Transport, &message);
        }
        ends.push((error.kind(), sent.starts_with("POST /v1/")));
    }
    assert!(ends.contains(&(ErrorKind::Connect, false)), "{ends:?}");
    assert_eq!(ends.last().unwrap(), &(ErrorKind::Transport, true), "the call waits only for its response");
}

/// Asserts that the one request may have been processed.
fn assert_broken(server: &RawServer, error: &Error) {
    let message = format!("the connection to {} broke before a response arrived", server.endpoint());
    assert_no_response(error, ErrorKind::Transport, &message);
    assert_eq!((server.connections(), server.request_count(), error.attempts()), (1, 1, 1));
}

#[tokio::test]
async fn a_reset_within_the_request_is_a_transport_error() {
    let server = RawServer::start(|mut connection| async move {
        connection.request_bytes(1000).await;
        connection.reset();
    })
    .await;
    let client = server.builder().build().unwrap();
    let error = bounded(create_large(&client)).await.unwrap_err();
    assert_broken(&server, &error);
    assert!(server.received().len() < LARGE);
}

#[tokio::test]
async fn a_reset_after_the_request_is_a_transport_error() {
    let server = RawServer::start(|mut connection| async move {
        connection.request().await;
        connection.reset();
    })
    .await;
    assert_broken(&server, &failure_of(&server).await);
}

#[tokio::test]
async fn a_close_after_the_request_is_a_transport_error() {
    let server = RawServer::responding("").await;
    assert_broken(&server, &failure_of(&server).await);
}
