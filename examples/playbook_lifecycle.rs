//! Takes a playbook from nothing to running and back, in both ways that the API has: first with a call for each action and rule, which
//! goes offline on 2026-12-31, then with the actions and the rule inside the version, which stays.
//!
//! Each step is printed with its request id. If one fails, what was created and is still there is printed with the call that removes it.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "an example prints")]
#![allow(deprecated, reason = "shows the calls that go offline beside those that stay")]

#[path = "common/service.rs"]
#[allow(dead_code, reason = "other examples use the rest")]
mod service;

use std::error::Error;
use std::process::ExitCode;

use secmaster_client::testing::Server;
use secmaster_client::types::{
    CreateAction, CreatePlaybookApprovalRequest, CreatePlaybookRequest, CreatePlaybookVersionRequest, CreateRule,
    RuleDefinition, RuleInput, UpdatePlaybookRequest, UpdatePlaybookVersionRequest,
};
use secmaster_client::{Client, Response};

use service::{Service, variable};

/// What is created, each with the method that removes it.
type Created = Vec<(String, &'static str)>;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let mut created = Created::new();
    let Err(error) = run(&mut created).await else { return ExitCode::SUCCESS };
    eprintln!("error: {error}");
    for (what, call) in created.iter().rev() {
        eprintln!("{what} is still there; {call} removes it");
    }
    ExitCode::FAILURE
}

async fn run(created: &mut Created) -> Result<(), Box<dyn Error>> {
    let (client, _server) = if variable("SECMASTER_REGION").or_else(|| variable("SECMASTER_ENDPOINT")).is_some() {
        (Service::client()?.0, None)
    } else {
        let server = Server::start().await;
        println!("Nothing is configured: calling a fake server at {}.", server.endpoint());
        let builder = Client::builder().endpoint(server.endpoint()).token(server.token());
        (builder.project_id(server.project_id()).build()?, Some(server))
    };
    let workspace = match variable("SECMASTER_WORKSPACE_ID") {
        Some(id) => id,
        None => first("workspace", client.list_workspaces().rows().next().await.transpose()?.and_then(|row| row.id))?,
    };
    let classes = client.list_dataclass().workspace_id(&workspace).name("Alert").send().await?;
    let class = classes.dataclass_details.iter().flatten().next().and_then(|row| row.id.clone());
    let class = first("data class named Alert", class)?;
    let workflow =
        client.list_workflows().workspace_id(&workspace).dataclass_id(&class).enabled(true).rows().next().await;
    let workflow = first("enabled workflow for alerts", workflow.transpose()?.and_then(|row| row.id))?;
    for is_inline in [false, true] {
        println!(
            "{}:",
            if is_inline {
                "With the actions and the rule inside the version"
            } else {
                "With a call for each action and rule"
            }
        );
        Lifecycle { client: &client, workspace: &workspace, class: &class, workflow: &workflow }
            .run(is_inline, created)
            .await?;
    }
    Ok(())
}

/// What a playbook is made of.
struct Lifecycle<'a> {
    client: &'a Client,
    workspace: &'a str,
    class: &'a str,
    workflow: &'a str,
}

impl Lifecycle<'_> {
    async fn run(&self, is_inline: bool, created: &mut Created) -> Result<(), Box<dyn Error>> {
        let &Self { client, workspace, .. } = self;
        let name = if is_inline { "example with inline actions" } else { "example with calls for actions" };
        let create = client.create_playbook().workspace_id(workspace).body(CreatePlaybookRequest::builder().name(name));
        let response = step("created the playbook", create.send().await?);
        let playbook = first("id", response.data.as_ref().and_then(|data| data.id.clone()))?;
        created.push((format!("playbook {playbook}"), "delete_playbook"));

        let draft = CreatePlaybookVersionRequest::builder().dataclass_id(self.class).trigger_type("EVENT".to_owned());
        let rule = RuleDefinition::builder().expression_type("common".to_owned()).try_into()?;
        let rule: CreateRule = CreateRule::builder().rule(RuleInput::RuleDefinition(rule)).try_into()?;
        let action = CreateAction::workflow(self.workflow);
        let draft = if is_inline { draft.actions(vec![action.clone()]).rule(rule.clone()) } else { draft };
        let create = client.create_playbook_version().workspace_id(workspace).playbook_id(&playbook).body(draft);
        let response = step("created a draft of a version", create.send().await?);
        let version = first("id", response.data.as_ref().and_then(|data| data.id.clone()))?;
        created.push((format!("version {version}"), "delete_playbook_version"));

        if !is_inline {
            let bind = client.create_playbook_action().workspace_id(workspace).version_id(&version).body(vec![action]);
            step("bound a workflow to it", bind.send().await?);
            let create = client.create_playbook_rule().workspace_id(workspace).version_id(&version).body(rule);
            step("set its rule", create.send().await?);
        }
        let submitted = UpdatePlaybookVersionRequest::builder().status("APPROVING".to_owned());
        let update = client.update_playbook_version().workspace_id(workspace).version_id(&version).body(submitted);
        step("submitted it", update.send().await?);
        let passed = CreatePlaybookApprovalRequest::builder().result("PASS".to_owned()).content("example".to_owned());
        let review = client.create_playbook_approve().workspace_id(workspace).version_id(&version).body(passed);
        step("approved it", review.send().await?);

        let switch = |enabled: bool| {
            let body = UpdatePlaybookRequest::builder().name(name.to_owned()).enabled(enabled);
            let body = body.active_version_id(version.clone());
            client.update_playbook().workspace_id(workspace).playbook_id(&playbook).body(body).send()
        };
        step("enabled the playbook", switch(true).await?);
        step("disabled the playbook", switch(false).await?);
        let disabled = UpdatePlaybookVersionRequest::builder().enabled(false);
        let update = client.update_playbook_version().workspace_id(workspace).version_id(&version).body(disabled);
        step("disabled the version", update.send().await?);
        let delete = client.delete_playbook_version().workspace_id(workspace).version_id(&version);
        step("deleted the version", delete.send().await?);
        created.pop();
        let delete = client.delete_playbook().workspace_id(workspace).playbook_id(&playbook);
        step("deleted the playbook", delete.send().await?);
        created.pop();
        Ok(())
    }
}

/// Prints what was done, and the id that support asks for.
fn step<T>(what: &str, response: Response<T>) -> Response<T> {
    let id = response.request_id().map_or_else(|| "none".to_owned(), |id| id.to_string());
    println!("  {what} (request id {id})");
    response
}

fn first(what: &str, found: Option<String>) -> Result<String, Box<dyn Error>> {
    found.ok_or_else(|| format!("the response has no {what}").into())
}
