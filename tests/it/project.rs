//! The project of a call whose `project_id` is not set.

use secmaster_client::testing::Server;
use secmaster_client::types::CreateAction;
use secmaster_client::{Client, ClientBuilder, ConfigErrorKind, Error, ErrorKind, RetryPolicy, auth};

use crate::raw_server::RawServer;
use crate::support::{PROJECT, TOKEN, VERSION, WORKFLOW, WORKSPACE, response, server_with_any_ids};

async fn create_without_project(client: &Client) -> Result<(), Error> {
    let create = client.create_playbook_action().workspace_id(WORKSPACE).version_id(VERSION);
    create.body(vec![CreateAction::workflow(WORKFLOW)]).send().await.map(drop)
}

/// The project in the path of the one request of SecMaster.
fn project_of(server: &Server) -> String {
    let requests = server.requests_to("/v1/");
    assert_eq!(requests.len(), 1);
    requests[0].path().split('/').nth(2).unwrap().to_owned()
}

fn at(server: &Server) -> ClientBuilder {
    Client::builder().endpoint(server.endpoint()).iam_endpoint(server.endpoint())
}

#[tokio::test]
async fn the_builders_project_is_used() {
    let server = RawServer::responding_in_turn(vec![response("200 OK", &[], b"{}")]).await;
    let client = server.builder().project_id(PROJECT).build().unwrap();
    create_without_project(&client).await.unwrap();
    let path = format!("/v1/{PROJECT}/workspaces/{WORKSPACE}/soc/playbooks/versions/{VERSION}/actions");
    assert_eq!(server.requests()[0].lines().next().unwrap(), format!("POST {path} HTTP/1.1"));
    assert_eq!(client.project_id().await.unwrap(), PROJECT);
}

#[tokio::test]
async fn the_credentials_project_is_used() {
    let server = server_with_any_ids().await;
    let key = auth::AccessKey::new(server.access_key(), server.secret_key()).project_id(server.project_id());
    create_without_project(&at(&server).credentials(key).build().unwrap()).await.unwrap();
    assert_eq!(project_of(&server), server.project_id());
}

#[tokio::test]
async fn the_tokens_project_is_used() {
    let server = server_with_any_ids().await;
    let password = auth::Password::new(server.domain(), server.user(), server.password());
    create_without_project(&at(&server).region(server.region()).credentials(password).build().unwrap()).await.unwrap();
    assert_eq!(project_of(&server), server.project_id());
    assert_eq!(server.logins(), 1);
}

#[tokio::test]
async fn the_regions_project_is_looked_up_once() {
    let server = server_with_any_ids().await;
    let client = at(&server).region(server.region()).token(server.token()).build().unwrap();
    for _ in 0..3 {
        create_without_project(&client.clone()).await.unwrap();
    }
    assert_eq!(server.requests_to("/v3/projects").len(), 1);
    assert!(server.requests_to("/v1/").iter().all(|request| request.path().contains(&server.project_id())));
}

#[tokio::test]
async fn the_builders_project_overrides_the_credentials() {
    let server = server_with_any_ids().await;
    let key = auth::AccessKey::new(server.access_key(), server.secret_key()).project_id("another");
    let client = at(&server).project_id(server.project_id()).credentials(key).build().unwrap();
    create_without_project(&client).await.unwrap();
    assert_eq!(project_of(&server), server.project_id());
    let sent = &server.requests_to("/v1/")[0];
    assert_eq!(sent.header("x-project-id"), Some(server.project_id().as_str()));
}

#[tokio::test]
async fn the_project_of_the_request_takes_precedence() {
    let server = RawServer::responding_in_turn(vec![response("200 OK", &[], b"{}")]).await;
    let client = server.builder().project_id(PROJECT).build().unwrap();
    let create = client.create_playbook_action().project_id("a/b").workspace_id(WORKSPACE).version_id(VERSION);
    create.body(vec![]).send().await.unwrap();
    assert!(server.requests()[0].starts_with("POST /v1/a%2Fb/workspaces/"), "{}", server.requests()[0]);
}

#[tokio::test]
async fn an_unknown_project_is_an_error() {
    let server = RawServer::silent().await;
    let error = create_without_project(&server.client()).await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::InvalidRequest, 0));
    assert_eq!(
        error.to_string(),
        "CreatePlaybookAction: request not sent: the project is not known; call project_id(...) or region(...) on \
         Client::builder(), or project_id(...) on the request"
    );
}

#[tokio::test]
async fn an_invalid_path_does_not_cause_a_login() {
    let server = Server::start().await;
    let password = auth::Password::new(server.domain(), server.user(), "wrong");
    let client = at(&server).region(server.region()).credentials(password).build().unwrap();
    let create = client.create_playbook_action().workspace_id("..").version_id(VERSION);
    let error = create.body(vec![]).send().await.unwrap_err();
    assert_eq!((error.kind(), server.login_attempts()), (ErrorKind::InvalidRequest, 0), "{error}");
}

#[tokio::test]
async fn a_failed_lookup_is_the_error_of_the_call() {
    let server = Server::start().await;
    let client = at(&server).region("mars-1").token(server.token()).retry(RetryPolicy::none()).build().unwrap();
    let error = create_without_project(&client).await.unwrap_err();
    assert_eq!((error.kind(), error.operation()), (ErrorKind::Authentication, Some("CreatePlaybookAction")));
    assert_eq!(
        error.to_string(),
        "CreatePlaybookAction: request not sent: IAM has no project named mars-1; check the region, or set the project ID"
    );
    assert!(server.requests_to("/v1/").is_empty());
}

#[tokio::test]
async fn a_project_that_leaves_its_segment_is_rejected() {
    let server = RawServer::silent().await;
    for project in ["..", ".", "a\\b"] {
        let error = create_without_project(&server.builder().project_id(project).build().unwrap()).await.unwrap_err();
        assert_eq!((error.kind(), error.attempts()), (ErrorKind::InvalidRequest, 0), "{error}");
    }
}

#[test]
fn a_malformed_project_is_rejected_by_the_builder() {
    for id in ["", "a b", "p\n"] {
        let error = Client::builder().region("cn-north-4").token(TOKEN).project_id(id).build().unwrap_err();
        assert_eq!(error.kind(), ConfigErrorKind::Project, "{id:?}");
        assert_eq!(error.to_string(), "the project ID is empty or has a space or another invalid character; check it");
    }
}
