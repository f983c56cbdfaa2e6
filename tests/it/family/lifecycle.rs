//! The lifecycle of each resource: every operation, called by hand with its builder.

mod actions;
mod data_classes;
mod metrics;
mod migration;
mod playbook_runs;
mod playbooks;
mod rules;
mod versions;
mod workflow_runs;
mod workflow_versions;
mod workflows;
mod workspaces;

use std::collections::BTreeSet;

use secmaster_client::testing::{Request, Server};
use secmaster_client::types::{self, CreateAction};
use secmaster_client::{Client, Error, OPERATIONS, Operation, RetryPolicy};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::ID;
use super::generate::{FORM, FORM_TYPE};

/// The operations that each module calls, as its test asserts.
const CALLED: [&[&str]; 11] = [
    &actions::CALLED,
    &data_classes::CALLED,
    &metrics::CALLED,
    &playbook_runs::CALLED,
    &playbooks::CALLED,
    &rules::CALLED,
    &versions::CALLED,
    &workflow_runs::CALLED,
    &workflow_versions::CALLED,
    &workflows::CALLED,
    &workspaces::CALLED,
];

#[test]
fn every_operation_is_called_by_hand() {
    let called: BTreeSet<_> = CALLED.into_iter().flatten().copied().collect();
    let documented: BTreeSet<_> = OPERATIONS.iter().map(Operation::id).collect();
    assert_eq!(called, documented, "call a new operation in the module of its resource");
}

/// A client of a fake server, and the resources of the initial workspace that a playbook needs.
struct Space {
    server: Server,
    client: Client,
    workspace: String,
    class: String,
    workflow: String,
}

impl Space {
    async fn start() -> Self {
        let server = Server::start().await;
        let (client, workspace) = (client(&server), server.workspace_id());
        let workflows = client.list_workflows().workspace_id(&workspace).limit(1).send().await.unwrap().into_inner();
        let workflow = workflows.data.unwrap().remove(0);
        let (class, workflow) = (workflow.dataclass_id.unwrap(), workflow.id.unwrap());
        Self { server, client, workspace, class, workflow }
    }

    async fn playbook(&self) -> String {
        let create = self.client.create_playbook().workspace_id(&self.workspace);
        let created =
            create.body(types::CreatePlaybookRequest::builder().name("respond")).send().await.unwrap().into_inner();
        created.data.unwrap().id.unwrap()
    }

    /// Creates a playbook with a draft of a version, and returns their IDs.
    async fn draft(&self) -> (String, String) {
        let playbook = self.playbook().await;
        let create = self.client.create_playbook_version().workspace_id(&self.workspace).playbook_id(&playbook);
        let draft =
            types::CreatePlaybookVersionRequest::builder().dataclass_id(&self.class).trigger_type("EVENT".to_owned());
        let created = create.body(draft).send().await.unwrap().into_inner();
        (playbook, created.data.unwrap().id.unwrap())
    }

    fn assert_called(&self, operations: &[&str]) {
        let called: BTreeSet<_> = self.server.requests().iter().map(operation_id).collect();
        let missing: Vec<_> = operations.iter().filter(|id| !called.contains(*id)).collect();
        assert!(missing.is_empty(), "no request called {missing:?}");
    }
}

/// The operation of a request. A literal path takes precedence over one with a parameter in that segment.
fn operation_id(request: &Request) -> &'static str {
    let is_match = |template: &str| {
        let (template, path): (Vec<_>, Vec<_>) = (template.split('/').collect(), request.path().split('/').collect());
        template.len() == path.len() && template.iter().zip(path).all(|(a, b)| a.starts_with('{') || *a == b)
    };
    let operations = OPERATIONS.iter().filter(|it| it.method() == request.method() && is_match(it.path()));
    operations.min_by_key(|operation| operation.path().matches('{').count()).unwrap().id()
}

fn client(server: &Server) -> Client {
    let builder = Client::builder().endpoint(server.endpoint()).token(server.token());
    builder.project_id(server.project_id()).retry(RetryPolicy::none()).build().unwrap()
}

fn typed<T: DeserializeOwned>(body: Value) -> T {
    serde_json::from_value(body).unwrap()
}

