//! Compares the CPU time of the client with a hand-written reqwest client.
//!
//!     cargo bench --bench speed [-- NAME]
//!
//! Both call the same fake server, which runs on a separate thread. Only the CPU time of the calling thread is measured, which excludes
//! the server and the network.

#![allow(clippy::expect_used, reason = "a failed assumption of a benchmark is a panic")]
#![allow(clippy::print_stdout, reason = "the table is what it is run for")]

mod by_hand;
mod calls;
mod cpu;
mod fake_server;
mod table;

use std::error::Error;
use std::path::Path;
use std::sync::Arc;
use std::time::SystemTime;

use criterion::Criterion;
use reqwest::header::HeaderValue;
use secmaster_client::{Client, auth};

use by_hand::{Access, ByHand};
use calls::Calls;
use cpu::ThreadTime;
use fake_server::FakeServer;

const BY_HAND: &str = "by hand";
const CLIENT: &str = "client";

/// The benchmark groups, as named in the README.
const GROUPS: [&str; 5] = [ONE, MANY, MOST, LARGE, SIGNED];
const ONE: &str = "one call";
const MANY: &str = "64 calls at once";
const MOST: &str = "1000 calls at once";
const LARGE: &str = "one call with 100 actions";
const SIGNED: &str = "one signed call";

fn main() -> Result<(), Box<dyn Error>> {
    let began = SystemTime::now();
    let fake_server = FakeServer::start();
    let results = Path::new(env!("CARGO_TARGET_TMPDIR")).join("speed");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let mut criterion =
        Criterion::default().with_measurement(ThreadTime).output_directory(&results).configure_from_args();

    let endpoint = fake_server.endpoint.clone();
    let by_hand = |access| -> Result<ByHand, reqwest::Error> {
        Ok(ByHand { http: by_hand::http()?, endpoint: endpoint.clone(), access })
    };
    let builder = Client::builder().endpoint(&endpoint);
    let mut token = HeaderValue::from_str(&fake_server.token)?;
    token.set_sensitive(true);
    let with_token = Calls {
        client: Arc::new(builder.clone().token(&fake_server.token).build()?),
        by_hand: Arc::new(by_hand(Access::Token(token))?),
        project_id: fake_server.project_id.as_str().into(),
        at_once: 1,
        actions: 1,
    };
    let keys =
        auth::AccessKey::new(&fake_server.access_key, &fake_server.secret_key).project_id(&fake_server.project_id);
    let signed = Calls {
        client: Arc::new(builder.credentials(keys).build()?),
        by_hand: Arc::new(by_hand(Access::Keys {
            access: fake_server.access_key.clone(),
            secret: fake_server.secret_key.clone(),
        })?),
        ..with_token.clone()
    };

    with_token.measure(&mut criterion, &runtime, ONE);
    Calls { at_once: 64, ..with_token.clone() }.measure(&mut criterion, &runtime, MANY);
    Calls { at_once: 1000, ..with_token.clone() }.measure(&mut criterion, &runtime, MOST);
    Calls { actions: 100, ..with_token.clone() }.measure(&mut criterion, &runtime, LARGE);
    signed.measure(&mut criterion, &runtime, SIGNED);
    criterion.final_summary();

    table::print(&results, &GROUPS, began)
}
