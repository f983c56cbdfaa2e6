//! The metadata service of a cloud server, and the keys that it issues.

use std::time::Duration;

use secmaster_client::testing::{MockResponse, Server};
use serde_json::Value;
use tokio::time::advance;

use super::access_keys::{DATE, EMPTY, signed};
use super::wire::{RawRequest, Reply};
use super::{assert_gateway, clock};

const SESSION: &str = "/meta-data/latest/api/token";
const KEYS: &str = "/openstack/latest/securitykey";
const TTL: &str = "X-Metadata-Token-Ttl-Seconds";

async fn create_session(server: &Server, seconds: &str) -> Reply {
    RawRequest::new("PUT", SESSION).header(TTL, seconds).send(server).await
}

async fn session(server: &Server, seconds: &str) -> String {
    let reply = create_session(server, seconds).await;
    assert_eq!((reply.status, reply.header("content-type")), (200, Some("text/plain")));
    assert_eq!((reply.header("X-request-id"), reply.header("X-IAM-Trace-Id")), (None, None));
    String::from_utf8(reply.body).unwrap()
}

async fn get_keys(server: &Server, session: &str) -> Reply {
    RawRequest::new("GET", KEYS).header("X-Metadata-Token", session).send(server).await
}

async fn keys(server: &Server) -> Value {
    let reply = get_keys(server, &session(server, "60").await).await;
    assert_eq!((reply.status, reply.header("content-type")), (200, Some("application/json")));
    reply.json()["credential"].take()
}

fn assert_message(reply: &Reply, status: u16, message: &str) {
    assert_eq!((reply.status, std::str::from_utf8(&reply.body).unwrap()), (status, message));
}

/// Lists the projects, signed with temporary keys and this security token.
async fn list_projects(server: &Server, keys: &Value, token: Option<&str>) -> Reply {
    let (access, secret) = (keys["access"].as_str().unwrap(), keys["secret"].as_str().unwrap());
    let request = RawRequest::new("GET", "/v3/projects");
    let (request, line, name) = match token {
        Some(token) => {
            (request.header("X-Security-Token", token), format!("x-security-token:{token}\n"), ";x-security-token")
        }
        None => (request, String::new(), ""),
    };
    let canonical =
        format!("GET\n/v3/projects/\n\nhost:fake-server\nx-sdk-date:{DATE}\n{line}\nhost;x-sdk-date{name}\n{EMPTY}");
    signed(request, access, secret, &canonical).send(server).await
}

#[tokio::test]
async fn keys_are_issued_within_a_session() {
    let server = Server::start().await;
    clock::set(&server);
    let (one, other) = (keys(&server).await, keys(&server).await);
    for name in ["access", "secret", "securitytoken"] {
        assert!(one[name].as_str().unwrap().len() >= 20);
        assert_ne!(one[name], other[name], "{name}");
    }
    let expires = one["expires_at"].as_str().unwrap();
    assert!(expires.starts_with("2019-11-16T03:") && expires.ends_with('Z') && expires.len() == 27, "{expires}");
    assert_eq!(one.as_object().unwrap().len(), 4);
    assert_eq!(server.keys_issued(), 2);
    assert_eq!((server.requests_to("/meta-data/").len(), server.requests_to("/openstack/").len()), (2, 2));
}

