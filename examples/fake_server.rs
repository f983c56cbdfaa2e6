//! Runs the fake server until standard input is closed, for clients in any language. Prints its endpoint and credentials as one line of
//! JSON. With the argument `any-ids` it accepts made-up projects and workspaces.
#![allow(clippy::print_stdout, reason = "an example prints")]

use std::error::Error;
use std::{env, io};

use secmaster_client::serde_json::json;
use secmaster_client::testing::Server;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let builder = Server::builder();
    let builder = if env::args().any(|argument| argument == "any-ids") { builder.any_ids() } else { builder };
    let server = builder.start().await;
    server.history_limit(0);
    let settings = json!({
        "endpoint": server.endpoint(),
        "token": server.token(),
        "access_key": server.access_key(),
        "secret_key": server.secret_key(),
        "project_id": server.project_id(),
        "workspace_id": server.workspace_id(),
    });
    println!("{settings}");
    tokio::task::spawn_blocking(|| io::copy(&mut io::stdin(), &mut io::sink())).await??;
    Ok(())
}
