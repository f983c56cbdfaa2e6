//! Lifetime and scope of tokens.

use std::time::Duration;

use secmaster_client::testing::Server;
use tokio::time::advance;

use super::assert_gateway;
use super::logins::token;
use super::wire::{PATH, RawRequest, Reply};
use crate::support::server_with_any_ids;

async fn create_with(server: &Server, token: &str) -> Reply {
    let target = PATH.replace("the-project", &server.project_id());
    RawRequest::create(server).target(&target).without("X-Auth-Token").header("X-Auth-Token", token).send(server).await
}

fn assert_expired(reply: &Reply) {
    let message = "IAM authentication failed: X-Auth-Token has expired or was revoked; get a new one";
    assert_gateway(reply, 401, "APIGW.0307", message);
}

#[tokio::test]
async fn several_tokens_are_valid() {
    let server = server_with_any_ids().await;
    let tokens = [token(&server).await, token(&server).await, server.token()];
    for token in &tokens {
        assert_eq!(create_with(&server, token).await.status, 200);
    }
    let other = server_with_any_ids().await;
    let message = "IAM authentication failed: X-Auth-Token is not a valid token";
    assert_gateway(&create_with(&other, &tokens[0]).await, 401, "APIGW.0301", message);
}

#[tokio::test(start_paused = true)]
async fn a_token_expires_after_its_ttl() {
    let server = server_with_any_ids().await;
    let millisecond = Duration::from_millis(1);
    // Nothing is set in the first round, when tokens have the default TTL of one day.
    for almost in [86_399_999, 1_999, 299].map(Duration::from_millis) {
        if almost.as_secs() < 86_399 {
            server.token_ttl(almost + millisecond);
        }
        let token = token(&server).await;
        advance(almost).await;
        assert_eq!(create_with(&server, &token).await.status, 200, "{almost:?}");
        advance(millisecond).await;
        assert_expired(&create_with(&server, &token).await);
    }
    assert_eq!(create_with(&server, &server.token()).await.status, 200);
}

#[tokio::test(start_paused = true)]
async fn a_new_ttl_applies_to_later_tokens() {
    let server = server_with_any_ids().await;
    let early = token(&server).await;
    server.token_ttl(Duration::from_secs(1));
    let late = token(&server).await;
    server.token_ttl(Duration::MAX);
    let endless = token(&server).await;
    advance(Duration::from_secs(1)).await;
    assert_eq!(create_with(&server, &early).await.status, 200);
    assert_expired(&create_with(&server, &late).await);
    advance(Duration::from_secs(24 * 60 * 60)).await;
    assert_expired(&create_with(&server, &early).await);
    assert_eq!(create_with(&server, &endless).await.status, 200);
}

#[tokio::test]
async fn revoking_expires_all_issued_tokens() {
    let server = server_with_any_ids().await;
    let early = token(&server).await;
    server.revoke_tokens();
    let late = token(&server).await;
    assert_expired(&create_with(&server, &early).await);
    assert_expired(&create_with(&server, &server.token()).await);
    assert_eq!(create_with(&server, &late).await.status, 200);
    let projects = RawRequest::new("GET", "/v3/projects").header("X-Auth-Token", &early).send(&server).await;
    assert_expired(&projects);
    assert!(server.created().len() == 1, "a rejected request creates no row");
}
