//! Makes many concurrent calls and reports latency, CPU time, memory, connections and tasks.
//!
//! ```text
//! cargo run --release -p secmaster-client-benches -- [--calls N] [--concurrency N] [--actions N] [--signed] [--handwritten]
//! ```
//!
//! By default, the calls are made to a fake server in a separate process, so that only the client is measured. To call the real
//! service instead, pass `--real` and `--calls`, and set the environment variables that `--help` lists. This creates rows named `load`,
//! which are not deleted. Without `--real`, environment variables are ignored.
//!
//! The program fails if a call fails, if the number of rows in the responses differs from the number that the fake server created, if
//! connections or tasks leak, or if memory usage grows by more than `memory::bound` after the first 10,000 calls.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "the output is for the user of the program")]

mod args;
mod calls;
mod fake_server;
/// The hand-written call of the `speed` benchmark.
#[path = "../speed/handwritten.rs"]
mod handwritten;
mod memory;
mod report;
mod target;
mod usage;

use std::env;
use std::error::Error;
use std::process::ExitCode;
use std::time::Duration;

use tokio::runtime::Handle;

use args::{Args, HELP};
use fake_server::{ARGUMENT, FakeServer};
use report::After;
use target::Target;

/// The maximum time to wait for the remaining tasks.
const TASK_TIMEOUT: Duration = Duration::from_secs(5);

#[tokio::main]
async fn main() -> ExitCode {
    let words: Vec<_> = env::args().skip(1).collect();
    if words.iter().any(|word| ["-h", "--help"].contains(&word.as_str())) {
        print!("{HELP}");
        return ExitCode::SUCCESS;
    }
    let result = if words == [ARGUMENT] {
        fake_server::serve().await
    } else {
        match Args::read(words.into_iter()) {
            Ok(args) => run(args).await,
            Err(text) => {
                eprintln!("error: {text}");
                return ExitCode::from(2);
            }
        }
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(args: Args) -> Result<(), Box<dyn Error>> {
    if cfg!(debug_assertions) {
        println!("This is a debug build; use --release for meaningful results.");
    }
    let sockets = usage::sockets();
    let (target, mut fake_server) = if args.real {
        let (target, place) = Target::real().await?;
        println!("Calling the real service at {place}. This creates rows named load, which are not deleted.");
        (target, None)
    } else {
        let (fake_server, info) = FakeServer::start().await?;
        println!("Calling a fake server in another process at {}.", info.endpoint);
        (Target::fake_server(info, args)?, Some(fake_server))
    };
    let tally = match &mut fake_server {
        Some(fake_server) => tokio::select! {
            tally = calls::make(target, args) => tally?,
            // All remaining calls would fail.
            error = fake_server.exited() => return Err(error.into()),
        },
        None => calls::make(target, args).await?,
    };
    let tasks = Handle::current().metrics();
    wait_until(TASK_TIMEOUT, || tasks.num_alive_tasks() == 0).await;
    let tasks = tasks.num_alive_tasks();
    let connections = usage::sockets().zip(sockets).map(|(after, before)| after.saturating_sub(before));
    let stats = match fake_server {
        Some(fake_server) => Some(fake_server.stop().await?),
        None => None,
    };
    report::print(args, &tally, &After { stats, connections, tasks })?;
    Ok(())
}

/// Waits until a condition is true, or until the timeout.
async fn wait_until(timeout: Duration, condition: impl Fn() -> bool) {
    let wait = async {
        while !condition() {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    // The caller checks the condition again.
    let _ = tokio::time::timeout(timeout, wait).await;
}
