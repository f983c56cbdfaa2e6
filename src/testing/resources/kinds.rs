//! The kinds of resources, as tables: their paths, and how they depend on each other.

use crate::testing::refusal::Refusal;

pub(in crate::testing) struct Kind {
    pub(in crate::testing) name: &'static str,
    /// The path of one row, relative to `/v1/{project_id}/workspaces` or, in a workspace, to `/soc/`; empty if rows have
    /// none. The path above it lists and creates rows, and what is below it belongs to the row.
    item: &'static str,
    /// The error code if the row does not exist.
    not_found: &'static str,
    /// The field with the ID of the parent.
    pub(in crate::testing) parent_field: &'static str,
}

const fn kind(name: &'static str, item: &'static str, not_found: &'static str, parent_field: &'static str) -> Kind {
    Kind { name, item, not_found, parent_field }
}

const VERSION: &str = "playbook_version_id";
static KINDS: [Kind; 10] = [
    kind("workspace", "/{workspace_id}", "SecMaster.20011003", "project_id"),
    kind("data class", "dataclasses/{dataclass_id}", "SecMaster.20030022", "workspace_id"),
    kind("playbook", "playbooks/{playbook_id}", "SecMaster.20030005", "workspace_id"),
    kind("version", "playbooks/versions/{version_id}", "SecMaster.20048004", "playbook_id"),
    kind("action", "playbooks/versions/{version_id}/actions/{action_id}", "SecMaster.20048004", VERSION),
    kind("rule", "playbooks/versions/{version_id}/rules/{rule_id}", "SecMaster.20048004", VERSION),
    kind("workflow", "workflows/{workflow_id}", "SecMaster.20040611", "workspace_id"),
    kind("workflow version", "workflows/versions/{version_id}", "SecMaster.20040605", "aopworkflow_id"),
    // No code is documented for these.
    kind("run", "workflows/instances/{instance_id}", "SecMaster.20030001", "workflow_id"),
    kind("review", "", "SecMaster.20030001", "resource_id"),
];

/// Other paths that list or create rows of a kind.
const COLLECTIONS: [(&str, &str); 7] = [
    ("playbooks/{playbook_id}/versions", "version"),
    ("playbooks/versions/{version_id}/clone", "version"),
    ("workflows/{workflow_id}/versions", "workflow version"),
    ("workflows/{workflow_id}/instances", "run"),
    ("playbooks/versions/approval", "review"),
    ("playbooks/versions/{version_id}/approval", "review"),
    ("workflows/versions/{version_id}/approval", "review"),
];

/// The statuses of the versions of playbooks and workflows: draft, under review, rejected, approved and active. If the
/// last two are the same, a version that is approved is active at once.
const PLAYBOOK: [&str; 5] = ["EDITING", "APPROVING", "UNPASSED", "PUBLISHED", "PUBLISHED"];
const WORKFLOW: [&str; 5] = ["pending_submit", "pending_approval", "rejected", "not_activated", "activated"];
/// The status transitions that a request can make, as indices into these arrays.
const STEPS: [(usize, usize); 6] = [(0, 1), (2, 1), (2, 0), (3, 0), (3, 4), (4, 3)];

/// Fields that refer to the latest child: parent kind, field, child kind and the status of the child, if it has one.
pub(super) const CHILDREN: [(&str, &str, &str, &str); 5] = [
    ("playbook", "unaudited_version_id", "version", "APPROVING"),
    ("playbook", "reject_version_id", "version", "UNPASSED"),
    ("version", "rule_id", "rule", ""),
    ("workflow", "current_approval_version_id", "workflow version", "pending_approval"),
    ("workflow", "current_rejected_version_id", "workflow version", "rejected"),
];

/// Fields that a row has from another one, unless it has them itself: the field with the ID of the other row, the field
/// there, and the field here.
pub(super) const REFERENCES: [(&str, &str, &str); 6] = [
    ("playbook_version_id", "playbook_id", "playbook_id"),
    ("version_id", "version", "version"),
    ("version_id", "dataclass_id", "dataclass_id"),
    ("aopworkflow_id", "dataclass_id", "dataclass_id"),
    ("workflow_id", "dataclass_id", "dataclass_id"),
    ("dataclass_id", "name", "dataclass_name"),
];

impl Kind {
    pub(in crate::testing) fn named(name: &str) -> &'static Self {
        KINDS.iter().find(|kind| kind.name == name).unwrap_or(&KINDS[0])
    }

    /// The kind of resource of a path, and whether it is the path of one row.
    pub(super) fn at(path: &str) -> Option<(&'static Self, bool)> {
        let listed = COLLECTIONS.iter().find(|(collection, _)| *collection == path).map_or("", |(_, kind)| kind);
        let is_above = |item: &str| item.rsplit_once('/').is_some_and(|(above, _)| above == path);
        let has = |kind: &&Self| kind.item == path || is_above(kind.item) || kind.name == listed;
        KINDS.iter().find(has).map(|kind| (kind, kind.item == path))
    }

    /// The kind of the parent resource in a path; `None` for the project.
    pub(super) fn above(path: &str) -> Option<&'static Self> {
        let is_above = |kind: &&Self| !kind.item.is_empty() && path.starts_with(&format!("{}/", kind.item));
        KINDS.iter().rfind(is_above).or(KINDS.first().filter(|_| !path.is_empty()))
    }

    pub(super) fn missing(&self) -> Refusal {
        Refusal::new(400, self.not_found, format!("there is no {} with this ID", self.name))
    }

    /// The statuses of versions.
    pub(in crate::testing) fn statuses(&self) -> [&'static str; 5] {
        if self.name == "version" { PLAYBOOK } else { WORKFLOW }
    }

    /// The status that is spelled like this in any case; `None` if a request cannot set it after `from`.
    pub(super) fn status_after(&self, from: &str, to: &str) -> Option<&'static str> {
        let statuses = self.statuses();
        let to = statuses.iter().position(|status| status.eq_ignore_ascii_case(to))?;
        let mut before = (0..statuses.len()).filter(|before| statuses[*before] == from);
        before.any(|before| before == to || STEPS.contains(&(before, to))).then_some(statuses[to])
    }
}
