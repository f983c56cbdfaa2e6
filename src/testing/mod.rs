//! A fake server, in process: [`Server`] receives requests over HTTP and responds as the OpenAPI document specifies.
//!
//! Use it to test code that depends on this crate without an account, a network or a mock of the client.
//!
//! ```
//! use secmaster_client::Client;
//! use secmaster_client::testing::{MockResponse, Server};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let server = Server::start().await;
//! let client = Client::builder().endpoint(server.endpoint()).token(server.token()).build()?;
//! let list = client.list_workflows().project_id(server.project_id()).workspace_id(server.workspace_id());
//! let workflows = list.clone().send().await?;
//! assert_eq!(workflows.total, Some(3));
//!
//! server.respond_next(MockResponse::new(502).body("<html>Bad Gateway</html>"));
//! assert_eq!(list.send().await.unwrap_err().status().unwrap(), 502);
//! assert_eq!(server.requests().len(), 2);
//! # Ok(())
//! # }
//! ```
//!
//! The server also emulates IAM, so that a client can log in as it does in the cloud: with [`Server::domain`],
//! [`Server::user`] and [`Server::password`], or with [`Server::access_key`] and [`Server::secret_key`], and
//! [`Server::endpoint`] as the endpoint of IAM.

#![expect(clippy::must_use_candidate, reason = "these are getters, whose results tests use")]

mod builder;
mod clock;
mod connection;
mod controls;
mod identity;
mod mock_response;
mod openapi;
mod random;
mod refusal;
mod request;
mod resources;
mod service;
mod state;

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;

use tokio::task::JoinSet;

pub use builder::ServerBuilder;
pub use mock_response::MockResponse;
pub use request::Request;
use state::State;
/// Body types: as provided, and as JSON.
pub use {bytes::Bytes, serde_json::Value};

/// A fake server, on a free port of `127.0.0.1`.
///
/// It emulates SecMaster and, on the same port, [IAM](#iam) and [the metadata
/// service](#the-metadata-service-of-a-cloud-server) of a cloud server, which issue credentials. SecMaster responds to
/// each request with the response queued by [`respond_next`](Self::respond_next). If none is queued, it checks the
/// request in the same order as the cloud, and the first check that fails determines the response:
///
/// | check | response |
/// | --- | --- |
/// | an OpenAPI document defines an operation with this method and path | 404 `APIGW.0101` |
/// | only one of `X-Auth-Token` and `Authorization` is present | 400 `FakeServer.0400` |
/// | a token is [`token`](Self::token) or was issued by a login | 401 `APIGW.0301` |
/// | that token has not expired | 401 `APIGW.0307` |
/// | a signature is valid and at most 15 minutes old | 401 `APIGW.0301` |
/// | an `X-Project-Id` is the ID of a project known to IAM | 403 `APIGW.0302` |
/// | the project in the path is that of the token or of `X-Project-Id`, or else one of the user | 403 `APIGW.0302` |
/// | the content type, the parameters and the body match the OpenAPI document | 400 `SecMaster.20030001` |
/// | the workspace in the path is one of the project | 403 `SecMaster.20010001` |
/// | the other IDs in the path and in the body exist in the workspace | 400 with the code of the resource |
/// | all checks pass | a success response: from the state, or the documented example |
///
/// The playbook operations are stateful: [workspaces](#workspaces), workflows and their runs, actions, rules and reviews
/// can be created, listed, shown, changed and deleted. The status of a version goes from `EDITING` to `APPROVING`, and
/// then to `PUBLISHED` or `UNPASSED`. UpdatePlaybookVersion clears omitted fields, except the status, the actions and the
/// rule; other updates retain omitted fields. The active version of a playbook cannot be changed before it is
/// deactivated, nor an enabled playbook by an update without `enabled`. Other operations respond with the documented
/// example, or one generated from the schema. For tests with made-up IDs, [`ServerBuilder::any_ids`] accepts unknown
/// projects and workspaces.
///
/// It runs as tasks on the runtime that it was started on. Dropping it stops them and closes all connections.
pub struct Server {
    address: SocketAddr,
    state: Arc<State>,
    /// The task that owns the listener and all connections. It is aborted when this is dropped.
    _accepting: JoinSet<()>,
}

