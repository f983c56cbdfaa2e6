//! The target of the calls.

use std::env;
use std::error::Error;

use reqwest::header::HeaderValue;
use secmaster_client::auth::{self, AccessKey};
use secmaster_client::types::CreateAction;
use secmaster_client::{Client, ClientBuilder};

use crate::args::Args;
use crate::fake_server::ServerInfo;
use crate::handwritten::{self, Access, Handwritten};

const ID: &str = "909494e3-558e-46b6-a9eb-07a8e18ca62f";
/// The name of the created actions, to identify them in a real workspace.
const NAME: &str = "load";

/// A failed call. Failures are counted by kind.
pub(crate) struct Failed {
    pub(crate) kind: String,
    pub(crate) message: String,
}

/// The implementation that makes the calls.
enum Caller {
    Client(Client),
    /// A hand-written reqwest client, for comparison.
    Handwritten(Handwritten),
}

pub(crate) struct Target {
    caller: Caller,
    project_id: String,
    workspace_id: String,
    version_id: String,
    workflow_id: String,
}

impl Target {
    pub(crate) fn fake_server(info: ServerInfo, args: Args) -> Result<Self, Box<dyn Error>> {
        let [workspace_id, version_id, workflow_id] = [ID, ID, ID].map(str::to_owned);
        let project_id = info.project_id.clone();
        let caller = if args.handwritten { handwritten(info, args.signed)? } else { client(info, args.signed)? };
        Ok(Self { caller, project_id, workspace_id, version_id, workflow_id })
    }

    /// Returns the service configured in the environment, with its endpoint or region.
    pub(crate) async fn real() -> Result<(Self, String), Box<dyn Error>> {
        let variable = |name: &str| env::var(name).ok().filter(|value| !value.is_empty());
        let required = |name: &str| {
            variable(name).ok_or_else(|| format!("{name} is not set; see --help for all required variables"))
        };
        let [workspace_id, version_id, workflow_id] =
            ["SECMASTER_WORKSPACE_ID", "SECMASTER_VERSION_ID", "SECMASTER_WORKFLOW_ID"].map(required);
        let (workspace_id, version_id, workflow_id) = (workspace_id?, version_id?, workflow_id?);
        let mut builder = Client::builder().credentials(auth::from_env()?);
        for (name, set) in [
            ("SECMASTER_REGION", ClientBuilder::region as fn(_, String) -> _),
            ("SECMASTER_ENDPOINT", ClientBuilder::endpoint),
            ("SECMASTER_PROJECT_ID", ClientBuilder::project_id),
        ] {
            if let Some(value) = variable(name) {
                builder = set(builder, value);
            }
        }
        let client = builder.build()?;
        let project_id = client.project_id().await?;
        let place = variable("SECMASTER_ENDPOINT").or_else(|| variable("SECMASTER_REGION")).unwrap_or_default();
        Ok((Self { caller: Caller::Client(client), project_id, workspace_id, version_id, workflow_id }, place))
    }

    /// The request body of one call.
    pub(crate) fn actions(&self, number: u32) -> Vec<CreateAction> {
        (0..number).map(|_| CreateAction::workflow(&self.workflow_id).name(NAME)).collect()
    }

    /// Makes one call and returns the number of created rows.
    pub(crate) async fn create(&self, actions: Vec<CreateAction>) -> Result<usize, Failed> {
        let Self { project_id, workspace_id, version_id, .. } = self;
        let created = match &self.caller {
            Caller::Client(client) => {
                let create = client
                    .create_playbook_action()
                    .project_id(project_id)
                    .workspace_id(workspace_id)
                    .version_id(version_id)
                    .body(actions);
                create.send().await.map_err(|error| Failed::from_error(&error))?.into_inner()
            }
            Caller::Handwritten(handwritten) => {
                let failed = |message: String| Failed { kind: "by hand".to_owned(), message };
                let created = handwritten.create([project_id, workspace_id, version_id], &actions).await;
                let created = created.map_err(|error| failed(error.to_string()))?;
                created.request_id.ok_or_else(|| failed("the response has no request id".to_owned()))?;
                created.data
            }
        };
        Ok(created.data.map_or(0, |rows| rows.len()))
    }
}

impl Failed {
    fn from_error(error: &secmaster_client::Error) -> Self {
        let status = error.status().map_or_else(String::new, |status| format!(" {}", status.as_u16()));
        Self { kind: format!("{:?}{status}", error.kind()), message: error.to_string() }
    }
}

fn client(info: ServerInfo, signed: bool) -> Result<Caller, Box<dyn Error>> {
    let builder = Client::builder().endpoint(&info.endpoint);
    let builder = if signed {
        let key = AccessKey::new(info.access_key, info.secret_key).project_id(info.project_id);
        builder.credentials(key.iam_endpoint(info.endpoint))
    } else {
        builder.token(info.token)
    };
    Ok(Caller::Client(builder.build()?))
}

fn handwritten(info: ServerInfo, signed: bool) -> Result<Caller, Box<dyn Error>> {
    let access = if signed {
        Access::Keys { access: info.access_key, secret: info.secret_key }
    } else {
        let mut token = HeaderValue::from_str(&info.token)?;
        token.set_sensitive(true);
        Access::Token(token)
    };
    Ok(Caller::Handwritten(Handwritten { http: handwritten::http()?, endpoint: info.endpoint, access }))
}
