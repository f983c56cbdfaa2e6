//! A fake server, in process: [`Server`] takes requests over HTTP and answers as the contract says.
//!
//! Tests of code that uses this crate run against it without an account, a network or a mock of the client.
//!
//! ```
//! use secmaster_client::Client;
//! use secmaster_client::testing::{MockResponse, Server};
//! use secmaster_client::types::CreateAction;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let server = Server::start().await;
//! let client = Client::builder().endpoint(server.endpoint()).token(server.token()).build()?;
//! let create = client
//!     .create_playbook_action()
//!     .project_id("2b31ed520xxxxxxebedb6e57xxxxxxxx")
//!     .workspace_id("909494e3-558e-46b6-a9eb-07a8e18ca620")
//!     .version_id("909494e3-558e-46b6-a9eb-07a8e18ca621")
//!     .body(vec![CreateAction::workflow("909494e3-558e-46b6-a9eb-07a8e18ca62f")]);
//!
//! create.clone().send().await?;
//! assert_eq!(server.created()[0]["action_id"], "909494e3-558e-46b6-a9eb-07a8e18ca62f");
//!
//! server.respond_next(MockResponse::new(502).body("<html>Bad Gateway</html>"));
//! assert_eq!(create.send().await.unwrap_err().status().unwrap(), 502);
//! assert_eq!(server.requests().len(), 2);
//! # Ok(())
//! # }
//! ```
//!
//! The server plays IAM as well, so that a client can be let in as it is in the cloud, and the metadata service of a cloud server:
//!
//! ```
//! use secmaster_client::Client;
//! use secmaster_client::auth::Password;
//! use secmaster_client::testing::Server;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let server = Server::start().await;
//! let password = Password::new(server.domain(), server.user(), server.password()).iam_endpoint(server.endpoint());
//! let client = Client::builder().region(server.region()).endpoint(server.endpoint()).credentials(password).build()?;
//!
//! assert_eq!(client.project_id().await?, server.project_id());
//! assert_eq!(server.logins(), 1);
//! # Ok(())
//! # }
//! ```

mod answer;
mod builder;
mod call;
mod check;
mod clock;
mod connection;
mod controls;
mod document;
mod example;
mod exchange;
mod family;
mod gateway;
mod iam;
mod identity;
mod ids;
mod keys;
mod lock;
mod login;
mod metadata;
mod recent;
mod refusal;
mod request;
mod role;
mod schema;
mod service;
mod signature;
mod state;
mod table;
mod version;
mod yaml;

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;

use tokio::task::AbortHandle;

pub use answer::MockResponse;
pub use builder::ServerBuilder;
pub use request::Request;
use role::Role;
use state::State;
/// What a body is given as, and what it is shown as where it is JSON.
pub use {bytes::Bytes, serde_json::Value};

/// A fake server, on a free port of `127.0.0.1`.
///
/// It plays SecMaster, and on the same port [IAM](#iam) and [the metadata service](#the-metadata-service-of-a-cloud-server) of a cloud
/// server, by which a client is let in. SecMaster answers each request with what [`respond_next`](Self::respond_next) queued. Where
/// nothing is queued it checks the request in the order of the cloud, and the first thing that is wrong decides:
///
/// | check | answer |
/// | --- | --- |
/// | a document has an operation with this method and path | 404 `APIGW.0101` |
/// | only one of `X-Auth-Token` and `Authorization` is there | 400 `FakeServer.0400` |
/// | a token is [`token`](Self::token) or one that a login gave | 401 `APIGW.0301` |
/// | that token has not ended | 401 `APIGW.0307` |
/// | a signature is right, and made within 15 minutes | 401 `APIGW.0301` |
/// | an `X-Project-Id` is the ID of a project that IAM knows | 403 `APIGW.0302` |
/// | the project in the path, if IAM knows it, is that of the token or of `X-Project-Id` | 403 `APIGW.0302` |
/// | the content type, the parameters and the body are as the OpenAPI document says | 400 `SecMaster.20030001` |
/// | nothing is wrong | a success: by the state, or the documented example |
///
/// The playbook family has a state: [workspaces](#workspaces-and-what-they-hold), data classes, workflows, playbooks, versions, actions,
/// rules and reviews can be created, listed, shown, changed and deleted, and a version goes `EDITING`, `APPROVING`, and `PUBLISHED` or
/// `UNPASSED`. IDs in a workspace of the server are checked. A made-up workspace, or a made-up project, is accepted: there nothing is
/// stored, and the document responds. [`ServerBuilder::strict_ids`] refuses both. The other operations respond with the documented
/// example, or one made from the schema.
///
/// It runs as tasks on the runtime that it was started on. Dropping it ends them, and with them all connections.
pub struct Server {
    address: SocketAddr,
    state: Arc<State>,
    accepting: AbortHandle,
}

