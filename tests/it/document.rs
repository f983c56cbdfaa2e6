//! The document, and what was made of it.

use secmaster_client::types::CreateAction;
use secmaster_client::{Client, OPENAPI, OPERATIONS};

use crate::support::WORKFLOW;

#[test]
fn the_table_names_every_operation_of_the_document() {
    let table: Vec<_> = OPERATIONS
        .iter()
        .map(|operation| (operation.id(), operation.method(), operation.path(), operation.content_type()))
        .collect();
    assert_eq!(
        table,
        [(
            "CreatePlaybookAction",
            "POST",
            "/v1/{project_id}/workspaces/{workspace_id}/soc/playbooks/versions/{version_id}/actions",
            Some("application/json;charset=UTF-8")
        )]
    );
    assert!(!OPERATIONS[0].is_idempotent());
    assert_eq!(OPENAPI.matches("operationId:").count(), OPERATIONS.len());
}

#[test]
fn the_version_is_that_of_the_document() {
    assert!(OPENAPI.contains(&format!("\n  version: {}\n", Client::api_version())));
}

#[test]
fn an_action_can_be_written_in_three_ways() {
    let chained = CreateAction::workflow(WORKFLOW).name("n").description("d").sort_order("1");
    let literal = CreateAction {
        action_id: WORKFLOW.into(),
        action_type: "AOP_WORKFLOW".into(),
        name: Some("n".into()),
        description: Some("d".into()),
        sort_order: Some("1".into()),
    };
    let built: CreateAction = CreateAction::builder()
        .action_id(WORKFLOW)
        .action_type("AOP_WORKFLOW")
        .name(Some("n".to_owned()))
        .description(Some("d".to_owned()))
        .sort_order(Some("1".to_owned()))
        .try_into()
        .unwrap();
    assert_eq!(chained, literal);
    assert_eq!(built, literal);
    assert!(OPENAPI.contains("default: AOP_WORKFLOW"));
}
