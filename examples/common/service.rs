//! The real service, as the environment names it.

use std::env;
use std::error::Error;

use secmaster_client::{Client, auth};

const PROJECT_ID: &str = "SECMASTER_PROJECT_ID";

/// A version of a playbook at the real service, and a client that is let in there.
pub(crate) struct Service {
    pub(crate) client: Client,
    /// The region or the endpoint, as the end of a sentence.
    pub(crate) place: String,
    pub(crate) project_id: String,
    pub(crate) workspace_id: String,
    pub(crate) version_id: String,
}

impl Service {
    /// The client that the environment configures, and where it sends to as the end of a sentence. Says where the credentials were
    /// found.
    ///
    /// # Errors
    ///
    /// Returns an error if a variable is missing or malformed.
    pub(crate) fn client() -> Result<(Client, String), Box<dyn Error>> {
        let credentials = auth::from_env()?;
        println!("Credentials: {}.", credentials.source());
        let mut builder = Client::builder().credentials(credentials);
        let mut place = String::new();
        if let Some(region) = variable("SECMASTER_REGION") {
            place = format!("in the region {region}");
            builder = builder.region(region);
        }
        // It overrides that of the region.
        if let Some(endpoint) = variable("SECMASTER_ENDPOINT") {
            place = format!("at the endpoint {endpoint}");
            builder = builder.endpoint(endpoint);
        }
        if let Some(id) = variable(PROJECT_ID) {
            builder = builder.project_id(id);
        }
        Ok((builder.build()?, place))
    }

    /// Reads the environment, with the variables that are needed besides: the name of each, and what to set it to. Says where the
    /// credentials were found. The project is looked up where no variable names it.
    ///
    /// # Errors
    ///
    /// Where a variable is missing or can not be used: all that are missing, each on a line of its own. Where the project can not be
    /// looked up.
    pub(crate) async fn configured<const N: usize>(
        besides: [(&str, &str); N],
    ) -> Result<(Self, [String; N]), Box<dyn Error>> {
        let mut wrong = Vec::new();
        let (region, endpoint) = (variable("SECMASTER_REGION"), variable("SECMASTER_ENDPOINT"));
        if region.is_none() && endpoint.is_none() {
            let text = "neither SECMASTER_REGION nor SECMASTER_ENDPOINT is set; set one of them, such as SECMASTER_REGION=cn-north-4";
            wrong.push(text.to_owned());
        }
        let mut needed = |name: &str, what: &str| {
            let value = variable(name);
            if value.is_none() {
                wrong.push(format!("{name} {}; set it to {what}", lack(name)));
            }
            value.unwrap_or_default()
        };
        let workspace_id = needed("SECMASTER_WORKSPACE_ID", "the ID of the workspace");
        let version_id = needed("SECMASTER_VERSION_ID", "the ID of the playbook version");
        let besides = besides.map(|(name, what)| needed(name, what));
        if let Err(error) = auth::from_env() {
            wrong.push(error.to_string());
        }
        if !wrong.is_empty() {
            return Err(wrong.join("\nerror: ").into());
        }

        let (client, place) = Self::client()?;
        let project_id = if let Some(id) = variable(PROJECT_ID) {
            id
        } else {
            let found = client.project_id().await;
            found.map_err(|error| format!("{PROJECT_ID} {}, and {error}", lack(PROJECT_ID)))?
        };
        Ok((Self { client, place, project_id, workspace_id, version_id }, besides))
    }
}

/// A variable that is set and not empty.
pub(crate) fn variable(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.is_empty())
}

/// Why a variable has no value.
fn lack(name: &str) -> &'static str {
    match env::var_os(name) {
        None => "is not set",
        Some(value) if value.is_empty() => "is empty",
        Some(_) => "is not UTF-8",
    }
}
