//! Rows of the lists of SecMaster.

use std::time::Duration;

use secmaster_client::testing::{MockResponse, Server};
use secmaster_client::types::Workflow;
use secmaster_client::{Client, Error, PaginationStream, RetryPolicy};
use serde_json::{Map, Value, json};

/// The number of workflows.
const ALL: usize = 1_000;

async fn client() -> (Server, Client) {
    let server = Server::start().await;
    let builder = Client::builder().endpoint(server.endpoint()).token(server.token()).project_id(server.project_id());
    let client = builder.retry(RetryPolicy::new().max_delay(Duration::ZERO)).build().unwrap();
    (server, client)
}

/// The rows of a list of workflows, with pages of this size.
fn rows<'a>(client: &'a Client, server: &Server, size: usize) -> PaginationStream<'a, Workflow> {
    client.list_workflows().workspace_id(server.workspace_id()).limit(i64::try_from(size).unwrap()).rows()
}

/// The IDs of the next rows: this many, or those up to the end.
async fn take(rows: &mut PaginationStream<'_, Workflow>, count: usize) -> Result<Vec<String>, Error> {
    let mut ids = Vec::new();
    while ids.len() < count {
        let Some(row) = rows.next().await else { break };
        ids.push(row?.id.unwrap());
    }
    Ok(ids)
}

/// Adds workflows to the workspace.
fn add(server: &Server, count: usize) {
    let workspace = server.workspace_id();
    let class = server.add_data_class(&workspace, "Vulnerability");
    (0..count).for_each(|_| drop(server.add_workflow(&workspace, &class, "respond")));
}

/// The IDs of all workflows of the workspace, in order.
fn ids(server: &Server) -> Vec<String> {
    server.workflows().into_iter().map(|(id, _)| id).collect()
}

/// A server with a thousand workflows, and its client.
async fn with_workflows() -> (Server, Client) {
    let (server, client) = client().await;
    add(&server, ALL - server.workflows().len());
    (server, client)
}

#[tokio::test]
async fn rows_of_a_thousand_workflows_are_in_order() {
    for size in [1, 7, 100] {
        let (server, client) = with_workflows().await;
        let found = take(&mut rows(&client, &server, size), usize::MAX).await.unwrap();
        assert_eq!(found, ids(&server), "{size} in each");
        assert_eq!(server.requests().len(), ALL.div_ceil(size), "no page is requested after the total, {size} in each");
    }
}

#[tokio::test]
async fn workflows_that_are_added_during_paging_are_rows() {
    let (server, client) = with_workflows().await;
    let mut rows = rows(&client, &server, 7);
    let mut found = take(&mut rows, 500).await.unwrap();
    add(&server, 50);
    found.extend(take(&mut rows, usize::MAX).await.unwrap());
    assert_eq!((found.len(), found), (ALL + 50, ids(&server)));
}

#[tokio::test]
async fn a_429_between_pages_of_workflows_is_retried() {
    let (server, client) = with_workflows().await;
    let mut rows = rows(&client, &server, 7);
    let mut found = take(&mut rows, 700).await.unwrap();
    server.respond_next(MockResponse::new(429));
    found.extend(take(&mut rows, usize::MAX).await.unwrap());
    assert_eq!(found, ids(&server));
    assert_eq!(server.requests().len(), ALL.div_ceil(7) + 1);
}

#[tokio::test]
async fn a_failed_page_ends_the_rows_of_workflows() {
    let (server, client) = with_workflows().await;
    let mut rows = rows(&client, &server, 100);
    assert_eq!(take(&mut rows, 600).await.unwrap(), ids(&server)[..600]);
    server.respond_next(MockResponse::new(500).header("X-request-id", "of-the-failure"));
    let error = rows.next().await.unwrap().unwrap_err();
    assert_eq!((error.status().unwrap().as_u16(), error.request_id().unwrap().as_str()), (500, "of-the-failure"));
    assert!(rows.next().await.is_none());
    assert_eq!(server.requests().len(), 7, "no page is requested after the error");
}

fn page(list: &str, rows: usize, count: usize) -> MockResponse {
    MockResponse::new(200).json(json!({ list: vec![Value::Object(Map::new()); rows], "count": count }))
}

/// The documentation limits the sum of offset and limit.
#[tokio::test]
async fn rows_of_playbook_runs_end_before_row_10_000() {
    let (server, client) = client().await;
    server.respond_next(page("instances", 9, 20_000));
    let mut rows = client.list_playbook_instances().workspace_id(server.workspace_id()).offset(9_990).rows();
    for _ in 0..9 {
        rows.next().await.unwrap().unwrap();
    }
    assert!(rows.next().await.is_none());
    assert_eq!(server.requests()[0].query(), Some("limit=9&offset=9990"));
}

/// The documentation limits only the offset.
#[tokio::test]
async fn a_page_of_workspaces_may_end_after_row_1_000() {
    let (server, client) = client().await;
    server.respond_next(page("workspaces", 60, 1_050));
    let mut rows = client.list_workspaces().offset(990).rows();
    for _ in 0..60 {
        rows.next().await.unwrap().unwrap();
    }
    assert!(rows.next().await.is_none());
    assert_eq!(server.requests()[0].query(), Some("limit=100&offset=990"));
}

#[tokio::test]
async fn workspaces_beyond_the_maximum_offset_are_an_error() {
    let (server, client) = client().await;
    server.respond_next(page("workspaces", 100, 1_050));
    let mut rows = client.list_workspaces().offset(900).rows();
    for _ in 0..100 {
        rows.next().await.unwrap().unwrap();
    }
    let error = rows.next().await.unwrap().unwrap_err();
    assert_eq!((error.status().unwrap().as_u16(), error.code()), (400, Some("SecMaster.20030001")));
    assert!(rows.next().await.is_none());
}
