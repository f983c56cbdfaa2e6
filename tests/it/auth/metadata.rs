//! Temporary keys from the metadata service.

use std::time::Duration;

use secmaster_client::testing::{MockResponse, Server};
use secmaster_client::{Error, ErrorKind};

use super::{builder, metadata};
use crate::raw_server::RawServer;
use crate::support::{create, server_with_any_ids};

#[tokio::test]
async fn keys_are_fetched_in_a_session_and_cached() {
    let server = server_with_any_ids().await;
    let client = builder(&server).credentials(metadata(&server)).build().unwrap();
    for _ in 0..3 {
        create(&client).await.unwrap();
    }
    assert_eq!(server.keys_issued(), 1);
    let session = &server.requests_to("/meta-data/")[0];
    assert_eq!((session.method(), session.path()), ("PUT", "/meta-data/latest/api/token"));
    assert_eq!(session.header("x-metadata-token-ttl-seconds"), Some("21600"));
    assert_eq!((session.header("content-length"), session.body()), (Some("0"), &b""[..]));
    let keys = &server.requests_to("/openstack/")[0];
    assert_eq!((keys.method(), keys.path()), ("GET", "/openstack/latest/securitykey"));
    assert!(keys.header("x-metadata-token").is_some());
    for request in server.requests_to("/v1/") {
        assert!(request.header("x-security-token").is_some());
        assert!(request.header("authorization").unwrap().contains("host;x-project-id;x-sdk-date;x-security-token"));
        assert!(request.header("x-auth-token").is_none());
        assert!(request.header("x-metadata-token").is_none());
    }
}

#[tokio::test]
async fn keys_are_fetched_without_a_session_if_it_is_disabled() {
    let server = server_with_any_ids().await;
    server.metadata_sessions(false);
    for response in [None, Some(405), Some(503)] {
        if let Some(status) = response {
            server.respond_next_to("/meta-data/", MockResponse::new(status));
        }
        let client = builder(&server).credentials(metadata(&server)).build().unwrap();
        create(&client).await.unwrap();
        assert!(server.requests_to("/openstack/").last().unwrap().header("x-metadata-token").is_none());
    }
}

#[tokio::test]
async fn expired_keys_are_replaced() {
    let server = server_with_any_ids().await;
    server.keys_ttl(Duration::from_secs(2));
    let client = builder(&server).credentials(metadata(&server).project_id(server.project_id())).build().unwrap();
    while server.keys_issued() < 3 {
        assert_eq!(create(&client).await.unwrap().attempts(), 1);
    }
}

#[tokio::test]
async fn a_server_without_an_agency_is_an_error() {
    let server = Server::start().await;
    server.remove_agency();
    let client = builder(&server).credentials(metadata(&server)).build().unwrap();
    let error = create(&client).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Authentication);
    assert!(
        error.to_string().starts_with(
            "CreatePlaybookAction: request not sent: getting keys from the metadata service was refused: \
             returned 404 Not Found"
        ),
        "{error}"
    );
    assert_eq!(server.requests_to("/v1/").len(), 0);
}

#[tokio::test]
async fn clock_skew_does_not_expire_keys() {
    let server = server_with_any_ids().await;
    server.clock_skew(-9 * 3600);
    let client = builder(&server).credentials(metadata(&server).project_id(server.project_id())).build().unwrap();
    assert_eq!(create(&client).await.unwrap().attempts(), 2);
    assert_eq!(create(&client).await.unwrap().attempts(), 1);
    assert_eq!(server.keys_issued(), 1);
}

#[tokio::test]
async fn the_metadata_service_is_called_without_the_proxy() {
    let (server, proxy) = (Server::start().await, Server::start().await);
    let credentials = metadata(&server).project_id(server.project_id());
    let client = builder(&server).credentials(credentials).proxy(proxy.endpoint()).build().unwrap();
    create(&client).await.unwrap_err();
    assert_eq!(
        server.keys_issued(),
        2,
        "the proxy is a fake server, which rejects foreign keys, so they are refreshed once"
    );
    assert!(proxy.requests_to("/meta-data/").is_empty() && proxy.requests_to("/openstack/").is_empty());
}

/// A call whose metadata service does not respond: the error and its timeout.
async fn unresponsive(timeout: Duration, within: &str) -> Error {
    let server = Server::start().await;
    let silent = RawServer::silent().await;
    let endpoint = silent.endpoint();
    let credentials = metadata(&server).endpoint(&endpoint).project_id("p");
    let client = builder(&server).credentials(credentials).timeout(timeout).build().unwrap();
    let error = create(&client).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        format!(
            "CreatePlaybookAction: request not sent: getting keys from the metadata service failed: \
             no response from {endpoint} within {within}"
        )
    );
    error
}

#[tokio::test]
async fn an_unreachable_service_fails_within_a_third_of_the_timeout() {
    assert!(unresponsive(Duration::from_millis(600), "200ms").await.is_retryable());
}

/// Nothing arrives, so the paused clock advances to the timeout immediately.
#[tokio::test(start_paused = true)]
async fn the_metadata_service_times_out_after_five_seconds() {
    unresponsive(Duration::from_secs(60), "5s").await;
}
