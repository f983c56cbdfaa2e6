//! Queued responses, and deprecation headers.

use std::collections::HashMap;
use std::time::Duration;

use secmaster_client::testing::{MockResponse, Server};
use serde_json::json;
use tokio::time::Instant;

use super::assert_documented_id;
use super::wire::{PATH, RawRequest, Reply};
use crate::support::server_with_any_ids;

const DATE: &str = "X-API-Deprecation-Date";
const INFO: &str = "X-API-Deprecation-Info";

/// The received response.
async fn queued(response: MockResponse) -> Reply {
    let server = Server::start().await;
    server.respond_next(response);
    RawRequest::create(&server).send(&server).await
}

#[tokio::test]
async fn queued_responses_are_ordered_and_replace_checks() {
    let server = server_with_any_ids().await;
    server.respond_next(MockResponse::new(503));
    server.respond_next(MockResponse::new(299).body("second"));
    let first =
        RawRequest::create(&server).method("GET").target("/unknown").without("X-Auth-Token").send(&server).await;
    let second = RawRequest::create(&server).body("not JSON").send(&server).await;
    assert_eq!((first.status, first.body.as_slice()), (503, &b""[..]));
    assert_eq!((second.status, second.body.as_slice()), (299, &b"second"[..]));
    assert!(server.created().is_empty());

    let third = RawRequest::create(&server).send(&server).await;
    assert_eq!((third.status, server.created().len()), (200, 1));
    let paths: Vec<_> = server.requests().iter().map(|request| request.path().to_owned()).collect();
    assert_eq!(paths, ["/unknown", PATH, PATH]);
}

#[tokio::test]
async fn a_body_has_the_content_type_of_its_header() {
    let value = json!({ "code": "x" });
    for (response, body, content_type) in [
        (MockResponse::new(400).json(&value), r#"{"code":"x"}"#, vec![&b"application/json"[..]]),
        (MockResponse::new(400).header("Content-Type", "text/x").json(&value), r#"{"code":"x"}"#, vec![b"text/x"]),
        (MockResponse::new(400).json(&value).header("Content-Type", "text/x"), r#"{"code":"x"}"#, vec![b"text/x"]),
        (MockResponse::new(400).json(&value).body("plain"), "plain", vec![]),
        (MockResponse::new(400), "", vec![]),
    ] {
        let reply = queued(response).await;
        assert_eq!(reply.values("content-type"), content_type);
        assert_eq!(reply.body, body.as_bytes());
        assert_eq!(reply.header("content-length"), Some(body.len().to_string().as_str()));
    }
}

#[tokio::test]
async fn headers_may_be_repeated_and_have_any_bytes() {
    let response = MockResponse::new(200).header("X-One", "a").header("x-one", [0xff, b'b']).header("X-Empty", "");
    let reply = queued(response).await;
    assert_eq!(reply.values("x-one"), [&b"a"[..], b"\xffb"]);
    assert_eq!(reply.values("x-empty"), [b""]);
}

#[tokio::test]
async fn a_queued_response_has_a_request_id_by_default() {
    assert_documented_id(&queued(MockResponse::new(500)).await);
    for (response, expected) in [
        (MockResponse::new(500).header("x-request-ID", "mine"), vec![&b"mine"[..]]),
        (MockResponse::new(500).header("X-request-id", ""), vec![b""]),
        (MockResponse::new(500).without_request_id(), vec![]),
        (MockResponse::new(500).without_request_id().header("X-request-id", "mine"), vec![b"mine"]),
    ] {
        assert_eq!(queued(response).await.values("X-request-id"), expected);
    }
}

#[tokio::test(start_paused = true)]
async fn a_response_can_be_delayed() {
    let server = Server::start().await;
    let hour = Duration::from_secs(3600);
    server.respond_next(MockResponse::new(503).delay(hour));
    let started = Instant::now();
    assert_eq!(RawRequest::create(&server).send(&server).await.status, 503);
    // The clock of this test advances only while sleeping.
    assert!(started.elapsed() >= hour, "{:?}", started.elapsed());
}

#[tokio::test]
async fn an_invalid_response_is_reported() {
    let not_json = HashMap::from([((1, 2), 3)]);
    let status = |status: u16| format!("{status} is not the status of a response; use one from 200 to 999");
    let with_body = |name: &str| format!("the header {name} cannot be set, since it is derived from the body");
    for (response, why) in [
        (MockResponse::new(0), status(0)),
        (MockResponse::new(199), status(199)),
        (MockResponse::new(1000), status(1000)),
        (MockResponse::new(200).header("x y", "z"), r#""x y" is not the name of a header"#.to_owned()),
        (MockResponse::new(200).header("x", "a\r\nb"), "the value of the header x has a control character".to_owned()),
        (MockResponse::new(200).header("Content-Length", "3"), with_body("Content-Length")),
        (MockResponse::new(200).header("transfer-encoding", "chunked"), with_body("transfer-encoding")),
        (
            MockResponse::new(200).json(not_json),
            "the value passed to json() cannot be serialized: key must be a string".to_owned(),
        ),
        (MockResponse::new(0).header("x y", "z").disconnect_after(1), status(0)),
    ] {
        let reply = queued(response).await;
        let message = format!("the fake server cannot send the response: {why}");
        assert_eq!(reply.json(), json!({ "code": "FakeServer.0500", "message": message }));
        assert_eq!(reply.status, 500);
    }
    assert_eq!(queued(MockResponse::new(999)).await.status, 999);
}

#[test]
fn mock_responses_do_not_show_credentials() {
    let response =
        MockResponse::new(201).header("X-Subject-Token", "MII").header("X-Shown", "shown").body("the-secret");
    let shown = format!("{response:?}");
    assert!(shown.contains("shown") && !shown.contains("MII") && !shown.contains("the-secret"), "{shown}");
}

#[tokio::test]
async fn only_the_service_sends_deprecation_headers() {
    let server = server_with_any_ids().await;
    let headers = |reply: Reply| [reply.header(DATE).map(str::to_owned), reply.header(INFO).map(str::to_owned)];
    let none = [None, None];
    let announced = [Some("2026-12-31".to_owned()), Some("Use CreatePlaybookVersion.".to_owned())];
    assert_eq!(headers(RawRequest::create(&server).send(&server).await), none);

    server.deprecate("2026-12-31", "Use CreatePlaybookVersion.");
    server.respond_next(MockResponse::new(400));
    for (request, status, expected) in [
        (RawRequest::create(&server), 400, &announced),
        (RawRequest::create(&server), 200, &announced),
        (RawRequest::create(&server).body("{}"), 400, &announced),
        (RawRequest::create(&server).without("X-Auth-Token"), 401, &none),
        (RawRequest::create(&server).target("/"), 404, &none),
    ] {
        let reply = request.send(&server).await;
        assert_eq!(reply.status, status);
        assert_eq!(headers(reply), *expected);
    }

    server.respond_next(MockResponse::new(200).header(DATE, "soon"));
    let reply = RawRequest::create(&server).send(&server).await;
    assert_eq!(reply.values(DATE), [b"soon"]);
    assert_eq!(reply.header(INFO), announced[1].as_deref());
}

#[tokio::test]
async fn an_invalid_deprecation_is_reported() {
    let server = server_with_any_ids().await;
    server.deprecate("2026\n12", "");
    let reply = RawRequest::create(&server).send(&server).await;
    let message = "the fake server cannot send the response: the value of the header x-api-deprecation-date has a \
                control character";
    assert_eq!(reply.json(), json!({ "code": "FakeServer.0500", "message": message }));
}