impl Server {
    /// Starts a server for the packaged OpenAPI document, with the default settings of [`builder`](Self::builder).
    ///
    /// # Panics
    ///
    /// See [`ServerBuilder::start`].
    pub async fn start() -> Self {
        Self::builder().start().await
    }

    /// Returns a builder to add OpenAPI documents and accept unknown IDs.
    pub fn builder() -> ServerBuilder {
        ServerBuilder::default()
    }

    /// The endpoint to configure in a client, as `http://127.0.0.1:PORT`.
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The initial token, which does not expire. It begins with `MII` and is about 1 KB long, like real tokens.
    pub fn token(&self) -> String {
        self.state.data().identity.token.clone()
    }

    /// All requests so far, to any of the services, ordered by the arrival of the last byte of the body.
    pub fn requests(&self) -> Vec<Request> {
        self.requests_to("")
    }

    /// All requests so far whose path begins with `prefix`, in the order in which they arrived.
    pub fn requests_to(&self, prefix: &str) -> Vec<Request> {
        let data = self.state.data();
        data.requests.iter().filter(|request| request.path().starts_with(prefix)).cloned().collect()
    }

    /// The workflows that CreatePlaybookAction has bound so far, each as in the response. Calls with a queued response
    /// bind none.
    pub fn created(&self) -> Vec<Value> {
        self.state.data().created.iter().cloned().collect()
    }

    /// Stores only the last `limit` of [`requests`](Self::requests) and of [`created`](Self::created). By default all
    /// are stored, which takes some 7 KB for each create: too much for a run of a million calls. Counts include dropped
    /// entries. Tokens, sessions and keys are always stored, which takes 1 KB for each login.
    pub fn history_limit(&self, limit: usize) {
        let mut data = self.state.data();
        data.history_limit = Some(limit);
        data.truncate_history();
    }

    /// The number of workflows that CreatePlaybookAction has bound so far, including those beyond the history limit.
    pub fn created_count(&self) -> usize {
        self.state.data().created_count
    }

    /// The number of connections so far. A client that reuses its connections makes few.
    pub fn connections_made(&self) -> usize {
        self.state.data().connections
    }

    /// Queues a response to the next request to any service but IAM and the metadata service, after any responses that
    /// are already queued. It replaces all checks. The request is recorded like any other.
    pub fn respond_next(&self, response: MockResponse) {
        self.state.data().queue.push_back((None, response));
    }

    /// Queues the response to the next request whose path begins with `prefix`, as [`respond_next`](Self::respond_next)
    /// does: `/v3/` for IAM, `/meta-data/` and `/openstack/` for the metadata service, or any other.
    pub fn respond_next_to(&self, prefix: &str, response: MockResponse) {
        self.state.data().queue.push_back((Some(prefix.to_owned()), response));
    }

    /// Deprecates the service: each of its responses then has `X-API-Deprecation-Date` with `date` and
    /// `X-API-Deprecation-Info` with `info`, unless a queued response sets the header. Responses of the gateway (`APIGW`)
    /// have neither, since those requests do not reach the service.
    pub fn deprecate(&self, date: &str, info: &str) {
        self.state.data().deprecation = Some([date.to_owned(), info.to_owned()]);
    }

    /// Sets how many seconds the cloud's clock is ahead of that of this machine, or behind it if negative. The `Date` of
    /// each response, the times in bodies, and the 15 minutes in which a signature is valid use that clock. The
    /// lifetimes of tokens and keys do not.
    pub fn clock_skew(&self, seconds: i64) {
        self.state.data().clock_skew = seconds;
    }
}

/// Omits credentials.
impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server").field("endpoint", &self.endpoint()).finish_non_exhaustive()
    }
}
