//! Command line arguments.

pub(crate) const HELP: &str = "\
Binds workflows to a version of a playbook.

  cargo run --example create_playbook_workflow
      Binds the workflow of examples/workflows.json on a fake server in this process.

  cargo run --example create_playbook_workflow -- --workspace NAME --playbook NAME [--version VERSION] WORKFLOW...
      Looks up ids by name, and binds the workflows. Ids are also accepted. VERSION is a version such as v1.0, and defaults to the
      draft. On the fake server, the workspace is default, the playbook is demo, and \"Notify the owner\" is one of the workflows.

  cargo run --example create_playbook_workflow -- FILE
      Binds the workflows of a JSON file: [{\"action_id\": \"ID of a workflow\", \"name\": \"...\"}, ...]

The real service is called if one of these or of the variables of auth::from_env is set:

  SECMASTER_REGION        such as cn-north-4; or SECMASTER_ENDPOINT
  SECMASTER_TOKEN         an IAM token; or other credentials, which auth::from_env documents
  SECMASTER_PROJECT_ID    the project; looked up if not set
  SECMASTER_WORKSPACE_ID  the workspace, for FILE
  SECMASTER_VERSION_ID    the version of the playbook, for FILE
";

/// The parsed command.
#[derive(Debug, PartialEq)]
pub(crate) enum Args {
    Nothing,
    Help,
    File(String),
    Names(Names),
}

/// The resources given on the command line, each by name or id.
#[derive(Debug, PartialEq)]
pub(crate) struct Names {
    pub(crate) workspace: String,
    pub(crate) playbook: String,
    /// The version of the playbook; defaults to its draft.
    pub(crate) version: Option<String>,
    pub(crate) workflows: Vec<String>,
}

impl Args {
    /// Parses the arguments.
    ///
    /// # Errors
    ///
    /// Returns a message that describes the invalid argument and how to fix it.
    pub(crate) fn parse(mut args: impl Iterator<Item = String>) -> Result<Self, String> {
        let (mut workspace, mut playbook, mut version, mut others) = (None, None, None, Vec::new());
        while let Some(arg) = args.next() {
            let option = match arg.as_str() {
                "-h" | "--help" => return Ok(Self::Help),
                "--workspace" => &mut workspace,
                "--playbook" => &mut playbook,
                "--version" => &mut version,
                _ if arg.starts_with('-') => return Err(format!("{arg} is not an option; --help shows the options")),
                _ => {
                    others.push(arg);
                    continue;
                }
            };
            *option = Some(args.next().ok_or_else(|| format!("{arg} needs a name or an id after it"))?);
        }
        match (workspace, playbook) {
            (None, None) if version.is_some() => Err("--version needs --workspace and --playbook as well".to_owned()),
            (None, None) => match others.as_slice() {
                [] => Ok(Self::Nothing),
                [file] => Ok(Self::File(file.clone())),
                [_, other, ..] => Err(format!(
                    "unexpected argument {other:?}; give one file, in quotes if its name has spaces, or --workspace and --playbook \
                     before the workflows"
                )),
            },
            (Some(workspace), Some(playbook)) if !others.is_empty() => {
                Ok(Self::Names(Names { workspace, playbook, version, workflows: others }))
            }
            (Some(_), Some(_)) => Err("no workflow is named; name at least one after the options".to_owned()),
            (Some(_), None) => Err("--workspace needs --playbook as well".to_owned()),
            (None, Some(_)) => Err("--playbook needs --workspace as well".to_owned()),
        }
    }
}
