//! Truncated responses, and responses with the wrong length.

use secmaster_client::ErrorKind;

use super::{assert_no_response, assert_responded, bounded, once, outcome_of, timed_out, without_delays};
use crate::raw_server::RawServer;
use crate::support::{REQUEST_ID, create};

/// The head of a response with the request id, and the beginning of its body.
fn begun(status: &str, framing: &str, body: &str) -> String {
    format!("HTTP/1.1 {status}\r\nX-request-id: {REQUEST_ID}\r\n{framing}\r\n\r\n{body}")
}

/// Asserts that each of these responses counts as no response.
async fn assert_no_response_by(responses: &[&[u8]], message: impl Fn(&str) -> String) {
    let server = RawServer::responding_in_turn(responses.iter().copied()).await;
    let client = server.builder().build().unwrap();
    for _ in responses {
        let error = once(&server, &client).await.unwrap_err();
        assert_no_response(&error, ErrorKind::Transport, &message(&server.endpoint()));
    }
}

async fn assert_broken_before(responses: &[&[u8]]) {
    let message = |endpoint: &str| format!("the connection to {endpoint} broke before a response arrived");
    assert_no_response_by(responses, message).await;
}

async fn assert_not_http(responses: &[&[u8]]) {
    let hint = "is not HTTP, or its headers are too large; check the endpoint";
    assert_no_response_by(responses, |endpoint| format!("the response of {endpoint} {hint}")).await;
}

/// Asserts how much of each body arrives.
async fn assert_broken_within(framing: &str, bodies: &[(&str, &str)]) {
    let failures = ["400 Bad Request", "500 Internal Server Error", "503 Service Unavailable"];
    let statuses = ["200 OK"].into_iter().chain(failures);
    let responses = statuses.flat_map(|status| bodies.iter().map(move |(body, _)| begun(status, framing, body)));
    let server = RawServer::responding_in_turn(responses).await;
    let client = server.builder().build().unwrap();
    for (body, arrived) in bodies {
        let error = once(&server, &client).await.unwrap_err();
        let message = "returned 200 OK, but the connection closed before the whole body arrived";
        assert_responded(&error, ErrorKind::Transport, 200, message);
        assert_eq!(error.body(), arrived.as_bytes(), "{body}");
    }
    // The status of an error response decides.
    for status in failures {
        for (body, arrived) in bodies {
            let error = once(&server, &client).await.unwrap_err();
            let number = status[..3].parse().unwrap();
            assert_responded(&error, ErrorKind::Service, number, &format!("returned {status}{}", shown(arrived)));
            assert_eq!(error.body(), arrived.as_bytes(), "{body}");
        }
    }
    assert_throttled_within(framing, bodies).await;
}

/// The same for a 429, for which a call is retried even if it is truncated.
async fn assert_throttled_within(framing: &str, bodies: &[(&str, &str)]) {
    for (body, arrived) in bodies {
        let server = RawServer::responding(begun("429 Too Many Requests", framing, body)).await;
        let client = server.builder().retry(without_delays()).build().unwrap();
        let error = bounded(create(&client)).await.unwrap_err();
        let message = format!("returned 429 Too Many Requests{}", shown(arrived));
        assert_eq!(error.to_string(), format!("CreatePlaybookAction: {message} (request id {REQUEST_ID})"));
        assert_eq!((error.kind(), error.status().unwrap().as_u16()), (ErrorKind::Service, 429), "{error}");
        assert_eq!((error.request_id().unwrap().as_str(), error.body()), (REQUEST_ID, arrived.as_bytes()), "{error}");
        assert_eq!((server.request_count(), error.attempts()), (3, 3), "{error}");
    }
}

/// The end of an error message that contains this part of a body.
fn shown(arrived: &str) -> String {
    if arrived.is_empty() { String::new() } else { format!(": {arrived}") }
}

