//! The state of the playbook operations: lists, creates, shows, changes and deletes the rows of one table.

pub(super) mod kinds;
mod lifecycle;
pub(super) mod table;

use std::cell::LazyCell;

use jiff::Timestamp;
use serde_json::{Value, json};

use self::kinds::Kind;
use self::table::{Row, is_reserved, matches_string, merge};
use super::openapi::call::Call;
use super::openapi::document::{documented, str_or_empty};
use super::random::{hex, uuid};
use super::refusal::Refusal;
use super::state::Data;

/// The property of a response that contains the requested data.
const PAYLOADS: [&str; 6] = ["data", "dataclass_details", "field_details", "instances", "workspace", "workspaces"];

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
    let Some(path) = path else { return Ok(call.operation.example.clone()) };
    let path = path.strip_prefix("/{workspace_id}/soc/").unwrap_or(path);
    let workspace = call.parameter("workspace_id");
    let (project, row) = (call.parameter("project_id"), data.table.get(workspace));
    let is_in_project = row.kind == "workspace" && row.parent == project;
    let is_known = is_in_project || workspace.is_empty() && data.identity.has_project(project);
    let mut request = ResourceRequest { data, call, path, workspace };
    if is_known { request.perform() } else { request.respond_with_example() }
}

impl<'a> ResourceRequest<'a> {
    /// Nothing is stored in an unknown project or workspace, and the response is the documented example.
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
            row.fields["playbook_id"] = playbook.as_str().into();
            row.fields["project_id"] = self.call.parameter("project_id").into();
        }
        Ok(self.created_actions(&rows))
    }

    fn perform(&mut self) -> Result<Value, Refusal> {
        self.check_not_active()?;
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
    fn find(&self, kind: &str, id: &str) -> Result<&Row, Refusal> {
        let row = self.data.table.get(id);
        Kind::named(kind).missing().when(row.kind != kind || row.fields["workspace_id"] != self.workspace)?;
        Ok(row)
    }

    /// The last ID in the path, of a row that must exist below the parent in the path.
    fn id(&self, kind: &Kind) -> Result<&'a str, Refusal> {
        let [id, above] = [0, 1].map(|index| self.call.path.get(index).map_or("", |(_, id)| id));
        let row = self.find(kind.name, id)?;
        let is_below = row.parent == above || row.fields["workspace_id"] == above || kind.name == "workspace";
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
        let rows = self.data.table.below(kind.name, self.parent()?).filter(|row| self.matches_query(row));
        let rows: Vec<_> = rows.collect();
        let limit = self.call.operation.parameters.iter().find(|(parameter, _)| parameter["name"] == "limit");
        let default = limit.and_then(|(limit, _)| limit["schema"]["maximum"].as_u64()).map_or(usize::MAX, |_| 10);
        let page = rows.iter().skip(self.call.number("offset").unwrap_or(0));
        let page = page.take(self.call.number("limit").unwrap_or(default)).map(|row| self.data.table.view(row));
        Ok(self.envelope(page.collect(), rows.len()))
    }

    /// Whether a row matches the query. A field that the row does not have matches nothing.
    fn matches_query(&self, row: &Row) -> bool {
        let is_class = row.kind == "data class";
        let row = LazyCell::new(|| self.data.table.view(row));
        self.call.operation.parameters.iter().all(|(parameter, _)| {
            let name = str_or_empty(&parameter["name"]);
            let Some(wanted) = self.call.query(name).filter(|wanted| !wanted.is_empty()) else { return true };
            let is_since = |field: &str| time(str_or_empty(&row[field])) >= time(wanted);
            let is_until = |field: &str| time(wanted).is_none() || time(str_or_empty(&row[field])) <= time(wanted);
            match name {
                // These do not filter, or their effect is not documented.
                "offset" | "limit" | "order" | "sortby" | "sort_key" | "sort_dir" | "last_version" | "date_type" => {
                    true
                }
                "ids" => wanted.split(',').any(|id| row["id"] == id),
                "search_txt" => ["name", "description"].iter().any(|field| str_or_empty(&row[*field]).contains(wanted)),
                "create_time_start" => is_since("create_time"),
                "create_time_end" => is_until("create_time"),
                "from_date" => is_since("start_time"),
                "to_date" => is_until("start_time"),
                "approve_type" => matches_string(&row["type"], wanted),
                "normal_project_id" => matches_string(&row["project_id"], wanted),
                // Only these are documented as substring matches.
                "name" | "business_code" | "description" if is_class => str_or_empty(&row[name]).contains(wanted),
                _ => matches_string(&row[name], wanted),
            }
        })
    }

    fn create(&mut self, kind: &Kind) -> Result<Value, Refusal> {
        let parent = self.parent()?;
        self.check_references(kind)?;
        let mut row = self.data.new_row(kind.name, parent, &self.call.body);
        match kind.name {
            "action" => {
                let rows = self.new_actions(parent, &self.call.body);
                for row in rows.clone() {
                    self.data.table.add(row);
                }
                return Ok(self.created_actions(&rows));
            }
            "version" if self.path.ends_with("/clone") => return self.copy(parent),
            "version" => {
                let message = "a version is under review, so no other can be created";
                let is_waiting = |version: &Row| version.fields["status"] == "APPROVING";
                let is_rejected = self.data.table.below("version", parent).any(is_waiting);
                Refusal::new(400, "SecMaster.20048019", message).when(is_rejected)?;
            }
            "rule" => self.data.table.delete(|row| row.kind == "rule" && row.parent == parent),
            "review" => row.fields["type"] = self.review(parent)?.into(),
            "run" => return self.run(row),
            _ => {}
        }
        let id = self.data.table.add(row);
        match kind.name {
            "version" => self.bind(&id),
            "workspace" => self.data.add_default_resources(&id),
            _ => {}
        }
        Ok(self.show(kind, &id))
    }

    fn show(&self, kind: &Kind, id: &str) -> Value {
        let table = &self.data.table;
        let mut row = table.view(table.get(id));
        if kind.name == "version" {
            row["actions"] = table.below("action", id).map(|row| table.view(row)).collect();
            row["rules"] = table.below("rule", id).next().map(|row| table.view(row)).unwrap_or_default();
        }
        self.envelope(row, 1)
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
        if let Some(Row { fields, .. }) = self.data.table.0.get_mut(id) {
            // Only this operation is documented to replace what it changes.
            if let (Some(fields), "version") = (fields.as_object_mut(), kind.name) {
                fields.retain(|name, _| is_reserved(name));
            }
            merge(fields, &self.call.body);
            fields["update_time"] = now.into();
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
        self.data.table.delete(|row| row.fields["id"] == id);
        Ok(shown)
    }

    /// The response with the workflows that were bound, which a test can read afterwards.
    fn created_actions(&mut self, rows: &[Row]) -> Value {
        let views = rows.iter().map(|row| self.data.table.view(row)).collect();
        let response = self.envelope(views, rows.len());
        self.data.created_count += rows.len();
        self.data.created.extend(response["data"].as_array().into_iter().flatten().cloned());
        self.data.truncate_history();
        response
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
        let operation = self.call.operation;
        let name = PAYLOADS.into_iter().find(|name| operation.fields.get(name).is_some());
        if name.is_none() && operation.fields.get("code").is_none() {
            return documented(&operation.fields, &payload);
        }
        let (offset, limit) = (self.call.number("offset").unwrap_or(0), self.call.number("limit"));
        let size = limit.unwrap_or_else(|| payload.as_array().map_or(0, Vec::len));
        let mut all = json!({
            "code": 0, "message": "", "success": true, "request_id": hex(), "total": total, "count": total,
            "offset": offset, "limit": size, "size": size, "page": offset / size.max(1) + 1,
        });
        all[name.unwrap_or("data")] = payload;
        documented(&operation.fields, &all)
    }
}

/// A time in one of the forms that the service uses; some have both a `Z` and an offset.
fn time(value: &str) -> Option<Timestamp> {
    value.replace("Z+", "+").replace("Z-", "-").parse().ok()
}
