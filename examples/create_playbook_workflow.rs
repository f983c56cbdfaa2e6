//! Binds the workflows of a JSON file to a version of a playbook.
//!
//! ```text
//! cargo run --example create_playbook_workflow [FILE]
//! ```
//!
//! FILE holds an array of CreateAction; it is `examples/workflows.json` unless given. With nothing configured, the workflows are
//! created at a stand-in for the cloud that runs inside this program. To call the real service, set `SECMASTER_REGION` or
//! `SECMASTER_ENDPOINT`, then `SECMASTER_WORKSPACE_ID` and `SECMASTER_VERSION_ID`, and credentials as `auth::from_env` reads them,
//! such as `SECMASTER_TOKEN`. `SECMASTER_PROJECT_ID` is looked up where it is not set.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "this program speaks to a person")]

use std::env;
use std::error::Error;
use std::fs;
use std::process::ExitCode;

use secmaster_client::testing::Server;
use secmaster_client::types::{ActionInfo, CreateAction, CreatePlaybookActionResponse};
use secmaster_client::{Client, Response, auth};

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/workflows.json");
/// Whoever has set one of these means the real service.
const VARIABLES: [&str; 11] = [
    "SECMASTER_REGION",
    "SECMASTER_ENDPOINT",
    "SECMASTER_PROJECT_ID",
    "SECMASTER_WORKSPACE_ID",
    "SECMASTER_VERSION_ID",
    "SECMASTER_TOKEN",
    "SECMASTER_IAM_DOMAIN",
    "SECMASTER_IAM_USER",
    "SECMASTER_IAM_PASSWORD",
    "HUAWEICLOUD_SDK_AK",
    "HUAWEICLOUD_SDK_SK",
];

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let mut line = error.to_string();
            let mut source = error.source();
            while let Some(cause) = source {
                line = format!("{line}: {cause}");
                source = cause.source();
            }
            eprintln!("error: {line}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<(), Box<dyn Error>> {
    let actions = read(&env::args().nth(1).unwrap_or_else(|| FILE.to_owned()))?;
    // The stand-in ends when it is dropped, so it is held until the call is done.
    let (target, _server) = if is_configured() { (configured().await?, None) } else { stand_in().await? };
    let created = target
        .client
        .call(async |api| {
            api.create_playbook_action()
                .project_id(&target.project_id)
                .workspace_id(&target.workspace_id)
                .version_id(&target.version_id)
                .body(actions)
                .send()
                .await
        })
        .await?;
    show(&created);
    Ok(())
}

/// Where the workflows are created.
struct Target {
    client: Client,
    project_id: String,
    workspace_id: String,
    version_id: String,
}

fn is_configured() -> bool {
    VARIABLES.iter().any(|name| variable(name).is_some())
}

async fn configured() -> Result<Target, Box<dyn Error>> {
    let credentials = auth::from_env()?;
    println!("Credentials: {}.", credentials.source());
    let mut builder = Client::builder().credentials(credentials);
    let (region, endpoint) = (variable("SECMASTER_REGION"), variable("SECMASTER_ENDPOINT"));
    if region.is_none() && endpoint.is_none() {
        return Err("neither SECMASTER_REGION nor SECMASTER_ENDPOINT is set; set one of them, such as SECMASTER_REGION=cn-north-4".into());
    }
    if let Some(region) = region {
        builder = builder.region(region);
    }
    if let Some(endpoint) = endpoint {
        builder = builder.endpoint(endpoint);
    }
    let workspace_id = needed("SECMASTER_WORKSPACE_ID", "the ID of the workspace")?;
    let version_id = needed("SECMASTER_VERSION_ID", "the ID of the playbook version")?;
    let client = builder.build()?;
    let project_id = match variable("SECMASTER_PROJECT_ID") {
        Some(id) => id,
        None => client.project_id().await.map_err(|error| format!("SECMASTER_PROJECT_ID is not set, and {error}"))?,
    };
    Ok(Target { client, project_id, workspace_id, version_id })
}

async fn stand_in() -> Result<(Target, Option<Server>), Box<dyn Error>> {
    let server = Server::start().await;
    println!("Nothing is configured: calling a stand-in for the cloud at {}.", server.endpoint());
    let password =
        auth::Password::new(server.domain(), server.user(), server.password()).iam_endpoint(server.endpoint());
    let client = Client::builder().endpoint(server.endpoint()).region(server.region()).credentials(password).build()?;
    let project_id = client.project_id().await?;
    println!(
        "Credentials: the password of {} in {}, logged in for project {project_id}.",
        server.user(),
        server.domain()
    );
    let target = Target {
        client,
        project_id,
        workspace_id: "909494e3-558e-46b6-a9eb-07a8e18ca620".to_owned(),
        version_id: "909494e3-558e-46b6-a9eb-07a8e18ca621".to_owned(),
    };
    Ok((target, Some(server)))
}

fn read(file: &str) -> Result<Vec<CreateAction>, String> {
    let text = fs::read_to_string(file).map_err(|error| format!("{file} can not be read: {error}"))?;
    serde_json::from_str(&text).map_err(|error| format!("{file} is not an array of workflows to create: {error}"))
}

fn variable(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.is_empty())
}

fn needed(name: &str, what: &str) -> Result<String, String> {
    variable(name).ok_or_else(|| format!("{name} is not set; set it to {what}"))
}

fn show(created: &Response<CreatePlaybookActionResponse>) {
    let rows = created.data.data.as_deref().unwrap_or_default();
    println!(
        "Created {} (status {}):\n",
        if rows.len() == 1 { "1 action".into() } else { format!("{} actions", rows.len()) },
        created.status()
    );
    println!("{}", table(rows));
    match created.request_id() {
        Some(id) => {
            println!("Request id: {id}");
            for (part, value) in [("uuid", id.uuid()), ("timestamp", id.timestamp()), ("hostname", id.hostname())] {
                println!("  {part:<9} {}", value.unwrap_or("-"));
            }
        }
        None => println!("Request id: none"),
    }
    match created.deprecation() {
        Some(deprecation) => println!(
            "Deprecated: goes offline on {}. {}",
            deprecation.date().unwrap_or("a day that is not named"),
            deprecation.info().unwrap_or_default()
        ),
        None => println!("Deprecation: none announced by this answer"),
    }
}

fn table(rows: &[ActionInfo]) -> String {
    let text = |value: &Option<String>| value.clone().unwrap_or_else(|| "-".to_owned());
    let head = ["ID", "NAME", "TYPE", "WORKFLOW"].map(str::to_owned);
    let cells = rows.iter().map(|row| [text(&row.id), text(&row.name), text(&row.action_type), text(&row.action_id)]);
    let lines: Vec<[String; 4]> = std::iter::once(head).chain(cells).collect();
    let width = |column: usize| lines.iter().map(|line| line[column].chars().count()).max().unwrap_or_default();
    let widths = [width(0), width(1), width(2), width(3)];
    let line = |line: &[String; 4]| {
        let cells = line.iter().zip(widths).map(|(cell, width)| format!("{cell:<width$}"));
        format!("{}\n", cells.collect::<Vec<_>>().join("  ").trim_end())
    };
    lines.iter().map(line).collect()
}
