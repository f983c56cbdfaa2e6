//! The call that most tests make, and the responses to it.

use std::io::Write;
use std::process::{Command, Output};
use std::time::Duration;

use secmaster_client::testing::Server;
use secmaster_client::types::{CreateAction, CreatePlaybookActionResponse};
use secmaster_client::{Client, Error, Response};

use crate::raw_server::RawServer;

pub const TOKEN: &str = "MIISECRETTOKEN0123456789";
pub const PROJECT: &str = "2b31ed520xxxxxxebedb6e57xxxxxxxx";
pub const WORKSPACE: &str = "909494e3-558e-46b6-a9eb-07a8e18ca620";
pub const VERSION: &str = "909494e3-558e-46b6-a9eb-07a8e18ca621";
pub const WORKFLOW: &str = "909494e3-558e-46b6-a9eb-07a8e18ca62f";
/// The timeout of a call that is expected to complete. Much longer than a call takes on a busy machine.
pub const TIMEOUT: Duration = Duration::from_secs(10);
pub const REQUEST_ID: &str = "5f2b8c1d-0a7e-4c55-9d3b-6f1e2a3b4c5d-1751600000123-api-7d9f.example";

/// A response as bytes, with the [`REQUEST_ID`].
pub fn response(status: &str, headers: &[&str], body: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    write!(bytes, "HTTP/1.1 {status}\r\nX-request-id: {REQUEST_ID}\r\nContent-Length: {}\r\n", body.len()).unwrap();
    for header in headers {
        write!(bytes, "{header}\r\n").unwrap();
    }
    bytes.extend_from_slice(b"\r\n");
    bytes.extend_from_slice(body);
    bytes
}

/// A fake server for the made-up IDs of these tests.
pub async fn server_with_any_ids() -> Server {
    Server::builder().any_ids().start().await
}

/// The call that most tests make.
pub async fn create(client: &Client) -> Result<Response<CreatePlaybookActionResponse>, Error> {
    create_with(client, PROJECT, WORKSPACE, VERSION).await
}

/// The same call in the default project of the client.
pub async fn create_in_default_project(client: &Client) -> Result<Response<CreatePlaybookActionResponse>, Error> {
    let create = client.create_playbook_action().workspace_id(WORKSPACE).version_id(VERSION);
    create.body(vec![CreateAction::workflow(WORKFLOW)]).send().await
}

pub async fn create_with(
    client: &Client,
    project: &str,
    workspace: &str,
    version: &str,
) -> Result<Response<CreatePlaybookActionResponse>, Error> {
    client
        .create_playbook_action()
        .project_id(project)
        .workspace_id(workspace)
        .version_id(version)
        .body(vec![CreateAction::workflow(WORKFLOW)])
        .send()
        .await
}

/// Runs a program to completion, without blocking the tasks of the test.
pub async fn run(mut command: Command) -> Output {
    tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap()
}

/// Another process of these tests, which runs one of them.
pub fn child(test: &str) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", test, "--nocapture"]);
    command
}

/// The outcome of a call that gets this response.
pub async fn created_by(response: Vec<u8>) -> Result<Response<CreatePlaybookActionResponse>, Error> {
    let server = RawServer::responding(response).await;
    create(&server.client()).await
}

/// The error of a call that gets this response.
pub async fn failed_by(response: Vec<u8>) -> Error {
    created_by(response).await.unwrap_err()
}
