//! Selects the service of an example: the real service if the environment configures it, otherwise a fake server.

use std::env;
use std::error::Error;

use secmaster_client::testing::{Server, ServerBuilder};
use secmaster_client::{Client, auth};

const PROJECT_ID: &str = "SECMASTER_PROJECT_ID";
/// If one of these is set, the example calls the real service.
const VARIABLES: [&str; 13] = [
    "SECMASTER_REGION",
    "SECMASTER_ENDPOINT",
    PROJECT_ID,
    "SECMASTER_WORKSPACE_ID",
    "SECMASTER_VERSION_ID",
    "SECMASTER_WORKFLOW_ID",
    "SECMASTER_TOKEN",
    "SECMASTER_IAM_DOMAIN",
    "SECMASTER_IAM_USER",
    "SECMASTER_IAM_PASSWORD",
    "HUAWEICLOUD_SDK_AK",
    "HUAWEICLOUD_SDK_SK",
    "HUAWEICLOUD_SDK_CREDENTIALS_FILE",
];

/// A client and the service it calls.
pub(crate) struct Service {
    pub(crate) client: Client,
    /// A description of the service, for messages.
    pub(crate) place: String,
    pub(crate) project_id: String,
}

impl Service {
    /// Whether the environment configures the real service, even partially.
    pub(crate) fn is_configured() -> bool {
        VARIABLES.iter().any(|name| env::var_os(name).is_some_and(|value| !value.is_empty()))
    }

    /// Returns the real service and the values of additional variables, each given as a name and a description.
    ///
    /// Prints the source of the credentials. Looks up the project if `SECMASTER_PROJECT_ID` is not set.
    ///
    /// # Errors
    ///
    /// Returns one line for each missing or malformed variable, or the reason why the project lookup failed.
    pub(crate) async fn from_env<const N: usize>(
        needed: [(&str, &str); N],
    ) -> Result<(Self, [String; N]), Box<dyn Error>> {
        let mut wrong = Vec::new();
        let (region, endpoint) = (variable("SECMASTER_REGION"), variable("SECMASTER_ENDPOINT"));
        if region.is_none() && endpoint.is_none() {
            let hint = "set one of them, such as SECMASTER_REGION=cn-north-4";
            wrong.push(format!("neither SECMASTER_REGION nor SECMASTER_ENDPOINT is set; {hint}"));
        }
        let values = needed.map(|(name, what)| {
            let value = variable(name);
            if value.is_none() {
                wrong.push(format!("{name} {}; set it to {what}", lack(name)));
            }
            value.unwrap_or_default()
        });
        let credentials = match auth::from_env() {
            Ok(credentials) if wrong.is_empty() => credentials,
            Ok(_) => return Err(wrong.join("\nerror: ").into()),
            Err(error) => {
                wrong.push(error.to_string());
                return Err(wrong.join("\nerror: ").into());
            }
        };

        println!("Credentials: {}.", credentials.source());
        let mut builder = Client::builder().credentials(credentials);
        let mut place = String::new();
        if let Some(region) = &region {
            place = format!("in the region {region}");
            builder = builder.region(region);
        }
        // Overrides the endpoint of the region.
        if let Some(endpoint) = endpoint {
            place = format!("at the endpoint {endpoint}");
            builder = builder.endpoint(endpoint);
        }
        if let Some(id) = variable(PROJECT_ID) {
            builder = builder.project_id(id);
        }
        let client = builder.build()?;
        let project_id = client.project_id().await?;
        Ok((Self { client, place, project_id }, values))
    }

    /// Starts a fake server, which stops when it is dropped. The client logs in with a password.
    pub(crate) async fn fake(server: ServerBuilder) -> Result<(Self, Server), Box<dyn Error>> {
        let server = server.start().await;
        println!("The environment does not select the real service: calling a fake server at {}.", server.endpoint());
        let password =
            auth::Password::new(server.domain(), server.user(), server.password()).iam_endpoint(server.endpoint());
        let builder = Client::builder().endpoint(server.endpoint()).region(server.region());
        let client = builder.credentials(password).build()?;
        let project_id = client.project_id().await?;
        Ok((Self { client, place: "at the fake server".to_owned(), project_id }, server))
    }
}

/// Returns the value of a variable that is set and not empty.
fn variable(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.is_empty())
}

/// The reason why a variable has no value.
fn lack(name: &str) -> &'static str {
    match env::var_os(name) {
        None => "is not set",
        Some(value) if value.is_empty() => "is empty",
        Some(_) => "is not UTF-8",
    }
}
