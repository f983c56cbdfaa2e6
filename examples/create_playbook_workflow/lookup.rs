//! Looks up ids by name.

use std::error::Error;

use secmaster_client::types::PlaybookVersion;
use secmaster_client::{Client, PaginationStream};

use crate::args::Names;

/// The status of versions that workflows can be bound to. The case is ignored, since published examples differ in it.
const DRAFT: &str = "EDITING";
/// The maximum number of other names in an error message.
const SHOWN: usize = 10;

/// The ids that were looked up.
pub(crate) struct Ids {
    pub(crate) workspace: String,
    pub(crate) version: String,
    pub(crate) workflows: Vec<String>,
}

impl Names {
    /// Looks up the ids and prints them.
    ///
    /// # Errors
    ///
    /// Returns a one-line message for the first name that does not match exactly one resource.
    pub(crate) async fn look_up(self, client: &Client) -> Result<Ids, Box<dyn Error>> {
        let rows = client.list_workspaces().rows();
        let workspaces = named(rows, |row| (row.id, row.name)).await?;
        let workspace = find("workspace", &self.workspace, &workspaces)?;
        let rows = client.list_playbooks().workspace_id(&workspace).rows();
        let playbooks = named(rows, |row| (row.id, row.name)).await?;
        let playbook = find("playbook", &self.playbook, &playbooks)?;
        let versions = client.list_playbook_versions().workspace_id(&workspace).playbook_id(&playbook).rows();
        let version = self.version(versions).await?;
        let rows = client.list_workflows().workspace_id(&workspace).rows();
        let workflows = named(rows, |row| (row.id, row.name)).await?;
        let workflows = self.workflows.iter().map(|name| find("workflow", name, &workflows));
        Ok(Ids { workflows: workflows.collect::<Result<_, _>>()?, workspace, version })
    }

    async fn version(&self, mut rows: PaginationStream<'_, PlaybookVersion>) -> Result<String, Box<dyn Error>> {
        let (mut versions, mut drafts) = (Vec::new(), Vec::new());
        while let Some(row) = rows.next().await {
            let PlaybookVersion { id: Some(id), version, status, .. } = row? else { continue };
            if status.is_some_and(|status| status.eq_ignore_ascii_case(DRAFT)) {
                drafts.push(id.clone());
            }
            versions.push((id, version));
        }
        match (&self.version, drafts.as_slice()) {
            (Some(version), _) => Ok(find("version", version, &versions)?),
            (None, [id]) => {
                println!("Found the draft of the playbook: {id}.");
                Ok(id.clone())
            }
            (None, []) if versions.is_empty() => {
                Err(format!("the playbook {:?} has no version; create one first", self.playbook).into())
            }
            (None, []) => {
                let hint = "create one, or name a version with --version";
                Err(format!("the playbook {:?} has no draft; {hint}: {}", self.playbook, shown(&versions)).into())
            }
            (None, several) => {
                let hint = "give the id of one with --version";
                let (number, ids) = (several.len(), several.join(", "));
                Err(format!("the playbook {:?} has {number} drafts; {hint}: {ids}", self.playbook).into())
            }
        }
    }
}

/// An id and a name.
type Row = (String, Option<String>);

async fn named<R>(
    mut rows: PaginationStream<'_, R>,
    id_and_name: impl Fn(R) -> (Option<String>, Option<String>),
) -> Result<Vec<Row>, Box<dyn Error>> {
    let mut all = Vec::new();
    while let Some(row) = rows.next().await {
        if let (Some(id), name) = id_and_name(row?) {
            all.push((id, name));
        }
    }
    Ok(all)
}

/// Returns the id of the only row with this id or name.
fn find(what: &str, name: &str, rows: &[Row]) -> Result<String, String> {
    let is_match = |(id, other): &&Row| id == name || other.as_deref() == Some(name);
    let found: Vec<&str> = rows.iter().filter(is_match).map(|(id, _)| id.as_str()).collect();
    match found.as_slice() {
        [id] => {
            println!("Found the {what} {name}: {id}.");
            Ok((*id).to_owned())
        }
        [] if rows.is_empty() => Err(format!("there is no {what} {name:?}; none exist")),
        [] => Err(format!("there is no {what} {name:?}; available: {}", shown(rows))),
        several => {
            Err(format!("{} {what}s are named {name:?}; give the id of one: {}", several.len(), several.join(", ")))
        }
    }
}

/// Formats the names of the rows.
fn shown(rows: &[Row]) -> String {
    let names: Vec<&str> = rows.iter().map(|(id, name)| name.as_deref().unwrap_or(id)).collect();
    match names.get(SHOWN..).map(<[_]>::len) {
        None | Some(0) => names.join(", "),
        Some(more) => format!("{}, and {more} more", names[..SHOWN].join(", ")),
    }
}
