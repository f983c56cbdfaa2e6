//! Calls every operation of this crate's own document, at a stand-in for the cloud.

use std::error::Error;

use secmaster_client::testing::{Answer, Server};
use secmaster_client::types::CreateAction;
use secmaster_client::{Client, OPENAPI, OPERATIONS, RetryPolicy, auth};
use serde_json::json;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    println!("version {}, {} bytes", Client::api_version(), OPENAPI.len());
    for operation in OPERATIONS {
        println!("{} {} {:?}", operation.id(), operation.method(), operation.content_type());
    }

    let server = Server::start().await;
    let password =
        auth::Password::new(server.domain(), server.user(), server.password()).iam_endpoint(server.endpoint());
    let client = Client::builder()
        .endpoint(server.endpoint())
        .region(server.region())
        .credentials(password)
        .retry(RetryPolicy::none())
        .build()?;
    let project = client.project_id().await?;
    let action = || CreateAction {
        action_id: "workflow".into(),
        action_type: "AOP_WORKFLOW".into(),
        name: None,
        description: None,
        sort_by: Some("name".into()),
    };

    let created = client
        .create_playbook_action().project_id(&project).workspace_id("w").version_id("v")
        .body(vec![action()])
        .send()
        .await?;
    println!("created {}, {}", created.data.iter().flatten().count(), created.request_id().is_some());

    server.answer_next(Answer::new(200).json(json!({"code": 0, "data": [{"id": "a"}, {"id": "b"}]})));
    let listed = client
        .list_playbook_actions().project_id(&project).workspace_id("w").version_id("v")
        .limit(2).search("a b&c")
        .send()
        .await?;
    println!("listed {}, {}", listed.data.iter().flatten().count(), listed.request_id().is_some());

    server.answer_next(Answer::new(200).json(json!({"code": "0"})));
    client
        .update_playbook_action().project_id(&project).workspace_id("w").version_id("v")
        .action_id("a/b").body(action())
        .send()
        .await?;

    server.answer_next(Answer::new(204));
    let deleted = client
        .delete_playbook_action().project_id(&project).workspace_id("w").version_id("v")
        .action_id("a")
        .send()
        .await?;
    println!("deleted {}", deleted.status());

    server.answer_next(Answer::new(200).header("content-type", "text/csv").body("id,name\n"));
    let exported = client
        .export_actions().project_id(&project).name("a b").size(10).page(7).api_version("3")
        .send()
        .await?;
    let status = exported.status();
    println!("exported {status} {:?}", exported.into_inner().text().await?);

    // An id that leaves its segment would list or delete something else.
    let refused = client
        .delete_playbook_action().project_id(&project).workspace_id("w").version_id("v")
        .action_id("..")
        .send()
        .await
        .unwrap_err();
    println!("{refused}");

    server.answer_next(Answer::new(502).header("X-request-id", "lost?").body("<html>"));
    let failed = client
        .list_playbook_actions().project_id(&project).workspace_id("w").version_id("v")
        .send()
        .await
        .unwrap_err();
    println!("{failed}; retryable: {}", failed.is_retryable());

    for request in server.requests_to("/v1/") {
        let target = request.path().replace(&project, "P");
        let query = request.query().map(|query| format!("?{query}")).unwrap_or_default();
        println!(
            "{} {target}{query} {:?} version: {} token: {}",
            request.method(),
            request.header("content-type").unwrap_or("-"),
            request.header("api-version").unwrap_or("-"),
            request.header("x-auth-token").is_some()
        );
    }
    Ok(())
}
