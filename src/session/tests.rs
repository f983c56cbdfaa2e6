//! Calls of operations that the packaged document lacks: without a body, and with a streamed response.

use std::time::Duration;

use ::http::Method;

use crate::error::{Error, ErrorKind};
use crate::operation::Operation;
use crate::request::Request;
use crate::response::Response;
use crate::response::stream::ByteStream;
use crate::session::retry::RetryPolicy;
use crate::session::{Api, Session};
use crate::testing::{MockResponse, Server};
use crate::{Client, ClientBuilder};

const fn operation(method: &'static str) -> Operation {
    Operation::new("X", "x", method, "/x", None, false, tracing::Span::none)
}

static OPERATIONS: [Operation; 5] =
    [operation("POST"), operation("PUT"), operation("PATCH"), operation("GET"), operation("DELETE")];
static DOWNLOAD: Operation = Operation::new("Download", "download", "GET", "/x", None, true, tracing::Span::none);

fn client(server: &Server) -> ClientBuilder {
    Client::builder().endpoint(server.endpoint()).token(server.token()).retry(RetryPolicy::none())
}

fn request(operation: &Operation) -> Request {
    Request {
        method: Method::from_bytes(operation.method.as_bytes()).unwrap(),
        path: operation.path.to_owned(),
        ..Request::default()
    }
}

#[tokio::test]
async fn an_empty_body_has_a_content_length_if_allowed() {
    for operation in &OPERATIONS {
        for body in [None, Some("".into())] {
            let server = Server::start().await;
            server.respond_next(MockResponse::new(200));
            let client = client(&server).build().unwrap();
            client.session().execute(operation, Box::new(Request { body, ..request(operation) })).await.unwrap();
            let request = &server.requests()[0];
            let length = matches!(operation.method, "POST" | "PUT" | "PATCH").then_some("0");
            assert_eq!((request.method(), request.header("content-length")), (operation.method, length));
        }
    }
}

/// A client whose endpoint is derived from the region.
struct Regional(Session);

impl From<Session> for Regional {
    fn from(session: Session) -> Self {
        Self(session)
    }
}

impl Api for Regional {
    const ENDPOINT: Option<&'static str> = Some("http://127.0.0.1:1/{region}");

    fn operations() -> &'static [Operation] {
        &OPERATIONS
    }
}

#[tokio::test]
async fn a_connect_error_suggests_checking_the_region() {
    let builder = || ClientBuilder::<Regional>::new().region("mars-1").token("t").retry(RetryPolicy::none());
    let refused = "no connection to http://127.0.0.1:1/mars-1: connection refused";
    for (client, expected) in [
        (builder().build().unwrap(), format!("X: {refused}; check the region")),
        (builder().endpoint("http://127.0.0.1:1/mars-1").build().unwrap(), format!("X: {refused}")),
    ] {
        let error = client.0.execute(&OPERATIONS[0], Box::new(request(&OPERATIONS[0]))).await.unwrap_err();
        assert_eq!((error.kind(), error.to_string()), (ErrorKind::Connect, expected));
    }
}

async fn download(client: &Client) -> Result<Response<ByteStream>, Error> {
    client.session().execute(&DOWNLOAD, Box::new(request(&DOWNLOAD))).await.map(Response::stream)
}

fn response(body: impl Into<bytes::Bytes>) -> MockResponse {
    MockResponse::new(200).header("X-request-id", "the-id").body(body.into())
}

#[tokio::test]
async fn a_stream_can_be_read_as_chunks_bytes_or_a_string() {
    let server = Server::start().await;
    let client = client(&server).build().unwrap();
    for _ in 0..3 {
        server.respond_next(response("id,name\n"));
    }
    let mut response = download(&client).await.unwrap();
    assert_eq!(response.request_id().unwrap().as_str(), "the-id");
    let mut read = Vec::new();
    while let Some(chunk) = response.chunk().await.unwrap() {
        read.extend_from_slice(&chunk);
    }
    assert_eq!(read, b"id,name\n");
    assert_eq!(download(&client).await.unwrap().into_inner().bytes().await.unwrap(), "id,name\n");
    assert_eq!(download(&client).await.unwrap().into_inner().text().await.unwrap(), "id,name\n");
}

