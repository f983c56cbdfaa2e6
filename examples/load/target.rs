//! Where the calls go.

use std::env;
use std::error::Error;

use secmaster_client::auth::{self, AccessKey};
use secmaster_client::types::{CreateAction, CreatePlaybookActionResponse};
use secmaster_client::{Client, Response};

use crate::stand_in::Hello;

const ID: &str = "909494e3-558e-46b6-a9eb-07a8e18ca62f";
/// What the actions are called, so that they are found again where they are real.
const NAME: &str = "load";

pub(crate) struct Target {
    client: Client,
    project_id: String,
    workspace_id: String,
    version_id: String,
    workflow_id: String,
}

impl Target {
    pub(crate) fn stand_in(hello: Hello, signed: bool) -> Result<Self, Box<dyn Error>> {
        let builder = Client::builder().endpoint(&hello.endpoint);
        let builder = if signed {
            let key = AccessKey::new(hello.access_key, hello.secret_key).project_id(&hello.project_id);
            builder.credentials(key.iam_endpoint(hello.endpoint))
        } else {
            builder.token(hello.token)
        };
        let [workspace_id, version_id, workflow_id] = [ID, ID, ID].map(str::to_owned);
        Ok(Self { client: builder.build()?, project_id: hello.project_id, workspace_id, version_id, workflow_id })
    }

    /// The service that the environment names.
    pub(crate) async fn real() -> Result<Self, Box<dyn Error>> {
        let mut builder = Client::builder();
        match (variable("SECMASTER_REGION"), variable("SECMASTER_ENDPOINT")) {
            (None, None) => {
                let text = "neither SECMASTER_REGION nor SECMASTER_ENDPOINT is set; set one of them, such as SECMASTER_REGION=cn-north-4";
                return Err(text.into());
            }
            (region, endpoint) => {
                if let Some(region) = region {
                    builder = builder.region(region);
                }
                if let Some(endpoint) = endpoint {
                    builder = builder.endpoint(endpoint);
                }
            }
        }
        let workspace_id = needed("SECMASTER_WORKSPACE_ID", "the ID of the workspace")?;
        let version_id = needed("SECMASTER_VERSION_ID", "the ID of the playbook version")?;
        let workflow_id = needed("SECMASTER_WORKFLOW_ID", "the ID of the workflow that all actions run")?;
        let client = builder.credentials(auth::from_env()?).build()?;
        let project_id = match variable("SECMASTER_PROJECT_ID") {
            Some(id) => id,
            None => {
                client.project_id().await.map_err(|error| format!("SECMASTER_PROJECT_ID is not set, and {error}"))?
            }
        };
        Ok(Self { client, project_id, workspace_id, version_id, workflow_id })
    }

    /// What one call creates.
    pub(crate) fn actions(&self, number: u32) -> Vec<CreateAction> {
        (0..number).map(|_| CreateAction::workflow(&self.workflow_id).name(NAME)).collect()
    }

    pub(crate) async fn create(
        &self,
        actions: Vec<CreateAction>,
    ) -> Result<Response<CreatePlaybookActionResponse>, secmaster_client::Error> {
        self.client
            .call(async |api| {
                api.create_playbook_action()
                    .project_id(&self.project_id)
                    .workspace_id(&self.workspace_id)
                    .version_id(&self.version_id)
                    .body(actions)
                    .send()
                    .await
            })
            .await
    }
}

fn variable(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.is_empty())
}

fn needed(name: &str, what: &str) -> Result<String, String> {
    variable(name).ok_or_else(|| format!("{name} is not set; set it to {what}"))
}
