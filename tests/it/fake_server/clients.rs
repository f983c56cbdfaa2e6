//! The client, authenticated by the fake server in each way.

use secmaster_client::auth::{AccessKey, Credentials, Metadata, Password};
use secmaster_client::testing::Server;
use secmaster_client::{Client, ClientBuilder};

use crate::support::{create_in_default_project, server_with_any_ids};

fn client(server: &Server, credentials: impl Into<Credentials>) -> ClientBuilder {
    Client::builder().region(server.region()).endpoint(server.endpoint()).credentials(credentials)
}

/// Makes two calls, and returns the paths of all requests.
async fn paths(server: &Server, client: ClientBuilder) -> Vec<String> {
    let client = client.build().unwrap();
    for _ in 0..2 {
        create_in_default_project(&client).await.unwrap();
    }
    assert_eq!(client.project_id().await.unwrap(), server.project_id());
    assert_eq!(server.created().len(), 2);
    server.requests().iter().map(|request| request.path().split('/').next_back().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn by_password() {
    let server = server_with_any_ids().await;
    let password = Password::new(server.domain(), server.user(), server.password()).iam_endpoint(server.endpoint());
    assert_eq!(paths(&server, client(&server, password)).await, ["tokens", "actions", "actions"]);
    assert_eq!(server.logins(), 1);
}

#[tokio::test]
async fn by_password_and_second_factor() {
    let server = server_with_any_ids().await;
    server.require_totp("user-id", "123456");
    let password = Password::new(server.domain(), server.user(), server.password())
        .project(server.project_id())
        .totp(|| "123456".to_owned())
        .user_id("user-id")
        .iam_endpoint(server.endpoint());
    assert_eq!(paths(&server, client(&server, password)).await, ["tokens", "actions", "actions"]);
}

#[tokio::test]
async fn by_access_key() {
    let server = server_with_any_ids().await;
    let key = AccessKey::new(server.access_key(), server.secret_key()).iam_endpoint(server.endpoint());
    assert_eq!(paths(&server, client(&server, key)).await, ["projects", "actions", "actions"]);
}

#[tokio::test]
async fn by_metadata() {
    let server = server_with_any_ids().await;
    let metadata = Metadata::new().endpoint(server.endpoint()).iam_endpoint(server.endpoint());
    let expected = ["token", "securitykey", "projects", "actions", "actions"];
    assert_eq!(paths(&server, client(&server, metadata)).await, expected);
    assert_eq!(server.keys_issued(), 1);
}
