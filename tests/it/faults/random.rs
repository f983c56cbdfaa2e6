//! Many calls with random faults: the reported outcomes are consistent with the rows that the service created.

use std::collections::HashMap;
use std::ops::RangeInclusive;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use secmaster_client::types::CreateAction;
use secmaster_client::{Client, Error, ErrorKind, Response};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use super::{Created, TIMEOUT, within, without_delays};
use crate::raw_server::{Connection, RawServer, whole};
use crate::support::{PROJECT, REQUEST_ID, VERSION, WORKSPACE, server_with_any_ids};

const TASKS: usize = 16;
/// How many of the first calls may get no response. Each of those lasts until its timeout.
const MAX_CALLS_WITHOUT_RESPONSE: usize = 100;
/// The timeout of a call that gets no response. Much longer than its request takes.
const SHORT_TIMEOUT: Duration = Duration::from_secs(1);
/// The connect timeout. A busy machine may lose the first packet of a connection, which must not be confused with a call that hangs for
/// another reason.
const CONNECT_TIMEOUT: Duration = Duration::from_millis(2500);
/// The probability that a connection is reset before anything is read from it.
const RESET_PROBABILITY: f64 = 0.1;
/// The default of the client.
const ATTEMPTS: u32 = 3;

/// The fault of a request, if any.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    None,
    // The service does not receive the request.
    Cut,
    Reset,
    Throttled,
    Unauthorized,
    Unavailable,
    NoResponse,
    // The service has processed the request, and the client does not receive its response.
    ResponseCut,
    ResponseTruncated,
    ResponseNotHttp,
    ResponseHtml,
    ResponseBadGateway,
    ResponseLost,
}

impl Fault {
    const FAULTS: [Self; 10] = [
        Self::Cut,
        Self::Reset,
        Self::Throttled,
        Self::Unauthorized,
        Self::Unavailable,
        Self::ResponseCut,
        Self::ResponseTruncated,
        Self::ResponseNotHttp,
        Self::ResponseHtml,
        Self::ResponseBadGateway,
    ];
    const NO_RESPONSE: [Self; 2] = [Self::NoResponse, Self::ResponseLost];

    fn is_processed(self) -> bool {
        use Fault::{Cut, NoResponse, Reset, Throttled, Unauthorized, Unavailable};
        !matches!(self, Cut | Reset | Throttled | Unauthorized | Unavailable | NoResponse)
    }

    /// The kind and the status of the error that the client must return.
    fn error(self) -> Option<(ErrorKind, Option<u16>)> {
        match self {
            Self::None => None,
            Self::Cut | Self::Reset | Self::ResponseCut | Self::ResponseNotHttp => Some((ErrorKind::Transport, None)),
            Self::ResponseTruncated => Some((ErrorKind::Transport, Some(200))),
            Self::NoResponse | Self::ResponseLost => Some((ErrorKind::Timeout, None)),
            Self::Throttled => Some((ErrorKind::Service, Some(429))),
            Self::Unauthorized => Some((ErrorKind::Service, Some(401))),
            Self::Unavailable => Some((ErrorKind::Service, Some(503))),
            Self::ResponseHtml => Some((ErrorKind::Decode, Some(200))),
            Self::ResponseBadGateway => Some((ErrorKind::Service, Some(502))),
        }
    }
}

/// Selects the fault of each request independently of their order, and records it by the workflow in the request.
struct FaultPlan {
    seed: u64,
    probability: f64,
    faults: Mutex<HashMap<usize, Vec<Fault>>>,
    /// The number of reset connections.
    resets: AtomicUsize,
}

impl FaultPlan {
    fn decide(&self, call: usize) -> Fault {
        let mut faults = self.faults.lock().unwrap();
        let faults = faults.entry(call).or_default();
        let fault = self.fault(call, faults.len());
        faults.push(fault);
        fault
    }

    /// The fault of the next request of a call, after this number of requests.
    fn fault(&self, call: usize, before: usize) -> Fault {
        let mut random = fastrand::Rng::with_seed(self.seed ^ (call * 100 + before) as u64);
        let faults = if call < MAX_CALLS_WITHOUT_RESPONSE { &Fault::NO_RESPONSE[..] } else { &Fault::FAULTS };
        if random.f64() < self.probability { *random.choice(faults).unwrap() } else { Fault::None }
    }

    /// Whether a connection is reset before anything is read from it, so that its call is unknown.
    fn resets(&self, connection: usize) -> bool {
        let mut random = fastrand::Rng::with_seed(!self.seed ^ connection as u64);
        let resets = random.f64() < RESET_PROBABILITY;
        self.resets.fetch_add(usize::from(resets), Ordering::SeqCst);
        resets
    }
}

