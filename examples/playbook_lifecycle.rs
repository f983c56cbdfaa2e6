//! Creates, enables, disables and deletes a playbook, in both ways that the API supports: first with a call for each action and rule,
//! which is deprecated and goes offline on 2026-12-31, then with the actions and the rule as part of the version.
//!
//! Prints each step with its request id. If a step fails, prints the calls that undo the previous steps.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "the output is for the user of the program")]
#![allow(deprecated, reason = "shows the deprecated calls and their replacements")]

#[path = "common/service.rs"]
mod service;

use std::env;
use std::error::Error;
use std::process::ExitCode;

use secmaster_client::testing::Server;
use secmaster_client::types::{
    CreateAction, CreatePlaybookApprovalRequest, CreatePlaybookRequest, CreatePlaybookVersionRequest, CreateRule,
    RuleCondition, RuleDefinition, RuleInput, UpdatePlaybookRequest, UpdatePlaybookVersionRequest, builder,
};
use secmaster_client::{Client, RequestId, Response};

use service::Service;

const HELP: &str = "\
Creates, enables, disables and deletes a playbook.

  cargo run --example playbook_lifecycle [calls | inline]

calls uses a call for each action and rule, which goes offline on 2026-12-31; inline passes them with the version. The default is both.

Calls a fake server in this process, or the real service if one of these or of the variables of auth::from_env is set. On the real
service, the playbook is briefly enabled, and runs the workflow for each event that triggers it meanwhile.

  SECMASTER_REGION        such as cn-north-4; or SECMASTER_ENDPOINT
  SECMASTER_TOKEN         an IAM token; or other credentials, which auth::from_env documents
  SECMASTER_PROJECT_ID    the project; looked up if not set
  SECMASTER_WORKSPACE_ID  the workspace
  SECMASTER_WORKFLOW_ID   an enabled workflow of the workspace
";

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let mut undo = Vec::new();
    let result = match env::args().nth(1).as_deref() {
        None => run(&[false, true], &mut undo).await,
        Some("calls") => run(&[false], &mut undo).await,
        Some("inline") => run(&[true], &mut undo).await,
        Some("-h" | "--help") => {
            print!("{HELP}");
            Ok(())
        }
        Some(other) => Err(format!("unexpected argument {other:?}; see --help for the settings").into()),
    };
    let Err(error) = result else { return ExitCode::SUCCESS };
    eprintln!("error: {error}");
    if !undo.is_empty() {
        eprintln!("To undo the previous steps:");
    }
    for step in undo.iter().rev() {
        eprintln!("  {step}");
    }
    ExitCode::FAILURE
}

/// Runs the lifecycle once for each of these: with the actions and the rule inside the version, or with calls for them.
async fn run(are_inline: &[bool], undo: &mut Vec<String>) -> Result<(), Box<dyn Error>> {
    // The fake server stops when it is dropped.
    let (service, [workspace, workflow], _server) = if Service::is_configured() {
        let workspace = ("SECMASTER_WORKSPACE_ID", "the ID of the workspace");
        let workflow = ("SECMASTER_WORKFLOW_ID", "the ID of a workflow that may run while the playbook is enabled");
        let (service, ids) = Service::from_env([workspace, workflow]).await?;
        (service, ids, None)
    } else {
        let (service, server) = Service::fake(Server::builder()).await?;
        let workflow = server.workflows().into_iter().next().ok_or("the fake server has no workflow")?.0;
        (service, [server.workspace_id(), workflow], Some(server))
    };
    println!("Project {}, workspace {workspace}, workflow {workflow} {}.", service.project_id, service.place);
    let client = service.client;
    let class = data_class(&client, &workspace, &workflow).await?;
    let lifecycle = Lifecycle { client, workspace, workflow, class };
    for is_inline in are_inline {
        let how =
            if *is_inline { "the actions and the rule inside the version" } else { "a call for each action and rule" };
        println!("With {how}:");
        lifecycle.run(*is_inline, undo).await?;
    }
    Ok(())
}

/// Returns the data class of a workflow: a playbook runs only workflows of its data class.
async fn data_class(client: &Client, workspace: &str, workflow: &str) -> Result<String, Box<dyn Error>> {
    let mut pages = client.list_workflows().workspace_id(workspace).pages();
    while let Some(page) = pages.next().await {
        let page = step("looked for the workflow and its data class", page?);
        if let Some(row) = page.data.iter().flatten().find(|row| row.id.as_deref() == Some(workflow)) {
            return id("the data class of the workflow", row.dataclass_id.as_ref());
        }
    }
    Err(format!("the workspace {workspace} has no workflow {workflow}").into())
}

