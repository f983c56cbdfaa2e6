//! The rows of all kinds, in one table.

use std::collections::BTreeMap;

use serde_json::Value;

use super::kinds::{CHILDREN, Kind, REFERENCES};
use crate::testing::openapi::document::str_or_empty;

/// Fields that a request cannot set directly.
const RESERVED: &str = "actions aopworkflow_id create_time enabled id playbook_id playbook_version_id project_id \
                        resource_id rule_id status version version_id version_type workspace_id";

/// A resource. Only its fields are in responses.
#[derive(Clone)]
pub(in crate::testing) struct Row {
    pub(in crate::testing) kind: &'static str,
    pub(in crate::testing) parent: String,
    pub(in crate::testing) fields: Value,
}

static NO_ROW: Row = Row { kind: "", parent: String::new(), fields: Value::Null };

/// Rows by ID, which is in the order of creation.
#[derive(Default)]
pub(in crate::testing) struct Table(pub(super) BTreeMap<String, Row>);

impl Table {
    /// Adds a row, and returns its ID.
    pub(in crate::testing) fn add(&mut self, row: Row) -> String {
        let id = str_or_empty(&row.fields["id"]).to_owned();
        self.0.insert(id.clone(), row);
        id
    }

    /// The row with an ID; an empty one if there is none.
    pub(in crate::testing) fn get(&self, id: &str) -> &Row {
        self.0.get(id).unwrap_or(&NO_ROW)
    }

    pub(in crate::testing) fn set(&mut self, id: &str, field: &str, value: impl Into<Value>) {
        if let Some(row) = self.0.get_mut(id) {
            row.fields[field] = value.into();
        }
    }

    /// The rows of a kind that belong to a row, or are anywhere in a workspace.
    pub(in crate::testing) fn below(&self, kind: &str, id: &str) -> impl DoubleEndedIterator<Item = &Row> {
        self.0.values().filter(move |row| row.kind == kind && (row.parent == id || row.fields["workspace_id"] == id))
    }

    /// The fields of a row, with those that depend on other rows.
    pub(super) fn view(&self, row: &Row) -> Value {
        let id = &row.fields["id"];
        let mut view = row.fields.clone();
        if let kind @ ("version" | "workflow version") = row.kind {
            let is_active = self.get(&row.parent).fields["version_id"] == *id;
            view["enabled"] = is_active.into();
            view["version_id"] = id.clone();
            if is_active {
                view["status"] = Kind::named(kind).statuses()[4].into();
            }
        }
        for (_, field, kind, status) in CHILDREN.into_iter().filter(|(kind, ..)| row.kind == *kind) {
            let is_meant = |child: &&Row| str_or_empty(&child.fields["status"]) == status;
            let child = self.below(kind, str_or_empty(id)).rfind(is_meant);
            view[field] = child.map_or(Value::Null, |child| child.fields["id"].clone());
        }
        for (reference, from, to) in REFERENCES {
            if view[to].is_null() {
                view[to] = self.get(str_or_empty(&view[reference])).fields[from].clone();
            }
        }
        view
    }

    /// The IDs and names of all rows of a kind below one row.
    pub(in crate::testing) fn names(&self, kind: &str, id: &str) -> Vec<(String, String)> {
        let field = |row: &Row, name: &str| str_or_empty(&row.fields[name]).to_owned();
        self.below(kind, id).map(|row| (field(row, "id"), field(row, "name"))).collect()
    }

    /// Deletes the rows that match, and all that belong to them.
    pub(super) fn delete(&mut self, predicate: impl Fn(&Row) -> bool) {
        let mut deleted = Vec::new();
        self.0.retain(|id, row| {
            let is_deleted = predicate(row) || deleted.contains(&row.parent);
            deleted.extend(is_deleted.then(|| id.clone()));
            !is_deleted
        });
        let is_active = |row: &&mut Row| deleted.iter().any(|id| row.fields["version_id"] == **id);
        for row in self.0.values_mut().filter(is_active) {
            row.fields["version_id"].take();
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
