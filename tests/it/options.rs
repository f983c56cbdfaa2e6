//! Per-call options: clones with another timeout, retry policy or header.

use std::time::Duration;

use secmaster_client::http::HeaderValue;
use secmaster_client::testing::MockResponse;
use secmaster_client::{Client, ConfigErrorKind, ErrorKind, RetryPolicy, auth};

use crate::raw_server::RawServer;
use crate::support::{create, response, server_with_any_ids};

fn ok() -> Vec<u8> {
    response("200 OK", &[], b"{}")
}

#[tokio::test]
async fn options_share_the_login_and_the_connection() {
    let server = server_with_any_ids().await;
    let password = auth::Password::new(server.domain(), server.user(), server.password());
    let client = Client::builder()
        .endpoint(server.endpoint())
        .iam_endpoint(server.endpoint())
        .region(server.region())
        .credentials(password)
        .build()
        .unwrap();
    create(&client.with_timeout(Duration::from_secs(5))).await.unwrap();
    create(&client.with_retry(RetryPolicy::none())).await.unwrap();
    create(&client.with_header("x-thing", "1").unwrap()).await.unwrap();
    create(&client).await.unwrap();
    assert_eq!((server.logins(), server.connections_made()), (1, 1));
}

#[tokio::test]
async fn with_timeout_changes_its_clone_only() {
    let server = server_with_any_ids().await;
    server.respond_next(MockResponse::new(200).delay(Duration::from_secs(60)));
    let client = Client::builder().endpoint(server.endpoint()).token(server.token()).build().unwrap();
    let error = create(&client.with_timeout(Duration::from_millis(100))).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert!(error.to_string().contains(" within 100ms;"), "{error}");
    create(&client).await.unwrap();
}

#[tokio::test]
async fn with_retry_changes_its_clone_only() {
    let server = server_with_any_ids().await;
    let client = Client::builder().endpoint(server.endpoint()).token(server.token()).build().unwrap();
    server.respond_next(MockResponse::new(429));
    let error = create(&client.with_retry(RetryPolicy::none())).await.unwrap_err();
    assert_eq!((error.is_throttled(), error.attempts()), (true, 1));
    server.respond_next(MockResponse::new(429));
    let quick = RetryPolicy::new().max_delay(Duration::ZERO);
    assert_eq!(create(&client.with_retry(quick)).await.unwrap().attempts(), 2);
}

#[tokio::test]
async fn with_header_changes_its_clone_only() {
    let server = RawServer::responding_in_turn(vec![ok(), ok(), ok()]).await;
    let client = server.client();
    let with_header = client.with_header("X-Trace", "first").unwrap();
    create(&with_header.with_header("X-Trace", "second").unwrap().with_header("X-More", "1").unwrap()).await.unwrap();
    create(&with_header).await.unwrap();
    create(&client).await.unwrap();
    let headers: Vec<Vec<String>> = server
        .requests()
        .iter()
        .map(|request| {
            request
                .lines()
                .filter(|line| line.starts_with("x-trace:") || line.starts_with("x-more:"))
                .map(str::to_owned)
                .collect()
        })
        .collect();
    assert_eq!(headers, [vec!["x-trace: second", "x-more: 1"], vec!["x-trace: first"], vec![]]);
}

#[tokio::test]
async fn a_sensitive_header_is_redacted_from_errors() {
    const SECRET: &str = "hunter2-hunter2";
    let quoting = format!("{{\"error_msg\":\"bad {SECRET}\"}}");
    let server = RawServer::responding_in_turn(vec![response("400 Bad Request", &[], quoting.as_bytes())]).await;
    let mut value = HeaderValue::from_static(SECRET);
    value.set_sensitive(true);
    let client = server.client().with_header("X-Key", value).unwrap();
    let error = create(&client).await.unwrap_err();
    assert_eq!(error.message(), Some("bad [redacted]"));
    assert!(!format!("{client:?} {error:?}").contains(SECRET));
    assert!(server.requests()[0].contains(SECRET));
}

#[tokio::test]
async fn reserved_and_malformed_headers_are_rejected() {
    let client = RawServer::silent().await.client();
    for name in [
        "X-Auth-Token",
        "authorization",
        "content-type",
        "Content-Length",
        "host",
        "x-sdk-date",
        "X-Project-Id",
        "Accept-Encoding",
        "TE",
    ] {
        let error = client.with_header(name, "x").unwrap_err();
        assert_eq!(error.kind(), ConfigErrorKind::Header);
        assert_eq!(
            error.to_string(),
            format!("the header {} is set by the client itself and cannot be added", name.to_lowercase())
        );
    }
    assert_eq!(
        client.with_header("x y", "x").unwrap_err().to_string(),
        "a header name is malformed; use letters, digits and -"
    );
    assert_eq!(
        client.with_header("X-Y", "secret\nvalue").unwrap_err().to_string(),
        "the value of the header x-y has a line break or another control character"
    );
}

#[tokio::test]
async fn a_zero_timeout_sends_no_request() {
    let server = RawServer::silent().await;
    let error = create(&server.client().with_timeout(Duration::ZERO)).await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::InvalidRequest, 0));
    assert_eq!(
        error.to_string(),
        "CreatePlaybookAction: request not sent: the timeout is zero; set a timeout greater than zero"
    );
}
