//! Requests as sent on the wire.

use secmaster_client::Client;
use secmaster_client::types::CreateAction;

use crate::raw_server::RawServer;
use crate::support::{PROJECT, TOKEN, VERSION, WORKSPACE, child, create, response, run};

fn ok() -> Vec<u8> {
    response("200 OK", &[], b"{}")
}

#[tokio::test]
async fn the_documented_example_is_sent_as_documented() {
    let server = RawServer::responding_in_turn(vec![ok()]).await;
    let documented = CreateAction {
        name: Some("MyXXX".into()),
        description: Some("This my XXXX".into()),
        action_type: "aopworkflow".into(),
        action_id: "909494e3-558e-46b6-a9eb-07a8e18ca62f".into(),
        sort_order: Some("string".into()),
    };
    server
        .client()
        .create_playbook_action()
        .project_id(PROJECT)
        .workspace_id(WORKSPACE)
        .version_id(VERSION)
        .body(vec![documented])
        .send()
        .await
        .unwrap();

    let host = server.host();
    let body = concat!(
        r#"[{"action_id":"909494e3-558e-46b6-a9eb-07a8e18ca62f","action_type":"aopworkflow","#,
        r#""description":"This my XXXX","name":"MyXXX","sort_order":"string"}]"#
    );
    let expected = format!(
        "POST /v1/{PROJECT}/workspaces/{WORKSPACE}/soc/playbooks/versions/{VERSION}/actions HTTP/1.1\r\n\
         accept: application/json\r\n\
         content-type: application/json;charset=UTF-8\r\n\
         x-auth-token: {TOKEN}\r\n\
         user-agent: secmaster-client/{}\r\n\
         host: {host}\r\n\
         content-length: {}\r\n\
         \r\n\
         {body}",
        env!("CARGO_PKG_VERSION"),
        body.len(),
    );
    assert_eq!(server.requests(), [expected]);
}

#[tokio::test]
async fn optional_fields_are_not_sent_by_default() {
    let server = RawServer::responding_in_turn(vec![ok()]).await;
    create(&server.client()).await.unwrap();
    let request = &server.requests()[0];
    let body = request.split_once("\r\n\r\n").unwrap().1;
    assert_eq!(body, r#"[{"action_id":"909494e3-558e-46b6-a9eb-07a8e18ca62f","action_type":"AOP_WORKFLOW"}]"#);
}

#[tokio::test]
async fn base_paths_and_trailing_slashes_are_accepted() {
    let path = format!("/v1/{PROJECT}/workspaces/{WORKSPACE}/soc/playbooks/versions/{VERSION}/actions");
    for (suffix, expected) in [
        ("", path.clone()),
        ("/", path.clone()),
        ("/gateway", format!("/gateway{path}")),
        ("/gateway/", format!("/gateway{path}")),
        ("/a/b%20c//", format!("/a/b%20c{path}")),
    ] {
        let server = RawServer::responding_in_turn(vec![ok()]).await;
        let endpoint = format!("{}{suffix}", server.endpoint());
        let client = Client::builder().endpoint(endpoint).token(TOKEN).build().unwrap();
        create(&client).await.unwrap();
        let requests = server.requests();
        assert_eq!(requests[0].lines().next().unwrap(), format!("POST {expected} HTTP/1.1"), "with {suffix:?}");
    }
}

#[tokio::test]
async fn a_custom_user_agent_is_sent() {
    let server = RawServer::responding_in_turn(vec![ok()]).await;
    let client = Client::builder().endpoint(server.endpoint()).token(TOKEN).user_agent("playbooks/7").build().unwrap();
    create(&client).await.unwrap();
    let requests = server.requests();
    assert!(requests[0].contains("\r\nuser-agent: playbooks/7\r\n"), "{}", requests[0]);
    assert!(!requests[0].contains("secmaster-client"), "{}", requests[0]);
}

#[tokio::test]
async fn proxies_of_the_environment_are_ignored() {
    // The variable would be read when a client is built; a child process has another environment.
    let server = RawServer::responding_in_turn(vec![ok()]).await;
    let mut command = child("wire::child_calls_the_endpoint_of_the_environment");
    command.env("SECMASTER_TEST_ENDPOINT", server.endpoint());
    command.envs(["HTTP_PROXY", "http_proxy", "ALL_PROXY"].map(|name| (name, "http://127.0.0.1:9")));
    let output = run(command).await;
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    assert_eq!(server.requests().len(), 1);
}

/// The child process of the test above; run directly, it calls a server directly.
#[tokio::test]
async fn child_calls_the_endpoint_of_the_environment() {
    let server = RawServer::responding_in_turn(vec![ok()]).await;
    let endpoint = std::env::var("SECMASTER_TEST_ENDPOINT").unwrap_or_else(|_| server.endpoint());
    let client = Client::builder().endpoint(endpoint).token(TOKEN).build().unwrap();
    let created = create(&client).await.unwrap();
    assert_eq!(created.status(), 200);
}
