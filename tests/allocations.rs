//! How many allocations a call makes beside the same call written by hand, and what each of them is for.
//!
//! A binary of its own, since it counts the allocations of its whole process.

#![allow(clippy::unwrap_used, reason = "a test that can not go on says so by a panic")]

#[path = "../benches/speed/by_hand.rs"]
mod by_hand;

use std::io::{Read, Write};
use std::net::TcpListener;
use std::thread;

use by_hand::{Access, ByHand};
use reqwest::header::HeaderValue;
use secmaster_client::types::CreateAction;
use secmaster_client::{Client, auth};

#[global_allocator]
static ALLOCATOR: dhat::Alloc = dhat::Alloc;

const TOKEN: &str = "MIItoken";
const KEYS: (&str, &str) = ("AK", "SK");
const IDS: [&str; 3] = [
    "2b31ed520xxxxxxebedb6e57xxxxxxxx",
    "909494e3-558e-46b6-a9eb-07a8e18ca620",
    "909494e3-558e-46b6-a9eb-07a8e18ca621",
];

const BODY: &str =
    r#"{"code":0,"message":"","data":[{"id":"a","action_id":"b","action_type":"AOP_WORKFLOW","name":"c"}]}"#;

/// What a call makes beyond the call by hand, or spares, as the heap profiles of both show it.
const REASONS: [(i64, &str); 8] = [
    (3, "the generated builder owns its parameters, so that it can be kept and passed on"),
    (1, "what is noted of a call is of that one, so that no two calls mix"),
    (4, "a second request is made of the first before that is sent, for the case that it is repeated"),
    (1, "what is secret in the request is noted, so that no error shows it"),
    (2, "the headers are kept, for the error that the data may lead to, and handed to the closure with the data"),
    (-2, "the host is read once, and not for each call"),
    (-1, "a body that arrives in one piece is taken as it is, not collected"),
    (-1, "the time of a call is bounded around the HTTP library, not by it"),
];

/// What a signed call makes beyond that, or spares.
const SIGNED: [(i64, &str); 6] = [
    (5, "the headers to sign are listed and sorted, and their names joined, whatever they are"),
    (2, "the path is decoded and encoded, whatever it holds"),
    (2, "the host is made of the address, with its port where it has one"),
    (1, "the project's ID is copied out of what may look it up"),
    (1, "the signature is a secret that is noted"),
    (-10, "texts get their room at once and header names are constants, where code by hand formats and copies them"),
];

/// The calls before those that are counted: they make the connection, and what is made once.
const FIRST: usize = 10;
const COUNTED: usize = 100;

/// Answers every request that ends with its body, on a thread that makes no allocation while it does.
fn serve() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let answer = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nx-request-id: 909494e3558e46b6a9eb07a8e18ca62f\r\ncontent-length: {}\r\n\r\n{BODY}",
        BODY.len()
    );
    thread::spawn(move || {
        // The connection of the one, and then that of the other.
        for stream in listener.incoming() {
            let (mut stream, mut received, mut length) = (stream.unwrap(), [0; 4096], 0);
            while let Ok(more @ 1..) = stream.read(&mut received[length..]) {
                length += more;
                if received[..length].ends_with(b"}]") {
                    length = 0;
                    stream.write_all(answer.as_bytes()).unwrap();
                }
            }
        }
    });
    address
}

/// The allocations that one call makes.
async fn allocations(call: impl AsyncFn()) -> i64 {
    for _ in 0..FIRST {
        call().await;
    }
    let mut counts = Vec::with_capacity(COUNTED);
    for _ in 0..COUNTED {
        let before = dhat::HeapStats::get().total_blocks;
        call().await;
        counts.push(dhat::HeapStats::get().total_blocks - before);
    }
    // Now and then a buffer of the connection is made anew.
    counts.sort_unstable();
    i64::try_from(counts[COUNTED / 2]).unwrap()
}

/// Who calls makes these, whatever he calls with.
fn actions() -> Vec<CreateAction> {
    vec![CreateAction::workflow("b").name("c")]
}

async fn of_client(client: Client) -> i64 {
    let count = allocations(async || {
        let [project, workspace, version] = IDS;
        let call = client.call(async |api| {
            api.create_playbook_action()
                .project_id(project)
                .workspace_id(workspace)
                .version_id(version)
                .body(actions())
                .send()
                .await
        });
        let answer = call.await.unwrap();
        assert!(answer.request_id().is_some());
        assert_eq!(answer.into_inner().data.unwrap().len(), 1);
    });
    count.await
}

async fn of_hand(by_hand: ByHand) -> i64 {
    let count = allocations(async || {
        let answer = by_hand.create(IDS, &actions()).await.unwrap();
        assert!(answer.request_id.is_some());
        assert_eq!(answer.data.data.unwrap().len(), 1);
    });
    count.await
}

#[tokio::test]
async fn each_allocation_beyond_those_of_code_written_by_hand_has_its_reason() {
    let _profiler = dhat::Profiler::builder().testing().build();
    let endpoint = serve();
    let by_hand = |access| ByHand { http: by_hand::http().unwrap(), endpoint: endpoint.clone(), access };
    let keys = Access::Keys { access: KEYS.0.to_owned(), secret: KEYS.1.to_owned() };
    let client = || Client::builder().endpoint(&endpoint);

    let token = of_hand(by_hand(Access::Token(HeaderValue::from_static(TOKEN)))).await;
    let with_token = of_client(client().token(TOKEN).build().unwrap()).await;
    let signed = of_hand(by_hand(keys)).await;
    let key = auth::AccessKey::new(KEYS.0, KEYS.1).project_id(IDS[0]);
    let with_signature = of_client(client().credentials(key).build().unwrap()).await;

    let reasons = |reasons: &[(i64, &str)]| reasons.iter().map(|(count, _)| count).sum::<i64>();
    assert_eq!(with_token - token, reasons(&REASONS), "{with_token} with a token, and {token} by hand");
    let expected = reasons(&REASONS) + reasons(&SIGNED);
    assert_eq!(with_signature - signed, expected, "{with_signature} signed, and {signed} by hand");
}
