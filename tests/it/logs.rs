//! Logging and redaction.

use std::cell::RefCell;
use std::io::{self, Write};
use std::sync::Once;

use secmaster_client::testing::{MockResponse, Server};
use secmaster_client::{Client, RetryPolicy};
use serde_json::json;
use tracing_subscriber::fmt::format::FmtSpan;

use crate::raw_server::RawServer;
use crate::support::{PROJECT, REQUEST_ID, TOKEN, VERSION, WORKSPACE, create, create_with, response};

thread_local! {
    static LINES: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// The log of the thread of a test. A test's runtime has no other thread.
///
/// Callsites cache their interest, so there is one subscriber per process.
pub struct Log;

impl Log {
    pub fn start() {
        static ONCE: Once = Once::new();
        ONCE.call_once(|| {
            tracing_subscriber::fmt()
                .with_max_level(tracing::Level::TRACE)
                .with_span_events(FmtSpan::NEW | FmtSpan::CLOSE)
                .with_ansi(false)
                .with_writer(|| Self)
                .init();
        });
    }

    pub fn output() -> String {
        LINES.with_borrow(|lines| String::from_utf8(lines.clone()).unwrap())
    }
}

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        LINES.with_borrow_mut(|lines| lines.extend_from_slice(bytes));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn a_call_has_one_span_with_status_request_id_and_duration() {
    Log::start();
    let server =
        RawServer::responding_in_turn(vec![response("200 OK", &[], b"{}"), response("400 Bad Request", &[], b"{}")])
            .await;
    let client = server.client();
    create(&client).await.unwrap();
    create(&client).await.unwrap_err();
    let output = Log::output();
    let closed: Vec<_> = output.lines().filter(|line| line.contains("close time.busy")).collect();
    assert_eq!(closed.len(), 2, "{output}");
    for (line, status) in closed.iter().zip(["200", "400"]) {
        assert!(line.contains(" CreatePlaybookAction{duration_ms="), "{line}");
        let fields = format!(" attempts=1 status={status} request_id=\"{REQUEST_ID}\"}}");
        assert!(line.contains(&fields), "{line}");
    }
}

/// The gateway writes the id into its body as well, and some of its responses have it only there.
#[tokio::test]
async fn a_request_id_of_the_body_is_logged() {
    Log::start();
    let server = Server::start().await;
    let throttled = || MockResponse::new(429).without_request_id().header("Retry-After", "0");
    server.respond_next(throttled().json(json!({"error_code": "APIGW.0308", "request_id": "of-the-first"})));
    server.respond_next(throttled().json(json!({"error_code": "APIGW.0308", "request_id": "of-the-second"})));
    let policy = RetryPolicy::default().attempts(2);
    let client = Client::builder().endpoint(server.endpoint()).token(server.token()).retry(policy).build().unwrap();
    create(&client).await.unwrap_err();
    let output = Log::output();
    let retry: Vec<_> = output.lines().filter(|line| line.contains("retrying after this response")).collect();
    assert!(retry.len() == 1 && retry[0].contains("request_id=\"of-the-first\""), "{output}");
    assert!(retry[0].contains(" INFO "), "{output}");
    let closed: Vec<_> = output.lines().filter(|line| line.contains("close time.busy")).collect();
    assert!(closed.len() == 1 && closed[0].contains(" request_id=\"of-the-second\"}"), "{output}");
    assert!(closed[0].contains(" attempts=2 status=429 "), "{output}");
}

#[tokio::test]
async fn a_call_without_a_response_has_a_span() {
    Log::start();
    let server = RawServer::responding_in_turn(vec![Vec::new()]).await;
    let client = server.client();
    create(&client).await.unwrap_err();
    create_with(&client, "..", WORKSPACE, VERSION).await.unwrap_err();
    let output = Log::output();
    let closed: Vec<_> = output.lines().filter(|line| line.contains("close time.busy")).collect();
    assert_eq!(closed.len(), 2, "{output}");
    assert!(closed.iter().all(|line| line.contains(" CreatePlaybookAction{duration_ms=")), "{output}");
    assert!(closed.iter().all(|line| !line.contains("status=")), "{output}");
}

#[tokio::test]
async fn a_deprecation_is_logged_once_per_operation_and_client() {
    Log::start();
    let deprecated =
        || response("200 OK", &["X-API-Deprecation-Date: 2026-12-31", "X-API-Deprecation-Info: use another"], b"{}");
    let failed = response("400 Bad Request", &["X-API-Deprecation-Date: 2026-12-31"], b"{}");
    let server =
        RawServer::responding_in_turn(vec![response("200 OK", &[], b"{}"), deprecated(), deprecated(), failed]).await;
    let client = server.client();
    let warnings =
        || Log::output().lines().filter(|line| line.contains(" WARN ")).map(str::to_owned).collect::<Vec<_>>();

    create(&client).await.unwrap();
    assert_eq!(warnings(), [""; 0]);
    let created = create(&client).await.unwrap();
    assert_eq!(created.deprecation().unwrap().date(), Some("2026-12-31"));
    create(&client.clone()).await.unwrap();
    assert_eq!(warnings().len(), 1);
    let line = &warnings()[0];
    assert!(
        line.ends_with(
            "secmaster_client::session: the operation is deprecated and goes offline \
             operation=\"CreatePlaybookAction\" date=\"2026-12-31\" info=\"use another\""
        ),
        "{line}"
    );

    create(&server.client()).await.unwrap_err();
    assert_eq!(warnings().len(), 2, "another client logs a separate warning, also for an error response");
}

#[tokio::test]
async fn no_secret_is_logged() {
    Log::start();
    let quoting = format!("{{\"error_code\":\"APIGW.0301\",\"error_msg\":\"the token {TOKEN} is bad, {TOKEN}\"}}");
    let server = RawServer::responding_in_turn(vec![
        response("200 OK", &[], b"{}"),
        response("401 Unauthorized", &[], quoting.as_bytes()),
        response("200 OK", &[], format!("{{\"code\":[\"{TOKEN}\"]}}").as_bytes()),
        response("200 OK", &[], format!("{{\"data\":\"{TOKEN}\"}}").as_bytes()),
        response("403 Forbidden", &[], format!("{{\"message\":\"bad {}\"}}", TOKEN.replace('T', "\\u0054")).as_bytes()),
        response("404 Not Found", &[&format!("X-API-Deprecation-Info: {TOKEN}")], &TOKEN.as_bytes()[..20]),
        response("302 Found", &[&format!("Location: https://other.example/?token={TOKEN}")], TOKEN.as_bytes()),
    ])
    .await;
    let builder = Client::builder().endpoint(server.endpoint()).token(TOKEN);
    let mut shown = vec![format!("{builder:?}")];
    let client = builder.build().unwrap();
    shown.push(format!("{client:?}"));
    shown.push(format!("{:?}", client.session()));
    let request = client.create_playbook_action().project_id(PROJECT).workspace_id(WORKSPACE).version_id(VERSION);
    let request = request.body(vec![]);
    shown.push(format!("{request:?}"));
    let created = request.send().await.unwrap();
    shown.push(format!("{created:?}"));
    for _ in 0..6 {
        let error = create(&client).await.unwrap_err();
        shown.push(format!("{error} {error:?} {:?} {}", error.message(), String::from_utf8_lossy(error.body())));
        let mut source = std::error::Error::source(&error);
        while let Some(cause) = source {
            shown.push(format!("{cause} {cause:?}"));
            source = cause.source();
        }
    }
    assert_eq!(server.requests().len(), 7);
    assert!(server.requests().iter().all(|request| request.contains(TOKEN)), "the token was sent");
    shown.push(Log::output());
    for output in &shown {
        assert!(!output.contains(&TOKEN[..12]), "{output}");
    }
    assert!(shown.iter().any(|output| output.contains("the token [redacted] is bad, [redacted]")), "{shown:?}");
}
