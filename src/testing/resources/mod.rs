//! The state of the playbook operations: lists, creates, shows, changes and deletes the rows of one table.

mod render;
pub(super) mod table;
mod version;

use serde_json::Value;

use self::table::{Kind, Row};
use super::MockResponse;
use super::openapi::call::Call;
use super::refusal::Refusal;
use super::state::Data;

/// The playbook of an unknown version.
const PLAYBOOK_ID: &str = "f1a0f9b3-5a2e-4d53-8a7e-6c1c2b0d9e44";
/// Query parameters that do not filter by the field of the same name.
const NO_FILTERS: [&str; 4] = ["offset", "limit", "version_type", "approve_type"];

/// Performs an operation on the table; `None` if it is another operation.
pub(super) fn perform(data: &mut Data, call: &Call<'_>) -> Option<Result<MockResponse, Refusal>> {
    let path = call.operation.path.strip_prefix("/v1/{project_id}/workspaces")?;
    let path = path.strip_prefix("/{workspace_id}/soc/").unwrap_or(path);
    let workspace = call.parameter("workspace_id");
    let is_elsewhere = !workspace.is_empty() && data.table.find("workspace", workspace).is_none();
    let mut request = ResourceRequest { data, call, path, workspace };
    let body = if is_elsewhere { request.perform_elsewhere() } else { request.perform() }?;
    let response = MockResponse::new(call.operation.response.status);
    let has_body = call.operation.response.content_type.is_some();
    Some(body.map(|body| if has_body { response.json(body) } else { response }))
}

/// The body of a response.
type Body = Result<Value, Refusal>;

/// An operation on the table.
struct ResourceRequest<'a> {
    data: &'a mut Data,
    call: &'a Call<'a>,
    /// The path of the operation, as in the table.
    path: &'a str,
    workspace: &'a str,
}

