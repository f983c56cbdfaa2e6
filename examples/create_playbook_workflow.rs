//! Binds the workflows of a JSON file to a version of a playbook.
//!
//! ```text
//! cargo run --example create_playbook_workflow [FILE]
//! cargo run --example create_playbook_workflow --workspace NAME --playbook NAME [--version VERSION] WORKFLOW...
//! ```
//!
//! FILE contains an array of CreateAction. If nothing is configured, the workflows are created at a fake server that runs inside this
//! program, and FILE defaults to `examples/workflows.json`. To call the real service, set `SECMASTER_REGION` or
//! `SECMASTER_ENDPOINT`, `SECMASTER_WORKSPACE_ID`, `SECMASTER_VERSION_ID`, and credentials as `auth::from_env` reads them, such as
//! `SECMASTER_TOKEN`, and pass FILE. `SECMASTER_PROJECT_ID` is looked up if it is not set.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "this program speaks to a person")]

#[path = "common/lookup.rs"]
mod lookup;
#[path = "common/service.rs"]
mod service;

use std::env;
use std::error::Error;
use std::fs;
use std::process::ExitCode;

use schemars::schema_for;
use secmaster_client::testing::Server;
use secmaster_client::types::{ActionInfo, CreateAction, CreatePlaybookActionResponse};
use secmaster_client::{Client, Response, auth};
use serde_json::Value;

use lookup::Names;
use service::Service;

const USAGE: &str = "\
Binds the workflows of a JSON file to a version of a playbook.

  cargo run --example create_playbook_workflow [FILE]
  cargo run --example create_playbook_workflow --workspace NAME --playbook NAME [--version VERSION] WORKFLOW...

FILE holds an array of workflows, as examples/workflows.json does. With nothing configured, the call goes to a fake server, and
FILE need not be given. To call the real service, give FILE and set

In the second form, workspace, playbook, version and workflows are given by their names or ids, and looked up. Without --version, it is the
one version that is a draft. SECMASTER_WORKSPACE_ID and SECMASTER_VERSION_ID are not needed then.

  SECMASTER_REGION        such as cn-north-4, or SECMASTER_ENDPOINT
  SECMASTER_WORKSPACE_ID  the workspace
  SECMASTER_VERSION_ID    the version of the playbook
  SECMASTER_PROJECT_ID    the project, which is looked up unless set
  SECMASTER_TOKEN         a token of IAM, or other credentials that auth::from_env reads
";
/// What the fake server is called with unless a file is given. Its workflow is a placeholder, which no real service has.
const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/workflows.json");
/// Whoever has set one of these means the real service.
const VARIABLES: [&str; 12] = [
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
    "HUAWEICLOUD_SDK_CREDENTIALS_FILE",
];

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let mut line = error.to_string();
            let mut source = error.source();
            while let Some(cause) = source {
                let text = cause.to_string();
                // The line of a failed login has that of its cause already.
                if !line.contains(&text) {
                    line = format!("{line}: {text}");
                }
                source = cause.source();
            }
            eprintln!("error: {line}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<(), Box<dyn Error>> {
    if let Some(names) = names(env::args().skip(1))? {
        return bind_by_name(names).await;
    }
    let mut words = env::args().skip(1);
    let file = words.next();
    if let Some(word) = words.next() {
        return Err(format!("{word} is one word too many; give one file, or write its name in quotes").into());
    }
    if file.as_deref().is_some_and(|word| ["-h", "--help"].contains(&word)) {
        print!("{USAGE}");
        return Ok(());
    }
    let is_real = is_configured();
    if is_real && file.is_none() {
        let text = "a real service is configured, but no file is given; name the file that holds the workflows to bind";
        return Err(text.into());
    }
    let actions = read(file.as_deref().unwrap_or(FILE))?;
    // The fake server ends when it is dropped, so it is held until the call is done.
    let (service, _server) = if is_real { (Service::configured([]).await?.0, None) } else { fake_server().await? };
    println!(
        "Binding {} to version {} in workspace {} of project {} {}.",
        counted(actions.len(), "workflow"),
        service.version_id,
        service.workspace_id,
        service.project_id,
        service.place
    );
    bind(&service.client, &service.project_id, &service.workspace_id, &service.version_id, actions).await
}

/// The names on a command line of the second form; `None` if it is of the first.
fn names(mut words: impl Iterator<Item = String>) -> Result<Option<Names>, String> {
    let (mut workspace, mut playbook, mut version, mut workflows) = (None, None, None, Vec::new());
    while let Some(word) = words.next() {
        let option = match word.as_str() {
            "--workspace" => &mut workspace,
            "--playbook" => &mut playbook,
            "--version" => &mut version,
            _ => {
                workflows.push(word);
                continue;
            }
        };
        *option = Some(words.next().ok_or_else(|| format!("{word} needs a name or an id after it"))?);
    }
    match (workspace, playbook) {
        (None, None) => Ok(None),
        (Some(workspace), Some(playbook)) if !workflows.is_empty() => {
            Ok(Some(Names { workspace, playbook, version, workflows }))
        }
        (Some(_), Some(_)) => Err("no workflow is named; name at least one after the options".to_owned()),
        _ => Err("--workspace and --playbook go together; name both".to_owned()),
    }
}

