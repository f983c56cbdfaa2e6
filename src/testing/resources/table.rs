//! The table of resources: kinds and rows.

use serde_json::{Map, Value, json};

use crate::testing::random::uuid;
use crate::testing::refusal::Refusal;

/// A kind of resource.
pub(super) struct Kind {
    pub(super) name: &'static str,
    /// The paths that list or create rows, relative to `/v1/{project_id}/workspaces` or, in a workspace, to `/soc/`.
    collections: &'static [&'static str],
    /// The path of one row; empty if rows have none. Resources below this path belong to the row.
    item: &'static str,
    /// The error code if the row does not exist.
    not_found: &'static str,
    /// The initial fields of a row, as JSON.
    defaults: &'static str,
}

#[rustfmt::skip]
const KINDS: &[Kind] = &[
    Kind { name: "workspace", collections: &[""], item: "/{workspace_id}", not_found: "SecMaster.20011003", defaults: "{}" },
    Kind { name: "data class", collections: &["dataclasses"], item: "dataclasses/{dataclass_id}",
        not_found: "SecMaster.20030022", defaults: "{}" },
    Kind { name: "playbook", collections: &["playbooks"], item: "playbooks/{playbook_id}",
        not_found: "SecMaster.20030005", defaults: r#"{"enabled": false}"# },
    Kind { name: "version", collections: &["playbooks/{playbook_id}/versions", "playbooks/versions/{version_id}/clone"],
        item: "playbooks/versions/{version_id}", not_found: "SecMaster.20048004",
        defaults: r#"{"enabled": false, "status": "EDITING", "version_type": 0, "version": "v1"}"# },
    Kind { name: "action", collections: &["playbooks/versions/{version_id}/actions"],
        item: "playbooks/versions/{version_id}/actions/{action_id}", not_found: "SecMaster.20048004", defaults: "{}" },
    Kind { name: "rule", collections: &["playbooks/versions/{version_id}/rules"],
        item: "playbooks/versions/{version_id}/rules/{rule_id}", not_found: "SecMaster.20048004", defaults: "{}" },
    Kind { name: "workflow", collections: &["workflows"], item: "workflows/{workflow_id}",
        not_found: "SecMaster.20040611", defaults: r#"{"enabled": false}"# },
    Kind { name: "workflow version", collections: &["workflows/{workflow_id}/versions"],
        item: "workflows/versions/{version_id}", not_found: "SecMaster.20040605",
        defaults: r#"{"enabled": false, "status": "pending_submit"}"# },
    Kind { name: "approval", collections: &["playbooks/versions/approval", "playbooks/versions/{version_id}/approval",
        "workflows/versions/{version_id}/approval"], item: "", not_found: "", defaults: "{}" },
];

impl Kind {
    /// The kind of resource of a path, and whether it is the path of one row.
    pub(super) fn at(path: &str) -> Option<(&'static Self, bool)> {
        let kind = KINDS.iter().find(|kind| kind.item == path || kind.collections.contains(&path))?;
        Some((kind, kind.item == path))
    }

    /// The parent kind of a collection; `None` if that is the project.
    pub(super) fn parent(collection: &str) -> Option<&'static Self> {
        let owns = |kind: &&Self| !kind.item.is_empty() && collection.starts_with(&format!("{}/", kind.item));
        KINDS.iter().rfind(owns).or(KINDS.first().filter(|_| !collection.is_empty()))
    }

    /// The path parameter with the ID of a row.
    pub(super) fn parameter(&self) -> &'static str {
        self.item.rsplit(['{', '}']).nth(1).unwrap_or_default()
    }

    pub(super) fn missing(&self) -> Refusal {
        Refusal::new(400, self.not_found, format!("there is no {} with this ID", self.name))
    }
}

#[derive(Clone, Default)]
pub(in crate::testing) struct Row {
    pub(super) kind: &'static str,
    pub(super) workspace: String,
    /// The ID of the parent.
    pub(super) owner: String,
    pub(super) fields: Map<String, Value>,
}

impl Row {
    /// A row with an ID and the initial fields of its kind.
    pub(super) fn new(kind: &'static str, workspace: &str, owner: &str, fields: &Value) -> Self {
        let mut row = Self { kind, workspace: workspace.to_owned(), owner: owner.to_owned(), fields: Map::new() };
        let defaults = KINDS.iter().find(|known| known.name == kind).map_or("{}", |kind| kind.defaults);
        row.set_all(fields);
        row.set_all(&serde_json::from_str(defaults).unwrap_or_default());
        row.set("id", uuid());
        if !workspace.is_empty() {
            row.set("workspace_id", workspace);
        }
        row
    }

    /// A string field; empty if it does not exist.
    pub(super) fn text(&self, field: &str) -> &str {
        self.fields.get(field).and_then(Value::as_str).unwrap_or_default()
    }

    pub(super) fn set(&mut self, field: &str, value: impl Into<Value>) {
        self.fields.insert(field.to_owned(), value.into());
    }

    pub(super) fn set_all(&mut self, fields: &Value) {
        let mut fields = fields.as_object().cloned().unwrap_or_default();
        // These are rows.
        fields.remove("actions");
        self.fields.extend(fields);
    }
}

#[derive(Default)]
pub(in crate::testing) struct Table(pub(super) Vec<Row>);

/// The initial rows.
pub(in crate::testing) const WORKSPACE: &str = "default";
const DATA_CLASSES: [&str; 3] = ["Alert", "Incident", "Policy"];
const WORKFLOWS: [&str; 3] = ["Notify the owner", "Block an address", "Close a duplicate"];

impl Table {
    /// One workspace, some data classes, and enabled workflows for the first of these.
    pub(in crate::testing) fn seeded(project: &str) -> Self {
        let mut table = Self::default();
        let workspace = table.seed_workspace(project, WORKSPACE);
        let classes = DATA_CLASSES.map(|name| table.seed_data_class(&workspace, name));
        for name in WORKFLOWS {
            table.seed_workflow(&workspace, &classes[0], name);
        }
        table
    }

    pub(in crate::testing) fn seed_workspace(&mut self, project: &str, name: &str) -> String {
        self.push(Row::new("workspace", "", project, &json!({ "name": name, "project_id": project })))
    }

    pub(in crate::testing) fn seed_data_class(&mut self, workspace: &str, name: &str) -> String {
        let fields = json!({ "name": name, "business_code": name });
        self.push(Row::new("data class", workspace, workspace, &fields))
    }

    pub(in crate::testing) fn seed_workflow(&mut self, workspace: &str, class: &str, name: &str) -> String {
        let mut row = Row::new("workflow", workspace, workspace, &json!({ "name": name, "dataclass_id": class }));
        row.set("enabled", true);
        self.push(row)
    }

    /// Adds a row, and returns its ID.
    pub(super) fn push(&mut self, row: Row) -> String {
        let id = row.text("id").to_owned();
        self.0.push(row);
        id
    }

    pub(super) fn find(&self, kind: &str, id: &str) -> Option<&Row> {
        self.0.iter().find(|row| row.kind == kind && row.text("id") == id)
    }

    /// A copy of the row with an ID; empty if it does not exist.
    pub(super) fn get(&self, kind: &str, id: &str) -> Row {
        self.find(kind, id).cloned().unwrap_or_default()
    }

    pub(super) fn find_mut(&mut self, kind: &str, id: &str) -> Option<&mut Row> {
        self.0.iter_mut().find(|row| row.kind == kind && row.text("id") == id)
    }

    /// Copies of all rows of a kind that belong to one row.
    pub(super) fn owned(&self, kind: &str, owner: &str) -> Vec<Row> {
        self.0.iter().filter(|row| row.kind == kind && row.owner == owner).cloned().collect()
    }

    /// Replaces all rows of a kind that belong to one row.
    pub(super) fn replace(&mut self, kind: &str, owner: &str, rows: Vec<Row>) {
        self.0.retain(|row| row.kind != kind || row.owner != owner);
        self.0.extend(rows);
    }

    /// The IDs and names of all rows of a kind that belong to one row.
    pub(in crate::testing) fn names(&self, kind: &str, owner: &str) -> Vec<(String, String)> {
        self.owned(kind, owner).iter().map(|row| (row.text("id").to_owned(), row.text("name").to_owned())).collect()
    }

    pub(super) fn set(&mut self, kind: &str, id: &str, field: &str, value: impl Into<Value>) {
        if let Some(row) = self.find_mut(kind, id) {
            row.set(field, value);
        }
    }

    /// Deletes the row with an ID and all rows that belong to it.
    pub(super) fn delete(&mut self, id: &str) {
        let mut ids = vec![id.to_owned()];
        while let Some(id) = ids.pop() {
            self.0.retain(|row| row.text("id") != id);
            ids.extend(self.0.iter().filter(|row| row.owner == id).map(|row| row.text("id").to_owned()));
        }
    }
}