fn workflow(call: usize) -> String {
    format!("workflow-{call}")
}

/// The call that a request belongs to.
fn call_of(request: &[u8]) -> usize {
    let text = std::str::from_utf8(request).unwrap();
    let (_, rest) = text.split_once("\"action_id\":\"workflow-").unwrap();
    rest.split_once('"').unwrap().0.parse().unwrap()
}

/// Forwards requests to the service and responses to the client, unless a fault prevents it.
async fn relay(mut connection: Connection, service: String, plan: Arc<FaultPlan>) {
    if plan.resets(connection.number()) {
        return connection.reset();
    }
    let mut upstream = None;
    while let Some(request) = connection.request().await {
        let fault = plan.decide(call_of(&request));
        let response = if fault.is_processed() {
            let upstream = match &mut upstream {
                Some(upstream) => upstream,
                none => none.insert(TcpStream::connect(&service).await.unwrap()),
            };
            forward(upstream, &request).await
        } else {
            Vec::new()
        };
        let instead = |status: &str| {
            let head = format!("HTTP/1.1 {status}\r\nX-request-id: {REQUEST_ID}\r\nContent-Length: 13\r\n\r\n");
            (head + "<html></html>").into_bytes()
        };
        let (response, stays_open) = match fault {
            Fault::None => (response, true),
            Fault::Cut | Fault::ResponseCut => (Vec::new(), false),
            Fault::Reset => return connection.reset(),
            Fault::NoResponse | Fault::ResponseLost => return connection.until_closed().await,
            Fault::Unauthorized => (instead("401 Unauthorized"), true),
            Fault::Throttled => (instead("429 Too Many Requests"), true),
            Fault::Unavailable => (instead("503 Service Unavailable"), true),
            Fault::ResponseTruncated => (response[..response.len() - 1].to_vec(), false),
            Fault::ResponseNotHttp => (response[1..].to_vec(), false),
            Fault::ResponseHtml => (instead("200 OK"), true),
            Fault::ResponseBadGateway => (instead("502 Bad Gateway"), true),
        };
        connection.send(&response).await;
        if !stays_open {
            return;
        }
    }
}

async fn forward(service: &mut TcpStream, request: &[u8]) -> Vec<u8> {
    service.write_all(request).await.unwrap();
    let mut response = Vec::new();
    while whole(&response).is_none() {
        assert!(service.read_buf(&mut response).await.unwrap() > 0);
    }
    response
}

async fn create(client: &Client, timeout: Duration, call: usize) -> Created {
    let action = CreateAction::workflow(workflow(call));
    let request = client.create_playbook_action().project_id(PROJECT).workspace_id(WORKSPACE).version_id(VERSION);
    within(timeout, request.body(vec![action]).send()).await
}

/// Asserts the outcome of a call from the faults of its requests. Requests on a reset connection are not recorded.
fn check(call: usize, outcome: &Created, faults: &[Fault]) {
    let attempts = outcome.as_ref().map_or_else(Error::attempts, Response::attempts);
    let unrecorded = attempts as usize - faults.len();
    let reported = outcome.as_ref().err().map(|error| (error.kind(), error.status().map(|status| status.as_u16())));
    let last = faults.iter().position(|fault| *fault != Fault::Throttled);
    assert!(
        attempts <= ATTEMPTS && last.is_none_or(|last| last + 1 == faults.len()),
        "call {call} continued after {faults:?}"
    );
    match (last, reported) {
        (Some(last), reported) => assert_eq!(reported, faults[last].error(), "call {call} with {faults:?}"),
        // Its last request may have been in transit.
        (None, Some((ErrorKind::Transport, None))) => assert!(unrecorded > 0, "call {call} with {faults:?}"),
        (None, Some((ErrorKind::Connect, _))) => assert!(unrecorded > 0 && attempts == ATTEMPTS, "call {call}"),
        (None, reported) => {
            assert_eq!(
                (reported, attempts),
                (Fault::Throttled.error(), ATTEMPTS),
                "call {call} with {faults:?}: {outcome:?}"
            );
            assert!(!faults.is_empty(), "call {call}");
        }
    }
    match outcome {
        Ok(created) => {
            assert!(created.request_id().is_some());
            let action_id = created.data.as_ref().unwrap()[0].action_id.as_deref();
            assert_eq!(action_id, Some(&*workflow(call)));
        }
        Err(error) => {
            assert_eq!(error.request_id().is_some(), error.status().is_some(), "call {call}: {error}");
        }
    }
}

