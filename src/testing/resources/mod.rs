//! The state of the playbook operations: lists, creates, shows, changes and deletes the rows of one table.

mod filters;
pub(super) mod kinds;
mod runs;
pub(super) mod table;
mod version;

use serde_json::{Value, json};

use self::kinds::Kind;
use self::table::{is_reserved, merge};
use super::openapi::call::Call;
use super::random::{hex, uuid};
use super::refusal::Refusal;
use super::state::Data;

struct ResourceRequest<'a> {
    data: &'a mut Data,
    call: &'a Call<'a>,
    /// The path of the operation, as in the table of kinds.
    path: &'a str,
    workspace: &'a str,
}

/// Performs an operation, and returns the body of the response.
pub(super) fn perform(data: &mut Data, call: &Call<'_>) -> Result<Value, Refusal> {
    let path = call.operation.path.strip_prefix("/v1/{project_id}/workspaces");
    let Some(path) = path else { return Ok(call.operation.response.example.clone()) };
    let path = path.strip_prefix("/{workspace_id}/soc/").unwrap_or(path);
    let workspace = call.parameter("workspace_id");
    let row = data.table.get(workspace);
    let is_known = row["kind"] == "workspace" && row["parent"] == call.parameter("project_id");
    let mut request = ResourceRequest { data, call, path, workspace };
    if workspace.is_empty() || is_known { request.perform() } else { request.respond_with_example() }
}

impl<'a> ResourceRequest<'a> {
    /// Nothing is stored in an unknown workspace, and the response is the documented example.
    fn respond_with_example(&mut self) -> Result<Value, Refusal> {
        let is_workspace = self.path == "/{workspace_id}";
        let (status, code) = if is_workspace { (400, "SecMaster.20011003") } else { (403, "SecMaster.20010001") };
        let refusal = Refusal::new(status, code, "there is no workspace with this ID");
        refusal.when(!self.data.identity.any_ids)?;
        if self.call.operation.id != "CreatePlaybookAction" {
            return Ok(self.example());
        }
        let mut rows = self.new_actions(self.call.parameter("version_id"), &self.call.body);
        let playbook = uuid();
        for row in &mut rows {
            row["playbook_id"] = playbook.as_str().into();
        }
        Ok(self.created_actions(&rows))
    }

    fn perform(&mut self) -> Result<Value, Refusal> {
        self.check_not_running()?;
        match (Kind::at(self.path), self.call.operation.method.as_str()) {
            (Some((kind, false)), "GET") => self.list(kind),
            (Some((kind, false)), "POST") => self.create(kind),
            (Some((kind, true)), "GET") => self.id(kind).map(|id| self.show(kind, id)),
            (Some((kind, true)), "PUT") => self.change(kind),
            (Some((kind, true)), "DELETE") => self.delete(kind),
            _ if self.path == "playbooks/statistics" => Ok(self.statistics()),
            _ => self.parent().map(|_| self.example()),
        }
    }

    /// A row of the workspace, which must exist.
    fn find(&self, kind: &str, id: &str) -> Result<&Value, Refusal> {
        let row = self.data.table.get(id);
        Kind::named(kind).missing().when(row["kind"] != kind || row["workspace_id"] != self.workspace)?;
        Ok(row)
    }

