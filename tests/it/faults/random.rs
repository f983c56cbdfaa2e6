//! Many calls, some of which meet a fault: what the client tells of them and what the service has done agree.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use secmaster_client::testing::Server;
use secmaster_client::types::CreateAction;
use secmaster_client::{Client, ErrorKind};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use super::server::{Connection, Faulty, whole};
use super::{Created, bounded, hurried};
use crate::support::{PROJECT, REQUEST_ID, VERSION, WORKSPACE};

const CALLS: usize = 10_000;
const TASKS: usize = 16;
/// What a client does unless told otherwise.
const ATTEMPTS: u32 = 3;

/// What becomes of a request on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Answered,
    // The service does not see it.
    Cut,
    Reset,
    Throttled,
    Unavailable,
    // The service has carried it out, and the client does not see its answer.
    AnswerCut,
    AnswerTruncated,
    AnswerNotHttp,
    AnswerHtml,
    AnswerBadGateway,
}

impl Fate {
    const FAULTS: [Self; 9] = [
        Self::Cut,
        Self::Reset,
        Self::Throttled,
        Self::Unavailable,
        Self::AnswerCut,
        Self::AnswerTruncated,
        Self::AnswerNotHttp,
        Self::AnswerHtml,
        Self::AnswerBadGateway,
    ];

    fn is_carried_out(self) -> bool {
        !matches!(self, Self::Cut | Self::Reset | Self::Throttled | Self::Unavailable)
    }

    /// The kind and the status of the error that the client has to tell.
    fn error(self) -> Option<(ErrorKind, Option<u16>)> {
        match self {
            Self::Answered => None,
            Self::Cut | Self::Reset | Self::AnswerCut | Self::AnswerNotHttp => Some((ErrorKind::Transport, None)),
            Self::AnswerTruncated => Some((ErrorKind::Transport, Some(200))),
            Self::Throttled => Some((ErrorKind::Service, Some(429))),
            Self::Unavailable => Some((ErrorKind::Service, Some(503))),
            Self::AnswerHtml => Some((ErrorKind::Decode, Some(200))),
            Self::AnswerBadGateway => Some((ErrorKind::Service, Some(502))),
        }
    }
}

/// Decides the fate of each request, whatever the order in which they come, and notes it by the workflow that the request names.
struct Fates {
    seed: u64,
    probability: f64,
    met: Mutex<HashMap<usize, Vec<Fate>>>,
}

impl Fates {
    fn decide(&self, call: usize) -> Fate {
        let mut met = self.met.lock().unwrap();
        let met = met.entry(call).or_default();
        let mut random = fastrand::Rng::with_seed(self.seed ^ (call * 100 + met.len()) as u64);
        let fate =
            if random.f64() < self.probability { *random.choice(&Fate::FAULTS).unwrap() } else { Fate::Answered };
        met.push(fate);
        fate
    }
}

fn workflow(call: usize) -> String {
    format!("workflow-{call}")
}

/// Which call a request is of.
fn call_of(request: &[u8]) -> usize {
    let text = std::str::from_utf8(request).unwrap();
    let (_, rest) = text.split_once("\"action_id\":\"workflow-").unwrap();
    rest.split_once('"').unwrap().0.parse().unwrap()
}

/// Passes requests on to the service, and answers back, as far as their fate lets it.
async fn relay(mut connection: Connection, service: String, fates: Arc<Fates>) {
    let mut service = TcpStream::connect(service).await.unwrap();
    while let Some(request) = connection.request().await {
        let fate = fates.decide(call_of(&request));
        let answer = if fate.is_carried_out() { carry_out(&mut service, &request).await } else { Vec::new() };
        let instead = |status: &str| {
            let head = format!("HTTP/1.1 {status}\r\nX-request-id: {REQUEST_ID}\r\nContent-Length: 13\r\n\r\n");
            (head + "<html></html>").into_bytes()
        };
        let (answer, goes_on) = match fate {
            Fate::Answered => (answer, true),
            Fate::Cut | Fate::AnswerCut => (Vec::new(), false),
            Fate::Reset => return connection.reset(),
            Fate::Throttled => (instead("429 Too Many Requests"), true),
            Fate::Unavailable => (instead("503 Service Unavailable"), true),
            Fate::AnswerTruncated => (answer[..answer.len() - 1].to_vec(), false),
            Fate::AnswerNotHttp => (answer[1..].to_vec(), false),
            Fate::AnswerHtml => (instead("200 OK"), true),
            Fate::AnswerBadGateway => (instead("502 Bad Gateway"), true),
        };
        connection.send(&answer).await;
        if !goes_on {
            return;
        }
    }
}

