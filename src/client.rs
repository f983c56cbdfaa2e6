//! The client.

use std::fmt;
use std::sync::Arc;

use progenitor_client::{ClientInfo, ResponseValue};

use crate::auth::{Authorizer, Project};
use crate::call::Call;
use crate::generated::secmaster;
use crate::service::Service;
use crate::{ClientBuilder, Error, Response};

/// A client of the service. It is cheap to clone, and all clones share one pool of connections.
#[derive(Clone)]
pub struct Client {
    service: Arc<Service>,
    project: Project,
}

impl Client {
    /// Begins a client. A region or an endpoint, and credentials, are needed; all else has a default.
    pub fn builder() -> ClientBuilder {
        ClientBuilder::new()
    }

    pub(crate) fn of(service: Service, project: Project) -> Self {
        Self { service: Arc::new(service), project }
    }

    /// What the calls of this client share.
    #[cfg(any(test, feature = "__pieces"))]
    pub(crate) fn service(&self) -> &Service {
        &self.service
    }

    /// The version of the OpenAPI document that this client was generated from.
    #[must_use]
    pub fn api_version() -> &'static str {
        <secmaster::Client as ClientInfo<Call>>::api_version()
    }

    /// Gives the ID of the project that the credentials are for, which the paths need.
    ///
    /// It is the one that the credentials were given, or that of the token, or else it is looked up at IAM by the name of the region,
    /// once.
    ///
    /// # Errors
    ///
    /// Where no token could be had, the look-up failed or found none or several projects, or no region is set to look up.
    pub async fn project_id(&self) -> Result<String, Error> {
        if let Authorizer::Token(cache) = &self.service.authorizer {
            let held = cache.get().await.map_err(|error| Error::unauthenticated(&error))?;
            if let Some(id) = held.value.project() {
                return Ok(id.to_owned());
            }
        }
        self.project.id().await.map_err(|error| Error::unauthenticated(&error))
    }

    /// Calls one operation of the document.
    ///
    /// The closure gets a generated client that serves this one call. It has a method for each operation of the document, whose
    /// builder takes the parameters and the body; `send().await` ends it. The client authorises the call, checks its path, bounds
    /// its time and the size of its answer, and notes all that arrives.
    ///
    /// The future is `Send` where what the closure holds is, and it can be dropped at any point. Dropping it after the request was
    /// sent does not take the request back. A tokio runtime with its timer enabled is needed, and the one on which a login began has to go
    /// on running until it ends.
    ///
    /// ```no_run
    /// # async fn example(client: secmaster_client::Client) -> Result<(), secmaster_client::Error> {
    /// use secmaster_client::types::CreateAction;
    ///
    /// let created = client
    ///     .call(async |api| {
    ///         api.create_playbook_action()
    ///             .project_id("2b31ed520xxxxxxebedb6e57xxxxxxxx")
    ///             .workspace_id("909494e3-558e-46b6-a9eb-07a8e18ca620")
    ///             .version_id("909494e3-558e-46b6-a9eb-07a8e18ca621")
    ///             .body(vec![CreateAction::workflow("909494e3-558e-46b6-a9eb-07a8e18ca62f")])
    ///             .send()
    ///             .await
    ///     })
    ///     .await?;
    /// println!("{:?}", created.request_id());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Where the request may not be sent, no answer arrived, or the answer is not a success of the form that the document says;
    /// [`Error::kind`] tells which. Whatever arrived of an answer is in the error, the status and the request id above all.
    pub async fn call<T, E, F>(&self, operation: F) -> Result<Response<T>, Error>
    where
        F: AsyncFnOnce(&secmaster::Client) -> Result<ResponseValue<T>, progenitor_client::Error<E>>,
    {
        self.service.call(operation).await
    }
}

/// Shows no credentials.
impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("endpoint", &self.service.endpoint)
            .field("timeout", &self.service.limits.timeout)
            .finish_non_exhaustive()
    }
}