/// The number of rows that a call may have created, for this outcome.
fn rows(outcome: &Created) -> RangeInclusive<usize> {
    let Err(error) = outcome else { return 1..=1 };
    match (error.kind(), error.status().map(|status| status.as_u16())) {
        _ if error.is_retryable() => 0..=0,
        (ErrorKind::Connect, _) | (ErrorKind::Service, Some(400..500)) => 0..=0,
        (_, Some(200)) => 1..=1,
        _ => 0..=1,
    }
}

/// The number of calls of a test: 1,000, or the value of `SECMASTER_TEST_FAULTY_CALLS`.
fn calls() -> usize {
    std::env::var("SECMASTER_TEST_FAULTY_CALLS").map_or(1000, |calls| calls.parse().unwrap())
}

/// Makes the calls, and compares their outcomes with the rows that the service created. `SECMASTER_TEST_SEED` reproduces the same faults.
#[expect(clippy::print_stderr, reason = "shown if the test fails, so that it can be reproduced")]
async fn calls_with_faults(probability: f64) {
    let seed = std::env::var("SECMASTER_TEST_SEED").map_or_else(|_| fastrand::u64(..), |seed| seed.parse().unwrap());
    eprintln!("SECMASTER_TEST_SEED={seed}");
    let service = server_with_any_ids().await;
    let address = service.endpoint().strip_prefix("http://").unwrap().to_owned();
    let plan = Arc::new(FaultPlan { seed, probability, faults: Mutex::default(), resets: AtomicUsize::new(0) });
    let relay_plan = Arc::clone(&plan);
    let server = RawServer::start(move |connection| relay(connection, address.clone(), Arc::clone(&relay_plan))).await;
    let client = |timeout| {
        let builder = server.builder().token(service.token()).retry(without_delays());
        builder.timeout(timeout).connect_timeout(CONNECT_TIMEOUT).build().unwrap()
    };
    let (normal, short) = (client(TIMEOUT), client(SHORT_TIMEOUT));
    let calls = calls();

    let mut tasks = JoinSet::new();
    for task in 0..TASKS {
        let (normal, short, plan) = (normal.clone(), short.clone(), Arc::clone(&plan));
        tasks.spawn(async move {
            let mut outcomes = Vec::new();
            for call in (task..calls).step_by(TASKS) {
                let gets_no_response = Fault::NO_RESPONSE.contains(&plan.fault(call, 0));
                let (client, timeout) = if gets_no_response { (&short, SHORT_TIMEOUT) } else { (&normal, TIMEOUT) };
                outcomes.push((call, create(client, timeout, call).await));
            }
            outcomes
        });
    }
    let outcomes: Vec<_> = tasks.join_all().await.into_iter().flatten().collect();

    let mut created: HashMap<String, usize> = HashMap::new();
    for row in service.created() {
        *created.entry(row["action_id"].as_str().unwrap().to_owned()).or_default() += 1;
    }
    let faults = plan.faults.lock().unwrap();
    let (mut attempts, mut least, mut most) = (0, 0, 0);
    for (call, outcome) in &outcomes {
        let faults = faults.get(call).map_or(&[][..], Vec::as_slice);
        check(*call, outcome, faults);
        let made = created.get(&workflow(*call)).copied().unwrap_or_default();
        assert_eq!(made, faults.iter().filter(|fault| fault.is_processed()).count(), "call {call} with {faults:?}");
        let reported = rows(outcome);
        assert!(
            reported.contains(&made),
            "call {call} with {faults:?} created {made}, but may have created {reported:?}"
        );
        attempts += outcome.as_ref().map_or_else(Error::attempts, Response::attempts) as usize;
        (least, most) = (least + reported.start(), most + reported.end());
    }
    assert_eq!(outcomes.len(), calls);
    assert!((least..=most).contains(&service.created().len()), "{least} to {most}");
    let requests = faults.values().map(Vec::len).sum::<usize>();
    assert_eq!(server.request_count(), requests);
    // Each attempt that was not recorded used a reset connection.
    let resets = plan.resets.load(Ordering::SeqCst);
    assert!(
        (requests..=requests + resets).contains(&attempts),
        "{attempts} attempts, {requests} requests, {resets} resets"
    );
    assert!(faults.values().flatten().any(|fault| *fault != Fault::None), "no request had a fault");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn calls_are_consistent_with_one_fault_in_100_requests() {
    calls_with_faults(0.01).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn calls_are_consistent_with_one_fault_in_10_requests() {
    calls_with_faults(0.1).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn calls_are_consistent_with_one_fault_in_2_requests() {
    calls_with_faults(0.5).await;
}
