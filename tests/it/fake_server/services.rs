//! Behavior shared by the services that the fake server emulates.

use std::time::Duration;

use secmaster_client::testing::{MockResponse, Server};
use tokio::time::Instant;

use super::access_keys::{EMPTY, signed};
use super::logins::{body, log_in, token};
use super::wire::{Connection, RawRequest};
use crate::support::server_with_any_ids;

#[tokio::test]
async fn each_service_has_a_separate_queue() {
    let server = server_with_any_ids().await;
    server.respond_next(MockResponse::new(501));
    server.respond_next(MockResponse::new(502));
    server.respond_next_to("/v3/", MockResponse::new(503));
    server.respond_next_to("/v3/", MockResponse::new(504));
    server.respond_next_to("/meta-data/", MockResponse::new(505));
    let session = || RawRequest::new("PUT", "/meta-data/latest/api/token").header("X-Metadata-Token-Ttl-Seconds", "1");
    assert_eq!(log_in(&server, &body(&server)).await.status, 503);
    assert_eq!(RawRequest::create(&server).send(&server).await.status, 501);
    assert_eq!(session().send(&server).await.status, 505);
    assert_eq!(RawRequest::new("GET", "/v3/unknown").send(&server).await.status, 504);
    assert_eq!(RawRequest::create(&server).send(&server).await.status, 502);
    assert_eq!((server.logins(), server.login_attempts()), (0, 1));

    token(&server).await;
    assert_eq!(session().send(&server).await.status, 200);
    assert_eq!(RawRequest::create(&server).send(&server).await.status, 200);
    let paths: Vec<_> = server.requests().iter().map(|request| request.path().to_owned()).collect();
    assert_eq!((paths.len(), &paths[0], &paths[3]), (8, &"/v3/auth/tokens".to_owned(), &"/v3/unknown".to_owned()));
    assert_eq!(server.requests_to("/v1/").len(), 3);
    assert_eq!(server.requests_to("/v3/auth").len(), 2);
}

#[tokio::test]
async fn a_queued_response_has_the_ids_of_its_service() {
    let server = Server::start().await;
    server.deprecate("2026-12-31", "soon");
    for (response, ids) in [
        (MockResponse::new(429).header("Retry-After", "7"), 1),
        (MockResponse::new(429).header("Retry-After", "7").without_request_id(), 0),
    ] {
        server.respond_next_to("/v3/", response.clone());
        server.respond_next_to("/openstack/", response);
        let iam = log_in(&server, &body(&server)).await;
        let metadata = RawRequest::new("GET", "/openstack/latest/securitykey").send(&server).await;
        assert_eq!((iam.values("X-IAM-Trace-Id").len(), metadata.values("X-IAM-Trace-Id").len()), (ids, 0));
        for reply in [iam, metadata] {
            assert_eq!((reply.status, reply.header("Retry-After")), (429, Some("7")));
            assert_eq!((reply.header("X-request-id"), reply.header("X-API-Deprecation-Date")), (None, None));
        }
    }
}

#[tokio::test]
async fn a_login_can_be_disconnected() {
    let server = Server::start().await;
    server.respond_next_to("/v3/", MockResponse::disconnect());
    let mut connection = Connection::open(&server).await;
    connection.send(&RawRequest::new("POST", "/v3/auth/tokens")).await;
    assert!(connection.reply().await.is_none());
    assert_eq!((server.logins(), server.login_attempts()), (0, 1));
}

#[tokio::test(start_paused = true)]
async fn a_login_can_be_delayed() {
    let server = Server::start().await;
    let hour = Duration::from_secs(3_600);
    server.respond_next_to("/v3/", MockResponse::new(503).delay(hour));
    let started = Instant::now();
    assert_eq!(log_in(&server, &body(&server)).await.status, 503);
    // The clock of this test advances only while sleeping.
    assert!(started.elapsed() >= hour, "{:?}", started.elapsed());
}

#[tokio::test]
async fn secrets_are_redacted() {
    let server = Server::start().await;
    let token = token(&server).await;
    server.metadata_sessions(false);
    let keys = RawRequest::new("GET", "/openstack/latest/securitykey").send(&server).await.json()["credential"].take();
    let security_token = keys["securitytoken"].as_str().unwrap();
    let mut replies = Vec::new();
    for (access, secret) in [
        (server.access_key(), server.secret_key()),
        ("unknown".to_owned(), server.secret_key()),
        (keys["access"].as_str().unwrap().to_owned(), keys["secret"].as_str().unwrap().to_owned()),
    ] {
        let request = RawRequest::create(&server).without("X-Auth-Token").header("X-Security-Token", security_token);
        let canonical = format!("POST\n/\n\n\nhost;x-sdk-date;x-security-token\n{EMPTY}");
        replies.push(signed(request, &access, &secret, &canonical).send(&server).await);
    }
    let mut wrong = body(&server);
    wrong["auth"]["identity"]["password"]["user"]["name"] = "another".into();
    replies.push(log_in(&server, &wrong).await);
    replies.push(RawRequest::create(&server).header("Authorization", &server.secret_key()).send(&server).await);

    let mut shown = format!("{server:?} {:?}", server.requests());
    for reply in &replies {
        assert!(reply.status >= 400);
        shown += std::str::from_utf8(&reply.body).unwrap();
    }
    let secret = |name: &str| keys[name].as_str().unwrap().to_owned();
    for secret in [
        server.password(),
        server.access_key(),
        server.secret_key(),
        server.token(),
        token,
        secret("access"),
        secret("secret"),
        secret("securitytoken"),
    ] {
        assert!(!shown.contains(&secret), "{shown}");
    }
}
