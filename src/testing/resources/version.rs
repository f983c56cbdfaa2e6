//! The versions of playbooks and workflows: what they bind, and how they go from draft to active.

use std::slice;

use serde_json::{Value, json};

use super::ResourceRequest;
use super::kinds::Kind;
use crate::testing::openapi::document::str_or_empty;
use crate::testing::refusal::Refusal;

impl ResourceRequest<'_> {
    /// Rejects changes of the active version of an enabled playbook. Only deactivating it is allowed.
    pub(super) fn check_not_running(&self) -> Result<(), Refusal> {
        let version = self.data.table.get(self.call.parameter("version_id"));
        let playbook = self.data.table.get(str_or_empty(&version["parent"]));
        let is_running = playbook["enabled"] == true && playbook["version_id"] == version["id"];
        let is_read = self.call.operation.method == "GET" || self.path.ends_with("/clone");
        let changes = version["kind"] == "version" && !is_read && self.call.body["enabled"] != false;
        Refusal::bad_request("the version is active; disable its playbook first").when(is_running && changes)
    }

    /// Checks the data class and the workflows in a body, which have to exist and to match.
    pub(super) fn check_references(&self, kind: &Kind) -> Result<(), Refusal> {
        let (body, given) = (&self.call.body, self.call.field("/dataclass_id"));
        given.map(|id| self.find("data class", id)).transpose()?;
        let (class, actions) = match kind.name {
            "action" => (str_or_empty(&self.data.table.get(self.call.parameter("version_id"))["dataclass_id"]), body),
            _ => (given.unwrap_or_default(), &body["actions"]),
        };
        let actions = actions.as_array().map_or(slice::from_ref(actions), Vec::as_slice);
        for id in actions.iter().filter_map(|action| action["action_id"].as_str()) {
            let other = str_or_empty(&self.find("workflow", id)?["dataclass_id"]);
            let message = format!("the workflow {id} has another data class than the version");
            let differs = !other.is_empty() && !class.is_empty() && other != class;
            Refusal::new(400, "SecMaster.20048034", message).when(differs)?;
        }
        Ok(())
    }

    /// Creates the rows that bind workflows to a version.
    pub(super) fn new_actions(&self, version: &str, items: &Value) -> Vec<Value> {
        items.as_array().into_iter().flatten().map(|item| self.new_row("action", version, item)).collect()
    }

    /// Replaces the actions and the rule of a version by those in the body, if present.
    pub(super) fn bind(&mut self, version: &str) {
        let body = &self.call.body;
        let rule = body.pointer("/rule/rule").map(|rule| vec![self.new_row("rule", version, &json!({ "rule": rule }))]);
        let actions = body["actions"].is_array().then(|| self.new_actions(version, &body["actions"]));
        for (kind, rows) in [("rule", rule), ("action", actions)] {
            if let Some(rows) = rows {
                self.data.table.delete(|row| row["kind"] == kind && row["parent"] == version);
                self.data.table.0.extend(rows);
            }
        }
    }

    /// Copies a playbook with one of its versions, as a draft with the same actions and rule.
    pub(super) fn copy(&mut self, id: &str) -> Result<Value, Refusal> {
        let version = self.find("version", id)?.clone();
        let mut playbook = self.data.table.get(str_or_empty(&version["parent"])).clone();
        playbook["name"] = self.call.field("/name").map_or(playbook["name"].take(), Value::from);
        let playbook = self.data.add(self.new_row("playbook", self.workspace, &playbook));
        let copy = self.data.add(self.new_row("version", &playbook, &version));
        for kind in ["action", "rule"] {
            let rows: Vec<_> = self.data.table.below(kind, id).map(|row| self.new_row(kind, &copy, row)).collect();
            self.data.table.0.extend(rows);
        }
        Ok(self.show(Kind::named("version"), &copy))
    }

    /// Changes the status of a version, and whether it is active.
    pub(super) fn change_status(&mut self, kind: &Kind, id: &str) -> Result<(), Refusal> {
        let table = &mut self.data.table;
        let version = table.view(table.get(id));
        let (from, was_active) = (str_or_empty(&version["status"]), version["enabled"] == true);
        let given = self.call.field("/status").unwrap_or(from);
        let refusal = |what: &str| Refusal::bad_request(format!("a version with status {from} cannot {what}"));
        let to = kind.status_after(from, given).ok_or_else(|| refusal(&format!("become {given}")))?;
        let [_, waiting, _, passed, active] = kind.statuses();
        let is_active = self.call.body["enabled"].as_bool();
        let is_active = is_active.unwrap_or(if from == to { was_active } else { to == active });
        refusal("be active").when(is_active && to != passed && to != active)?;
        let is_enabled = |action: &Value| table.get(str_or_empty(&action["action_id"]))["enabled"] == true;
        let is_blocked = from != to && to == waiting && !table.below("action", id).all(is_enabled);
        Refusal::new(400, "SecMaster.20048028", "a workflow of the version is not enabled").when(is_blocked)?;
        table.set(id, "status", if to == active { passed } else { to });
        if is_active != was_active {
            table.set(str_or_empty(&version["parent"]), "version_id", is_active.then_some(id));
        }
        if was_active && !is_active {
            table.set(str_or_empty(&version["parent"]), "enabled", false);
        }
        Ok(())
    }

    /// Approves or rejects a version, and returns the type of the reviewed resource.
    pub(super) fn review(&mut self, id: &str) -> Result<&'static str, Refusal> {
        let table = &mut self.data.table;
        let version = table.get(id).clone();
        let [_, waiting, rejected, passed, active] = Kind::named(str_or_empty(&version["kind"])).statuses();
        let status = str_or_empty(&version["status"]);
        Refusal::bad_request(format!("a version with status {status} is not under review")).when(status != waiting)?;
        let is_approved = self.call.field("/result") == Some("PASS");
        table.set(id, "status", if is_approved { passed } else { rejected });
        if is_approved && passed == active {
            table.set(id, "version_type", 1);
            table.set(str_or_empty(&version["parent"]), "version_id", id);
        }
        Ok(if version["kind"] == "version" { "PLAYBOOK" } else { "AOP_WORKFLOW" })
    }

    /// Enables or disables a playbook or a workflow. Enabling activates the requested version, or needs an active one.
    pub(super) fn enable(&mut self, kind: &Kind, id: &str) -> Result<(), Refusal> {
        let (row, enables) = (self.data.table.get(id), self.call.body["enabled"].as_bool());
        let is_changed = kind.name == "playbook" && row["enabled"] == true && enables.is_none();
        Refusal::bad_request("an enabled playbook cannot be changed; disable it first").when(is_changed)?;
        let versions = Kind::named(if kind.name == "playbook" { "version" } else { "workflow version" });
        let given = self.call.field("/active_version_id").or(self.call.field("/version_id"));
        let version = given.unwrap_or(str_or_empty(&row["version_id"])).to_owned();
        if !version.is_empty() {
            let found = self.find(versions.name, &version)?;
            versions.missing().when(found["parent"] != id)?;
            let status = str_or_empty(&found["status"]);
            let message = format!("a version with status {status} cannot be activated");
            Refusal::bad_request(message).when(enables == Some(true) && status != versions.statuses()[3])?;
        }
        let Some(enables) = enables else { return Ok(()) };
        let message = format!("a {} without an active version cannot be enabled", kind.name);
        Refusal::bad_request(message).when(enables && version.is_empty())?;
        if enables {
            self.data.table.set(id, "version_id", version);
        }
        self.data.table.set(id, "enabled", enables);
        Ok(())
    }
}
