//! The fake server in another process of this program, so that only the client is measured.
//!
//! The two speak through pipes. The fake server writes a line with its settings. When its input ends, as it does however the first
//! process ends, it writes a line with what it received, and exits.

use std::error::Error;
use std::io::{self, Write};
use std::process::Stdio;

use secmaster_client::testing::Server;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};

/// The word after the program's name that makes a process the fake server.
pub(crate) const WORD: &str = "fake-server";
const LOST: &str = "the fake server process exited early";

/// How to call the fake server.
#[derive(Serialize, Deserialize)]
pub(crate) struct Hello {
    pub(crate) endpoint: String,
    pub(crate) token: String,
    pub(crate) access_key: String,
    pub(crate) secret_key: String,
    pub(crate) project_id: String,
}

/// What the fake server has seen.
#[derive(Serialize, Deserialize)]
pub(crate) struct Seen {
    pub(crate) rows: u64,
    pub(crate) connections: usize,
}

/// Is the fake server until the input ends.
pub(crate) async fn serve() -> Result<(), Box<dyn Error>> {
    let server = Server::start().await;
    server.history_limit(0);
    say(&Hello {
        endpoint: server.endpoint(),
        token: server.token(),
        access_key: server.access_key(),
        secret_key: server.secret_key(),
        project_id: server.project_id(),
    })?;
    tokio::task::spawn_blocking(|| io::copy(&mut io::stdin(), &mut io::sink())).await??;
    let seen = Seen { rows: u64::try_from(server.created_count())?, connections: server.connections_made() };
    // The first process may have been killed.
    let _ = say(&seen);
    Ok(())
}

fn say(what: &impl Serialize) -> io::Result<()> {
    writeln!(io::stdout(), "{}", serde_json::to_string(what)?)
}

/// The other process, as the first one sees it.
pub(crate) struct FakeServer {
    process: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl FakeServer {
    pub(crate) async fn start() -> Result<(Self, Hello), Box<dyn Error>> {
        let mut command = Command::new(std::env::current_exe()?);
        command.arg(WORD).stdin(Stdio::piped()).stdout(Stdio::piped()).kill_on_drop(true);
        let mut process = command.spawn()?;
        let output = process.stdout.take().ok_or("the fake server has no output")?;
        let mut fake_server = Self { process, lines: BufReader::new(output).lines() };
        let hello = fake_server.hear().await?;
        Ok((fake_server, hello))
    }

    /// Ends the fake server.
    pub(crate) async fn end(mut self) -> Result<Seen, Box<dyn Error>> {
        drop(self.process.stdin.take());
        let seen = self.hear().await?;
        self.process.wait().await?;
        Ok(seen)
    }

    /// Waits until the fake server has ended, though nobody has asked it to.
    pub(crate) async fn lost(&mut self) -> &'static str {
        // Until it is asked to end it has nothing more to say.
        let _ = self.lines.next_line().await;
        LOST
    }

    async fn hear<T: DeserializeOwned>(&mut self) -> Result<T, Box<dyn Error>> {
        let line = self.lines.next_line().await?.ok_or(LOST)?;
        Ok(serde_json::from_str(&line)?)
    }
}
