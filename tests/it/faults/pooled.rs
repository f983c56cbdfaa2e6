//! Idle connections that are closed before the next call.

use std::io::{Read, Write};

use secmaster_client::{Client, ErrorKind};
use tokio::sync::mpsc;

use super::{TIMEOUT, assert_no_response, assert_responded, bounded};
use crate::raw_server::RawServer;
use crate::support::{REQUEST_ID, TOKEN, create};

fn ok() -> Vec<u8> {
    format!("HTTP/1.1 200 OK\r\nX-request-id: {REQUEST_ID}\r\nContent-Length: 2\r\n\r\n{{}}").into_bytes()
}

#[tokio::test]
async fn a_closed_idle_connection_is_replaced() {
    let (closed, mut is_closed) = mpsc::unbounded_channel();
    let server = RawServer::start(move |mut connection| {
        let closed = closed.clone();
        async move {
            connection.request().await;
            connection.send(&ok()).await;
            // This returns when the client has closed its side and detected the close.
            connection.close().await;
            closed.send(()).unwrap();
        }
    })
    .await;
    let client = server.builder().build().unwrap();
    for calls in 1..=3 {
        let created = bounded(create(&client)).await.unwrap();
        bounded(is_closed.recv()).await.unwrap();
        assert_eq!((server.connections(), server.request_count(), created.attempts()), (calls, calls, 1));
    }
}

#[tokio::test]
async fn an_idle_connection_closed_while_sending_is_replaced() {
    // The server has another thread, so that this one can block until the connection is closed.
    let (close, closing) = std::sync::mpsc::channel();
    let (closed, is_closed) = std::sync::mpsc::channel();
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    let server = std::thread::spawn(move || {
        for _ in 0..2 {
            let (mut stream, _) = listener.accept().unwrap();
            let mut request = Vec::new();
            while !request.ends_with(b"}]") {
                let mut buffer = [0; 4096];
                let length = stream.read(&mut buffer).unwrap();
                assert!(length > 0);
                request.extend_from_slice(&buffer[..length]);
            }
            stream.write_all(&ok()).unwrap();
            closing.recv().unwrap();
            drop(stream);
            closed.send(()).unwrap();
        }
    });
    let client = Client::builder().endpoint(endpoint).token(TOKEN).timeout(TIMEOUT).build().unwrap();
    bounded(create(&client)).await.unwrap();
    close.send(()).unwrap();
    is_closed.recv().unwrap();
    // The runtime detects the close, and resumes here before it wakes the task of the connection.
    tokio::task::yield_now().await;
    assert_eq!(bounded(create(&client)).await.unwrap().attempts(), 1);
    close.send(()).unwrap();
    server.join().unwrap();
}

#[tokio::test]
async fn a_close_after_the_second_request_is_an_error() {
    for reset in [false, true] {
        let server = RawServer::start(move |mut connection| async move {
            connection.request().await;
            connection.send(&ok()).await;
            connection.request().await;
            if reset {
                connection.reset();
            }
        })
        .await;
        let client = server.builder().build().unwrap();
        bounded(create(&client)).await.unwrap();
        let error = bounded(create(&client)).await.unwrap_err();
        let message = format!("the connection to {} broke before a response arrived", server.endpoint());
        assert_no_response(&error, ErrorKind::Transport, &message);
        assert_eq!((server.connections(), server.request_count(), error.attempts()), (1, 2, 1));
    }
}

#[tokio::test]
async fn a_close_within_the_second_response_is_an_error() {
    let server = RawServer::start(|mut connection| async move {
        connection.request().await;
        connection.send(&ok()).await;
        connection.request().await;
        connection.send(&ok()[..ok().len() - 1]).await;
    })
    .await;
    let client = server.builder().build().unwrap();
    bounded(create(&client)).await.unwrap();
    let error = bounded(create(&client)).await.unwrap_err();
    let message = "returned 200 OK, but the connection closed before the whole body arrived";
    assert_responded(&error, ErrorKind::Transport, 200, message);
    assert_eq!((server.connections(), server.request_count(), error.attempts()), (1, 2, 1));
}