/// The resources that a playbook consists of.
struct Lifecycle {
    client: Client,
    workspace: String,
    workflow: String,
    class: String,
}

impl Lifecycle {
    async fn run(&self, is_inline: bool, undo: &mut Vec<String>) -> Result<(), Box<dyn Error>> {
        let name = if is_inline { "example with inline actions" } else { "example with calls for actions" };
        let create = self.client.create_playbook().workspace_id(&self.workspace);
        let created =
            step("created the playbook", create.body(CreatePlaybookRequest::builder().name(name)).send().await?);
        let playbook = id("the id of the playbook", created.data.as_ref().and_then(|playbook| playbook.id.as_ref()))?;
        undo.push(format!("delete_playbook {playbook}"));
        let version = self.create_version(&playbook, is_inline).await?;
        undo.push(format!("delete_playbook_version {version}"));
        let parts = if is_inline { None } else { Some(self.add_action_and_rule(&version).await?) };
        self.publish(&version).await?;
        undo.push(format!(
            "update_playbook_version {version} with all that show_playbook_version returns, and enabled false"
        ));

        undo.push(format!("update_playbook {playbook} with enabled false"));
        self.enable(name, &playbook, &version, true).await?;
        self.enable(name, &playbook, &version, false).await?;
        undo.pop();
        self.delete(&playbook, &version, parts, undo).await
    }

    /// Creates a draft version, optionally with its action and its rule.
    async fn create_version(&self, playbook: &str, is_inline: bool) -> Result<String, Box<dyn Error>> {
        let draft = CreatePlaybookVersionRequest::builder()
            .dataclass_id(&self.class)
            .trigger_type("EVENT".to_owned())
            .dataobject_create(true)
            .rule_enable(true)
            .action_strategy("ASYNC".to_owned());
        let draft = if is_inline { draft.actions(vec![self.action()]).rule(rule()?) } else { draft };
        let create = self.client.create_playbook_version().workspace_id(&self.workspace).playbook_id(playbook);
        let created = step("created a draft of a version", create.body(draft).send().await?);
        id("the id of the version", created.data.as_ref().and_then(|version| version.id.as_ref()))
    }

    /// Adds the action and the rule to a draft with the deprecated calls, and returns their ids.
    async fn add_action_and_rule(&self, version: &str) -> Result<[String; 2], Box<dyn Error>> {
        let bind = self.client.create_playbook_action().workspace_id(&self.workspace).version_id(version);
        let bound = step("bound the workflow to it", bind.body(vec![self.action()]).send().await?);
        let action = bound.data.iter().flatten().next().and_then(|action| action.id.as_ref());
        let create = self.client.create_playbook_rule().workspace_id(&self.workspace).version_id(version);
        let created = step("set its rule", create.body(rule()?).send().await?);
        let rule = created.data.as_ref().and_then(|rule| rule.id.as_ref());
        Ok([id("the id of the action", action)?, id("the id of the rule", rule)?])
    }

    /// Submits a draft for review and approves it.
    async fn publish(&self, version: &str) -> Result<(), Box<dyn Error>> {
        let submitted = self.content(version).await?.status("APPROVING".to_owned());
        let update = self.client.update_playbook_version().workspace_id(&self.workspace).version_id(version);
        step("submitted it for review", update.body(submitted).send().await?);
        let passed = CreatePlaybookApprovalRequest::builder().result("PASS".to_owned()).content("example".to_owned());
        let review = self.client.create_playbook_approve().workspace_id(&self.workspace).version_id(version);
        step("approved it", review.body(passed).send().await?);
        Ok(())
    }

    /// Returns the current content of a version as a request: an update replaces all of it, so that fields that are not sent back
    /// may be lost. The actions and the rule stay.
    async fn content(&self, version: &str) -> Result<builder::UpdatePlaybookVersionRequest, Box<dyn Error>> {
        let show = self.client.show_playbook_version().workspace_id(&self.workspace).version_id(version);
        let shown = step("read the version", show.send().await?).into_inner();
        let version = shown.data.ok_or("the response does not have the version")?;
        Ok(UpdatePlaybookVersionRequest::builder()
            .playbook_id(version.playbook_id)
            .description(version.description)
            .dataclass_id(version.dataclass_id)
            .trigger_type(version.trigger_type)
            .dataobject_create(version.dataobject_create)
            .dataobject_update(version.dataobject_update)
            .dataobject_delete(version.dataobject_delete)
            .rule_enable(version.rule_enable)
            .rule_id(version.rule_id)
            .action_strategy(version.action_strategy)
            .enabled(version.enabled)
            .status(version.status))
    }