#[tokio::test]
async fn keys_need_a_session() {
    let server = Server::start().await;
    assert_message(&RawRequest::new("GET", KEYS).send(&server).await, 401, "X-Metadata-Token is missing");
    let message = "X-Metadata-Token is not a valid session token, or has expired";
    assert_message(&get_keys(&server, "unknown").await, 401, message);
    assert_eq!(server.keys_issued(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_session_expires_after_its_ttl() {
    let server = Server::start().await;
    let session = session(&server, "21600").await;
    advance(Duration::from_secs(21_599)).await;
    assert_eq!(get_keys(&server, &session).await.status, 200);
    advance(Duration::from_secs(1)).await;
    let message = "X-Metadata-Token is not a valid session token, or has expired";
    assert_message(&get_keys(&server, &session).await, 401, message);
}

#[tokio::test]
async fn the_ttl_of_a_session_has_limits() {
    let server = Server::start().await;
    let message = "X-Metadata-Token-Ttl-Seconds must be a number from 1 to 21600";
    for seconds in ["0", "21601", "-1"] {
        assert_message(&create_session(&server, seconds).await, 400, message);
    }
    let message = "the header parameter X-Metadata-Token-Ttl-Seconds is missing";
    assert_message(&RawRequest::new("PUT", SESSION).send(&server).await, 400, message);
    let message =
        "the header parameter X-Metadata-Token-Ttl-Seconds does not match the schema: value is not of type \"integer\"";
    for seconds in ["", "1.5", "1h"] {
        assert_message(&create_session(&server, seconds).await, 400, message);
    }
    assert_ne!(session(&server, "1").await, session(&server, "1").await);
}

#[tokio::test]
async fn sessions_can_be_disabled() {
    let server = Server::start().await;
    server.metadata_sessions(false);
    assert_message(&create_session(&server, "60").await, 404, "sessions are disabled");
    server.respond_next_to("/meta-data/", MockResponse::new(405));
    assert_message(&create_session(&server, "60").await, 405, "");
    assert_eq!(RawRequest::new("GET", KEYS).send(&server).await.status, 200);
    server.metadata_sessions(true);
    assert_eq!(RawRequest::new("GET", KEYS).send(&server).await.status, 401);
}

#[tokio::test]
async fn a_server_without_an_agency_has_no_keys() {
    let server = Server::start().await;
    let session = session(&server, "60").await;
    server.remove_agency();
    assert_message(&get_keys(&server, &session).await, 404, "the server has no agency");
    assert_message(
        &get_keys(&server, "unknown").await,
        401,
        "X-Metadata-Token is not a valid session token, or has expired",
    );
    server.metadata_sessions(false);
    assert_message(&RawRequest::new("GET", KEYS).send(&server).await, 404, "the server has no agency");
}

#[tokio::test]
async fn unknown_paths_of_metadata_are_not_found() {
    let server = Server::start().await;
    for (method, path) in [("GET", SESSION), ("PUT", KEYS), ("GET", "/openstack/latest/meta_data.json")] {
        let reply = RawRequest::new(method, path).send(&server).await;
        assert_message(&reply, 404, &format!("no API is published for {method} {path}"));
    }
}

#[tokio::test]
async fn temporary_keys_need_their_security_token() {
    let server = Server::start().await;
    clock::set(&server);
    let (one, other) = (keys(&server).await, keys(&server).await);
    let tokens = [&one, &other].map(|keys| keys["securitytoken"].as_str());
    assert_eq!(list_projects(&server, &one, tokens[0]).await.status, 200);
    assert_eq!(list_projects(&server, &other, tokens[1]).await.status, 200);
    for (token, why) in [
        (None, "X-Security-Token is missing, which a temporary access key needs"),
        (tokens[1], "X-Security-Token is not the one that was issued with the access key"),
    ] {
        let message = format!("IAM authentication failed: {why}");
        assert_gateway(&list_projects(&server, &one, token).await, 401, "APIGW.0301", &message);
    }
    let message = "IAM authentication failed: the access key is unknown";
    let another = Server::start().await;
    clock::set(&another);
    assert_gateway(&list_projects(&another, &one, tokens[0]).await, 401, "APIGW.0301", message);
}

#[tokio::test(start_paused = true)]
async fn temporary_keys_expire_after_their_ttl() {
    let server = Server::start().await;
    clock::set(&server);
    let usual = keys(&server).await;
    server.keys_ttl(Duration::from_millis(500));
    let short = keys(&server).await;
    let message = "IAM authentication failed: the temporary access key has expired";
    let use_of = async |keys: &Value| list_projects(&server, keys, keys["securitytoken"].as_str()).await;
    assert_eq!(use_of(&short).await.status, 200);
    advance(Duration::from_millis(500)).await;
    assert_gateway(&use_of(&short).await, 401, "APIGW.0301", message);
    assert_eq!(use_of(&usual).await.status, 200);
    advance(Duration::from_secs(24 * 60 * 60)).await;
    assert_gateway(&use_of(&usual).await, 401, "APIGW.0301", message);
}
