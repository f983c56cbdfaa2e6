//! Runs of workflows and of playbooks.

use serde_json::{Value, json};

use super::ResourceRequest;
use crate::testing::openapi::document::str_or_empty;
use crate::testing::refusal::Refusal;

impl ResourceRequest<'_> {
    /// Runs a workflow, or sends a command to a run. The response echoes the request.
    pub(super) fn run(&mut self, mut run: Value) -> Result<Value, Refusal> {
        if let Some(id) = self.call.field("/action_instance_id").filter(|_| self.commanded_status().is_some()) {
            self.find("run", id)?;
            self.command(id);
        } else {
            let of = self.data.table.view(self.data.table.get(str_or_empty(&run["parent"])));
            run["name"] = of["name"].clone();
            run["start_time"] = run["create_time"].clone();
            run["dataclass"] = json!({ "id": of["dataclass_id"], "name": of["dataclass_name"] });
            let [id, version, version_id] = ["id", "version", "version_id"].map(|field| &of[field]);
            run["workflow"] = json!({ "id": id, "name": of["name"], "version": version, "version_id": version_id });
            self.data.add(run);
        }
        Ok(self.call.body.clone())
    }

    pub(super) fn command(&mut self, id: &str) {
        let Some(status) = self.commanded_status() else { return };
        let (now, table) = (self.data.time(), &mut self.data.table);
        table.set(id, "status", status);
        let retries = table.get(id)["retry_count"].as_u64().unwrap_or_default();
        table.set(id, "retry_count", retries + u64::from(status == "RETRYING"));
        table.set(id, "end_time", (status == "TERMINATED").then_some(now));
    }

    /// The documented example. No operation creates runs of playbooks, so any ID is accepted. Commands set the status.
    pub(super) fn example(&self) -> Value {
        let mut example = self.call.operation.response.example.clone();
        let id = Some(self.call.parameter("instance_id")).filter(|id| !id.is_empty());
        for (field, value) in [("id", id), ("status", self.commanded_status())] {
            if let (Some(shown), Some(value)) = (example.get_mut(field), value) {
                *shown = value.into();
            }
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
