//! Runs of workflows.

use secmaster_client::types::{
    ContextDataClass, ContextDataObject, CreateWorkflowInstanceRequest, PlaybookContext, UpdateWorkflowInstanceRequest,
};

use super::Space;

pub const CALLED: [&str; 4] =
    ["CreateWorkflowInstance", "ListAopWorkflowInstance", "ShowAopWorkflowInstance", "UpdateWorkflowInstance"];

#[tokio::test]
async fn a_workflow_run_is_started_retried_and_terminated() {
    let space = Space::start().await;
    let (client, workspace, workflow) = (&space.client, &space.workspace, &space.workflow);
    let class: ContextDataClass = ContextDataClass::builder().name("Alert").try_into().unwrap();
    let object: ContextDataObject = ContextDataObject::builder().dataclass(class).try_into().unwrap();
    let context: PlaybookContext = PlaybookContext::builder().data_object(object).try_into().unwrap();
    let body = CreateWorkflowInstanceRequest::builder().command_type("ActionInstanceRunCommand");
    let body = body.action_type("workflow").action_id(workflow.clone()).playbook_context(context.clone());
    let run = client.create_workflow_instance().workspace_id(workspace).workflow_id(workflow);
    let started = run.body(body).send().await.unwrap();
    assert_eq!(started.action_id.as_ref(), Some(workflow));
    assert_eq!(started.playbook_context, Some(serde_json::to_value(context).unwrap()));

    let list = async |status: &str| {
        let listed = client.list_aop_workflow_instance().workspace_id(workspace).status(status).send().await.unwrap();
        let ids: Vec<_> = listed.instances.iter().flatten().map(|run| run.id.clone().unwrap()).collect();
        assert_eq!(listed.count, Some(i64::try_from(ids.len()).unwrap()));
        ids
    };
    let run = list("RUNNING").await.remove(0);
    let command = |command: &str| {
        let body = UpdateWorkflowInstanceRequest::builder().command_type(command);
        client.update_workflow_instance().workspace_id(workspace).instance_id(&run).body(body).send()
    };
    let show = async || {
        let shown = client.show_aop_workflow_instance().workspace_id(workspace).instance_id(&run).send().await;
        shown.unwrap().into_inner()
    };
    assert_eq!(show().await.workflow.unwrap().id.as_ref(), Some(workflow));
    command("ActionInstanceRetryCommand").await.unwrap();
    let shown = show().await;
    assert_eq!((shown.status.as_deref(), shown.retry_count), (Some("RETRYING"), Some(1)));
    command("ActionInstanceTerminateCommand").await.unwrap();
    assert!(show().await.end_time.is_some());
    assert!(list("RUNNING").await.is_empty());
    assert_eq!(list("TERMINATED").await, [run]);
    space.assert_called(&CALLED);
}
