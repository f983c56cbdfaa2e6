//! Binds workflows to a version of a playbook.
//!
//! ```text
//! cargo run --example create_playbook_workflow
//! cargo run --example create_playbook_workflow -- --workspace NAME --playbook NAME [--version VERSION] WORKFLOW...
//! cargo run --example create_playbook_workflow -- FILE
//! ```
//!
//! `--help` explains the arguments and the environment variables.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "the output is for the user of the program")]

mod args;
mod file;
mod lookup;
mod report;
#[path = "../common/service.rs"]
mod service;

use std::env;
use std::error::Error;
use std::process::ExitCode;

use secmaster_client::testing::Server;
use secmaster_client::types::{CreateAction, CreatePlaybookRequest, CreatePlaybookVersionRequest};

use args::{Args, HELP, Names};
use lookup::Ids;
use service::Service;

/// The default workflows for the fake server: the example of the API reference.
const WORKFLOWS: &str = include_str!("../workflows.json");
/// The workspace and version of that example.
const EXAMPLE_IDS: [&str; 2] = ["909494e3-558e-46b6-a9eb-07a8e18ca620", "909494e3-558e-46b6-a9eb-07a8e18ca621"];

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {}", report::with_causes(&*error));
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<(), Box<dyn Error>> {
    match Args::parse(env::args().skip(1))? {
        Args::Help => print!("{HELP}"),
        Args::Names(names) => bind_by_name(names).await?,
        Args::File(file) => bind_file(file::read(&file)?).await?,
        Args::Nothing if Service::is_configured() => {
            let hint = "name the workflows, or a JSON file that lists them; see --help";
            return Err(format!("the environment configures a real service, but no workflow is given; {hint}").into());
        }
        Args::Nothing => bind_file(file::parse("workflows.json", WORKFLOWS)?).await?,
    }
    Ok(())
}

/// Binds the workflows of a file. The workspace and version are given by id.
async fn bind_file(actions: Vec<CreateAction>) -> Result<(), Box<dyn Error>> {
    // The fake server stops when it is dropped.
    let (service, [workspace, version], _server) = if Service::is_configured() {
        let workspace =
            ("SECMASTER_WORKSPACE_ID", "the ID of the workspace, or give --workspace and --playbook by name");
        let version = ("SECMASTER_VERSION_ID", "the ID of the version of the playbook");
        let (service, ids) = Service::from_env([workspace, version]).await?;
        (service, ids, None)
    } else {
        // The file has IDs that no fake server knows.
        let (service, server) = Service::fake(Server::builder().any_ids()).await?;
        (service, EXAMPLE_IDS.map(str::to_owned), Some(server))
    };
    bind(&service, &workspace, &version, actions).await
}

/// Binds workflows that are given by name.
async fn bind_by_name(names: Names) -> Result<(), Box<dyn Error>> {
    let (service, _server) = if Service::is_configured() {
        (Service::from_env([]).await?.0, None)
    } else {
        let (service, server) = Service::fake(Server::builder()).await?;
        create_demo(&service, &server).await?;
        (service, Some(server))
    };
    let Ids { workspace, version, workflows } = names.look_up(&service.client).await?;
    println!("Each is sent as {}, the default of the API page.", CreateAction::workflow("").action_type);
    bind(&service, &workspace, &version, workflows.into_iter().map(CreateAction::workflow).collect()).await
}

/// Creates a playbook with a draft on the fake server, which has none initially.
async fn create_demo(Service { client, .. }: &Service, server: &Server) -> Result<(), Box<dyn Error>> {
    let workspace = server.workspace_id();
    let playbook = CreatePlaybookRequest::builder().name("demo");
    let playbook = client.create_playbook().workspace_id(&workspace).body(playbook).send().await?;
    let id = playbook.data.as_ref().and_then(|playbook| playbook.id.clone()).unwrap_or_default();
    let workflow = client.list_workflows().workspace_id(&workspace).rows().next().await.transpose()?;
    let class = workflow.and_then(|workflow| workflow.dataclass_id).unwrap_or_default();
    let version = CreatePlaybookVersionRequest::builder().dataclass_id(class);
    client.create_playbook_version().workspace_id(&workspace).playbook_id(id).body(version).send().await?;
    Ok(())
}

async fn bind(
    service: &Service,
    workspace: &str,
    version: &str,
    actions: Vec<CreateAction>,
) -> Result<(), Box<dyn Error>> {
    let Service { client, place, project_id } = service;
    let sent = actions.len();
    println!(
        "Binding {} to version {version} in workspace {workspace} of project {project_id} {place}.",
        report::counted(sent, "workflow"),
    );
    let create = client.create_playbook_action().workspace_id(workspace).version_id(version);
    let created = create.body(actions).send().await?;
    report::print(&created);
    report::check(&created, sent)
}