#[tokio::test]
async fn a_truncated_status_line_is_no_response() {
    assert_broken_before(&[b"H", b"HTTP/1.1", b"HTTP/1.1 20", b"HTTP/1.1 200 OK\r"]).await;
}

#[tokio::test]
async fn truncated_headers_are_no_response() {
    let ends: [&[u8]; 3] =
        [b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 200 OK\r\nX-request-id: abc", b"HTTP/1.1 200 OK\r\nA: b\r\n\r"];
    assert_broken_before(&ends).await;
}

#[tokio::test]
async fn a_truncated_body_is_a_transport_error() {
    assert_broken_within("Content-Length: 20", &[(r#"{"code":"#, r#"{"code":"#), ("", "")]).await;
}

#[tokio::test]
async fn a_truncated_chunk_is_a_transport_error() {
    let bodies = [
        ("8\r\n{\"code\":\r\n8\r\n\"0", "{\"code\":\"0"),
        ("8\r\n{\"code\":\r\n", "{\"code\":"),
        ("2\r\n{\"\r\n0\r\n", "{\""),
        ("", ""),
    ];
    assert_broken_within("Transfer-Encoding: chunked", &bodies).await;
}

#[tokio::test]
async fn a_malformed_chunk_size_is_a_transport_error() {
    let bodies = [("2\r\n{\"\r\nzz\r\n", "{\""), ("-1\r\n{}\r\n", "")];
    assert_broken_within("Transfer-Encoding: chunked", &bodies).await;
}

#[tokio::test]
async fn a_content_length_too_long_times_out() {
    let server = RawServer::start(|mut connection| async move {
        connection.request().await;
        connection.send(begun("200 OK", "Content-Length: 3", "{}").as_bytes()).await;
        connection.until_closed().await;
    })
    .await;
    let error = timed_out(&server).await;
    let message = "returned 200 OK, but the call did not complete within 500ms";
    assert_responded(&error, ErrorKind::Timeout, 200, message);
}

#[tokio::test]
async fn bytes_after_the_content_length_are_ignored() {
    let response = begun("200 OK", "Content-Length: 12", r#"{"code":"1"}HTTP/1.1 200 OK"#);
    let server = RawServer::responding(response).await;
    let client = server.builder().build().unwrap();
    for calls in 1..=2 {
        let created = once(&server, &client).await.unwrap();
        assert_eq!(created.code.as_ref().unwrap(), &"1");
        assert_eq!(created.request_id().unwrap().as_str(), REQUEST_ID);
        // Remaining bytes are not interpreted as the response to the next call.
        assert_eq!(server.connections(), calls);
    }
}

#[tokio::test]
async fn a_content_length_too_short_is_a_decode_error() {
    let server = RawServer::responding(begun("200 OK", "Content-Length: 9", r#"{"code":"1"}"#)).await;
    let error = outcome_of(&server).await.unwrap_err();
    let message = "returned 200 OK with a body that does not match the OpenAPI document, at line 1 column 9";
    assert_responded(&error, ErrorKind::Decode, 200, message);
    assert_eq!(error.body(), br#"{"code":""#);
}

#[tokio::test]
async fn two_content_lengths_are_not_http() {
    assert_not_http(&[b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}"]).await;
}

#[tokio::test]
async fn a_malformed_content_length_is_not_http() {
    let lengths = ["two", "-2", "+2", "2x", "0x2", "2.0", "99999999999999999999"];
    let responses = lengths.map(|length| format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n{{}}"));
    assert_not_http(&responses.each_ref().map(String::as_bytes)).await;
}

#[tokio::test]
async fn a_response_that_is_not_http_is_an_error() {
    let an_alert_of_tls = b"\x15\x03\x03\x00\x02\x02\x46";
    assert_not_http(&[
        an_alert_of_tls,
        b"SSH-2.0-OpenSSH_9.6\r\n",
        b"{}\r\n\r\n",
        b"HTTP/1.1 abc OK\r\n\r\n",
        b"HTTP/3.0 200 OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
    ])
    .await;
}