/// The status and the code of a refusal.
fn refusal<T: std::fmt::Debug>(result: Result<T, Error>) -> (u16, String) {
    let error = result.unwrap_err();
    (error.status().unwrap().as_u16(), error.code().unwrap().to_string())
}

fn code(status: u16, number: &str) -> (u16, String) {
    (status, format!("SecMaster.{number}"))
}

#[tokio::test]
async fn a_playbook_is_created_enabled_disabled_and_deleted() {
    let server = Server::start().await;
    let client = client(&server);
    let workspaces = client.list_workspaces().offset(0).limit(10).send().await.unwrap();
    let found = workspaces.workspaces.as_ref().unwrap();
    assert_eq!(found[0].name.as_deref(), Some(server.workspace_name()));
    let workspace = found[0].id.clone().unwrap();
    assert_eq!(workspace, server.workspace_id());
    let classes = client.list_dataclass().workspace_id(&workspace).name("Alert").send().await.unwrap();
    let class = classes.dataclass_details.as_ref().unwrap()[0].id.clone().unwrap();
    let workflows = client.list_workflows().workspace_id(&workspace).dataclass_id(&class).enabled(true);
    let workflows = workflows.send().await.unwrap();
    let workflow = workflows.data.as_ref().unwrap()[0].id.clone().unwrap();
    assert!(server.workflows().iter().any(|(id, _)| *id == workflow));

    let create = client.create_playbook().workspace_id(&workspace);
    let created =
        create.body(typed::<types::CreatePlaybookRequest>(json!({ "name": "respond" }))).send().await.unwrap();
    let playbook = created.data.as_ref().unwrap().id.clone().unwrap();
    let draft = |more: Value| {
        let mut body = json!({ "dataclass_id": class, "trigger_type": "EVENT" });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let create = client.create_playbook_version().workspace_id(&workspace).playbook_id(&playbook);
        create.body(typed::<types::CreatePlaybookVersionRequest>(body)).send()
    };
    assert_eq!(refusal(draft(json!({ "dataclass_id": "unknown" })).await), code(400, "20030022"));
    let created = draft(json!({})).await.unwrap();
    let created = created.data.as_ref().unwrap();
    assert_eq!((created.status.as_deref(), created.version_type), (Some("EDITING"), Some(0)));
    let version = created.id.clone().unwrap();

    let bind = |workflow: &str| {
        let create = client.create_playbook_action().workspace_id(&workspace).version_id(&version);
        create.body(vec![CreateAction::workflow(workflow)]).send()
    };
    assert_eq!(refusal(bind("unknown").await), code(400, "20040611"));
    let bound = bind(&workflow).await.unwrap();
    let action = bound.data.as_ref().unwrap()[0].id.clone().unwrap();
    let rule = client.create_playbook_rule().workspace_id(&workspace).version_id(&version);
    let rule = rule.body(typed::<types::CreateRule>(json!({ "rule": { "expression_type": "common" } })));
    let rule = rule.send().await.unwrap().data.as_ref().unwrap().id.clone().unwrap();
    let show = || client.show_playbook_version().workspace_id(&workspace).version_id(&version).send();
    let shown = show().await.unwrap();
    let shown = shown.data.as_ref().unwrap();
    assert_eq!(shown.actions.as_ref().unwrap()[0].id.as_deref(), Some(action.as_str()));
    assert_eq!(shown.rules.as_ref().unwrap().id.as_deref(), Some(rule.as_str()));

    let set = |body: Value| {
        let update = client.update_playbook_version().workspace_id(&workspace).version_id(&version);
        update.body(typed::<types::UpdatePlaybookVersionRequest>(body)).send()
    };
    let review = |result: &str| {
        let review = client.create_playbook_approve().workspace_id(&workspace).version_id(&version);
        let body = json!({ "result": result, "content": "seen" });
        review.body(typed::<types::CreatePlaybookApprovalRequest>(body)).send()
    };
    let status = async || show().await.unwrap().data.as_ref().unwrap().status.clone().unwrap();
    assert_eq!(refusal(review("PASS").await), code(400, "20030001"));
    set(json!({ "status": "APPROVING" })).await.unwrap();
    assert_eq!(refusal(draft(json!({})).await), code(400, "20048019"));
    review("UN_PASS").await.unwrap();
    assert_eq!(status().await, "UNPASSED");
    set(json!({ "status": "APPROVING" })).await.unwrap();
    review("PASS").await.unwrap();
    assert_eq!(status().await, "PUBLISHED");
    let reviews = client.list_playbook_approves().workspace_id(&workspace).resource_id(&version).send().await.unwrap();
    assert_eq!(reviews.data.as_ref().unwrap().len(), 2);

    let switch = |enabled: bool| {
        let update = client.update_playbook().workspace_id(&workspace).playbook_id(&playbook);
        let body = json!({ "name": "respond", "enabled": enabled, "active_version_id": version });
        update.body(typed::<types::UpdatePlaybookRequest>(body)).send()
    };
    let enabled = switch(true).await.unwrap();
    let enabled = enabled.data.as_ref().unwrap();
    assert_eq!((enabled.enabled, enabled.version_id.as_deref()), (Some(true), Some(version.as_str())));

    switch(false).await.unwrap();
    set(json!({ "enabled": false })).await.unwrap();
    let unbind = || client.delete_playbook_action().workspace_id(&workspace).version_id(&version).action_id(&action);
    unbind().send().await.unwrap();
    assert_eq!(refusal(unbind().send().await), code(400, "20048004"));
    client.delete_playbook_version().workspace_id(&workspace).version_id(&version).send().await.unwrap();
    assert_eq!(refusal(show().await), code(400, "20048004"));
    let actions = client.list_playbook_actions().workspace_id(&workspace).version_id(&version);
    assert_eq!(refusal(actions.offset(0).limit(1).send().await), code(400, "20030005"));
    client.delete_playbook().workspace_id(&workspace).playbook_id(&playbook).send().await.unwrap();
    let list = client.list_playbooks().workspace_id(&workspace).offset(0).limit(10).send().await.unwrap();
    assert_eq!((list.total, list.data.as_ref().unwrap().len()), (Some(0), 0));
}

