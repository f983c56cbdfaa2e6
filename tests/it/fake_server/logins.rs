//! Logins to IAM: what is checked, and what is returned.

use std::collections::HashSet;
use std::sync::Arc;

use secmaster_client::testing::Server;
use serde_json::{Value, json};
use tokio::task::{JoinSet, yield_now};

use super::wire::{RawRequest, Reply};
use crate::support::server_with_any_ids;

/// The body of a valid login.
pub fn body(server: &Server) -> Value {
    json!({ "auth": {
        "identity": {
            "methods": ["password"],
            "password": { "user": {
                "name": server.user(),
                "password": server.password(),
                "domain": { "name": server.domain() },
            }},
        },
        "scope": { "project": { "name": server.region() } },
    }})
}

pub async fn log_in(server: &Server, body: &Value) -> Reply {
    let request = RawRequest::new("POST", "/v3/auth/tokens?nocatalog=true")
        .header("Content-Type", "application/json;charset=utf8");
    request.body(body.to_string()).send(server).await
}

/// Logs in, and returns the token.
pub async fn token(server: &Server) -> String {
    let reply = log_in(server, &body(server)).await;
    assert_eq!(reply.status, 201);
    reply.header("X-Subject-Token").unwrap().to_owned()
}

/// The body of a login, with another value at a pointer; null removes it.
pub fn changed(server: &Server, pointer: &str, value: Value) -> Value {
    let mut body = body(server);
    *body.pointer_mut(pointer).unwrap() = value;
    body
}

/// Asserts an error response in the nested format of IAM.
pub fn assert_rejected(reply: &Reply, status: u16, title: &str, message: &str) {
    assert_eq!(reply.json(), json!({ "error": { "code": status, "message": message, "title": title } }));
    assert_eq!(reply.status, status);
    assert_eq!(reply.header("content-type"), Some("application/json"));
    assert_eq!(reply.values("X-Subject-Token").len(), 0);
    assert_trace_id(reply);
}

pub fn assert_trace_id(reply: &Reply) {
    let id = reply.header("X-IAM-Trace-Id").unwrap();
    assert_eq!(id.len(), 32);
    assert_eq!(reply.header("X-request-id"), None);
}

#[tokio::test]
async fn a_login_returns_a_token_and_its_properties() {
    let server = Server::start().await;
    let reply = log_in(&server, &body(&server)).await;
    assert_eq!(reply.status, 201);
    let token = reply.header("X-Subject-Token").unwrap();
    assert!(token.starts_with("MII") && token.len() == 1027, "{token}");
    assert_eq!(reply.header("content-type"), Some("application/json"));
    assert_trace_id(&reply);

    let response = reply.json();
    let domain = json!({ "id": response["token"]["user"]["domain"]["id"], "name": "IAMDomain" });
    let user_id = &response["token"]["user"]["id"];
    for id in [&domain["id"], user_id] {
        assert_eq!(id.as_str().unwrap().len(), 32);
    }
    assert_eq!(
        response,
        json!({ "token": {
            "expires_at": response["token"]["expires_at"],
            "issued_at": response["token"]["issued_at"],
            "methods": ["password"],
            "project": { "domain": domain, "id": server.project_id(), "name": "cn-north-4" },
            "roles": [],
            "user": { "domain": domain, "id": user_id, "name": "IAMUser", "password_expires_at": "" },
        }})
    );
    assert_eq!((server.logins(), server.login_attempts()), (1, 1));
    assert_eq!(server.requests()[0].json(), Some(body(&server)));
}

#[tokio::test]
async fn secrets_are_unique() {
    let (one, other) = (Server::start().await, Server::start().await);
    let secrets = |server: &Server| {
        [server.password(), server.access_key(), server.secret_key(), server.token(), server.project_id()]
    };
    let mut all: HashSet<_> = secrets(&one).into_iter().chain(secrets(&other)).collect();
    for _ in 0..5 {
        all.insert(token(&one).await);
    }
    assert_eq!(all.len(), 15);
    assert_eq!((one.access_key().len(), one.secret_key().len(), one.project_id().len()), (20, 40, 32));
    assert!(one.project_id().bytes().all(|byte| byte.is_ascii_hexdigit()), "{}", one.project_id());
    assert_eq!(log_in(&one, &body(&other)).await.status, 401);
}

