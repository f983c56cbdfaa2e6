//! Makes many calls at once, and reports what they cost: time, CPU, memory, connections and tasks.
//!
//! ```text
//! cargo run --release -p secmaster-client-benches -- [--calls N] [--concurrency N] [--actions N] [--signed] [--by-hand]
//! ```
//!
//! The calls go to a fake server. It runs in another process, so that the figures are those of the client alone.
//! To call the real service instead, give `--real` and `--calls`, and set the variables that `--help` names. That creates real rows,
//! named `load`, which nothing here deletes; without `--real` no variable is read.
//!
//! The program fails if a call fails, if the fake server has created other rows than the responses contain, if connections or tasks
//! leak, or if memory grows after the first 10,000 calls by more than `memory::bound` allows.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "the output is for the user of the program")]

mod args;
/// The call by hand is that of the benchmark.
#[path = "../speed/by_hand.rs"]
mod by_hand;
mod calls;
mod fake_server;
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
use fake_server::{FakeServer, WORD};
use report::After;
use target::Target;

/// How long the last tasks may take to end.
const PATIENCE: Duration = Duration::from_secs(5);

#[tokio::main]
async fn main() -> ExitCode {
    let words: Vec<_> = env::args().skip(1).collect();
    if words.iter().any(|word| ["-h", "--help"].contains(&word.as_str())) {
        print!("{HELP}");
        return ExitCode::SUCCESS;
    }
    let ended = if words == [WORD] {
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
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(args: Args) -> Result<(), Box<dyn Error>> {
    if cfg!(debug_assertions) {
        println!("This is a debug build; with --release the figures are others.");
    }
    let sockets = usage::sockets();
    let (target, mut fake_server) = if args.real {
        let (target, place) = Target::real().await?;
        println!("Calling the real service at {place}. This creates rows, named load, which nothing here deletes.");
        (target, None)
    } else {
        let (fake_server, hello) = FakeServer::start().await?;
        println!("Calling a fake server in another process at {}.", hello.endpoint);
        (Target::fake_server(hello, args)?, Some(fake_server))
    };
    let tally = match &mut fake_server {
        Some(fake_server) => tokio::select! {
            tally = calls::make(target, args) => tally?,
            // Without it all calls that are left would fail, one after the other.
            error = fake_server.lost() => return Err(error.into()),
        },
        None => calls::make(target, args).await?,
    };
    let tasks = Handle::current().metrics();
    until(PATIENCE, || tasks.num_alive_tasks() == 0).await;
    let tasks = tasks.num_alive_tasks();
    let connections = usage::sockets().zip(sockets).map(|(after, before)| after.saturating_sub(before));
    let seen = match fake_server {
        Some(fake_server) => Some(fake_server.end().await?),
        None => None,
    };
    report::print(args, &tally, &After { seen, connections, tasks })?;
    Ok(())
}

/// Waits until something is so, but not for longer than it may take.
async fn until(patience: Duration, is_so: impl Fn() -> bool) {
    let wait = async {
        while !is_so() {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    // Where it is not so in time, the caller sees that.
    let _ = tokio::time::timeout(patience, wait).await;
}
