//! Finds ids by names.

use std::error::Error;

use secmaster_client::{Client, PaginationStream};

/// What a command line names: each by its name or its id.
pub(crate) struct Names {
    pub(crate) workspace: String,
    pub(crate) playbook: String,
    /// The version of the playbook; its latest draft if it is not named.
    pub(crate) version: Option<String>,
    pub(crate) workflows: Vec<String>,
}

/// The ids of what was named.
pub(crate) struct Ids {
    pub(crate) workspace: String,
    pub(crate) version: String,
    pub(crate) workflows: Vec<String>,
}

impl Names {
    /// Looks up the ids, and prints what it found.
    ///
    /// # Errors
    ///
    /// Returns one line for the first name that nothing or several things have.
    pub(crate) async fn look_up(self, client: &Client) -> Result<Ids, Box<dyn Error>> {
        let rows = client.list_workspaces().rows();
        let workspace = find("workspace", &self.workspace, rows, |row| (row.id, row.name)).await?;
        let rows = client.list_playbooks().workspace_id(&workspace).rows();
        let playbook = find("playbook", &self.playbook, rows, |row| (row.id, row.name)).await?;
        let version = self.version.as_deref().unwrap_or("EDITING");
        let rows = client.list_playbook_versions().workspace_id(&workspace).playbook_id(&playbook).rows();
        let version = find("version of the playbook", version, rows, |row| match self.version {
            Some(_) => (row.id, row.version),
            // Workflows can be bound to a draft only.
            None => (row.id, row.status),
        });
        let version = version.await?;
        let mut workflows = Vec::new();
        for name in &self.workflows {
            let rows = client.list_workflows().workspace_id(&workspace).rows();
            workflows.push(find("workflow", name, rows, |row| (row.id, row.name)).await?);
        }
        Ok(Ids { workspace, version, workflows })
    }
}

/// The id of the one row with this id or name.
async fn find<R>(
    what: &str,
    wanted: &str,
    mut rows: PaginationStream<'_, R>,
    id_and_name: impl Fn(R) -> (Option<String>, Option<String>),
) -> Result<String, Box<dyn Error>> {
    let mut found = Vec::new();
    let mut others = Vec::new();
    while let Some(row) = rows.next().await {
        let (Some(id), name) = id_and_name(row?) else { continue };
        if id == wanted || name.as_deref() == Some(wanted) {
            found.push(id);
        } else {
            others.extend(name);
        }
    }
    match found.as_slice() {
        [id] => {
            println!("Found the {what} {wanted}: {id}.");
            Ok(id.clone())
        }
        [] if others.is_empty() => Err(format!("there is no {what} {wanted:?}, and no other").into()),
        [] => Err(format!("there is no {what} {wanted:?}; there is {}", others.join(", ")).into()),
        several => Err(format!(
            "{} have the name {wanted:?}; name the {what} by its id: {}",
            several.len(),
            several.join(", ")
        )
        .into()),
    }
}
