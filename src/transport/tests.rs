//! Requests as the code of other documents makes them: those of the packaged one all have a body, which is known.

use std::sync::Arc;

use http::Method;

use super::*;
use crate::testing::{Answer, Server};
use crate::{Client, RetryPolicy};

const fn operation(method: &'static str) -> Operation {
    Operation { id: "X", function: "x", method, path: "/x", content_type: None, span: tracing::Span::none }
}

static OPERATIONS: [Operation; 5] =
    [operation("POST"), operation("PUT"), operation("PATCH"), operation("GET"), operation("DELETE")];

/// Sends a request, and gives the status of the last answer.
async fn exchanged(server: &Server, operation: &'static Operation, body: Option<Body>) -> StatusCode {
    let retry = RetryPolicy::new().longest_wait(Duration::ZERO);
    let client = Client::builder().endpoint(server.endpoint()).token(server.token()).retry(retry).build().unwrap();
    let service = Arc::new(client.service().clone());
    let method = Method::from_bytes(operation.method.as_bytes()).unwrap();
    let mut request = Request::new(method, service.endpoint.join(operation.path));
    *request.body_mut() = body;
    let call = Call::new(Arc::clone(&service), tokio::time::Instant::now() + service.limits.timeout);
    exchange(&service, &call, operation, &mut request).await.unwrap().status()
}

#[tokio::test]
async fn the_length_of_an_empty_body_is_sent_where_there_may_be_one() {
    for operation in &OPERATIONS {
        for body in [None, Some(Body::from(""))] {
            let server = Server::start().await;
            server.answer_next(Answer::new(200));
            exchanged(&server, operation, body).await;
            let request = &server.requests()[0];
            let length = matches!(operation.method, "POST" | "PUT" | "PATCH").then_some("0");
            assert_eq!((request.method(), request.header("content-length")), (operation.method, length));
        }
    }
}

#[tokio::test]
async fn a_body_that_is_a_stream_is_sent_once_and_whole() {
    for (body, requests) in [(Body::from("bytes"), 2), (Body::wrap("bytes".to_owned()), 1)] {
        let server = Server::start().await;
        server.answer_next(Answer::new(429));
        server.answer_next(Answer::new(200));
        let status = exchanged(&server, &OPERATIONS[0], Some(body)).await;
        assert_eq!(status, if requests == 1 { 429 } else { 200 });
        let sent: Vec<_> = server.requests().iter().map(|request| request.body().to_vec()).collect();
        assert_eq!(sent, vec![b"bytes"; requests]);
    }
}
