//! The state behind the playbook family: one table of resources.

use serde_json::{Map, Value};

use super::MockResponse;
use super::call::Call;
use super::check::Input;
use super::document::Operation;
use super::refusal::{Refused, refuse};
use super::state::State;
use super::table::{Kind, Row, Table};
use super::version;

/// The playbook of a version that the server does not have.
const PLAYBOOK_ID: &str = "f1a0f9b3-5a2e-4d53-8a7e-6c1c2b0d9e44";
/// Query parameters that are not the value of a field.
const NO_FILTERS: [&str; 4] = ["offset", "limit", "version_type", "approve_type"];

/// Responds to a request by the table; `None` if the table has no say in it.
pub(super) fn answer(state: &State, operation: &Operation, input: &Input<'_>) -> Option<MockResponse> {
    let rest = operation.path.strip_prefix("/v1/{project_id}/workspaces")?;
    let call = Call { state, operation, input };
    let mut table = state.table();
    let done = match input.parameter("workspace_id") {
        Some(id) if table.find("workspace", id).is_none() => call.elsewhere()?,
        _ => call.perform(&mut table, rest)?,
    };
    Some(match done {
        Ok(body) => body.map_or(MockResponse::new(operation.response.status), |body| {
            MockResponse::new(operation.response.status).json(body)
        }),
        Err(refused) => refuse(&refused),
    })
}

/// The body of a response, if it has one.
type Done = Result<Option<Value>, Refused>;

