//! One call of the playbook family: what it asks for, and how rows are made and shown.

use serde_json::{Map, Value, json};

use super::check::Input;
use super::clock::iam_time;
use super::document::Operation;
use super::state::State;
use super::table::{Kind, Row, Table};

/// A request for which the table is asked.
pub(super) struct Call<'a> {
    pub(super) state: &'a State,
    pub(super) operation: &'a Operation,
    pub(super) input: &'a Input<'a>,
}

impl Call<'_> {
    /// A new row of what the body has.
    pub(super) fn made(&self, kind: &Kind) -> Map<String, Value> {
        let now = self.now();
        let mut fields = self.input.body.as_object().cloned().unwrap_or_default();
        fields.retain(|name, _| name != "actions" && (name != "rule" || kind.name == "rule"));
        let mut set = |name: &str, value: Value| fields.insert(name.to_owned(), value);
        for (name, value) in kind.defaults {
            set(name, serde_json::from_str(value).unwrap_or_default());
        }
        for name in ["project_id", "workspace_id", "playbook_id"] {
            self.input.parameter(name).and_then(|value| set(name, value.into()));
        }
        set("id", self.state.ids().uuid().into());
        set("create_time", now.clone().into());
        set("update_time", now.into());
        fields
    }

    pub(super) fn action(&self, playbook: &str, version: &str, item: &Value) -> Map<String, Value> {
        let mut fields = item.as_object().cloned().unwrap_or_default();
        for (name, value) in [
            ("id", self.state.ids().uuid()),
            ("playbook_id", playbook.to_owned()),
            ("playbook_version_id", version.to_owned()),
            ("project_id", self.input.parameter("project_id").unwrap_or_default().to_owned()),
            ("create_time", self.now()),
        ] {
            fields.insert(name.to_owned(), value.into());
        }
        fields
    }

    pub(super) fn insert(&self, table: &mut Table, kind: &Kind, owner: &str, fields: Map<String, Value>) {
        let workspace = self.input.parameter("workspace_id").unwrap_or_default().to_owned();
        table.rows.push(Row { kind: kind.name, workspace, owner: owner.to_owned(), fields });
    }

    /// The fields that the response of the operation has.
    pub(super) fn project(&self, row: &Map<String, Value>) -> Value {
        let fields = self.operation.response.fields.iter();
        fields.map(|name| (name.clone(), row.get(name).cloned().unwrap_or_default())).collect()
    }

    pub(super) fn shown(&self, row: &Map<String, Value>) -> Value {
        self.envelope(self.project(row), 1)
    }

    pub(super) fn listed(&self, rows: &[Map<String, Value>], total: usize) -> Value {
        self.envelope(rows.iter().map(|row| self.project(row)).collect(), total)
    }

    fn envelope(&self, payload: Value, total: usize) -> Value {
        let response = &self.operation.response;
        if response.payload.is_none() && !response.properties.iter().any(|name| name == "code") {
            return payload;
        }
        let (offset, limit) = (self.input.number("offset").unwrap_or(0), self.input.number("limit"));
        let size = limit.unwrap_or_else(|| payload.as_array().map_or(0, Vec::len));
        let value = |name: &str| match name {
            _ if response.payload.as_deref() == Some(name) => Some(payload.clone()),
            "code" => Some(json!(0)),
            "message" => Some(json!("")),
            "success" => Some(json!(true)),
            "request_id" => Some(json!(self.state.ids().hex())),
            "total" | "count" => Some(json!(total)),
            "offset" => Some(json!(offset)),
            "limit" | "size" => Some(json!(size)),
            "page" => Some(json!(offset / size.max(1) + 1)),
            _ => None,
        };
        response.properties.iter().filter_map(|name| Some((name.clone(), value(name)?))).collect()
    }

    /// The value of a field of the body.
    pub(super) fn field(&self, name: &str) -> Option<&str> {
        self.input.body.get(name).and_then(Value::as_str)
    }

    pub(super) fn query(&self, name: &str) -> Option<&str> {
        self.input.query.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
    }

    /// The time, as the service writes it.
    pub(super) fn now(&self) -> String {
        let time = iam_time(self.state.clock().now());
        format!("{}Z+0000", time.split('.').next().unwrap_or_default())
    }
}
