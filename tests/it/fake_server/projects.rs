//! The list of projects, and unknown requests to IAM.

use secmaster_client::testing::Server;
use serde_json::{Value, json};

use super::assert_gateway;
use super::logins::assert_rejected;
use super::wire::RawRequest;

async fn ids(server: &Server, query: &str) -> Vec<Value> {
    let request = RawRequest::new("GET", &format!("/v3/projects{query}")).header("X-Auth-Token", &server.token());
    let reply = request.send(server).await;
    assert_eq!(reply.status, 200);
    assert_eq!(reply.header("X-IAM-Trace-Id").unwrap().len(), 32);
    reply.json()["projects"].as_array().unwrap().iter().map(|project| project["id"].clone()).collect()
}

#[tokio::test]
async fn a_project_has_the_documented_fields() {
    let server = Server::start().await;
    let request = RawRequest::new("GET", "/v3/projects").header("X-Auth-Token", &server.token());
    let response = request.send(&server).await.json();
    let domain_id = &response["projects"][0]["domain_id"];
    assert_eq!(domain_id.as_str().unwrap().len(), 32);
    assert_eq!(
        response,
        json!({ "projects": [{
            "description": "",
            "domain_id": domain_id,
            "enabled": true,
            "id": server.project_id(),
            "is_domain": false,
            "name": "cn-north-4",
            "parent_id": domain_id,
        }]})
    );
}

#[tokio::test]
async fn projects_are_found_by_their_exact_name() {
    let server = Server::start().await;
    server.add_project("cn-east-3_项目", "second");
    server.add_project("cn-north-4", "third");
    let first = server.project_id();
    assert_eq!(ids(&server, "").await, [first.as_str(), "second", "third"]);
    assert_eq!(ids(&server, "?enabled=true&name=cn-north-4").await, [first.as_str(), "third"]);
    assert_eq!(ids(&server, "?name=cn-east-3_%E9%A1%B9%E7%9B%AE").await, ["second"]);
    assert!(ids(&server, "?name=cn-north").await.is_empty());
}

#[tokio::test]
async fn listing_projects_requires_credentials() {
    let server = Server::start().await;
    let reply = RawRequest::new("GET", "/v3/projects").send(&server).await;
    assert_gateway(&reply, 401, "APIGW.0301", "IAM authentication failed: X-Auth-Token is missing");
    assert_eq!(reply.header("X-IAM-Trace-Id").unwrap().len(), 32);
}

#[tokio::test]
async fn unknown_paths_of_iam_return_errors_in_its_format() {
    let server = Server::start().await;
    for (method, path) in [("GET", "/v3/auth/tokens"), ("POST", "/v3/projects"), ("GET", "/v3/users")] {
        let request = RawRequest::new(method, path).header("X-Auth-Token", &server.token());
        let message = format!("no API is published for {method} {path}");
        assert_rejected(&request.send(&server).await, 404, "Not Found", &message);
    }
    assert_eq!((server.login_attempts(), server.requests_to("/v3/").len()), (0, 3));
}