#[tokio::test]
async fn an_error_status_of_a_stream_is_an_error() {
    let server = Server::start().await;
    server.respond_next(MockResponse::new(404).json(serde_json::json!({"code": "C", "message": "none"})));
    let error = download(&client(&server).build().unwrap()).await.unwrap_err();
    assert_eq!((error.kind(), error.code()), (ErrorKind::Service, Some("C")));
}

/// The error returned when a stream is read to its end.
async fn read_failure(client: &Client) -> Error {
    let error = download(client).await.unwrap().into_inner().text().await.unwrap_err();
    assert_eq!(error.status().unwrap(), 200);
    assert_eq!(error.request_id().unwrap().as_str(), "the-id");
    error
}

#[tokio::test]
async fn a_stream_has_the_limit_of_the_client() {
    let server = Server::start().await;
    let client = client(&server).max_response_bytes(10).build().unwrap();
    server.respond_next(response("x".repeat(10)));
    assert_eq!(download(&client).await.unwrap().into_inner().bytes().await.unwrap().len(), 10);
    server.respond_next(response("x".repeat(11)));
    let mut stream = download(&client).await.unwrap().into_inner();
    assert_eq!(stream.chunk().await.unwrap_err().kind(), ErrorKind::TooLarge);
    assert_eq!(stream.chunk().await.unwrap_err().kind(), ErrorKind::Transport, "nothing follows an error");
    server.respond_next(response("x".repeat(11)));
    let error = read_failure(&client).await;
    assert_eq!(error.kind(), ErrorKind::TooLarge);
    assert_eq!(
        error.to_string(),
        "Download: returned 200 OK with a body of more than 10 bytes; raise max_response_bytes to read it (request id the-id)"
    );
}

#[tokio::test]
async fn a_stream_that_is_not_utf8_is_a_decode_error() {
    let server = Server::start().await;
    server.respond_next(response(&b"ab\xff"[..]));
    let error = read_failure(&client(&server).build().unwrap()).await;
    assert_eq!(error.kind(), ErrorKind::Decode);
    assert_eq!(
        error.to_string(),
        "Download: returned 200 OK with a body that is not UTF-8, at byte 2 (request id the-id)"
    );
}

/// Sends the head of a response and the beginning of its body, then either the rest or nothing until it is dropped.
async fn half(rest: Option<&'static [u8]>) -> (String, tokio::task::JoinHandle<()>) {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    let server = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        assert!(stream.read(&mut [0; 4096]).await.unwrap() > 0);
        let head = b"HTTP/1.1 200 OK\r\nX-request-id: the-id\r\nContent-Length: 10\r\n\r\nhalf";
        stream.write_all(head).await.unwrap();
        match rest {
            Some(rest) => stream.write_all(rest).await.unwrap(),
            None => std::future::pending().await,
        }
    });
    (endpoint, server)
}

#[tokio::test]
async fn a_truncated_stream_is_a_transport_error() {
    let (endpoint, server) = half(Some(b"")).await;
    let error = read_failure(&Client::builder().endpoint(endpoint).token("MIISECRETTOKEN").build().unwrap()).await;
    assert_eq!((error.kind(), error.is_retryable()), (ErrorKind::Transport, true), "a GET may be sent twice");
    assert_eq!(
        error.to_string(),
        "Download: returned 200 OK, but the connection closed before the whole body arrived; the request may have been \
         processed (request id the-id)"
    );
    server.await.unwrap();
}

#[tokio::test]
async fn a_stream_has_the_deadline_of_the_call() {
    let (endpoint, server) = half(None).await;
    let client = Client::builder()
        .endpoint(endpoint)
        .token("MIISECRETTOKEN")
        .timeout(Duration::from_millis(200))
        .build()
        .unwrap();
    let mut stream = download(&client).await.unwrap().into_inner();
    assert_eq!(stream.chunk().await.unwrap().unwrap(), "half");
    let error = stream.chunk().await.unwrap_err();
    assert_eq!((error.kind(), error.status().unwrap().as_u16()), (ErrorKind::Timeout, 200));
    assert_eq!(
        error.to_string(),
        "Download: returned 200 OK, but the body did not arrive before the deadline of the call; the request may have been \
         processed (request id the-id)"
    );
    server.abort();
}
