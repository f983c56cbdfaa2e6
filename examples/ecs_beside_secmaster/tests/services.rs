//! Two services with one login, and all kinds of generated requests.
#![allow(clippy::unwrap_used, reason = "tests may panic")]

use ecs_beside_secmaster::{ecs, forms};
use secmaster_client::testing::{MockResponse, Server};
use secmaster_client::{Client, ConfigErrorKind, ErrorKind, RetryPolicy, auth};
use serde_json::json;

fn secmaster(server: &Server) -> Client {
    let password = auth::Password::new(server.domain(), server.user(), server.password());
    let builder = Client::builder().region(server.region()).endpoint(server.endpoint());
    builder.iam_endpoint(server.endpoint()).credentials(password).retry(RetryPolicy::none()).build().unwrap()
}

#[tokio::test]
async fn two_services_share_one_login_and_connection() {
    let server = Server::builder().any_ids().start().await;
    let secmaster = secmaster(&server);
    // Headers set for one service are not sent to the other.
    let with_header = secmaster.with_header("X-Vault", "secret").unwrap();
    let ecs = ecs::Client::from(with_header.session().clone()).with_endpoint(server.endpoint()).unwrap();
    server
        .respond_next(MockResponse::new(200).header("X-request-id", "of-ecs").json(json!({"servers": [{"id": "s"}]})));
    let found = ecs.list_servers_details().limit(10).status("A&B").send().await.unwrap();
    assert_eq!(found.servers.as_ref().unwrap()[0].id.as_deref(), Some("s"));
    assert_eq!(found.request_id().unwrap().as_str(), "of-ecs");
    secmaster.create_playbook_action().workspace_id("w").version_id("v").body(vec![]).send().await.unwrap();
    let requests = server.requests_to("/v1/");
    assert_eq!(requests[0].path(), format!("/v1/{}/cloudservers/detail", server.project_id()));
    assert_eq!(requests[0].header("x-vault"), None);
    assert_eq!(requests[0].query(), Some("limit=10&status=A%26B"));
    assert_eq!((server.logins(), server.connections_made()), (1, 1));
    assert_eq!(requests[0].header("x-auth-token"), requests[1].header("x-auth-token"));
}

#[tokio::test]
async fn the_fake_server_responds_to_both_documents() {
    let server = Server::builder().document(ecs::OPENAPI).start().await;
    let secmaster = secmaster(&server);
    let ecs = ecs::Client::from(secmaster.session().clone()).with_endpoint(server.endpoint()).unwrap();
    assert!(ecs.list_servers_details().limit(10).send().await.unwrap().servers.is_some());
    let error = ecs.list_servers_details().limit(51).send().await.unwrap_err();
    assert_eq!(
        (error.status().unwrap().as_u16(), error.code().unwrap().to_string().as_str()),
        (400, "SecMaster.20030001")
    );
    secmaster.list_workflows().workspace_id(server.workspace_id()).send().await.unwrap();
}

#[test]
fn another_service_has_its_own_endpoint() {
    let server = |region: &str| format!("endpoint: https://ecs.{region}.myhuaweicloud.com,");
    let builder = Client::builder().token("MIISECRETTOKEN");
    let secmaster = builder.region("cn-north-4").build().unwrap();
    let ecs = ecs::Client::from(secmaster.session().clone());
    assert!(format!("{ecs:?}").contains(&server("cn-north-4")), "{ecs:?}");
    let back = Client::from(ecs.session().clone());
    assert!(format!("{back:?}").contains("https://secmaster.cn-north-4.myhuaweicloud.com"), "{back:?}");
    let apart = ecs::Client::builder().region("me-east-1").token("MIISECRETTOKEN").build().unwrap();
    assert!(format!("{apart:?}").contains(&server("me-east-1")), "{apart:?}");
    let error = ecs::Client::builder().token("MIISECRETTOKEN").build().unwrap_err();
    assert_eq!(error.kind(), ConfigErrorKind::Endpoint);
}

#[tokio::test]
async fn credentials_are_not_sent_to_derived_endpoints() {
    let server = Server::start().await;
    let builder = Client::builder().region(server.region()).endpoint(server.endpoint());
    let secmaster = builder.token(server.token()).build().unwrap();
    let ecs = ecs::Client::from(secmaster.session().clone());
    let error = ecs.list_servers_details().project_id("p").send().await.unwrap_err();
    assert_eq!((error.kind(), error.attempts(), server.requests().len()), (ErrorKind::InvalidRequest, 0, 0));
    assert_eq!(
        error.to_string(),
        "ListServersDetails: request not sent: no endpoint is known for this service, because the session's endpoint was set \
         explicitly, not derived from a region; call with_endpoint(\"https://...\") on the client of this service"
    );
}

