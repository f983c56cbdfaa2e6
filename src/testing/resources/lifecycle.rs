//! The lifecycle of versions, from draft to active, and of runs.

use std::slice;

use serde_json::{Map, Value, json};

use super::ResourceRequest;
use super::kinds::Kind;
use super::table::Row;
use crate::testing::openapi::document::str_or_empty;
use crate::testing::refusal::Refusal;

impl ResourceRequest<'_> {
    /// Rejects changes of the active version of a playbook. Only deactivating it is allowed.
    pub(super) fn check_not_active(&self) -> Result<(), Refusal> {
        let version = self.data.table.get(self.call.parameter("version_id"));
        let is_active = self.data.table.get(&version.parent).fields["version_id"] == version.fields["id"];
        let is_read = self.call.operation.method == "GET" || self.path.ends_with("/clone");
        let changes = version.kind == "version" && !is_read && self.call.body["enabled"] != false;
        Refusal::bad_request("the version is active; deactivate it first").when(is_active && changes)
    }

    /// Checks the data class and the workflows in a body, which have to exist and to match.
    pub(super) fn check_references(&self, kind: &Kind) -> Result<(), Refusal> {
        let (body, given) = (&self.call.body, self.call.field("/dataclass_id"));
        given.map(|id| self.find("data class", id)).transpose()?;
        let (class, actions) = match kind.name {
            "action" => (self.data.table.get(self.call.parameter("version_id")).fields["dataclass_id"].as_str(), body),
            _ => (given, &body["actions"]),
        };
        let actions = actions.as_array().map_or(slice::from_ref(actions), Vec::as_slice);
        for id in actions.iter().filter_map(|action| action["action_id"].as_str()) {
            let other = self.find("workflow", id)?.fields["dataclass_id"].as_str();
            let message = format!("the workflow {id} has another data class than the version");
            let differs = other.is_some() && class.is_some() && other != class;
            Refusal::new(400, "SecMaster.20048034", message).when(differs)?;
        }
        Ok(())
    }

    /// Creates the rows that bind workflows to a version.
    pub(super) fn new_actions(&self, version: &str, items: &Value) -> Vec<Row> {
        items.as_array().into_iter().flatten().map(|item| self.data.new_row("action", version, item)).collect()
    }

    /// Replaces the actions and the rule of a version by those in the body, if present.
    pub(super) fn bind(&mut self, version: &str) {
        let body = &self.call.body;
        let rule = body.pointer("/rule/rule").map(|rule| json!([{ "rule": rule }])).unwrap_or_default();
        for (kind, items) in [("rule", &rule), ("action", &body["actions"])] {
            if let Some(items) = items.as_array() {
                self.data.table.delete(|row| row.kind == kind && row.parent == version);
                for item in items {
                    self.data.add(kind, version, item);
                }
            }
        }
    }

    /// Copies a playbook with one of its versions, as a draft with the same actions and rule.
    pub(super) fn copy(&mut self, id: &str) -> Result<Value, Refusal> {
        let version = self.find("version", id)?.clone();
        let mut playbook = self.data.table.get(&version.parent).fields.clone();
        playbook["name"] = self.call.field("/name").map_or(playbook["name"].take(), Value::from);
        let playbook = self.data.add("playbook", self.workspace, &playbook);
        let copy = self.data.add("version", &playbook, &version.fields);
        for kind in ["action", "rule"] {
            let rows: Vec<_> = self.data.table.below(kind, id).cloned().collect();
            for row in rows {
                self.data.add(kind, &copy, &row.fields);
            }
        }
        Ok(self.show(Kind::named("version"), &copy))
    }

    /// Changes the status of a version, and whether it is active.
    pub(super) fn change_status(&mut self, kind: &Kind, id: &str) -> Result<(), Refusal> {
        let table = &mut self.data.table;
        let (version, playbook) = (table.view(table.get(id)), table.get(id).parent.clone());
        let (from, was_active) = (str_or_empty(&version["status"]), version["enabled"] == true);
        let given = self.call.field("/status").unwrap_or(from);
        let refusal = |what: &str| Refusal::bad_request(format!("a version with status {from} cannot {what}"));
        let to = kind.status_after(from, given).ok_or_else(|| refusal(&format!("become {given}")))?;
        let [_, waiting, _, passed, active] = kind.statuses();
        let is_active = self.call.body["enabled"].as_bool();
        let is_active = is_active.unwrap_or(if from == to { was_active } else { to == active });
        refusal("be active").when(is_active && to != passed && to != active)?;
        let is_enabled = |action: &Row| table.get(str_or_empty(&action.fields["action_id"])).fields["enabled"] == true;
        let is_blocked = from != to && to == waiting && !table.below("action", id).all(is_enabled);
        Refusal::new(400, "SecMaster.20048028", "a workflow of the version is not enabled").when(is_blocked)?;
        table.set(id, "status", if to == active { passed } else { to });
        if is_active != was_active {
            table.set(&playbook, "version_id", is_active.then_some(id));
        }
        if was_active && !is_active {
            table.set(&playbook, "enabled", false);
        }
        Ok(())
    }

    /// Approves or rejects a version, and returns the type of the reviewed resource.
    pub(super) fn review(&mut self, id: &str) -> Result<&'static str, Refusal> {
        let table = &mut self.data.table;
        let version = table.get(id).clone();
        let [_, waiting, rejected, passed, active] = Kind::named(version.kind).statuses();
        let status = str_or_empty(&version.fields["status"]);
        Refusal::bad_request(format!("a version with status {status} is not under review")).when(status != waiting)?;
        let is_approved = self.call.field("/result") == Some("PASS");
        table.set(id, "status", if is_approved { passed } else { rejected });
        if is_approved && passed == active {
            table.set(id, "version_type", 1);
            table.set(&version.parent, "version_id", id);
        }
        Ok(if version.kind == "version" { "PLAYBOOK" } else { "AOP_WORKFLOW" })
    }

    /// Enables or disables a playbook or a workflow. Enabling activates the requested version, or needs an active one.
    pub(super) fn enable(&mut self, kind: &Kind, id: &str) -> Result<(), Refusal> {
        let (row, enables) = (&self.data.table.get(id).fields, self.call.body["enabled"].as_bool());
        let is_changed = kind.name == "playbook" && row["enabled"] == true && enables.is_none();
        Refusal::bad_request("an enabled playbook cannot be changed; disable it first").when(is_changed)?;
        let versions = Kind::named(if kind.name == "playbook" { "version" } else { "workflow version" });
        let given = self.call.field("/active_version_id").or(self.call.field("/version_id"));
        let version = given.unwrap_or(str_or_empty(&row["version_id"])).to_owned();
        if !version.is_empty() {
            let found = self.find(versions.name, &version)?;
            versions.missing().when(found.parent != id)?;
            let status = str_or_empty(&found.fields["status"]);
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

    /// Runs a workflow, or sends a command to a run. The response echoes the request.
    pub(super) fn run(&mut self, mut run: Row) -> Result<Value, Refusal> {
        if let Some(id) = self.call.field("/action_instance_id").filter(|_| self.commanded_status().is_some()) {
            self.find("run", id)?;
            self.command(id);
        } else {
            let (fields, of) = (&mut run.fields, self.data.table.view(self.data.table.get(&run.parent)));
            fields["name"] = of["name"].clone();
            fields["start_time"] = fields["create_time"].clone();
            fields["dataclass"] = json!({ "id": of["dataclass_id"], "name": of["dataclass_name"] });
            fields["workflow"] = of;
            self.data.table.add(run);
        }
        Ok(self.call.body.clone())
    }

    pub(super) fn command(&mut self, id: &str) {
        let Some(status) = self.commanded_status() else { return };
        let (now, table) = (self.data.time(), &mut self.data.table);
        table.set(id, "status", status);
        let retries = table.get(id).fields["retry_count"].as_u64().unwrap_or_default();
        table.set(id, "retry_count", retries + u64::from(status == "RETRYING"));
        table.set(id, "end_time", (status == "TERMINATED").then_some(now));
    }

    /// The documented example. No operation creates runs of playbooks, so any ID is accepted. Commands set the status.
    pub(super) fn example(&self) -> Value {
        let mut example = self.call.operation.example.clone();
        let id = Some(self.call.parameter("instance_id")).filter(|id| !id.is_empty());
        for (field, value) in [("id", id), ("status", self.commanded_status())] {
            if let (Some(shown), Some(value)) = (example.get_mut(field), value) {
                *shown = value.into();
            }
        }
        let offset = self.call.number("offset").unwrap_or(0);
        for rows in example.as_object_mut().into_iter().flat_map(Map::values_mut).filter_map(Value::as_array_mut) {
            rows.drain(..offset.min(rows.len()));
        }
        example
    }

    fn commanded_status(&self) -> Option<&'static str> {
        match self.call.field("/command_type").or(self.call.field("/operation"))? {
            "ActionInstanceRetryCommand" | "RETRY" => Some("RETRYING"),
            "ActionInstanceTerminateCommand" | "TERMINATE" => Some("TERMINATED"),
            _ => None,
        }
    }
}
