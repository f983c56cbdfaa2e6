//! Runs the fake server in a child process, so that only the client is measured.
//!
//! The processes communicate through pipes. The child writes its [`ServerInfo`] as one line of JSON. When its standard input is closed,
//! which also happens if the parent exits, it writes its [`ServerStats`] as another line and exits.

use std::error::Error;
use std::io::{self, Write};
use std::process::Stdio;

use secmaster_client::testing::Server;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};

/// The command line argument that runs the fake server.
pub(crate) const ARGUMENT: &str = "fake-server";
const EXITED_EARLY: &str = "the fake server process exited early";

/// The endpoint and credentials of the fake server.
#[derive(Serialize, Deserialize)]
pub(crate) struct ServerInfo {
    pub(crate) endpoint: String,
    pub(crate) token: String,
    pub(crate) access_key: String,
    pub(crate) secret_key: String,
    pub(crate) project_id: String,
}

/// Statistics of the fake server.
#[derive(Serialize, Deserialize)]
pub(crate) struct ServerStats {
    pub(crate) rows: u64,
    pub(crate) connections: usize,
}

/// Runs the fake server until standard input is closed.
pub(crate) async fn serve() -> Result<(), Box<dyn Error>> {
    let server = Server::builder().any_ids().start().await;
    server.history_limit(0);
    send(&ServerInfo {
        endpoint: server.endpoint(),
        token: server.token(),
        access_key: server.access_key(),
        secret_key: server.secret_key(),
        project_id: server.project_id(),
    })?;
    tokio::task::spawn_blocking(|| io::copy(&mut io::stdin(), &mut io::sink())).await??;
    let stats = ServerStats { rows: u64::try_from(server.created_count())?, connections: server.connections_made() };
    // The parent process may have been killed.
    let _ = send(&stats);
    Ok(())
}

fn send(message: &impl Serialize) -> io::Result<()> {
    writeln!(io::stdout(), "{}", serde_json::to_string(message)?)
}

/// A handle to the child process.
pub(crate) struct FakeServer {
    process: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl FakeServer {
    pub(crate) async fn start() -> Result<(Self, ServerInfo), Box<dyn Error>> {
        let mut command = Command::new(std::env::current_exe()?);
        command.arg(ARGUMENT).stdin(Stdio::piped()).stdout(Stdio::piped()).kill_on_drop(true);
        let mut process = command.spawn()?;
        let output = process.stdout.take().ok_or("the fake server has no output")?;
        let mut fake_server = Self { process, lines: BufReader::new(output).lines() };
        let info = fake_server.receive().await?;
        Ok((fake_server, info))
    }

    /// Stops the fake server and returns its statistics.
    pub(crate) async fn stop(mut self) -> Result<ServerStats, Box<dyn Error>> {
        drop(self.process.stdin.take());
        let stats = self.receive().await?;
        self.process.wait().await?;
        Ok(stats)
    }

    /// Completes if the fake server exits unexpectedly.
    pub(crate) async fn exited(&mut self) -> &'static str {
        // The child writes nothing else before its standard input is closed.
        let _ = self.lines.next_line().await;
        EXITED_EARLY
    }

    async fn receive<T: DeserializeOwned>(&mut self) -> Result<T, Box<dyn Error>> {
        let line = self.lines.next_line().await?.ok_or(EXITED_EARLY)?;
        Ok(serde_json::from_str(&line)?)
    }
}
