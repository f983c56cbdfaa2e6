//! The OpenAPI document and the code generated from it.

use secmaster_client::types::CreateAction;
use secmaster_client::{Client, OPENAPI, OPERATIONS, Operation};
use serde_json::Value;

use crate::support::WORKFLOW;

/// An operation: its id, method, path and the media type of its body.
type Row = (String, String, String, Option<String>);

/// The operations of the OpenAPI document, by their ids.
fn documented() -> Vec<Row> {
    let document = secmaster_client_codegen::to_json(OPENAPI).unwrap();
    // A body may be a reference.
    let resolve = |value: &Value| match value["$ref"].as_str() {
        Some(reference) => document.pointer(reference.strip_prefix('#').unwrap()).unwrap().clone(),
        None => value.clone(),
    };
    let mut rows = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let Some(id) = operation["operationId"].as_str() else { continue };
            let body = resolve(&operation["requestBody"]);
            // A form that the caller encodes has the media type that the caller sets.
            let content = body["content"].as_object().and_then(|content| content.iter().next());
            let media_type =
                content.filter(|(_, media)| media["x-encoded-by"] != "caller").map(|(name, _)| name.clone());
            rows.push((id.to_owned(), method.to_uppercase(), path.clone(), media_type));
        }
    }
    rows.sort();
    rows
}

#[test]
fn operations_match_the_openapi_document() {
    let row = |operation: &Operation| -> Row {
        let [id, method, path] = [operation.id(), operation.method(), operation.path()].map(str::to_owned);
        (id, method, path, operation.content_type().map(str::to_owned))
    };
    let mut table: Vec<_> = OPERATIONS.iter().map(row).collect();
    table.sort();
    assert_eq!(table, documented());
    for operation in OPERATIONS {
        assert_eq!(operation.is_idempotent(), !["POST", "PATCH"].contains(&operation.method()), "{operation:?}");
    }
    // As in the API reference.
    let path = "/v1/{project_id}/workspaces/{workspace_id}/soc/playbooks/versions/{version_id}/actions";
    let create = OPERATIONS.iter().find(|operation| operation.id() == "CreatePlaybookAction").unwrap();
    let media_type = Some("application/json;charset=UTF-8");
    assert_eq!((create.method(), create.path(), create.content_type()), ("POST", path, media_type));
}

#[test]
fn the_api_version_matches_the_openapi_document() {
    assert!(OPENAPI.contains(&format!("\n  version: {}\n", Client::api_version())));
}

#[test]
fn an_action_can_be_built_in_three_ways() {
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

#[test]
fn truncated_openapi_documents_do_not_panic() {
    crate::seeds::each_seed("../src/fuzzing/seeds/document", secmaster_client_codegen::fuzz);
}
