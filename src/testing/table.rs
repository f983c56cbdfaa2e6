//! The table of resources.

use serde_json::{Map, Value, json};

use super::ids::Ids;
use super::refusal::Refused;

/// A kind of resources: how it is called, where it is found, and what is said if it is not there.
pub(super) struct Kind {
    pub(super) name: &'static str,
    /// The kind that its rows belong to.
    pub(super) owner: &'static str,
    /// Its paths, after `/v1/{project_id}/workspaces`.
    paths: [&'static str; 2],
    /// The parameter in the path of an item.
    pub(super) parameter: &'static str,
    code: &'static str,
    /// What a new row has, as JSON.
    pub(super) defaults: &'static [(&'static str, &'static str)],
}

const fn kind(
    name: &'static str,
    owner: &'static str,
    paths: [&'static str; 2],
    parameter: &'static str,
    code: &'static str,
    defaults: &'static [(&'static str, &'static str)],
) -> Kind {
    Kind { name, owner, paths, parameter, code, defaults }
}

const OFF: &[(&str, &str)] = &[("enabled", "false")];
const DRAFT: &[(&str, &str)] =
    &[("enabled", "false"), ("status", "\"EDITING\""), ("version_type", "0"), ("version", "\"v1\"")];

#[rustfmt::skip]
const KINDS: [Kind; 9] = [
    kind("workspace", "project", ["", "/{workspace_id}"], "workspace_id", "SecMaster.20011003", &[]),
    kind("playbook", "workspace", ["/{workspace_id}/soc/playbooks", "/{workspace_id}/soc/playbooks/{playbook_id}"],
        "playbook_id", "SecMaster.20030005", OFF),
    kind("version", "playbook", ["/{workspace_id}/soc/playbooks/{playbook_id}/versions",
        "/{workspace_id}/soc/playbooks/versions/{version_id}"], "version_id", "SecMaster.20048004", DRAFT),
    kind("action", "version", ["/{workspace_id}/soc/playbooks/versions/{version_id}/actions",
        "/{workspace_id}/soc/playbooks/versions/{version_id}/actions/{action_id}"],
        "action_id", "SecMaster.20048004", &[]),
    kind("rule", "version", ["/{workspace_id}/soc/playbooks/versions/{version_id}/rules",
        "/{workspace_id}/soc/playbooks/versions/{version_id}/rules/{rule_id}"], "rule_id", "SecMaster.20048004", &[]),
    kind("workflow", "workspace", ["/{workspace_id}/soc/workflows", "/{workspace_id}/soc/workflows/{workflow_id}"],
        "workflow_id", "SecMaster.20040611", OFF),
    kind("workflow version", "workflow", ["/{workspace_id}/soc/workflows/{workflow_id}/versions",
        "/{workspace_id}/soc/workflows/versions/{version_id}"], "version_id", "SecMaster.20040605", OFF),
    kind("data class", "workspace", ["/{workspace_id}/soc/dataclasses",
        "/{workspace_id}/soc/dataclasses/{dataclass_id}"], "dataclass_id", "SecMaster.20030022", &[]),
    kind("approval", "version", ["", ""], "", "", &[]),
];

impl Kind {
    /// The kind that a path is for, and whether it is that of one item.
    pub(super) fn of(path: &str) -> Option<(&'static Self, bool)> {
        let place = |kind: &Self| kind.paths.iter().position(|known| *known == path);
        KINDS.iter().find_map(|kind| Some((kind, place(kind)? == 1)))
    }

    pub(super) fn named(name: &str) -> Option<&'static Self> {
        KINDS.iter().find(|kind| kind.name == name)
    }

    pub(super) fn missing(&self) -> Refused {
        (400, self.code, format!("there is no {} of this ID", self.name))
    }
}

pub(super) struct Row {
    pub(super) kind: &'static str,
    pub(super) workspace: String,
    /// The ID of what it belongs to.
    pub(super) owner: String,
    pub(super) fields: Map<String, Value>,
}

impl Row {
    pub(super) fn text(&self, field: &str) -> &str {
        self.fields.get(field).and_then(Value::as_str).unwrap_or_default()
    }

    pub(super) fn is(&self, field: &str) -> bool {
        self.fields.get(field) == Some(&true.into())
    }
}

#[derive(Default)]
pub(super) struct Table {
    pub(super) rows: Vec<Row>,
}

impl Table {
    pub(super) fn find(&self, kind: &str, id: &str) -> Option<&Row> {
        self.rows.iter().find(|row| row.kind == kind && row.text("id") == id)
    }

    pub(super) fn of<'a>(&'a self, kind: &'a str, owner: &'a str) -> impl Iterator<Item = &'a Row> {
        self.rows.iter().filter(move |row| row.kind == kind && row.owner == owner)
    }

    pub(super) fn set(&mut self, kind: &str, id: &str, field: &str, value: impl Into<Value>) {
        if let Some(row) = self.rows.iter_mut().find(|row| row.kind == kind && row.text("id") == id) {
            row.fields.insert(field.to_owned(), value.into());
        }
    }

    /// Deletes a row, and all that belongs to it.
    pub(super) fn delete(&mut self, id: &str) {
        self.rows.retain(|row| row.text("id") != id && row.workspace != id);
        let orphans: Vec<_> =
            self.rows.iter().filter(|row| row.owner == id).map(|row| row.text("id").to_owned()).collect();
        for orphan in orphans {
            self.delete(&orphan);
        }
    }
}

/// What is there from the beginning.
pub(super) const WORKSPACE: &str = "default";
const DATA_CLASSES: [(&str, &str); 3] = [("Alert", "Alert"), ("Incident", "Incident"), ("Policy", "Policy")];
const WORKFLOWS: [&str; 3] = ["Notify the owner", "Block an address", "Close a duplicate"];

impl Table {
    /// One workspace, some data classes, and workflows for the first of these.
    pub(super) fn seeded(ids: &Ids, project: &str) -> Self {
        let mut table = Self::default();
        let workspace = table.add(ids, "workspace", "", project, WORKSPACE, &json!({ "project_id": project }));
        let mut classes = DATA_CLASSES
            .map(|(name, code)| {
                table.add(ids, "data class", &workspace, &workspace, name, &json!({ "business_code": code }))
            })
            .into_iter();
        let class = classes.next();
        for name in WORKFLOWS {
            table.add(
                ids,
                "workflow",
                &workspace,
                &workspace,
                name,
                &json!({ "enabled": true, "dataclass_id": class }),
            );
        }
        table
    }

    /// Adds a row, and gives its ID.
    pub(super) fn add(
        &mut self,
        ids: &Ids,
        kind: &'static str,
        workspace: &str,
        owner: &str,
        name: &str,
        more: &Value,
    ) -> String {
        let id = ids.uuid();
        let mut fields = more.as_object().cloned().unwrap_or_default();
        fields.insert("id".to_owned(), id.as_str().into());
        fields.insert("name".to_owned(), name.into());
        if !workspace.is_empty() {
            fields.insert("workspace_id".to_owned(), workspace.into());
        }
        self.rows.push(Row { kind, workspace: workspace.to_owned(), owner: owner.to_owned(), fields });
        id
    }

    /// The IDs and names of all of a kind in a workspace.
    pub(super) fn names(&self, kind: &str, workspace: &str) -> Vec<(String, String)> {
        let rows = self.rows.iter().filter(|row| row.kind == kind && row.workspace == workspace);
        rows.map(|row| (row.text("id").to_owned(), row.text("name").to_owned())).collect()
    }
}