async fn carry_out(service: &mut TcpStream, request: &[u8]) -> Vec<u8> {
    service.write_all(request).await.unwrap();
    let mut answer = Vec::new();
    while whole(&answer).is_none() {
        assert!(service.read_buf(&mut answer).await.unwrap() > 0);
    }
    answer
}

async fn create(client: &Client, call: usize) -> Created {
    let action = CreateAction::workflow(workflow(call));
    let call = client.call(async |api| {
        let create = api.create_playbook_action().project_id(PROJECT).workspace_id(WORKSPACE).version_id(VERSION);
        create.body(vec![action]).send().await
    });
    bounded(call).await
}

/// Asserts that a call ended as its requests' fates say.
fn check(call: usize, outcome: &Created, met: &[Fate]) {
    let (last, before) = met.split_last().unwrap();
    assert!(before.iter().all(|fate| *fate == Fate::Throttled), "call {call} was repeated after {before:?}");
    assert!(*last != Fate::Throttled || met.len() == ATTEMPTS as usize, "call {call} was given up after {met:?}");
    match outcome {
        Ok(created) => {
            assert_eq!((last.error(), created.attempts() as usize), (None, met.len()), "call {call}");
            assert!(created.request_id().is_some());
            let action_id = created.data.data.as_ref().unwrap()[0].action_id.as_deref();
            assert_eq!(action_id, Some(&*workflow(call)));
        }
        Err(error) => {
            let told = (error.kind(), error.status().map(|status| status.as_u16()));
            assert_eq!((last.error(), error.attempts() as usize), (Some(told), met.len()), "call {call}: {error}");
            assert_eq!(error.request_id().is_some(), error.status().is_some(), "call {call}: {error}");
        }
    }
}

/// Makes the calls, and compares what they tell with what has been done. `SECMASTER_TEST_SEED` plays the same faults again.
#[expect(clippy::print_stderr, reason = "shown where the test fails, so that it can be run again")]
async fn calls_that_meet_faults(probability: f64) {
    let seed = std::env::var("SECMASTER_TEST_SEED").map_or_else(|_| fastrand::u64(..), |seed| seed.parse().unwrap());
    eprintln!("SECMASTER_TEST_SEED={seed}");
    let service = Server::start().await;
    let address = service.endpoint().strip_prefix("http://").unwrap().to_owned();
    let fates = Arc::new(Fates { seed, probability, met: Mutex::default() });
    let playing = Arc::clone(&fates);
    let server = Faulty::start(move |connection| relay(connection, address.clone(), Arc::clone(&playing))).await;
    let client = server.builder().token(service.token()).retry(hurried()).build().unwrap();

    let mut tasks = JoinSet::new();
    for task in 0..TASKS {
        let client = client.clone();
        tasks.spawn(async move {
            let mut outcomes = Vec::new();
            for call in (task..CALLS).step_by(TASKS) {
                outcomes.push((call, create(&client, call).await));
            }
            outcomes
        });
    }
    let outcomes = tasks.join_all().await.into_iter().flatten();

    let mut created: HashMap<String, usize> = HashMap::new();
    for row in service.created() {
        *created.entry(row["action_id"].as_str().unwrap().to_owned()).or_default() += 1;
    }
    let met = fates.met.lock().unwrap();
    let (mut told, mut lost) = (0, 0);
    for (call, outcome) in outcomes {
        let met = &met[&call];
        check(call, &outcome, met);
        let rows = created.get(&workflow(call)).copied().unwrap_or_default();
        assert_eq!(rows, usize::from(met.last().unwrap().is_carried_out()), "call {call} that met {met:?}");
        told += usize::from(outcome.is_ok());
        lost += usize::from(outcome.is_err() && rows == 1);
    }
    assert_eq!(met.len(), CALLS);
    assert_eq!(service.created().len(), told + lost);
    assert_eq!(server.requests(), met.values().map(Vec::len).sum::<usize>());
    assert!(met.values().flatten().any(|fate| *fate != Fate::Answered), "no call met a fault");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_fault_in_a_hundred_requests() {
    calls_that_meet_faults(0.01).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_fault_in_ten_requests() {
    calls_that_meet_faults(0.1).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_fault_in_two_requests() {
    calls_that_meet_faults(0.5).await;
}
