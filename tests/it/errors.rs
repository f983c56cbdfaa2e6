//! Error messages and predicates.

use std::error::Error as _;
use std::time::Duration;

use secmaster_client::types::ErrorResponse;
use secmaster_client::{Client, ErrorKind, RetryPolicy};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::{Instant, timeout};

use crate::faults::unused;
use crate::raw_server::RawServer;
use crate::support::{REQUEST_ID, TOKEN, create, failed_by, response};

#[tokio::test]
async fn each_form_of_an_error_body_is_decoded() {
    let cases = [
        (r#"{"code":"SecMaster.20030001","message":"bad"}"#, Some("SecMaster.20030001"), Some("bad")),
        (r#"{"code":7,"message":null}"#, Some("7"), None),
        (r#"{"code":null,"message":"bad"}"#, None, Some("bad")),
        (r#"{"error_code":"APIGW.0301","error_msg":"Incorrect IAM"}"#, Some("APIGW.0301"), Some("Incorrect IAM")),
        (r#"{"errorCode":"A.1","errorMsg":"bad"}"#, Some("A.1"), Some("bad")),
        (r#"{"code":0,"error_code":"A.1","error_msg":"bad"}"#, Some("A.1"), Some("bad")),
        (r#"{"error":{"code":401,"message":"no","title":"Unauthorized"}}"#, Some("401"), Some("no")),
        (r#"{"trace":{"id":1},"error":{"error_code":"IAM.0011","error_msg":"no"}}"#, Some("IAM.0011"), Some("no")),
        (r#"{"a":{"b":{"code":"deep"}}}"#, None, None),
        ("\u{feff}{\"code\":\"A.1\",\"message\":\"bad\"}", Some("A.1"), Some("bad")),
        ("<html>down</html>", None, Some("<html>down</html>")),
        ("", None, None),
        ("null", None, None),
        (r#""just text""#, None, Some("just text")),
    ];
    for (body, code, message) in cases {
        let error = failed_by(response("400 Bad Request", &[], body.as_bytes())).await;
        assert_eq!(error.code(), code, "{body}");
        assert_eq!(error.message(), message, "{body}");
        assert_eq!(error.kind(), ErrorKind::Service, "{body}");
        assert_eq!(error.body(), body.as_bytes());
    }
}

#[tokio::test]
async fn an_error_is_one_line_with_the_request_id_last() {
    let body = "{\"code\":\"C\\n1\",\"message\":\"first\\r\\n\\tsecond \\u001b[31m\\u202e\"}";
    let error = failed_by(response("400 Bad Request", &[], body.as_bytes())).await;
    assert_eq!(
        error.to_string(),
        format!("CreatePlaybookAction: returned 400 Bad Request, C 1: first second [31m (request id {REQUEST_ID})")
    );

    let long = format!(r#"{{"message":"{}"}}"#, "x".repeat(10_000));
    let error = failed_by(response("400 Bad Request", &[], long.as_bytes())).await;
    assert_eq!(
        error.to_string(),
        format!("CreatePlaybookAction: returned 400 Bad Request: {}… (request id {REQUEST_ID})", "x".repeat(256))
    );
    assert_eq!(error.message().unwrap().len(), 10_000);
}

#[tokio::test]
async fn invisible_characters_are_not_shown() {
    // The ends of each range, and values between them.
    let hidden = "\u{200b}\u{200d}\u{200f}\u{202a}\u{202c}\u{202e}\u{2060}\u{2066}\u{2069}\u{feff}";
    for c in hidden.chars() {
        let body = format!(r#"{{"message":"a{c}b\u2010c"}}"#);
        let error = failed_by(response("400 Bad Request", &[], body.as_bytes())).await;
        assert_eq!(
            error.to_string(),
            format!("CreatePlaybookAction: returned 400 Bad Request: ab\u{2010}c (request id {REQUEST_ID})"),
            "U+{:04X}",
            u32::from(c)
        );
    }
}

#[tokio::test]
async fn the_request_id_falls_back_to_the_body() {
    for name in ["request_id", "requestId"] {
        let body =
            format!(r#"{{"error_code":"APIGW.0301","error_msg":"m","{name}":"d41d8cd98f00b204e9800998ecf8427e"}}"#);
        let bytes = format!("HTTP/1.1 401 Unauthorized\r\nContent-Length: {}\r\n\r\n{body}", body.len());
        let error = failed_by(bytes.into_bytes()).await;
        assert_eq!(error.request_id().unwrap().as_str(), "d41d8cd98f00b204e9800998ecf8427e", "{name}");
    }

    let error = failed_by(b"HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n".to_vec()).await;
    assert_eq!(error.request_id(), None);
    assert_eq!(error.to_string(), "CreatePlaybookAction: returned 500 Internal Server Error (no request id)");
}

#[tokio::test]
async fn predicates_follow_the_status_and_the_code() {
    // status, code, then: retryable, not found, unauthorized, throttled
    let cases = [
        ("400 Bad Request", "SecMaster.20030001", [false, false, false, false]),
        ("400 Bad Request", "SecMaster.20030005", [false, true, false, false]),
        ("400 Bad Request", "SecMaster.20010001", [false, true, false, false]),
        ("400 Bad Request", "SecMaster.20011003", [false, true, false, false]),
        ("400 Bad Request", "SecMaster.20030022", [false, true, false, false]),
        ("400 Bad Request", "SecMaster.20048004", [false, true, false, false]),
        ("400 Bad Request", "SecMaster.20040611", [false, true, false, false]),
        ("400 Bad Request", "SecMaster.20040605", [false, true, false, false]),
        ("401 Unauthorized", "APIGW.0301", [false, false, true, false]),
        ("403 Forbidden", "SecMaster.20010001", [false, true, false, false]),
        ("403 Forbidden", "APIGW.0302", [false, false, false, false]),
        ("404 Not Found", "APIGW.0101", [false, true, false, false]),
        ("429 Too Many Requests", "APIGW.0308", [true, false, false, true]),
        ("500 Internal Server Error", "", [false, false, false, false]),
        ("502 Bad Gateway", "", [false, false, false, false]),
        ("503 Service Unavailable", "", [false, false, false, false]),
        ("503 Service Unavailable", "APIGW.0613", [true, false, false, false]),
        ("503 Service Unavailable", "APIG.0613", [true, false, false, false]),
        ("504 Gateway Timeout", "", [false, false, false, false]),
    ];
    for (status, code, expected) in cases {
        let body = format!(r#"{{"error_code":"{code}"}}"#);
        let error = failed_by(response(status, &[], body.as_bytes())).await;
        let found = [error.is_retryable(), error.is_not_found(), error.is_unauthorized(), error.is_throttled()];
        assert_eq!(found, expected, "{status} {code}");
    }
}

#[tokio::test]
async fn a_401_suggests_what_to_check() {
    let body = br#"{"error_code":"APIGW.0307","error_msg":"The token must be updated."}"#;
    let error = failed_by(response("401 Unauthorized", &[], body)).await;
    assert_eq!(
        error.to_string(),
        format!(
            "CreatePlaybookAction: returned 401 Unauthorized, APIGW.0307: The token must be updated; check that the token or key \
             has not expired, and that it is for this region and project (request id {REQUEST_ID})"
        )
    );
}

#[tokio::test]
async fn retry_after_is_parsed_as_seconds_or_a_date() {
    let retry_after =
        async |headers: &[&str]| failed_by(response("429 Too Many Requests", headers, b"")).await.retry_after();
    assert_eq!(retry_after(&["Retry-After: 7"]).await, Some(Duration::from_secs(7)));
    let date = "Date: Tue, 24 Nov 2026 10:00:00 GMT";
    assert_eq!(retry_after(&[date, "Retry-After: Tue, 24 Nov 2026 10:01:30 GMT"]).await, Some(Duration::from_secs(90)));
    assert_eq!(retry_after(&[date, "Retry-After: Tue, 24 Nov 2026 09:00:00 GMT"]).await, Some(Duration::ZERO));
    assert_eq!(retry_after(&["Retry-After: soon"]).await, None);
    assert_eq!(retry_after(&["Retry-After: -1"]).await, None);
    assert_eq!(retry_after(&[]).await, None);
}

#[tokio::test]
async fn an_error_has_the_deprecation() {
    let headers = ["X-API-Deprecation-Date: 2026-12-31", "X-API-Deprecation-Info: Use CreatePlaybookVersion."];
    let deprecation = failed_by(response("400 Bad Request", &headers, b"{}")).await.deprecation().unwrap();
    assert_eq!(deprecation.date(), Some("2026-12-31"));
    assert_eq!(deprecation.info(), Some("Use CreatePlaybookVersion."));
}

#[tokio::test]
async fn a_refused_connection_is_a_connect_error() {
    let (_socket, endpoint) = unused();
    let client = Client::builder().endpoint(&endpoint).token(TOKEN).build().unwrap();
    let error = create(&client).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Connect);
    assert_eq!(error.to_string(), format!("CreatePlaybookAction: no connection to {endpoint}: connection refused"));
    assert!(error.source().is_some());
    assert!(error.is_retryable());
    assert_eq!((error.status(), error.request_id(), error.retry_after()), (None, None, None));
    assert_eq!(error.body(), b"");
}

#[tokio::test]
async fn an_unresponsive_address_is_a_connect_error() {
    // A listener whose queue is full lets a connection hang.
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let listener = socket.listen(1).unwrap();
    let address = listener.local_addr().unwrap();
    let mut queued = Vec::new();
    while let Ok(Ok(stream)) = timeout(Duration::from_millis(300), TcpStream::connect(address)).await {
        queued.push(stream);
    }
    let builder =
        Client::builder().endpoint(format!("http://{address}")).token(TOKEN).timeout(Duration::from_millis(900));
    // The second has the default connect timeout, which exceeds the timeout of the call.
    for builder in [builder.clone().connect_timeout(Duration::from_millis(200)), builder] {
        let error = create(&builder.build().unwrap()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Connect, "and not a timeout of a call that may have been processed");
        let message = format!("no connection to http://{address}: connect timed out");
        assert_eq!(error.to_string(), format!("CreatePlaybookAction: {message}"));
        assert!(error.is_retryable());
    }
}

/// Nothing responds to the handshake, so the paused clock advances to the timeout immediately.
#[tokio::test(start_paused = true)]
async fn the_default_connect_timeout_is_ten_seconds() {
    let silent = RawServer::silent().await;
    let endpoint = format!("https://{}", silent.host());
    let client = Client::builder().endpoint(&endpoint).token(TOKEN).retry(RetryPolicy::none()).build().unwrap();
    let started = Instant::now();
    let error = create(&client).await.unwrap_err();
    assert_eq!(error.to_string(), format!("CreatePlaybookAction: no connection to {endpoint}: connect timed out"));
    assert_eq!(started.elapsed().as_secs(), 10);
}

#[tokio::test]
async fn a_closed_connection_is_a_transport_error() {
    let error = failed_by(Vec::new()).await;
    assert_eq!(error.kind(), ErrorKind::Transport);
    assert!(!error.is_retryable(), "a create may have been processed");
    assert!(
        error.to_string().ends_with("broke before a response arrived; the request may have been processed"),
        "{error}"
    );
}

#[tokio::test]
async fn an_error_body_is_decoded_as_any_type() {
    let body = br#"{"error_code":"APIGW.0302","error_msg":"no permission","extra":[1,2]}"#;
    let error = failed_by(response("403 Forbidden", &[], body)).await;
    assert!(error.is_forbidden() && !error.is_unauthorized());
    assert_eq!(error.operation(), Some("CreatePlaybookAction"));
    let details: ErrorResponse = error.json().unwrap();
    assert_eq!(details.error_msg.as_deref(), Some("no permission"));
    assert_eq!(error.json::<serde_json::Value>().unwrap()["extra"][1], 2);
    assert!(error.json::<Vec<String>>().is_err());
    let empty = failed_by(response("500 Internal Server Error", &[], b"")).await;
    assert!(empty.json::<ErrorResponse>().is_err() && !empty.is_forbidden());
}