#[tokio::test]
async fn nocatalog_omits_the_catalog() {
    let server = Server::start().await;
    for (query, expected) in [
        ("", Some(json!([]))),
        ("?", Some(json!([]))),
        ("?nocatalog=", Some(json!([]))),
        ("?nocatalog", Some(json!([]))),
        ("?a=b&nocatalog=false", None),
    ] {
        let request =
            RawRequest::new("POST", &format!("/v3/auth/tokens{query}")).header("content-type", "application/json");
        let reply = request.body(body(&server).to_string()).send(&server).await;
        assert_eq!(reply.json()["token"].get("catalog"), expected.as_ref(), "{query}");
    }
}

#[tokio::test]
async fn the_project_is_found_by_name_or_id() {
    let server = Server::start().await;
    server.add_project("cn-east-3", "another-id");
    let scoped = async |scope: Value| log_in(&server, &changed(&server, "/auth/scope/project", scope)).await;
    for (scope, expected) in [
        (json!({ "id": server.project_id() }), server.project_id()),
        (json!({ "name": "cn-east-3" }), "another-id".to_owned()),
        (json!({ "id": "another-id" }), "another-id".to_owned()),
    ] {
        let reply = scoped(scope.clone()).await;
        assert_eq!(reply.json()["token"]["project"]["id"], expected, "{scope}");
    }
    let unknown = "there is no project with the name or ID of the scope";
    for scope in [json!({ "name": "another-id" }), json!({ "id": "cn-east-3" })] {
        assert_rejected(&scoped(scope).await, 404, "Not Found", unknown);
    }
    server.add_project("cn-east-3", "a-third-id");
    server.add_project("cn-east-3", "a-fourth-id");
    let several = "3 projects have the name of the scope; use the project's ID";
    assert_rejected(&scoped(json!({ "name": "cn-east-3" })).await, 400, "Bad Request", several);
    assert_eq!((server.logins(), server.login_attempts()), (3, 6));
}

#[tokio::test]
async fn an_invalid_login_is_rejected_with_its_location() {
    let server = Server::start().await;
    let methods = "auth.identity.methods must be password, or password and totp";
    let scope = "auth.scope.project must have either a name or an id";
    let user = "/auth/identity/password/user";
    for (pointer, value, message) in [
        ("", json!([]), "the body does not match the schema: value is not of type \"object\""),
        (
            "/auth/identity/methods",
            json!("password"),
            "the body at /auth/identity/methods does not match the schema: value is not of type \"array\"",
        ),
        ("/auth/identity/methods", json!([]), methods),
        ("/auth/identity/methods", json!(["password", "token"]), methods),
        (
            &format!("{user}/password"),
            json!(7),
            "the body at /auth/identity/password/user/password does not match the schema: value is not of type \"string\"",
        ),
        (
            user,
            json!({}),
            "the body at /auth/identity/password/user does not match the schema: \"name\" is a required property",
        ),
        ("/auth/scope/project", json!({}), scope),
        ("/auth/scope/project", json!({ "name": "a", "id": "b" }), scope),
    ] {
        assert_rejected(&log_in(&server, &changed(&server, pointer, value)).await, 400, "Bad Request", message);
    }
    let request = || RawRequest::new("POST", "/v3/auth/tokens").body(body(&server).to_string());
    let json = request().header("content-type", "Application/JSON").body("{");
    let message = "the body is not JSON: EOF while parsing an object at line 1 column 1";
    assert_rejected(&json.send(&server).await, 400, "Bad Request", message);
    let message = "content-type is missing; it must be application/json;charset=utf8";
    assert_rejected(&request().send(&server).await, 400, "Bad Request", message);
    let message = "content-type is text/json; it must be application/json;charset=utf8";
    assert_rejected(&request().header("content-type", "text/json").send(&server).await, 400, "Bad Request", message);
    assert_eq!(server.logins(), 0);
}

#[tokio::test]
async fn paused_logins_resume_together() {
    let server = Arc::new(server_with_any_ids().await);
    server.pause_logins();
    let mut logins = JoinSet::new();
    for _ in 0..20 {
        let server = server.clone();
        logins.spawn(async move { token(&server).await });
    }
    while server.login_attempts() < 20 {
        yield_now().await;
    }
    // Other requests do not wait.
    assert_eq!(RawRequest::create(&server).send(&server).await.status, 200);
    assert_eq!((server.logins(), logins.try_join_next().is_none()), (0, true));

    server.resume_logins();
    let tokens: HashSet<_> = logins.join_all().await.into_iter().collect();
    assert_eq!((tokens.len(), server.logins()), (20, 20));
    token(&server).await;
}
