//! The pieces of a call.

use std::hint::black_box;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use criterion::Criterion;
use reqwest::header::{HeaderMap, HeaderValue};
use reqwest::{Method, Request, StatusCode, Url};
use secmaster_client::types::ErrorResponse;
use secmaster_client::{Client, Code, pieces};

use crate::by_hand::{self, Access, ByHand};
use crate::cpu::ThreadTime;
use crate::{BY_HAND, CLIENT, ERROR, REQUEST_ID};

/// Measures how a request is let in, by a token or a signature.
pub(crate) fn authorize(
    criterion: &mut Criterion<ThreadTime>,
    name: &str,
    client: &Client,
    by_hand: &ByHand,
    project: &str,
) {
    const BODY: &str =
        r#"[{"action_id":"909494e3-558e-46b6-a9eb-07a8e18ca62f","action_type":"AOP_WORKFLOW","name":"MyXXX"}]"#;
    let path = format!("/v1/{project}/workspaces/w/soc/playbooks/versions/v/actions");
    let url: Url = format!("{}{path}", by_hand.endpoint).parse().expect("the endpoint is an address");
    let request = || {
        let mut request = Request::new(Method::POST, url.clone());
        *request.body_mut() = Some(BODY.into());
        request
    };
    let mut group = criterion.benchmark_group(name);
    group.bench_function(BY_HAND, |bencher| {
        let mut request = request();
        bencher.iter(|| match &by_hand.access {
            Access::Token(token) => {
                request.headers_mut().insert(by_hand::AUTH_TOKEN, token.clone());
            }
            Access::Keys { access, secret } => {
                let host = by_hand.endpoint.trim_start_matches("http://");
                let signed = by_hand::sign(access, secret, host, project, &path, BODY.as_bytes());
                request.headers_mut().extend(signed.expect("it can be signed"));
            }
        });
    });
    group.bench_function(CLIENT, |bencher| {
        let mut request = request();
        bencher.iter(|| {
            let authorized = pin!(pieces::authorize(client, &mut request));
            // Nothing is waited for, since nothing is fetched.
            let authorized = authorized.poll(&mut Context::from_waker(Waker::noop()));
            assert!(matches!(authorized, Poll::Ready(Ok(()))));
        });
    });
    group.finish();
}

/// Measures how the request id of an answer is read.
pub(crate) fn request_id(criterion: &mut Criterion<ThreadTime>) {
    let mut headers = HeaderMap::new();
    let id = "909494e3-558e-46b6-a9eb-07a8e18ca62f-1751600000000-secmaster-api-7d9f";
    headers.insert("x-request-id", HeaderValue::from_static(id));
    let mut group = criterion.benchmark_group(REQUEST_ID);
    group.bench_function(BY_HAND, |bencher| {
        bencher.iter(|| {
            let id = headers.get("x-request-id").and_then(|id| id.to_str().ok()).map(str::to_owned);
            // The UUID ends where its length says, and the timestamp at the next hyphen.
            let parts = id.as_deref().map(|id| (id.get(..36), id.get(37..).and_then(|rest| rest.split_once('-'))));
            black_box(parts);
            black_box(&id);
        });
    });
    group.bench_function(CLIENT, |bencher| {
        bencher.iter(|| {
            let id = pieces::request_id(&headers);
            black_box(id.as_ref().map(|id| (id.uuid(), id.timestamp(), id.hostname())));
            black_box(&id);
        });
    });
    group.finish();
}

/// Measures how the error of an answer is made and shown.
pub(crate) fn error(criterion: &mut Criterion<ThreadTime>) {
    let body = Bytes::from_static(
        br#"{"code":"SecMaster.20030001","message":"Invalid parameters: action_id must not be empty."}"#,
    );
    let mut headers = HeaderMap::new();
    headers.insert("x-request-id", HeaderValue::from_static("909494e3558e46b6a9eb07a8e18ca62f"));
    let mut group = criterion.benchmark_group(ERROR);
    group.bench_function(BY_HAND, |bencher| {
        bencher.iter(|| {
            let error: ErrorResponse = serde_json::from_slice(&body).expect("it is what the document says");
            let code = error.code.as_ref().map(Code::as_str).unwrap_or_default();
            let message = error.message.as_deref().unwrap_or_default();
            let id = headers.get("x-request-id").and_then(|id| id.to_str().ok()).unwrap_or_default();
            black_box(format!("answered 400 Bad Request, {code}: {message} (request id {id})"));
        });
    });
    group.bench_function(CLIENT, |bencher| {
        bencher.iter(|| {
            let error = pieces::error(StatusCode::BAD_REQUEST, headers.clone(), &body);
            black_box(error.to_string());
        });
    });
    group.finish();
}
