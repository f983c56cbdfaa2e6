//! Projects and workspaces that the fake server does not know, or that belong to another caller.

use secmaster_client::testing::Server;
use serde_json::Value;

use super::access_keys::{DATE, EMPTY, signed};
use super::assert_gateway;
use super::logins::{body, log_in};
use super::wire::{RawRequest, Reply};
use super::{clock, wire};
use crate::support::server_with_any_ids;

async fn get(server: &Server, token: &str, path: &str) -> Reply {
    RawRequest::new("GET", path).header("X-Auth-Token", token).send(server).await
}

/// Lists workspaces with a signature.
async fn listed(server: &Server, project: &str) -> Reply {
    clock::set(server);
    let path = format!("/v1/{project}/workspaces");
    let canonical =
        format!("GET\n{path}/\nlimit=1&offset=0\nhost:fake-server\nx-sdk-date:{DATE}\n\nhost;x-sdk-date\n{EMPTY}");
    let request = RawRequest::new("GET", &format!("{path}?limit=1&offset=0"));
    signed(request, &server.access_key(), &server.secret_key(), &canonical).send(server).await
}

fn refusal(reply: &Reply) -> (u16, Option<String>) {
    (reply.status, reply.json()["code"].as_str().map(str::to_owned))
}

#[tokio::test]
async fn a_project_must_be_that_of_the_caller() {
    let server = Server::start().await;
    server.add_project("cn-east-3", "second");
    let message = "X-Auth-Token belongs to another project than the one in the path";
    for project in ["second", "made-up"] {
        let path = format!("/v1/{project}/workspaces?limit=1&offset=0");
        assert_gateway(&get(&server, &server.token(), &path).await, 403, "APIGW.0302", message);
    }
    assert_gateway(&RawRequest::create(&server).send(&server).await, 403, "APIGW.0302", message);
    // A key is valid for all projects of the user.
    for project in ["second", &server.project_id()] {
        assert_eq!(listed(&server, project).await.status, 200);
    }
    let message = "the project in the path is not one that the caller may use";
    assert_gateway(&listed(&server, "made-up").await, 403, "APIGW.0302", message);
}

#[tokio::test]
async fn a_workspace_must_be_in_the_project() {
    let server = Server::start().await;
    server.add_project("cn-east-3", "second");
    let mut login = body(&server);
    login["auth"]["scope"]["project"] = serde_json::json!({ "id": "second" });
    let second = log_in(&server, &login).await.header("X-Subject-Token").unwrap().to_owned();
    let (own, project) = (server.workspace_id(), server.project_id());
    for (token, project, workspace) in [
        (server.token(), project.as_str(), "made-up"),
        (server.token(), project.as_str(), server.workflows()[0].0.as_str()),
        (second, "second", own.as_str()),
    ] {
        let path = format!("/v1/{project}/workspaces/{workspace}");
        let reply = get(&server, &token, &format!("{path}/soc/workflows")).await;
        assert_eq!(refusal(&reply), (403, Some("SecMaster.20010001".to_owned())));
        assert_eq!(refusal(&get(&server, &token, &path).await), (400, Some("SecMaster.20011003".to_owned())));
    }
}

#[tokio::test]
async fn made_up_ids_can_be_accepted() {
    let server = server_with_any_ids().await;
    server.add_project("cn-east-3", "second");
    let token = server.token();
    let workspace = server.workspace_id();
    let list = async |project: &str, workspace: &str| {
        get(&server, &token, &format!("/v1/{project}/workspaces/{workspace}/soc/workflows")).await
    };
    let ids = |reply: &Reply| -> Vec<Value> {
        reply.json()["data"].as_array().unwrap().iter().map(|row| row["id"].clone()).collect()
    };
    let example = ids(&list("made-up", "made-up").await);
    for (project, workspace) in [("made-up", &*workspace), (&*server.project_id(), "made-up")] {
        assert_eq!(ids(&list(project, workspace).await), example);
    }
    // Nothing is stored there.
    let workspaces = get(&server, &token, "/v1/made-up/workspaces?limit=10&offset=0").await.json();
    let body = r#"{"name":"soc","region_id":"cn-north-4","project_name":"cn-north-4"}"#;
    let create = RawRequest::new("POST", "/v1/made-up/workspaces").header("content-type", wire::CONTENT_TYPE);
    assert_eq!(create.header("X-Auth-Token", &token).body(body).send(&server).await.status, 200);
    let again = get(&server, &token, "/v1/made-up/workspaces?limit=10&offset=0").await.json();
    assert_eq!((&again["count"], &again["workspaces"]), (&workspaces["count"], &workspaces["workspaces"]));
    let reply = RawRequest::create(&server).send(&server).await;
    let action = reply.json()["data"][0]["id"].as_str().unwrap().to_owned();
    let target = format!("{}/{action}", wire::PATH);
    for _ in 0..2 {
        let delete = RawRequest::new("DELETE", &target).header("X-Auth-Token", &token);
        assert_eq!(delete.send(&server).await.status, 200);
    }
    // The IDs of the server are checked.
    let workflows: Vec<_> = server.workflows().into_iter().map(|(id, _)| id).collect();
    assert_eq!(ids(&list(&server.project_id(), &workspace).await), workflows);
    let unknown = format!("/v1/{}/workspaces/{workspace}/soc/playbooks/made-up", server.project_id());
    assert_eq!(refusal(&get(&server, &token, &unknown).await).0, 400);
    let message = "X-Auth-Token belongs to another project than the one in the path";
    assert_gateway(&list("second", "made-up").await, 403, "APIGW.0302", message);
    assert_eq!(listed(&server, "made-up").await.status, 200);
}