    async fn enable(&self, name: &str, playbook: &str, version: &str, enabled: bool) -> Result<(), Box<dyn Error>> {
        let body = UpdatePlaybookRequest::builder().name(name.to_owned()).active_version_id(version.to_owned());
        let update = self.client.update_playbook().workspace_id(&self.workspace).playbook_id(playbook);
        let what = if enabled { "enabled the playbook" } else { "disabled the playbook" };
        step(what, update.body(body.enabled(enabled)).send().await?);
        Ok(())
    }

    /// Deletes the created resources in reverse order: the action and the rule with the deprecated calls, if these created them.
    async fn delete(
        &self,
        playbook: &str,
        version: &str,
        parts: Option<[String; 2]>,
        undo: &mut Vec<String>,
    ) -> Result<(), Box<dyn Error>> {
        let disabled = self.content(version).await?.enabled(false);
        let update = self.client.update_playbook_version().workspace_id(&self.workspace).version_id(version);
        step("disabled the version", update.body(disabled).send().await?);
        undo.pop();
        if let Some([action, rule]) = parts {
            let delete = self.client.delete_playbook_rule().workspace_id(&self.workspace).version_id(version);
            step("deleted the rule", delete.rule_id(rule).send().await?);
            let delete = self.client.delete_playbook_action().workspace_id(&self.workspace).version_id(version);
            step("deleted the action", delete.action_id(action).send().await?);
        }
        let delete = self.client.delete_playbook_version().workspace_id(&self.workspace).version_id(version);
        step("deleted the version", delete.send().await?);
        undo.pop();
        let delete = self.client.delete_playbook().workspace_id(&self.workspace).playbook_id(playbook);
        step("deleted the playbook", delete.send().await?);
        self.check_deleted(playbook).await?;
        undo.pop();
        Ok(())
    }

    /// Checks that a playbook does not exist: a success of the deletion does not guarantee this.
    async fn check_deleted(&self, playbook: &str) -> Result<(), Box<dyn Error>> {
        const GONE: &str = "checked that the playbook is gone";
        match self.client.show_playbook().workspace_id(&self.workspace).playbook_id(playbook).send().await {
            Ok(response) if response.data.is_some() => {
                let id = text(response.request_id());
                Err(format!("the playbook {playbook} exists although it was deleted (request id {id})").into())
            }
            Ok(response) => {
                step(GONE, response);
                Ok(())
            }
            Err(error) if error.is_not_found() => {
                print_step(GONE, error.request_id());
                Ok(())
            }
            Err(error) => Err(error.into()),
        }
    }

    fn action(&self) -> CreateAction {
        CreateAction::workflow(&self.workflow).name("example")
    }
}

/// A rule that selects alerts by a field of theirs.
fn rule() -> Result<CreateRule, Box<dyn Error>> {
    let name = "severity".to_owned();
    let condition = ["severity", "==", "High"].map(str::to_owned).to_vec();
    let condition = RuleCondition::builder().name(name.clone()).detail(name.clone()).data(condition).try_into()?;
    let rule = RuleDefinition::builder().expression_type("common".to_owned()).conditions(vec![condition]);
    let rule = rule.logics(vec![name]).try_into()?;
    Ok(CreateRule::builder().rule(RuleInput::RuleDefinition(rule)).try_into()?)
}

/// Prints a completed step and its request id.
fn step<T>(what: &str, response: Response<T>) -> Response<T> {
    print_step(what, response.request_id());
    response
}

fn print_step(what: &str, id: Option<RequestId>) {
    println!("  {what} (request id {})", text(id));
}

fn text(id: Option<RequestId>) -> String {
    id.map_or_else(|| "none".to_owned(), |id| id.to_string())
}

fn id(what: &str, found: Option<&String>) -> Result<String, Box<dyn Error>> {
    found.cloned().ok_or_else(|| format!("the response does not have {what}").into())
}