async fn bind_by_name(names: Names) -> Result<(), Box<dyn Error>> {
    let (client, _server) = if is_configured() {
        (Service::client()?.0, None)
    } else {
        let server = Server::start().await;
        println!("Nothing is configured: calling a fake server at {}.", server.endpoint());
        (
            Client::builder()
                .endpoint(server.endpoint())
                .token(server.token())
                .project_id(server.project_id())
                .build()?,
            Some(server),
        )
    };
    let project = client.project_id().await?;
    let ids = names.look_up(&client).await?;
    let actions = ids.workflows.into_iter().map(CreateAction::workflow).collect();
    bind(&client, &project, &ids.workspace, &ids.version, actions).await
}

async fn bind(
    client: &Client,
    project: &str,
    workspace: &str,
    version: &str,
    actions: Vec<CreateAction>,
) -> Result<(), Box<dyn Error>> {
    let sent = actions.len();
    let create = client.create_playbook_action().project_id(project).workspace_id(workspace).version_id(version);
    let created = create.body(actions).send().await?;
    show(&created);
    check(&created, sent)
}

/// Whether a real service is meant.
fn is_configured() -> bool {
    VARIABLES.iter().any(|name| env::var_os(name).is_some_and(|value| !value.is_empty()))
}

/// The status says that the call succeeded. The body may still say otherwise: by its code, or by rows that are missing.
fn check(created: &Response<CreatePlaybookActionResponse>, sent: usize) -> Result<(), Box<dyn Error>> {
    let id = created.request_id().map_or_else(|| "none".to_owned(), |id| id.to_string());
    if let Some(code) = created.code.as_ref().filter(|code| *code != "0") {
        let message = created.message.as_deref().unwrap_or("no message");
        return Err(format!(
            "the service returned {} with the code {code}: {message} (request id {id})",
            created.status()
        )
        .into());
    }
    let rows = created.data.as_deref().unwrap_or_default().len();
    if rows < sent {
        return Err(format!("only {rows} of {} came back (request id {id})", counted(sent, "action")).into());
    }
    Ok(())
}

async fn fake_server() -> Result<(Service, Option<Server>), Box<dyn Error>> {
    let server = Server::start().await;
    println!("Nothing is configured: calling a fake server at {}.", server.endpoint());
    let password =
        auth::Password::new(server.domain(), server.user(), server.password()).iam_endpoint(server.endpoint());
    let client = Client::builder().endpoint(server.endpoint()).region(server.region()).credentials(password).build()?;
    let project_id = client.project_id().await?;
    println!(
        "Credentials: the password of {} in {}, logged in for project {project_id}.",
        server.user(),
        server.domain()
    );
    let service = Service {
        client,
        place: "at the fake server".to_owned(),
        project_id,
        workspace_id: "909494e3-558e-46b6-a9eb-07a8e18ca620".to_owned(),
        version_id: "909494e3-558e-46b6-a9eb-07a8e18ca621".to_owned(),
    };
    Ok((service, Some(server)))
}

fn read(file: &str) -> Result<Vec<CreateAction>, String> {
    let text = fs::read_to_string(file).map_err(|error| format!("{file} cannot be read: {error}"))?;
    let value: Value = serde_json::from_str(&text).map_err(|error| format!("{file} is not JSON: {error}"))?;
    let Value::Array(workflows) = value else {
        return Err(format!("{file} is not an array of workflows; begin it with [ and end it with ]"));
    };
    if workflows.is_empty() {
        return Err(format!("{file} holds no workflow; write at least one into its array"));
    }
    // The type passes over what it does not know, so that a name that is misspelt would be left out without a word.
    let schema = schema_for!(CreateAction);
    let known = schema.get("properties").and_then(Value::as_object).ok_or("the schema of a workflow has no fields")?;
    for (number, workflow) in (1..).zip(&workflows) {
        if let Some(name) =
            workflow.as_object().and_then(|fields| fields.keys().find(|name| !known.contains_key(*name)))
        {
            let known = known.keys().map(String::as_str).collect::<Vec<_>>().join(", ");
            return Err(format!(
                "{file}: workflow {number} has a field {name:?}, which is none of {known}; correct its name"
            ));
        }
    }
    serde_json::from_str(&text).map_err(|error| format!("{file} is not an array of workflows to create: {error}"))
}

fn counted(number: usize, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}

fn show(created: &Response<CreatePlaybookActionResponse>) {
    let rows = created.data.as_deref().unwrap_or_default();
    println!("Created {} (status {}):\n", counted(rows.len(), "action"), created.status());
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
