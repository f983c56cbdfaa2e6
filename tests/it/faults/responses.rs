//! Complete but unusual responses.

use secmaster_client::ErrorKind;

use super::{assert_responded, bounded, failure_of, once, outcome_of};
use crate::raw_server::RawServer;
use crate::support::REQUEST_ID;

const BODY: &str = r#"{"code":"1"}"#;
/// `{"code":"1"}`, as gzip writes it.
const GZIP: &[u8] =
    b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff\xabV\xcaOIU\xb2R2T\xaa\x05\x00\xb6\x9d\xc7\xb3\x0c\x00\x00\x00";

/// A response with the request id, in HTTP/1.1, with a length.
fn whole(status: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    let head =
        format!("HTTP/1.1 {status}\r\nX-request-id: {REQUEST_ID}\r\n{headers}Content-Length: {}\r\n\r\n", body.len());
    [head.as_bytes(), body].concat()
}

#[tokio::test]
async fn unrequested_gzip_is_not_decoded() {
    let headers = "Content-Type: application/json\r\nContent-Encoding: gzip\r\n";
    let server = RawServer::responding(whole("200 OK", headers, GZIP)).await;
    let error = outcome_of(&server).await.unwrap_err();
    let message = "returned 200 OK with a body that does not match the OpenAPI document, at line 1 column 1";
    assert_responded(&error, ErrorKind::Decode, 200, message);
    assert_eq!(error.body(), GZIP);
    assert!(!server.received().to_lowercase().contains("accept-encoding"), "{}", server.received());

    let server = RawServer::responding(whole("400 Bad Request", headers, GZIP)).await;
    let error = outcome_of(&server).await.unwrap_err();
    assert_eq!((error.kind(), error.status().unwrap().as_u16()), (ErrorKind::Service, 400));
    assert_eq!(error.request_id().unwrap().as_str(), REQUEST_ID);
    assert_eq!(error.body(), GZIP);
    assert_eq!(error.code(), None);
    assert!(error.to_string().chars().all(|c| !c.is_control()), "{error}");
}

