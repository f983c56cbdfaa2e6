//! The rows of all kinds, in one table.

use serde_json::{Value, json};

use super::kinds::{CHILDREN, Kind, REFERENCES};
use crate::testing::openapi::document::str_or_empty;

/// Fields that a request cannot set directly.
const RESERVED: &str = "actions aopworkflow_id create_time enabled id kind parent playbook_id playbook_version_id \
                        project_id resource_id rule_id status version version_id version_type workspace_id";

/// Rows in the order of creation, each with a `kind` and the ID of its `parent`. A deleted row only has its ID.
#[derive(Default)]
pub(in crate::testing) struct Table(pub(in crate::testing) Vec<Value>);

impl Table {
    /// The row with an ID; null if there is none.
    pub(super) fn get(&self, id: &str) -> &Value {
        self.0.iter().find(|row| row["id"] == id).unwrap_or(&Value::Null)
    }

    pub(in crate::testing) fn set(&mut self, id: &str, field: &str, value: impl Into<Value>) {
        if let Some(row) = self.0.iter_mut().find(|row| row["id"] == id) {
            row[field] = value.into();
        }
    }

    /// The rows of a kind that belong to a row, or are anywhere in a workspace.
    pub(in crate::testing) fn below(&self, kind: &str, id: &str) -> impl DoubleEndedIterator<Item = &Value> {
        self.0.iter().filter(move |row| row["kind"] == kind && (row["parent"] == id || row["workspace_id"] == id))
    }

    /// A row with the fields that depend on other rows.
    pub(super) fn view(&self, row: &Value) -> Value {
        let mut view = row.clone();
        if let kind @ ("version" | "workflow version") = str_or_empty(&row["kind"]) {
            let is_active = self.get(str_or_empty(&row["parent"]))["version_id"] == row["id"];
            view["enabled"] = is_active.into();
            view["version_id"] = row["id"].clone();
            if is_active {
                view["status"] = Kind::named(kind).statuses()[4].into();
            }
        }
        for (_, field, kind, condition, value) in CHILDREN.into_iter().filter(|(kind, ..)| row["kind"] == *kind) {
            let child = self.below(kind, str_or_empty(&row["id"])).rfind(|child| child[condition] == value);
            view[field] = child.map_or(Value::Null, |child| child["id"].clone());
        }
        for (reference, from, to) in REFERENCES {
            if view[to].is_null() {
                view[to] = self.get(str_or_empty(&view[reference]))[from].clone();
            }
        }
        view
    }

    /// The IDs and names of all rows of a kind below one row.
    pub(in crate::testing) fn names(&self, kind: &str, id: &str) -> Vec<(String, String)> {
        let field = |row: &Value, name: &str| str_or_empty(&row[name]).to_owned();
        self.below(kind, id).map(|row| (field(row, "id"), field(row, "name"))).collect()
    }

    /// Deletes the rows that match, and all that belong to them.
    pub(super) fn delete(&mut self, predicate: impl Fn(&Value) -> bool) {
        let mut deleted = Vec::new();
        for row in &mut self.0 {
            if predicate(row) || deleted.contains(&row["parent"]) {
                deleted.push(row["id"].clone());
                *row = json!({ "id": row["id"] });
            }
        }
        for row in self.0.iter_mut().filter(|row| deleted.contains(&row["version_id"])) {
            row["version_id"].take();
        }
    }
}

/// Sets the fields of a row that a request may set.
pub(in crate::testing) fn merge(row: &mut Value, fields: &Value) {
    for (name, value) in fields.as_object().into_iter().flatten().filter(|(name, _)| !is_reserved(name)) {
        row[name] = value.clone();
    }
}

pub(super) fn is_reserved(field: &str) -> bool {
    RESERVED.split(' ').any(|reserved| reserved == field)
}

/// Whether a value equals a query string, ignoring case; a boolean also matches `0` or `1`.
pub(super) fn matches_string(value: &Value, string: &str) -> bool {
    match value {
        Value::Null => false,
        Value::String(value) => value.eq_ignore_ascii_case(string),
        Value::Bool(value) if string.len() == 1 => string == if *value { "1" } else { "0" },
        other => other.to_string().eq_ignore_ascii_case(string),
    }
}
