//! The versions of workflows, and their reviews.

use secmaster_client::types::{
    CreateWorkflowApprovalRequest, CreateWorkflowVersionRequest, UpdateWorkflowVersionRequest, ValidateWorkflowRequest,
};

use super::{Space, code, refusal};

pub const CALLED: [&str; 7] = [
    "CreateAopWorkflowVersion",
    "CreateAopWorkflowVersionApprovel",
    "DeleteAopWorkflowVersion",
    "ListAopWorkflowVersions",
    "ShowAopWorkflowVersion",
    "UpdateAopWorkflowVersion",
    "ValidateAopWorkflowVersion",
];

#[tokio::test]
async fn a_workflow_version_is_validated_reviewed_and_deleted() {
    let space = Space::start().await;
    let (client, workspace, workflow) = (&space.client, &space.workspace, &space.workflow);
    let body = ValidateWorkflowRequest::builder().mode("JSON").taskconfig("{}").taskflow("x").aopworkflow_id(workflow);
    let validated = client.validate_aop_workflow_version().workspace_id(workspace).body(body).send().await.unwrap();
    assert!(validated.data.as_ref().unwrap().result.is_some());

    let body = CreateWorkflowVersionRequest::builder().name("v").description("d".to_owned());
    let body = body.taskconfig("{}").taskflow("x").taskflow_type("JSON").aop_type("NORMAL");
    let create = client.create_aop_workflow_version().workspace_id(workspace).workflow_id(workflow);
    let created = create.body(body).send().await.unwrap().into_inner().data.unwrap();
    let version = created.id.clone().unwrap();
    assert_eq!((created.status.as_deref(), created.version.as_deref()), (Some("pending_submit"), Some("v2")));
    let list = client.list_aop_workflow_versions().workspace_id(workspace).workflow_id(workflow);
    let listed = list.send().await.unwrap().into_inner().data.unwrap();
    assert_eq!((listed.len(), listed[1].id.as_ref()), (2, Some(&version)));

    let show = || client.show_aop_workflow_version().workspace_id(workspace).version_id(&version).send();
    let status = async || show().await.unwrap().into_inner().data.unwrap().status.unwrap();
    let review = |result: &str| {
        let body = CreateWorkflowApprovalRequest::builder().result(result).content("seen");
        client.create_aop_workflow_version_approvel().workspace_id(workspace).version_id(&version).body(body).send()
    };
    let submit = || {
        let body = UpdateWorkflowVersionRequest::builder().status("pending_approval".to_owned());
        client.update_aop_workflow_version().workspace_id(workspace).version_id(&version).body(body).send()
    };
    assert_eq!(refusal(review("PASS").await), code(400, "20030001"));
    submit().await.unwrap();
    review("UN_PASS").await.unwrap();
    assert_eq!(status().await, "rejected");
    submit().await.unwrap();
    review("PASS").await.unwrap();
    assert_eq!(status().await, "not_activated");
    let reviews = client.list_playbook_approves().workspace_id(workspace).resource_id(&version).send().await.unwrap();
    let results: Vec<_> = reviews.data.iter().flatten().map(|review| review.result.clone().unwrap()).collect();
    assert_eq!(results, ["UN_PASS", "PASS"]);

    client.delete_aop_workflow_version().workspace_id(workspace).version_id(&version).send().await.unwrap();
    assert_eq!(refusal(show().await), code(400, "20040605"));
    space.assert_called(&CALLED);
}
