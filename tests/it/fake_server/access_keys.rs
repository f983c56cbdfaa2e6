//! Requests that are signed with an access key. Each test contains its canonical request.

use hmac::{Hmac, KeyInit, Mac};
use secmaster_client::testing::Server;
use sha2::{Digest, Sha256};

use super::clock;
use super::wire::{ACTIONS, CONTENT_TYPE, PATH, RawRequest, Reply};
use super::{assert_bad_parameters, assert_gateway};
use crate::support::server_with_any_ids;

/// A time close to that of [`clock::set`].
pub const DATE: &str = "20191115T033655Z";
/// The hash of an empty body.
pub const EMPTY: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat()
}

/// Adds the signature of a canonical request, with the signed headers.
pub fn signed(request: RawRequest, access: &str, secret: &str, canonical: &str) -> RawRequest {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(format!("SDK-HMAC-SHA256\n{DATE}\n{}", hex(&Sha256::digest(canonical))).as_bytes());
    let signature = hex(&mac.finalize().into_bytes());
    let names = canonical.lines().rev().nth(1).unwrap();
    let authorization = format!("SDK-HMAC-SHA256 Access={access}, SignedHeaders={names}, Signature={signature}");
    request.header("Authorization", &authorization).header("X-Sdk-Date", DATE)
}

async fn started() -> Server {
    let server = server_with_any_ids().await;
    clock::set(&server);
    server
}

/// The canonical request of a valid create of [`RawRequest`].
fn canonical() -> String {
    let hash = "0ba91486b3feb8d6b75a1691e981f64fb0859b32c4926acd305bcd2aaec8ca1e";
    format!("POST\n{PATH}/\n\nhost:fake-server\nx-sdk-date:{DATE}\n\nhost;x-sdk-date\n{hash}")
}

fn create() -> RawRequest {
    RawRequest::new("POST", PATH).body(ACTIONS).header("content-type", CONTENT_TYPE)
}

fn assert_rejected(reply: &Reply, why: &str) {
    assert_gateway(reply, 401, "APIGW.0301", &format!("IAM authentication failed: {why}"));
}

const WRONG: &str = "the signature is wrong: it belongs to another secret key, or to another request";

#[tokio::test]
async fn a_signature_replaces_a_token() {
    let server = started().await;
    let reply = signed(create(), &server.access_key(), &server.secret_key(), &canonical()).send(&server).await;
    assert_eq!((reply.status, server.created().len()), (200, 1));

    let request = RawRequest::new("GET", "/v3/projects?name=cn-north-4&limit=1");
    let canonical = format!(
        "GET\n/v3/projects/\nlimit=1&name=cn-north-4\nhost:fake-server\nx-sdk-date:{DATE}\n\nhost;x-sdk-date\n{EMPTY}"
    );
    let reply = signed(request, &server.access_key(), &server.secret_key(), &canonical).send(&server).await;
    assert_eq!((reply.status, &reply.json()["projects"][0]["id"]), (200, &server.project_id().into()));
}

#[tokio::test]
async fn a_signed_request_is_checked_like_any_other() {
    let server = started().await;
    let request = signed(create().without("content-type"), &server.access_key(), &server.secret_key(), &canonical());
    let message = "content-type is missing; it must be application/json;charset=UTF-8";
    assert_bad_parameters(&request.send(&server).await, message);
    let request = signed(create().target("/unknown"), &server.access_key(), &server.secret_key(), &canonical());
    assert_gateway(&request.send(&server).await, 404, "APIGW.0101", "no API is published for POST /unknown");
}

#[tokio::test]
async fn a_wrong_signature_is_rejected_with_the_reason() {
    let server = started().await;
    let other = Server::start().await;
    let (access, secret) = (server.access_key(), server.secret_key());
    let signed_by = |access: &str, secret: &str| signed(create(), access, secret, &canonical());
    for (request, why) in [
        (signed_by(&access, &other.secret_key()), WRONG),
        (signed_by(&access, &secret).body("[]"), WRONG),
        (signed_by(&access, &secret).target(&format!("{PATH}?a=b")), WRONG),
        (signed_by(&other.access_key(), &secret), "the access key is unknown"),
        (signed_by(&access, &secret).without("X-Sdk-Date"), "the header x-sdk-date is missing"),
        (signed_by(&access, &secret).header("X-Project-Id", "p"), "the header x-project-id is not signed"),
        (signed_by(&access, &secret).header("X-Security-Token", "t"), "the header x-security-token is not signed"),
    ] {
        assert_rejected(&request.send(&server).await, why);
    }
    // The clock is back at the time of this machine.
    server.clock_skew(0);
    let expired = "the signature has expired: x-sdk-date is more than 15 minutes off";
    assert_rejected(&signed_by(&access, &secret).send(&server).await, expired);
    assert!(server.created().is_empty());
}

#[tokio::test]
async fn a_key_of_the_user_has_no_security_token() {
    let server = started().await;
    let canonical = format!(
        "GET\n/v3/projects/\n\nhost:fake-server\nx-sdk-date:{DATE}\nx-security-token:t\n\n\
         host;x-sdk-date;x-security-token\n{EMPTY}"
    );
    let request = RawRequest::new("GET", "/v3/projects").header("X-Security-Token", "t");
    let reply = signed(request, &server.access_key(), &server.secret_key(), &canonical).send(&server).await;
    assert_rejected(&reply, "X-Security-Token is present, but the access key is not a temporary one");
}

#[tokio::test]
async fn x_project_id_must_be_known() {
    let server = started().await;
    server.add_project("cn-east-3", "another-id");
    let named = async |id: &str| {
        let canonical = format!(
            "GET\n/v3/projects/\n\nhost:fake-server\nx-project-id:{id}\nx-sdk-date:{DATE}\n\n\
             host;x-project-id;x-sdk-date\n{EMPTY}"
        );
        let request = RawRequest::new("GET", "/v3/projects").header("X-Project-Id", id);
        signed(request, &server.access_key(), &server.secret_key(), &canonical).send(&server).await
    };
    assert_eq!(named(&server.project_id()).await.status, 200);
    assert_eq!(named("another-id").await.status, 200);
    let message = "X-Project-Id is not the ID of a project that the caller may use";
    assert_gateway(&named("unknown").await, 403, "APIGW.0302", message);
    let by_token = RawRequest::create(&server).header("X-Project-Id", "unknown");
    assert_gateway(&by_token.send(&server).await, 403, "APIGW.0302", message);
}

#[tokio::test]
async fn a_request_with_a_token_and_a_signature_is_rejected() {
    let server = started().await;
    let request = signed(create(), &server.access_key(), &server.secret_key(), &canonical());
    let reply = request.header("X-Auth-Token", &server.token()).send(&server).await;
    let message = "both X-Auth-Token and Authorization are present; send only one of them";
    assert_gateway(&reply, 400, "FakeServer.0400", message);
}