impl Call<'_> {
    /// In a workspace that the server does not have nothing is kept, and the document responds.
    fn elsewhere(&self) -> Option<Done> {
        if self.state.is_strict() {
            let is_workspace = self.operation.path.ends_with("/{workspace_id}");
            let (status, code) = if is_workspace { (400, "SecMaster.20011003") } else { (403, "SecMaster.20010001") };
            return Some(Err((status, code, "there is no workspace of this ID".to_owned())));
        }
        (self.operation.id == "CreatePlaybookAction").then(|| Ok(Some(self.listed(&self.actions(PLAYBOOK_ID), 0))))
    }

    fn perform(&self, table: &mut Table, rest: &str) -> Option<Done> {
        match self.operation.id.as_str() {
            "CreatePlaybookApprove" => return Some(version::review(self, table).map(|row| Some(self.shown(&row)))),
            "CopyPlaybookVersion" => return Some(version::copy(self, table).map(|row| Some(self.shown(&row)))),
            "ListPlaybookApproves" => {
                let of = self.query("resource_id");
                let rows =
                    table.rows.iter().filter(|row| row.kind == "approval" && of.is_none_or(|id| id == row.owner));
                let rows: Vec<_> = rows.map(|row| row.fields.clone()).collect();
                return Some(Ok(Some(self.listed(&rows, rows.len()))));
            }
            _ => {}
        }
        let (kind, is_item) = Kind::of(rest)?;
        Some(match (self.operation.method.as_str(), is_item) {
            ("GET", false) => self.list(table, kind),
            ("POST", false) => self.create(table, kind),
            ("GET", true) => self.show(table, kind),
            ("PUT", true) => self.change(table, kind),
            ("DELETE", true) => self.delete(table, kind),
            _ => return None,
        })
    }

    /// The ID of what the path names, which the table has to have.
    fn item(&self, table: &Table, kind: &Kind) -> Result<String, Refused> {
        let id = self.input.parameter(kind.parameter).unwrap_or_default();
        let workspace = self.input.parameter("workspace_id").unwrap_or_default();
        let row = table.find(kind.name, id).filter(|row| row.workspace == workspace || kind.name == "workspace");
        row.map(|_| id.to_owned()).ok_or_else(|| kind.missing())
    }

    /// The ID of what the rows of a kind belong to.
    fn owner(&self, table: &Table, kind: &Kind) -> Result<String, Refused> {
        let Some(owner) = Kind::named(kind.owner) else {
            return Ok(self.input.parameter("project_id").unwrap_or_default().to_owned());
        };
        self.item(table, owner).map_err(|missing| match self.operation.id.as_str() {
            "ListPlaybookActions" => (400, "SecMaster.20030005", missing.2),
            _ => missing,
        })
    }

    fn list(&self, table: &Table, kind: &Kind) -> Done {
        let owner = self.owner(table, kind)?;
        let rows = table.rows.iter().filter(|row| row.kind == kind.name && row.owner == owner && self.is_wanted(row));
        let rows: Vec<_> = rows.map(|row| row.fields.clone()).collect();
        let limit = self.operation.parameters.iter().find(|parameter| parameter.name == "limit");
        let default = limit.and_then(|limit| limit.maximum).map_or(usize::MAX, |_| 10);
        let page = rows.iter().skip(self.input.number("offset").unwrap_or(0));
        let page: Vec<_> = page.take(self.input.number("limit").unwrap_or(default)).cloned().collect();
        Ok(Some(self.listed(&page, rows.len())))
    }

    /// Whether a row has the values that the query asks for. Of a name or a description a part is enough.
    fn is_wanted(&self, row: &Row) -> bool {
        let asked = self.input.query.iter().filter(|(name, _)| !NO_FILTERS.contains(&name.as_str()));
        asked.filter_map(|(name, text)| Some((name, text, row.fields.get(name)?))).all(
            |(name, text, value)| match value {
                Value::String(value) if name == "name" || name == "description" => value.contains(text.as_str()),
                Value::String(value) => value.eq_ignore_ascii_case(text),
                Value::Bool(value) => text == if *value { "1" } else { "0" } || *text == value.to_string(),
                _ => true,
            },
        )
    }

    fn create(&self, table: &mut Table, kind: &Kind) -> Done {
        let owner = self.owner(table, kind)?;
        if kind.name == "action" {
            let version = table.find("version", &owner);
            let class = version.map_or("", |version| version.text("dataclass_id"));
            version::check_actions(self, table, class, self.input.body.as_array())?;
            let playbook = version.map(|version| version.owner.clone()).unwrap_or_default();
            let rows = self.actions(&playbook);
            for row in &rows {
                self.insert(table, kind, &owner, row.clone());
            }
            return Ok(Some(self.listed(&rows, rows.len())));
        }
        let mut fields = self.made(kind);
        match kind.name {
            "version" => version::prepare(self, table, &owner)?,
            "workflow version" => drop(fields.insert("aopworkflow_id".to_owned(), owner.clone().into())),
            _ => {}
        }
        self.insert(table, kind, &owner, fields.clone());
        match kind.name {
            "version" => version::bind(self, table, fields.get("id").and_then(Value::as_str).unwrap_or_default()),
            "rule" => table.set("version", &owner, "rule_id", fields.get("id").cloned().unwrap_or_default()),
            _ => {}
        }
        Ok(Some(self.show_row(table, kind, &fields)))
    }

    /// The rows of actions that a body binds to the version of the path.
    fn actions(&self, playbook: &str) -> Vec<Map<String, Value>> {
        let version = self.input.parameter("version_id").unwrap_or_default();
        let items = self.input.body.as_array().into_iter().flatten();
        let rows: Vec<_> = items.map(|item| self.action(playbook, version, item)).collect();
        let shown: Vec<_> = rows.iter().map(|row| self.project(row)).collect();
        self.state.create(&shown);
        rows
    }

    fn show(&self, table: &Table, kind: &Kind) -> Done {
        let id = self.item(table, kind)?;
        let fields = table.find(kind.name, &id).map(|row| row.fields.clone()).unwrap_or_default();
        Ok(Some(self.show_row(table, kind, &fields)))
    }

    fn change(&self, table: &mut Table, kind: &Kind) -> Done {
        let id = self.item(table, kind)?;
        match kind.name {
            "version" => version::change(self, table, &id)?,
            "playbook" => version::switch(self, table, &id)?,
            _ => {}
        }
        for (name, value) in self.input.body.as_object().into_iter().flatten() {
            if kind.name != "version" || !["actions", "rule"].contains(&name.as_str()) {
                table.set(kind.name, &id, name, value.clone());
            }
        }
        table.set(kind.name, &id, "update_time", self.now());
        self.show(table, kind)
    }

    fn delete(&self, table: &mut Table, kind: &Kind) -> Done {
        let id = self.item(table, kind)?;
        let shown = self.show(table, kind);
        table.delete(&id);
        if self.operation.response.content_type.is_none() { Ok(None) } else { shown }
    }

    fn show_row(&self, table: &Table, kind: &Kind, fields: &Map<String, Value>) -> Value {
        let mut fields = fields.clone();
        if kind.name == "version" {
            let id = fields.get("id").and_then(Value::as_str).unwrap_or_default().to_owned();
            let of =
                |kind: &str| table.rows.iter().filter(|row| row.kind == kind && row.owner == id).collect::<Vec<_>>();
            let actions: Vec<_> = of("action").iter().map(|row| Value::from(row.fields.clone())).collect();
            let rule = of("rule").first().map(|row| Value::from(row.fields.clone()));
            fields.insert("actions".to_owned(), actions.into());
            fields.insert("rules".to_owned(), rule.unwrap_or_default());
        }
        self.shown(&fields)
    }
}