#[tokio::test]
async fn http_1_0_is_accepted_with_and_without_a_length() {
    for length in ["Content-Length: 12\r\n", ""] {
        let head = format!("HTTP/1.0 200 OK\r\nX-request-id: {REQUEST_ID}\r\n{length}\r\n");
        let server = RawServer::responding(head + BODY).await;
        let client = server.builder().build().unwrap();
        for calls in 1..=2 {
            let created = once(&server, &client).await.unwrap();
            assert_eq!(created.code.as_ref().unwrap(), &"1");
            assert_eq!(created.request_id().unwrap().as_str(), REQUEST_ID);
            assert_eq!(server.connections(), calls);
        }
    }
    let head = format!("HTTP/1.0 400 Bad Request\r\nX-request-id: {REQUEST_ID}\r\n\r\n");
    let error = failure_of(&RawServer::responding(head + r#"{"code":"C","message":"m"}"#).await).await;
    assert_responded(&error, ErrorKind::Service, 400, "returned 400 Bad Request, C: m");
}

#[tokio::test]
async fn informational_responses_are_skipped() {
    for before in [
        "HTTP/1.1 100 Continue\r\n\r\n",
        "HTTP/1.1 103 Early Hints\r\nX-request-id: early\r\nLink: </x>; rel=preload\r\n\r\n",
        "HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 100 Continue\r\nX-request-id: early\r\n\r\n",
    ] {
        let announced = |response: Vec<u8>| [before.as_bytes(), &response].concat();
        let server = RawServer::responding(announced(whole("200 OK", "", BODY.as_bytes()))).await;
        let created = outcome_of(&server).await.unwrap();
        assert_eq!((created.status().as_u16(), created.request_id().unwrap().as_str()), (200, REQUEST_ID));
        assert_eq!(created.code.as_ref().unwrap(), &"1");

        let server = RawServer::responding(announced(whole("409 Conflict", "", b""))).await;
        let error = outcome_of(&server).await.unwrap_err();
        assert_responded(&error, ErrorKind::Service, 409, "returned 409 Conflict");
    }
}

/// Asserts the error for an undeclared success status.
async fn assert_unknown(status: &str, name: &str, body: &str) {
    let head = format!("HTTP/1.1 {status}\r\nX-request-id: {REQUEST_ID}\r\n\r\n");
    let error = failure_of(&RawServer::responding(head + body).await).await;
    let message = format!("returned {name}, a success status that the OpenAPI document does not declare");
    assert_responded(&error, ErrorKind::Decode, status[..3].parse().unwrap(), &message);
    assert_eq!(error.body(), body.as_bytes(), "{status}");
}

#[tokio::test]
async fn an_undeclared_success_is_an_error() {
    let status = "203 Non Authoritative Information";
    assert_unknown(status, status, BODY).await;
    assert_unknown("299 Fine", "299", BODY).await;
}

#[tokio::test]
async fn a_204_is_an_error() {
    assert_unknown("204 No Content", "204 No Content", "").await;
}

#[tokio::test]
async fn a_206_is_an_error() {
    assert_unknown("206 Partial Content", "206 Partial Content", BODY).await;
}

/// Asserts that a redirect to any target is an error and not followed. The status has a name if the client knows one.
async fn assert_not_followed(statuses: &[&str], body: &[u8]) {
    let elsewhere = RawServer::responding(whole("200 OK", "", BODY.as_bytes())).await;
    for status in statuses {
        let targets = [
            (format!("Location: {}/v1?token=x\r\n", elsewhere.endpoint()), format!(" to {}", elsewhere.endpoint())),
            ("Location: /login\r\n".to_owned(), String::new()),
            ("Location: \u{9879}\r\n".to_owned(), String::new()),
        ];
        let server = RawServer::responding_in_turn(targets.iter().map(|(header, _)| whole(status, header, body))).await;
        let client = server.builder().build().unwrap();
        for (_, target) in &targets {
            let error = once(&server, &client).await.unwrap_err();
            let message = format!(
                "returned {status}, a redirect{target}, which is not followed, since that would forward the credentials; \
                 check the endpoint"
            );
            assert_responded(&error, ErrorKind::Redirect, status[..3].parse().unwrap(), &message);
            assert_eq!(error.body(), body);
        }
    }
    assert_eq!(elsewhere.connections(), 0);
}

#[tokio::test]
async fn redirects_are_errors() {
    let statuses = [
        "301 Moved Permanently",
        "302 Found",
        "303 See Other",
        "305 Use Proxy",
        "306",
        "307 Temporary Redirect",
        "308 Permanent Redirect",
    ];
    assert_not_followed(&statuses, b"<html>moved</html>").await;
}

#[tokio::test]
async fn a_304_is_an_error() {
    assert_not_followed(&["304 Not Modified"], b"").await;
    let error = failure_of(&RawServer::responding(whole("304 Not Modified", "", b"")).await).await;
    let message = "returned 304 Not Modified, which is neither a success nor an error; check the endpoint";
    assert_responded(&error, ErrorKind::Redirect, 304, message);
    assert_eq!(error.body(), b"");
}

/// Statuses of errors that are not retried by default.
const FAILURES: [&str; 12] = [
    "400 Bad Request",
    "401 Unauthorized",
    "403 Forbidden",
    "404 Not Found",
    "408 Request Timeout",
    "413 Payload Too Large",
    "414 URI Too Long",
    "499",
    "500 Internal Server Error",
    "502 Bad Gateway",
    "503 Service Unavailable",
    "504 Gateway Timeout",
];

/// Asserts the message of each error with a body, and how it is displayed.
async fn assert_failures(body: &[u8], message: Option<&str>, shown: &str) {
    let server = RawServer::responding_in_turn(FAILURES.map(|status| whole(status, "", body))).await;
    let client = server.builder().build().unwrap();
    for status in FAILURES {
        let error = once(&server, &client).await.unwrap_err();
        let number = status[..3].parse().unwrap();
        let hint = match number {
            401 => "; check that the token or key has not expired, and that it is for this region and project",
            _ => "",
        };
        assert_responded(&error, ErrorKind::Service, number, &format!("returned {status}{shown}{hint}"));
        assert_eq!((error.code(), error.message(), error.body()), (None, message, body), "{status}");
    }
}

#[tokio::test]
async fn errors_with_html_are_shown() {
    let html = "<html>\r\n<head><title>Oops</title></head>\r\n</html>";
    assert_failures(html.as_bytes(), Some(html), ": <html> <head><title>Oops</title></head> </html>").await;
}

#[tokio::test]
async fn errors_without_a_body_have_no_message() {
    assert_failures(b"", None, "").await;
}

#[tokio::test]
async fn errors_with_white_space_have_no_message() {
    assert_failures(b" \r\n ", None, "").await;
}

#[tokio::test]
async fn errors_with_truncated_json_are_shown() {
    assert_failures(br#"{"error_code":"APIG"#, Some(r#"{"error_code":"APIG"#), r#": {"error_code":"APIG"#).await;
    assert_failures(b"[[[[[[[[", Some("[[[[[[[["), ": [[[[[[[[").await;
}

#[tokio::test]
async fn errors_with_binary_bodies_are_shown() {
    assert_failures(b"\x00\x01\xff\xfe", Some("\u{0}\u{1}\u{fffd}\u{fffd}"), ": \u{fffd}\u{fffd}").await;
}

/// The parsed request id, in a success and in an error response.
async fn id_of(headers: &[u8]) -> Option<String> {
    let response = |status: &str| {
        let head = format!("HTTP/1.1 {status}\r\nContent-Length: 12\r\n");
        [head.as_bytes(), headers, b"\r\n", BODY.as_bytes()].concat()
    };
    let server = RawServer::responding_in_turn([response("200 OK"), response("500 Oops")]).await;
    let client = server.builder().build().unwrap();
    let created = once(&server, &client).await.unwrap();
    let error = once(&server, &client).await.unwrap_err();
    assert_eq!((error.kind(), error.status().unwrap().as_u16()), (ErrorKind::Service, 500), "{error}");
    assert_eq!((created.status().as_u16(), created.code.as_ref().unwrap().as_str()), (200, "1"));
    assert_eq!(created.request_id(), error.request_id());
    created.request_id().map(|id| id.as_str().to_owned())
}

#[tokio::test]
async fn the_first_of_two_request_ids_is_used() {
    let id = id_of(b"X-request-id: first\r\nX-Request-Id: second\r\n").await;
    assert_eq!(id.as_deref(), Some("first"));
}

#[tokio::test]
async fn a_request_id_of_64_kb_is_not_truncated() {
    let long = "x".repeat(64 * 1024);
    assert_eq!(id_of(format!("X-request-id: {long}\r\n").as_bytes()).await, Some(long.clone()));

    let head = format!("HTTP/1.1 500 Oops\r\nX-request-id: {long}\r\nContent-Length: 0\r\n\r\n");
    let error = failure_of(&RawServer::responding(head).await).await;
    let shown = "x".repeat(256);
    assert_eq!(
        error.to_string(),
        format!("CreatePlaybookAction: returned 500 Internal Server Error (request id {shown}…)")
    );
}

#[tokio::test]
async fn a_request_id_may_be_non_ascii() {
    assert_eq!(id_of("X-request-id: 项目-1\r\n".as_bytes()).await.as_deref(), Some("项目-1"));
    assert_eq!(id_of(b"X-request-id: a\xffb\xe9\r\n").await.as_deref(), Some("a\u{fffd}b\u{fffd}"));
}

#[tokio::test]
async fn a_response_may_arrive_before_the_request_is_sent() {
    // How a gateway handles a body that is too large.
    let server = RawServer::start(|mut connection| async move {
        connection.request_bytes(1000).await;
        connection.send(&whole("413 Payload Too Large", "Connection: close\r\n", b"")).await;
        connection.close().await;
    })
    .await;
    let client = server.builder().build().unwrap();
    let error = bounded(super::create_large(&client)).await.unwrap_err();
    assert_responded(&error, ErrorKind::Service, 413, "returned 413 Payload Too Large");
    assert_eq!((server.request_count(), error.attempts()), (1, 1));
}