#[tokio::test]
async fn other_services_have_no_endpoint_if_it_was_changed() {
    let server = Server::start().await;
    let secmaster = Client::builder().region("cn-north-4").token(server.token()).build().unwrap();
    let changed = secmaster.with_endpoint(server.endpoint()).unwrap();
    let ecs = ecs::Client::from(changed.session().clone());
    let error = ecs.list_servers_details().project_id("p").send().await.unwrap_err();
    assert!(error.to_string().contains("the session's endpoint was set explicitly"), "{error}");
    // And not by way of a third service.
    let third = Client::from(ecs.session().clone());
    let error = third.list_playbooks().project_id("p").workspace_id("w").offset(0).limit(1).send().await;
    assert!(error.unwrap_err().to_string().contains("the session's endpoint was set explicitly"));
}

#[tokio::test]
async fn each_form_of_a_request_is_sent_as_documented() {
    let server = Server::start().await;
    let client = forms::Client::from(secmaster(&server).session().clone()).with_endpoint(server.endpoint()).unwrap();
    let action = || forms::types::CreateAction {
        action_id: "workflow".into(),
        action_type: "AOP_WORKFLOW".into(),
        name: None,
        description: None,
        sort_by: Some("name".into()),
    };
    let ok = || MockResponse::new(200).json(json!({"code": 0, "data": [{"id": "a"}, {"id": "b"}]}));

    server.respond_next(ok());
    let created = client.create_playbook_action().workspace_id("w").version_id("v").body(vec![action()]).send().await;
    assert_eq!(created.unwrap().data.as_ref().unwrap().len(), 2);
    server.respond_next(ok());
    let list = client.list_playbook_actions().workspace_id("w").version_id("v").limit(2).search("a b&c");
    list.send().await.unwrap();
    server.respond_next(ok());
    let update = client.update_playbook_action().project_id("p q").workspace_id("w").version_id("v").action_id("a/b");
    update.body(action()).send().await.unwrap();
    server.respond_next(MockResponse::new(204));
    let delete = client.delete_playbook_action().workspace_id("w").version_id("v").action_id("a");
    assert_eq!(delete.send().await.unwrap().status(), 204);
    server.respond_next(MockResponse::new(200).header("content-type", "text/csv").body("id,name\n"));
    let export = client.export_actions().name("a b").size(10).page(7).api_version("3").send().await.unwrap();
    assert_eq!(export.into_inner().text().await.unwrap(), "id,name\n");

    let project = server.project_id();
    let sent: Vec<_> = server
        .requests_to("/v1/")
        .iter()
        .map(|request| {
            let query = request.query().map(|query| format!("?{query}")).unwrap_or_default();
            let [media_type, version] =
                ["content-type", "api-version"].map(|name| request.header(name).unwrap_or("-").to_owned());
            let path = request.path().replace(&project, "P");
            format!("{} {path}{query} {media_type} {version}", request.method())
        })
        .collect();
    assert_eq!(
        sent,
        [
            "POST /v1/P/workspaces/w/soc/playbooks/versions/v/actions application/json;charset=UTF-8 -",
            "GET /v1/P/workspaces/w/soc/playbooks/versions/v/actions?limit=2&search=a+b%26c - -",
            "PUT /v1/p%20q/workspaces/w/soc/playbooks/versions/v/actions/a%2Fb application/json -",
            "DELETE /v1/P/workspaces/w/soc/playbooks/versions/v/actions/a - -",
            "GET /v1/P/exports/a%20b/10/7.csv - 3",
        ]
    );

    // An id that escapes its path segment would list or delete another resource.
    let refused = client.delete_playbook_action().workspace_id("w").version_id("v").action_id("..").send().await;
    assert_eq!(refused.unwrap_err().kind(), ErrorKind::InvalidRequest);
    let refused = client.export_actions().name("a").size(10).page(7).api_version("3\n").send().await.unwrap_err();
    assert_eq!(
        refused.to_string(),
        "request not sent: the header parameter api-version has a line break or another control character; remove it"
    );
    assert_eq!(server.requests_to("/v1/").len(), 5);
}

#[tokio::test]
async fn a_generator_version_mismatch_names_the_runtime_version() {
    let server = Server::start().await;
    server.respond_next(MockResponse::new(200).json(json!({})));
    secmaster(&server).delete_playbook_action().workspace_id("w").version_id("v").action_id("a").send().await.unwrap();
    let requests = server.requests_to("/v1/");
    let version = requests[0].header("user-agent").unwrap().strip_prefix("secmaster-client/").unwrap();
    let macros = include_str!("../../../src/client/mod.rs");
    assert!(macros.contains(&format!("the runtime is secmaster-client {version}; use")));
}

#[test]
fn openapi_and_operations_are_exported() {
    assert_eq!(forms::Client::api_version(), "2.0.0-测试");
    let ids: Vec<_> = forms::OPERATIONS.iter().map(secmaster_client::Operation::id).collect();
    let all = [
        "CreatePlaybookAction",
        "DeletePlaybookAction",
        "ExportActions",
        "ListPlaybookActions",
        "UpdatePlaybookAction",
    ];
    assert_eq!(ids, all);
    assert!(ecs::OPENAPI.starts_with("openapi: 3.0.3\n"));
}