impl Server {
    /// Starts a server of the packaged document, as [`builder`](Self::builder) with nothing set.
    ///
    /// # Panics
    ///
    /// As [`ServerBuilder::start`].
    pub async fn start() -> Self {
        Self::builder().start().await
    }

    /// Begins a server of the packaged document and of others.
    pub fn builder() -> ServerBuilder {
        ServerBuilder::default()
    }

    /// The address to give to a client as its endpoint, as `http://127.0.0.1:PORT`.
    #[must_use]
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// A token that is there from the beginning, and does not end by itself. It begins with `MII` and has about 1 KB, as real ones do.
    #[must_use]
    pub fn token(&self) -> String {
        self.state.identity().token().to_owned()
    }

    /// All requests so far, in the order in which they arrived, those to IAM and to the metadata service too. A request arrives with
    /// the last byte of its body.
    #[must_use]
    pub fn requests(&self) -> Vec<Request> {
        self.state.requests(|_| true)
    }

    /// All requests so far whose path begins with `prefix`, in the order in which they arrived.
    #[must_use]
    pub fn requests_to(&self, prefix: &str) -> Vec<Request> {
        self.state.requests(|request| request.path().starts_with(prefix))
    }

    /// All rows that the fake server has made so far, in the form of the contract's ActionInfo. A queued answer makes none.
    #[must_use]
    pub fn created(&self) -> Vec<Value> {
        self.state.created()
    }

    /// Keeps only the last `n` requests and the last `n` rows: the others are forgotten at once, the oldest first. Unless this is
    /// called, all are kept, which takes some 7 KB for each create: too much for a run of a million calls.
    ///
    /// [`requests`](Self::requests) and [`created`](Self::created) show what is kept. The counts are of all that there was. Each token,
    /// session and key that was given stays known, so that it can still be refused as one that has ended; these are 1 KB for each login.
    pub fn history_limit(&self, n: usize) {
        self.state.remember(n);
    }

    /// How many rows the fake server has made so far, those that it no longer [remembers](Self::history_limit) too.
    #[must_use]
    pub fn created_count(&self) -> usize {
        self.state.created_count()
    }

    /// How many connections were made so far. A client that keeps its connections makes few.
    #[must_use]
    pub fn connections_made(&self) -> usize {
        self.state.connections()
    }

    /// Queues the answer to a request to SecMaster: the next one, or the one after those that have an answer queued already. Requests to
    /// [IAM](Self::iam_respond_next) and to the [metadata service](Self::metadata_respond_next) have queues of their own.
    ///
    /// The answer takes the place of all checks. The request is recorded as any other.
    pub fn respond_next(&self, answer: MockResponse) {
        self.state.queue(Role::Service, answer);
    }

    /// Announces that the service goes offline. From now on each of its answers has `X-API-Deprecation-Date` with `date` and
    /// `X-API-Deprecation-Info` with `info`.
    ///
    /// A queued answer has them too, but for a header that it sets by itself. The answers of the gateway (`APIGW`) have neither,
    /// since the service does not see those requests. A text with a line break can not be a header: each answer is then a 500
    /// `FakeServer.0500` that says so.
    pub fn deprecate(&self, date: &str, info: &str) {
        self.state.deprecate(date, info);
    }

    /// Sets how many seconds the cloud's clock is ahead of that of this machine, or behind it where they are negative.
    ///
    /// The `Date` of each answer, the times in the bodies of IAM and the metadata service, and the 15 minutes in which a signature is
    /// good go by that clock. The life of tokens and keys does not.
    pub fn clock_skew(&self, seconds: i64) {
        self.state.clock().set_skew(seconds);
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // The task owns the listener and, in a set, the tasks of all connections, which end when the set is dropped.
        self.accepting.abort();
    }
}

/// Shows no credentials.
impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server").field("endpoint", &self.endpoint()).finish_non_exhaustive()
    }
}
