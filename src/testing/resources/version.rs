//! The lifecycle of a playbook or workflow version, from draft to active.

use serde_json::{Value, json};

use super::table::{Kind, Row};
use super::{Body, ResourceRequest};
use crate::testing::refusal::Refusal;

impl ResourceRequest<'_> {
    /// Binds the workflows in the body to a version.
    pub(super) fn create_actions(&mut self, version: &str) -> Body {
        let row = self.data.table.get("version", version);
        self.check_actions(row.text("dataclass_id"), &self.call.body)?;
        let rows = self.actions(&row.owner, version, &self.call.body);
        self.data.table.0.extend(rows.clone());
        Ok(self.created_actions(&rows))
    }

    /// The rows that bind workflows to a version.
    pub(super) fn actions(&self, playbook: &str, version: &str, items: &Value) -> Vec<Row> {
        let bound = |item| {
            let mut row = self.new_row("action", version, item);
            row.set("playbook_id", playbook);
            row.set("playbook_version_id", version);
            row
        };
        items.as_array().into_iter().flatten().map(bound).collect()
    }

    /// Checks the workflows to bind to a version with this data class.
    fn check_actions(&self, class: &str, actions: &Value) -> Result<(), Refusal> {
        for action in actions.as_array().into_iter().flatten() {
            let id = action["action_id"].as_str().unwrap_or_default();
            let workflow = self.data.table.find("workflow", id).filter(|row| row.workspace == self.workspace);
            let missing = || Refusal::new(400, "SecMaster.20040611", format!("there is no workflow {id}"));
            let other = workflow.ok_or_else(missing)?.text("dataclass_id");
            if !other.is_empty() && !class.is_empty() && other != class {
                let message = format!("the workflow {id} has another data class than the version");
                return Err(Refusal::new(400, "SecMaster.20048034", message));
            }
        }
        Ok(())
    }

    /// Checks that a playbook can have a new version, with the body of the request.
    pub(super) fn check_new_version(&self, playbook: &str) -> Result<(), Refusal> {
        if self.data.table.owned("version", playbook).iter().any(|version| version.text("status") == "APPROVING") {
            return Err(Refusal::new(
                400,
                "SecMaster.20048019",
                "a version is under review, so no other can be created",
            ));
        }
        self.check_version("")
    }

    /// Checks the data class and the workflows in the body of a version.
    fn check_version(&self, class: &str) -> Result<(), Refusal> {
        let given = self.call.field("/dataclass_id");
        if given.is_some_and(|id| self.data.table.find("data class", id).is_none()) {
            return Err(Refusal::new(400, "SecMaster.20030022", "there is no data class with this ID"));
        }
        self.check_actions(given.unwrap_or(class), &self.call.body["actions"])
    }

    /// Replaces the actions and the rule of a version by those in the body, if present.
    pub(super) fn bind(&mut self, version: &str) {
        let body = &self.call.body;
        if body["actions"].is_array() {
            let rows = self.actions(&self.data.table.get("version", version).owner, version, &body["actions"]);
            self.data.table.replace("action", version, rows);
        }
        if let Some(rule) = body.pointer("/rule/rule") {
            let rule = self.new_row("rule", version, &json!({ "rule": rule }));
            self.data.table.set("version", version, "rule_id", rule.text("id"));
            self.data.table.replace("rule", version, vec![rule]);
        }
    }

    /// Changes a version: its status, whether it is active, and its bindings.
    pub(super) fn change_version(&mut self, id: &str) -> Result<(), Refusal> {
        let version = self.data.table.get("version", id);
        self.check_version(version.text("dataclass_id"))?;
        let from = version.text("status");
        let to = self.call.field("/status").map_or(from.to_owned(), str::to_uppercase);
        match (from, to.as_str()) {
            (from, to) if from == to => {}
            ("EDITING" | "UNPASSED", "APPROVING") => {
                let enabled = |workflow: &str| self.data.table.find("workflow", workflow)?.fields.get("enabled");
                let actions = self.data.table.owned("action", id);
                if actions.iter().any(|action| enabled(action.text("action_id")) != Some(&json!(true))) {
                    return Err(Refusal::new(400, "SecMaster.20048028", "a workflow of the version is not enabled"));
                }
                self.data.table.set("playbook", &version.owner, "unaudited_version_id", id);
            }
            ("UNPASSED" | "PUBLISHED", "EDITING") => {}
            _ => return Err(Refusal::bad_request(format!("a version with status {from} cannot be changed to {to}"))),
        }
        if self.call.body["enabled"] == true {
            if to != "PUBLISHED" {
                return Err(Refusal::bad_request(format!("a version with status {to} cannot be activated")));
            }
            self.activate(&version.owner, id);
        }
        self.bind(id);
        Ok(())
    }

    /// Makes a version the active one of its playbook.
    fn activate(&mut self, playbook: &str, id: &str) {
        let versions = self.data.table.0.iter_mut().filter(|row| row.kind == "version" && row.owner == playbook);
        versions.for_each(|version| version.set("enabled", version.text("id") == id));
        self.data.table.set("playbook", playbook, "version_id", id);
    }

    /// Approves or rejects a version of a playbook or of a workflow.
    pub(super) fn review(&mut self, id: &str) -> Result<(), Refusal> {
        let passes = self.call.field("/result") == Some("PASS");
        let (kind, under_review, published, rejected) = if self.path.starts_with("workflows/") {
            ("workflow version", "pending_approval", "not_activated", "rejected")
        } else {
            ("version", "APPROVING", "PUBLISHED", "UNPASSED")
        };
        let version = self.data.table.get(kind, id);
        let status = version.text("status");
        if status != under_review {
            return Err(Refusal::bad_request(format!("a version with status {status} is not under review")));
        }
        self.data.table.set(kind, id, "status", if passes { published } else { rejected });
        self.data.table.set("playbook", &version.owner, "unaudited_version_id", Value::Null);
        if passes && kind == "version" {
            self.data.table.set(kind, id, "version_type", 1);
            self.activate(&version.owner, id);
        } else if !passes {
            self.data.table.set("playbook", &version.owner, "reject_version_id", id);
        }
        Ok(())
    }

    /// Copies a version, with its actions and its rule, as a draft.
    pub(super) fn copy(&mut self, kind: &Kind, id: &str) -> Value {
        let version = self.data.table.get("version", id);
        let copy = self.new_row("version", &version.owner, &version.fields.into());
        let copy = self.data.table.push(copy);
        for owned in [self.data.table.owned("action", id), self.data.table.owned("rule", id)].concat() {
            let mut row = self.new_row(owned.kind, &copy, &owned.fields.into());
            row.set("playbook_version_id", copy.as_str());
            self.data.table.push(row);
        }
        self.show(kind, &copy)
    }

    /// Checks a change that enables a playbook, and activates the requested version.
    pub(super) fn enable_playbook(&mut self, id: &str) -> Result<(), Refusal> {
        let enables = self.call.body["enabled"] == true;
        if let Some(version) = self.call.field("/active_version_id") {
            let known = self.data.table.find("version", version).filter(|row| row.owner == id);
            let missing = || Refusal::new(400, "SecMaster.20048004", "there is no version with this ID");
            match known.ok_or_else(missing)?.text("status") {
                "PUBLISHED" if enables => self.activate(id, version),
                status if enables => {
                    return Err(Refusal::bad_request(format!("a version with status {status} cannot be activated")));
                }
                _ => {}
            }
        }
        let version = self.data.table.find("playbook", id).map_or("", |row| row.text("version_id"));
        if enables && version.is_empty() {
            return Err(Refusal::bad_request("a playbook without an active version cannot be enabled"));
        }
        Ok(())
    }
}
