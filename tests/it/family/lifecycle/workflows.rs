//! Workflows.

use secmaster_client::types::{CreateWorkflowRequest, ExportWorkflowRequest, UpdateWorkflowRequest};

use super::{FORM, FORM_TYPE, Space, code, refusal};

pub const CALLED: [&str; 7] = [
    "CreateAopWorkflow",
    "DeleteAopWorkflow",
    "ExportAopworkflow",
    "ImportAopworkflow",
    "ListWorkflows",
    "ShowAopWorkflow",
    "UpdateAopWorkflow",
];

#[tokio::test]
async fn a_workflow_is_created_listed_changed_and_deleted() {
    let space = Space::start().await;
    let (client, workspace) = (&space.client, &space.workspace);
    let body = CreateWorkflowRequest::builder().name("respond").description("d".to_owned());
    let body = body.engine_type("public_engine").aop_type("NORMAL").dataclass_id(&space.class);
    let created = client.create_aop_workflow().workspace_id(workspace).body(body).send().await.unwrap().into_inner();
    let workflow = created.data.unwrap().id.unwrap();
    let list = async || {
        let listed = client.list_workflows().workspace_id(workspace).name("respond").send().await.unwrap();
        listed.data.iter().flatten().map(|workflow| workflow.id.clone().unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(list().await, std::slice::from_ref(&workflow));

    let update = |body| client.update_aop_workflow().workspace_id(workspace).workflow_id(&workflow).body(body).send();
    let described = UpdateWorkflowRequest::builder().description("changed".to_owned());
    update(described).await.unwrap();
    let without_version = UpdateWorkflowRequest::builder().enabled(true);
    assert_eq!(refusal(update(without_version).await), code(400, "20030001"));
    let show = || client.show_aop_workflow().workspace_id(workspace).workflow_id(&workflow).send();
    let shown = show().await.unwrap().into_inner().data.unwrap();
    assert_eq!((shown.name.as_deref(), shown.description.as_deref()), (Some("respond"), Some("changed")));
    assert_eq!((shown.enabled, shown.dataclass_name.as_deref()), (Some(false), Some("Alert")));

    let body = ExportWorkflowRequest::builder().id(vec![workflow.clone()]);
    let exported = client.export_aopworkflow().workspace_id(workspace).body(body).send().await.unwrap();
    assert!(!exported.into_inner().bytes().await.unwrap().is_empty());
    let import = client.import_aopworkflow().workspace_id(workspace).content_type(FORM_TYPE).body(FORM);
    assert_eq!(import.send().await.unwrap().success, Some(true));

    let deleted = client.delete_aop_workflow().workspace_id(workspace).workflow_id(&workflow).send().await.unwrap();
    assert_eq!(deleted.into_inner().unwrap().data, Some(shown));
    assert_eq!(refusal(show().await), code(400, "20040611"));
    assert!(list().await.is_empty());
    space.assert_called(&CALLED);
}