    /// The last ID in the path, of a row that must exist below the parent in the path.
    fn id(&self, kind: &Kind) -> Result<&'a str, Refusal> {
        let [id, above] = [0, 1].map(|index| self.call.path.get(index).map_or("", |(_, id)| id));
        let row = self.find(kind.name, id)?;
        let is_below = row["parent"] == above || row["workspace_id"] == above || kind.name == "workspace";
        kind.missing().when(!is_below)?;
        Ok(id)
    }

    /// The ID of the parent in the path, which must exist, or of the project.
    fn parent(&self) -> Result<&'a str, Refusal> {
        match Kind::above(self.path) {
            None => Ok(self.call.parameter("project_id")),
            Some(kind) if kind.name == "workspace" => Ok(self.workspace),
            Some(kind) => self.id(kind).map_err(|missing| match self.call.operation.id.as_str() {
                "ListPlaybookActions" => Refusal { code: "SecMaster.20030005", ..missing },
                _ => missing,
            }),
        }
    }

    fn list(&self, kind: &Kind) -> Result<Value, Refusal> {
        let rows = self.data.table.below(kind.name, self.parent()?).map(|row| self.data.table.view(row));
        let rows: Vec<_> = rows.filter(|row| self.matches_query(row)).collect();
        let limit = self.call.operation.parameters.iter().find(|(parameter, _)| parameter["name"] == "limit");
        let default = limit.and_then(|(limit, _)| limit["schema"]["maximum"].as_u64()).map_or(usize::MAX, |_| 10);
        let page = rows.iter().skip(self.call.number("offset").unwrap_or(0));
        let page = page.take(self.call.number("limit").unwrap_or(default)).map(|row| self.project(row));
        Ok(self.envelope(page.collect(), rows.len()))
    }

    fn create(&mut self, kind: &Kind) -> Result<Value, Refusal> {
        let parent = self.parent()?;
        self.check_references(kind)?;
        let mut row = self.new_row(kind.name, parent, &self.call.body);
        match kind.name {
            "action" => {
                let rows = self.new_actions(parent, &self.call.body);
                self.data.table.0.extend(rows.clone());
                return Ok(self.created_actions(&rows));
            }
            "version" if self.path.ends_with("/clone") => return self.copy(parent),
            "version" => {
                let message = "a version is under review, so no other can be created";
                let is_waiting = |version: &Value| version["status"] == "APPROVING";
                let is_rejected = self.data.table.below("version", parent).any(is_waiting);
                Refusal::new(400, "SecMaster.20048019", message).when(is_rejected)?;
            }
            "rule" => self.data.table.delete(|row| row["kind"] == "rule" && row["parent"] == parent),
            "review" => row["type"] = self.review(parent)?.into(),
            "run" => return self.run(row),
            _ => {}
        }
        let id = self.data.add(row);
        match kind.name {
            "version" => self.bind(&id),
            "workspace" => self.data.add_default_resources(&id),
            _ => {}
        }
        Ok(self.show(kind, &id))
    }

    /// Creates a row in the project of the path.
    fn new_row(&self, kind: &str, parent: &str, body: &Value) -> Value {
        let mut row = self.data.new_row(kind, self.workspace, parent, body);
        row["project_id"] = self.call.parameter("project_id").into();
        row
    }

    fn show(&self, kind: &Kind, id: &str) -> Value {
        let table = &self.data.table;
        let mut row = table.view(table.get(id));
        if kind.name == "version" {
            row["actions"] = table.below("action", id).map(|row| table.view(row)).collect();
            row["rules"] = table.below("rule", id).next().cloned().unwrap_or_default();
        }
        self.envelope(self.project(&row), 1)
    }

    fn change(&mut self, kind: &Kind) -> Result<Value, Refusal> {
        let id = self.id(kind)?;
        self.check_references(kind)?;
        match kind.name {
            "version" | "workflow version" => self.change_status(kind, id)?,
            "playbook" | "workflow" => self.enable(kind, id)?,
            "run" => self.command(id),
            _ => {}
        }
        let now = self.data.time();
        for row in self.data.table.0.iter_mut().filter(|row| row["id"] == id) {
            // Only this operation is documented to replace what it changes.
            if let (Some(fields), "version") = (row.as_object_mut(), kind.name) {
                fields.retain(|name, _| is_reserved(name));
            }
            merge(row, &self.call.body);
            row["update_time"] = now.as_str().into();
        }
        if kind.name == "version" {
            self.bind(id);
        }
        Ok(self.show(kind, id))
    }

    fn delete(&mut self, kind: &Kind) -> Result<Value, Refusal> {
        let id = self.id(kind)?;
        let is_activated = self.data.table.view(self.data.table.get(id))["status"] == "activated";
        Refusal::bad_request("a version that is activated cannot be deleted").when(is_activated)?;
        let shown = self.show(kind, id);
        self.data.table.delete(|row| row["id"] == id);
        Ok(shown)
    }

    /// The response with the workflows that were bound, which a test can read afterwards.
    fn created_actions(&mut self, rows: &[Value]) -> Value {
        let rows: Vec<_> = rows.iter().map(|row| self.project(&self.data.table.view(row))).collect();
        self.data.created_count += rows.len();
        self.data.created.extend(rows.iter().cloned());
        self.data.truncate_history();
        self.envelope(json!(rows), rows.len())
    }

    /// The row, limited to the fields of the response schema.
    fn project(&self, row: &Value) -> Value {
        let fields = self.call.operation.response.fields.iter();
        fields.map(|name| (name.clone(), row[name].clone())).collect()
    }

    fn statistics(&self) -> Value {
        let playbooks = self.data.table.below("playbook", self.workspace).map(|row| self.data.table.view(row));
        let playbooks: Vec<_> = playbooks.collect();
        let count = |is_counted: fn(&&Value) -> bool| playbooks.iter().filter(is_counted).count();
        let numbers = json!({
            "unapproved_num": count(|playbook| playbook["unaudited_version_id"].is_string()),
            "enabled_num": count(|playbook| playbook["enabled"] == true),
            "disabled_num": count(|playbook| playbook["enabled"] == false),
        });
        self.envelope(numbers, 1)
    }

    /// Wraps a payload in the response envelope, with the total count.
    fn envelope(&self, payload: Value, total: usize) -> Value {
        let response = &self.call.operation.response;
        if response.payload.is_none() && !response.properties.iter().any(|name| name == "code") {
            return payload;
        }
        let (offset, limit) = (self.call.number("offset").unwrap_or(0), self.call.number("limit"));
        let size = limit.unwrap_or_else(|| payload.as_array().map_or(0, Vec::len));
        let mut all = json!({
            "code": 0, "message": "", "success": true, "request_id": hex(), "total": total, "count": total,
            "offset": offset, "limit": size, "size": size, "page": offset / size.max(1) + 1,
        });
        if let Some(name) = &response.payload {
            all[name] = payload;
        }
        let known = response.properties.iter().filter(|name| !all[*name].is_null());
        known.map(|name| (name.clone(), all[name].clone())).collect()
    }
}