#[tokio::test]
async fn a_version_is_created_with_actions_and_a_rule() {
    let server = Server::start().await;
    let client = client(&server);
    let workspace = server.add_workspace("second");
    let class = server.add_data_class(&workspace, "Alert");
    let workflow = server.add_workflow(&workspace, &class, "notify");
    let create = client.create_playbook().workspace_id(&workspace);
    let created =
        create.body(typed::<types::CreatePlaybookRequest>(json!({ "name": "respond" }))).send().await.unwrap();
    let playbook = created.data.as_ref().unwrap().id.clone().unwrap();
    let create = client.create_playbook_version().workspace_id(&workspace).playbook_id(&playbook);
    let body = json!({
        "dataclass_id": class,
        "actions": [{ "action_type": "AOP_WORKFLOW", "action_id": workflow }],
        "rule": { "rule": "{}" },
    });
    let created = create.body(typed::<types::CreatePlaybookVersionRequest>(body)).send().await.unwrap();
    let version = created.data.as_ref().unwrap();
    assert_eq!(version.actions.as_ref().unwrap()[0].action_id.as_deref(), Some(workflow.as_str()));
    assert!(version.rules.is_some());
    let create = client.create_playbook_version().workspace_id(&workspace).playbook_id(&playbook);
    let second = typed::<types::CreatePlaybookVersionRequest>(json!({ "dataclass_id": class }));
    create.body(second).send().await.unwrap();
    let list = client.list_playbook_versions().workspace_id(&workspace).playbook_id(&playbook);
    let page = list.offset(1).limit(1).send().await.unwrap();
    assert_eq!((page.total, page.data.as_ref().unwrap().len()), (Some(2), 1));
}

#[tokio::test]
async fn rows_of_an_example_are_returned_once() {
    let server = Server::start().await;
    let client = client(&server);
    let list = client.list_playbook_instances().workspace_id(server.workspace_id());
    let mut rows = list.clone().rows();
    assert!(rows.next().await.unwrap().unwrap().id.is_some());
    assert!(rows.next().await.is_none());
    let page = list.offset(1).limit(10).send().await.unwrap();
    assert_eq!((page.count, page.instances.as_ref().unwrap().len()), (Some(41), 0));
    assert_eq!(server.requests().len(), 3);
}
