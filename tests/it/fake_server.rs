//! The fake server: its responses and its records.

mod access_keys;
mod clients;
mod clock;
mod connections;
mod history;
mod ids;
mod logins;
mod metadata;
mod mock_responses;
mod projects;
mod rejected_logins;
mod sdk;
mod services;
mod signatures;
mod tokens;
pub mod wire;

use std::collections::HashSet;

use secmaster_client::RequestId;
use secmaster_client::testing::Server;
use serde_json::json;

use crate::support::server_with_any_ids;
use wire::{ACTIONS, CONTENT_TYPE, PATH, RawRequest, Reply};

/// Asserts an error response in the format of the gateway.
fn assert_gateway(reply: &Reply, status: u16, code: &str, message: &str) {
    assert_eq!(reply.status, status);
    let id = reply.header("X-request-id").unwrap();
    assert_eq!(reply.json(), json!({ "error_code": code, "error_msg": message, "request_id": id }));
    assert_eq!(id.len(), 32);
    assert!(id.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')), "{id}");
    assert_eq!(reply.header("content-type"), Some("application/json"));
}

/// Asserts an error response in the format of the service.
fn assert_bad_parameters(reply: &Reply, message: &str) {
    assert_eq!(reply.json(), json!({ "code": "SecMaster.20030001", "message": message }));
    assert_eq!(reply.status, 400);
    assert_eq!(reply.header("content-type"), Some("application/json"));
    assert_documented_id(reply);
}

fn assert_documented_id(reply: &Reply) -> String {
    let id = reply.header("X-request-id").unwrap().to_owned();
    let parts = RequestId::from(id.clone());
    assert_eq!(parts.uuid().unwrap().len(), 36);
    assert_eq!(parts.timestamp().unwrap().len(), 13, "milliseconds have 13 digits");
    assert_eq!(parts.hostname(), Some("fake-server"));
    id
}

#[tokio::test]
async fn each_server_has_its_own_port_and_token() {
    let (one, other) = (Server::start().await, Server::start().await);
    for server in [&one, &other] {
        assert!(server.endpoint().starts_with("http://127.0.0.1:"), "{}", server.endpoint());
        assert!(server.token().starts_with("MII"));
        assert_eq!(server.token().len(), 1027);
        assert!(!format!("{server:?}").contains(&server.token()));
    }
    assert_ne!(one.endpoint(), other.endpoint());
    assert_ne!(one.token(), other.token());
    assert_eq!(RawRequest::create(&one).send(&other).await.status, 401);
}

#[tokio::test]
async fn creates_a_row_for_each_action() {
    let server = server_with_any_ids().await;
    let body = json!([
        { "name": "MyXXX", "description": "This my XXXX", "action_type": "aopworkflow", "action_id": "w1", "sort_order": "1" },
        { "action_type": "AOP_WORKFLOW", "action_id": "w2" },
    ]);
    let reply = RawRequest::create(&server).body(body.to_string()).send(&server).await;
    assert_eq!(reply.status, 200);
    assert_eq!(reply.header("content-type"), Some("application/json"));
    assert_documented_id(&reply);
    let response = reply.json();
    let ids: Vec<_> = response["data"].as_array().unwrap().iter().map(|row| row["id"].as_str().unwrap()).collect();
    let playbook = &response["data"][0]["playbook_id"];
    for id in [ids[0], ids[1], playbook.as_str().unwrap()] {
        let groups: Vec<_> = id.split('-').map(str::len).collect();
        assert_eq!(groups, [8, 4, 4, 4, 12], "{id}");
    }
    assert_ne!(ids[0], ids[1]);
    assert_eq!(
        response,
        json!({ "code": 0, "message": "", "data": [
            {
                "id": ids[0],
                "name": "MyXXX",
                "description": "This my XXXX",
                "action_type": "aopworkflow",
                "action_id": "w1",
                "playbook_id": playbook,
                "playbook_version_id": "the-version",
                "project_id": "the-project",
            },
            {
                "id": ids[1],
                "name": null,
                "description": null,
                "action_type": "AOP_WORKFLOW",
                "action_id": "w2",
                "playbook_id": playbook,
                "playbook_version_id": "the-version",
                "project_id": "the-project",
            },
        ]})
    );
    assert_eq!(server.created(), *response["data"].as_array().unwrap());
}

#[tokio::test]
async fn ids_of_the_path_are_decoded() {
    let server = server_with_any_ids().await;
    let target = PATH.replace("the-project", "%E9%A1%B9%2F").replace("the-version", "a+b%20c");
    assert_eq!(RawRequest::create(&server).target(&target).send(&server).await.status, 200);
    let row = &server.created()[0];
    assert_eq!((&row["project_id"], &row["playbook_version_id"]), (&json!("项/"), &json!("a+b c")));
    assert_eq!(server.requests()[0].path(), target);
}

#[tokio::test]
async fn ids_are_unique() {
    let server = server_with_any_ids().await;
    let mut ids = HashSet::new();
    for _ in 0..10 {
        let good = RawRequest::create(&server).send(&server).await;
        let bad = RawRequest::create(&server).body("{}").send(&server).await;
        assert!(ids.insert(good.json()["data"][0]["id"].to_string()));
        for reply in [good, bad] {
            let id = assert_documented_id(&reply);
            assert!(ids.insert(RequestId::from(id).uuid().unwrap().to_owned()));
        }
    }
    assert_eq!(server.created().len(), 10);
}

#[tokio::test]
async fn an_unknown_operation_is_rejected_first() {
    let server = Server::start().await;
    let no_id = PATH.replace("the-version", "");
    let longer = format!("{PATH}/more");
    for (method, path) in [("PATCH", PATH), ("PUT", PATH), ("POST", "/"), ("POST", &no_id), ("POST", &longer)] {
        let request =
            RawRequest::create(&server).without("X-Auth-Token").without("content-type").method(method).target(path);
        let message = format!("no API is published for {method} {path}");
        assert_gateway(&request.send(&server).await, 404, "APIGW.0101", &message);
    }
    assert_eq!(server.requests()[3].path(), no_id);
}

#[tokio::test]
async fn a_bad_token_is_rejected_before_the_content_type() {
    let server = Server::start().await;
    let request = || RawRequest::create(&server).without("X-Auth-Token").without("content-type");
    let wrong = format!("{}x", server.token());
    for (request, why) in [
        (request(), "is missing"),
        (request().header("X-Auth-Token", ""), "is not a valid token"),
        (request().header("X-Auth-Token", &wrong), "is not a valid token"),
        (request().header("X-Auth-Token", &server.token()).header("X-Auth-Token", &wrong), "appears more than once"),
    ] {
        let message = format!("IAM authentication failed: X-Auth-Token {why}");
        assert_gateway(&request.send(&server).await, 401, "APIGW.0301", &message);
    }
}

#[tokio::test]
async fn a_wrong_content_type_is_rejected_before_the_body() {
    let server = server_with_any_ids().await;
    let request = || RawRequest::create(&server).without("content-type").body("{}");
    let with_type = |name: &str| (request().header("content-type", name), format!("is {name}"));
    for (request, found) in [
        (request(), "is missing".to_owned()),
        with_type("text/plain"),
        with_type("application/json;charset=gbk"),
        (
            request().header("content-type", CONTENT_TYPE).header("content-type", CONTENT_TYPE),
            "appears more than once".to_owned(),
        ),
    ] {
        let message = format!("content-type {found}; it must be application/json;charset=UTF-8");
        assert_bad_parameters(&request.send(&server).await, &message);
    }
}

#[tokio::test]
async fn the_charset_is_optional() {
    let server = server_with_any_ids().await;
    for content_type in ["application/json", "application/json; charset=UTF-8", "application/json;charset=utf-8"] {
        let request = RawRequest::create(&server).without("content-type").header("content-type", content_type);
        assert_eq!(request.send(&server).await.status, 200, "{content_type}");
    }
}

#[tokio::test]
async fn an_invalid_body_is_rejected_with_its_location() {
    let server = server_with_any_ids().await;
    for (body, message) in [
        ("", "the body is not JSON: EOF while parsing a value at line 1 column 0"),
        ("[{]", "the body is not JSON: key must be a string at line 1 column 3"),
        ("{}", "the body does not match the schema: value is not of type \"array\""),
        ("[[]]", "the body at /0 does not match the schema: value is not of type \"object\""),
        (r#"[{"action_id":"w"}]"#, "the body at /0 does not match the schema: \"action_type\" is a required property"),
        (r#"[{"action_type":"t"}]"#, "the body at /0 does not match the schema: \"action_id\" is a required property"),
        (
            r#"[{"action_type":"t","action_id":null}]"#,
            "the body at /0/action_id does not match the schema: value is not of type \"string\"",
        ),
        (
            r#"[{"action_type":"t","action_id":"w"},{"action_type":"t","action_id":"w","name":7}]"#,
            "the body at /1/name does not match the schema: value is not of type \"string\"",
        ),
    ] {
        assert_bad_parameters(&RawRequest::create(&server).body(body).send(&server).await, message);
    }
    assert!(server.created().is_empty(), "a rejected body creates no rows, not even for its valid actions");
}

#[tokio::test]
async fn unspecified_values_are_accepted() {
    let server = server_with_any_ids().await;
    for (body, rows) in [
        ("[]", 0),
        (r#"[{"action_type":"","action_id":""}]"#, 1),
        (r#"[{"action_type":"t","action_id":"w","sort_order":"","priority":1}]"#, 1),
    ] {
        let reply = RawRequest::create(&server).body(body).send(&server).await;
        assert_eq!(reply.status, 200, "{body}");
        assert_eq!(reply.json()["data"].as_array().unwrap().len(), rows, "{body}");
    }
}

#[tokio::test]
async fn requests_are_recorded_as_they_were_sent() {
    let server = Server::start().await;
    let target = format!("{}?limit=1&name=%E9", PATH.replace("the-project", "a%2Fb"));
    RawRequest::create(&server)
        .target(&target)
        .header("X-Repeated", "one")
        .header("X-Repeated", "two")
        .send(&server)
        .await;
    RawRequest::create(&server).method("DELETE").target("/nothing").body([0xff]).send(&server).await;

    let [first, second] = server.requests().try_into().unwrap();
    assert_eq!(first.method(), "POST");
    assert_eq!(format!("{}?{}", first.path(), first.query().unwrap()), target);
    assert_eq!(first.header("x-AUTH-token"), Some(server.token().as_str()));
    assert_eq!(first.header("Content-Type"), Some(CONTENT_TYPE));
    assert_eq!(first.header("x-missing"), None);
    assert_eq!(first.headers().get_all("x-repeated").iter().collect::<Vec<_>>(), ["one", "two"]);
    assert_eq!(first.body(), ACTIONS.as_bytes());
    assert_eq!(first.json().unwrap()[0]["action_id"], "the-workflow");
    assert_eq!((second.method(), second.path(), second.query()), ("DELETE", "/nothing", None));
    assert_eq!((second.body(), second.json()), (&[0xff][..], None));
}

#[tokio::test]
async fn requests_do_not_show_credentials() {
    let server = Server::start().await;
    let mut request = RawRequest::create(&server).header("X-Shown", "shown-value").body("the-password");
    for name in ["authorization", "cookie", "proxy-authorization", "x-security-token", "x-metadata-token"] {
        request = request.header(name, &format!("secret-of-{name}"));
    }
    request.send(&server).await;
    let shown = format!("{:?}", server.requests());
    assert!(shown.contains("shown-value"), "{shown}");
    for secret in [server.token().as_str(), "secret-of", "the-password"] {
        assert!(!shown.contains(secret), "{shown}");
    }
}