impl ResourceRequest<'_> {
    /// Nothing is stored in an unknown workspace, and the response is the documented example.
    fn perform_elsewhere(&mut self) -> Option<Body> {
        if self.data.strict_ids {
            let is_workspace = self.path == "/{workspace_id}";
            let (status, code) = if is_workspace { (400, "SecMaster.20011003") } else { (403, "SecMaster.20010001") };
            return Some(Err(Refusal::new(status, code, "there is no workspace with this ID")));
        }
        if self.call.operation.id != "CreatePlaybookAction" {
            return None;
        }
        let rows = self.actions(PLAYBOOK_ID, self.call.parameter("version_id"), &self.call.body);
        Some(Ok(self.created_actions(&rows)))
    }

    fn perform(&mut self) -> Option<Body> {
        let (kind, is_item) = Kind::at(self.path)?;
        Some(match (self.call.operation.method.as_str(), is_item) {
            ("GET", false) => self.list(kind),
            ("POST", false) => self.create(kind),
            ("GET", true) => self.id(kind).map(|id| self.show(kind, &id)),
            ("PUT", true) => self.change(kind),
            ("DELETE", true) => self.delete(kind),
            _ => return None,
        })
    }

    /// The ID of the row in the path, which must exist.
    fn id(&self, kind: &Kind) -> Result<String, Refusal> {
        let id = self.call.parameter(kind.parameter());
        let row = self.data.table.find(kind.name, id);
        row.filter(|row| row.workspace == self.workspace || id == self.workspace).ok_or_else(|| kind.missing())?;
        Ok(id.to_owned())
    }

    /// The ID of the parent in the path, which must exist.
    fn owner(&self) -> Result<String, Refusal> {
        let Some(parent) = Kind::parent(self.path) else { return Ok(self.call.parameter("project_id").to_owned()) };
        self.id(parent).map_err(|missing| match self.call.operation.id.as_str() {
            "ListPlaybookActions" => Refusal { code: "SecMaster.20030005", ..missing },
            _ => missing,
        })
    }

    fn list(&self, kind: &Kind) -> Body {
        let owner = self.owner()?;
        let belongs = |row: &&Row| row.kind == kind.name && (row.owner == owner || row.workspace == owner);
        let rows = self.data.table.0.iter().filter(belongs).filter(|row| self.is_wanted(row));
        let rows: Vec<_> = rows.map(|row| &row.fields).collect();
        let limit = self.call.operation.parameters.iter().find(|parameter| parameter.name == "limit");
        let default = limit.and_then(|limit| limit.maximum).map_or(usize::MAX, |_| 10);
        let page = rows.iter().copied().skip(self.call.number("offset").unwrap_or(0));
        let page: Vec<_> = page.take(self.call.number("limit").unwrap_or(default)).collect();
        Ok(self.rendered_list(&page, rows.len()))
    }

    /// Whether a row matches the query. Names and descriptions match by substring.
    fn is_wanted(&self, row: &Row) -> bool {
        let filters = self.call.query.iter().filter(|(name, _)| !NO_FILTERS.contains(&name.as_str()));
        filters.filter_map(|(name, wanted)| Some((name, wanted, row.fields.get(name)?))).all(|(name, wanted, value)| {
            match value {
                Value::String(value) if name == "name" || name == "description" => value.contains(wanted.as_str()),
                Value::String(value) => value.eq_ignore_ascii_case(wanted),
                Value::Bool(value) => wanted == if *value { "1" } else { "0" } || *wanted == value.to_string(),
                _ => true,
            }
        })
    }

    fn create(&mut self, kind: &Kind) -> Body {
        let owner = self.owner()?;
        let mut row = self.new_row(kind.name, &owner, &self.call.body);
        match kind.name {
            "action" => return self.create_actions(&owner),
            "version" if self.path.ends_with("/clone") => return Ok(self.copy(kind, &owner)),
            "version" => self.check_new_version(&owner)?,
            "approval" => {
                self.review(&owner)?;
                row.set("resource_id", owner.as_str());
            }
            "workflow version" => row.set("aopworkflow_id", owner.as_str()),
            _ => {}
        }
        let id = self.data.table.push(row);
        match kind.name {
            "version" => self.bind(&id),
            "rule" => self.data.table.set("version", &owner, "rule_id", id.as_str()),
            _ => {}
        }
        Ok(self.show(kind, &id))
    }

    /// Creates a row from the fields of a body and those that the service adds.
    fn new_row(&self, kind: &'static str, owner: &str, body: &Value) -> Row {
        let mut row = Row::new(kind, self.workspace, owner, body);
        for name in ["project_id", "playbook_id"] {
            if !self.call.parameter(name).is_empty() {
                row.set(name, self.call.parameter(name));
            }
        }
        row.set("create_time", self.now());
        row.set("update_time", self.now());
        row
    }

    fn show(&self, kind: &Kind, id: &str) -> Value {
        let table = &self.data.table;
        let mut fields = table.get(kind.name, id).fields;
        if kind.name == "version" {
            let owned = |kind: &str| table.owned(kind, id).into_iter().map(|row| Value::from(row.fields));
            fields.insert("actions".to_owned(), owned("action").collect());
            fields.insert("rules".to_owned(), owned("rule").next().unwrap_or_default());
        }
        self.envelope(self.project(&fields), 1)
    }

    fn change(&mut self, kind: &Kind) -> Body {
        let id = self.id(kind)?;
        match kind.name {
            "version" => self.change_version(&id)?,
            "playbook" => self.enable_playbook(&id)?,
            _ => {}
        }
        let now = self.now();
        if let Some(row) = self.data.table.find_mut(kind.name, &id) {
            row.set_all(&self.call.body);
            row.set("update_time", now);
        }
        Ok(self.show(kind, &id))
    }

    fn delete(&mut self, kind: &Kind) -> Body {
        let id = self.id(kind)?;
        let shown = self.show(kind, &id);
        self.data.table.delete(&id);
        Ok(shown)
    }
}
