//! Configures and starts a fake server.

use std::net::Ipv4Addr;
use std::sync::Arc;

use tokio::net::TcpSocket;
use tokio::task::JoinSet;

use super::openapi::document::{PACKAGED, Service, parse};
use super::state::State;
use super::{Server, connection};

/// The maximum number of connections that wait to be accepted. If a client opens more at once, the system drops some,
/// and may leave the server with connections that the client has already closed.
const BACKLOG: u32 = 4096;

/// Starts a [`Server`]: see [`Server::builder`].
#[derive(Debug, Clone, Default)]
#[must_use = "a server runs once start() is called"]
pub struct ServerBuilder {
    documents: Vec<String>,
    any_ids: bool,
}

impl ServerBuilder {
    /// Adds an OpenAPI document, as YAML or JSON: for example the `OPENAPI` of another generated module.
    ///
    /// The server responds to the operations of all its documents. If two have the same method and path, the packaged
    /// document takes precedence, then the one that was added first.
    pub fn document(mut self, document: impl Into<String>) -> Self {
        self.documents.push(document.into());
        self
    }

    /// Accepts unknown projects and workspaces, for tests of code with made-up IDs. Nothing is stored there, and
    /// responses are the documented examples.
    pub fn any_ids(mut self) -> Self {
        self.any_ids = true;
        self
    }

    /// Starts the server. Other servers do not accept its token, password and keys.
    ///
    /// # Panics
    ///
    /// Panics if a document cannot be parsed, if no port of `127.0.0.1` is available, or if the current tokio runtime
    /// has no I/O.
    #[expect(clippy::panic, reason = "a test cannot continue without its server")]
    #[expect(clippy::unused_async, reason = "async for forward compatibility")]
    pub async fn start(self) -> Server {
        self.try_start().unwrap_or_else(|error| panic!("{error}"))
    }

    fn try_start(self) -> Result<Server, String> {
        let invalid = |error| format!("the OpenAPI document cannot be parsed: {error}");
        let mut documents = PACKAGED.clone().map_err(invalid)?;
        for text in &self.documents {
            documents.push(parse(Service::SecMaster, text).map_err(invalid)?);
        }
        let listening = || {
            let socket = TcpSocket::new_v4()?;
            socket.bind((Ipv4Addr::LOCALHOST, 0).into())?;
            let listener = socket.listen(BACKLOG)?;
            Ok((listener.local_addr()?, listener))
        };
        let (address, listener) = listening().map_err(|error: std::io::Error| {
            format!("the fake server cannot listen on 127.0.0.1: {error}; free a port or a file handle")
        })?;
        let state = Arc::new(State::new(documents, self.any_ids));
        let mut accepting = JoinSet::new();
        accepting.spawn(connection::accept(listener, Arc::clone(&state)));
        Ok(Server { address, state, _accepting: accepting })
    }
}
