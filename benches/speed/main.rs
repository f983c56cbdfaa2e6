//! Compares the CPU time of the client with that of a hand-written reqwest client.
//!
//!     cargo bench -p secmaster-client-benches [-- NAME...]
//!
//! Both call the same fake server, which runs on a separate thread. Only the CPU time of the calling thread is measured, which excludes
//! the server and the network.

#![allow(clippy::expect_used, reason = "benchmarks may panic")]
#![allow(clippy::print_stdout, reason = "the benchmark prints a table")]

mod calls;
mod compare;
mod cpu;
mod fake_server;
mod handwritten;

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use reqwest::header::HeaderValue;
use secmaster_client::{Client, auth};

use calls::Calls;
use fake_server::FakeServer;
use handwritten::{Access, Handwritten};

fn main() -> Result<(), Box<dyn Error>> {
    let fake_server = FakeServer::start();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    // cargo passes --bench.
    let names: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with("--")).collect();

    let endpoint = fake_server.endpoint.clone();
    let handwritten = |access| -> Result<Handwritten, reqwest::Error> {
        Ok(Handwritten { http: handwritten::http()?, endpoint: endpoint.clone(), access })
    };
    let builder = Client::builder().endpoint(&endpoint);
    let mut token = HeaderValue::from_str(&fake_server.token)?;
    token.set_sensitive(true);
    let one = Calls {
        client: Arc::new(builder.clone().token(&fake_server.token).build()?),
        handwritten: Arc::new(handwritten(Access::Token(token))?),
        project_id: fake_server.project_id.as_str().into(),
        at_once: 1,
        actions: 1,
    };
    let keys =
        auth::AccessKey::new(&fake_server.access_key, &fake_server.secret_key).project_id(&fake_server.project_id);
    let signed = Calls {
        client: Arc::new(builder.credentials(keys).build()?),
        handwritten: Arc::new(handwritten(Access::Keys {
            access: fake_server.access_key.clone(),
            secret: fake_server.secret_key.clone(),
        })?),
        ..one.clone()
    };

    println!("| CPU time | handwritten | client | ratio | quartiles of the ratio |\n| --- | --- | --- | --- | --- |");
    for (name, calls) in [
        ("one call", one.clone()),
        ("64 calls at once", Calls { at_once: 64, ..one.clone() }),
        ("1000 calls at once", Calls { at_once: 1000, ..one.clone() }),
        ("one call with 100 actions", Calls { actions: 100, ..one }),
        ("one signed call", signed),
    ] {
        if names.is_empty() || names.iter().any(|part| name.contains(part.as_str())) {
            let result = calls.compare(&runtime);
            let [low, ratio, high] = result.ratio;
            let (handwritten, client) = (time(result.first), time(result.second));
            println!("| {name} | {handwritten} | {client} | {ratio:.2} | {low:.2} to {high:.2} |");
        }
    }
    Ok(())
}

fn time(duration: Duration) -> String {
    let microseconds = duration.as_secs_f64() * 1e6;
    if microseconds < 10e3 { format!("{microseconds:.1} µs") } else { format!("{:.1} ms", microseconds / 1e3) }
}
