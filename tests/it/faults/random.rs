//! Many calls, some of which meet a fault: what the client reports agrees with what the service did.

use std::collections::HashMap;
use std::ops::RangeInclusive;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use secmaster_client::testing::Server;
use secmaster_client::types::CreateAction;
use secmaster_client::{Client, Error, ErrorKind, Response};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use super::{Created, TIMEOUT, hurried, within};
use crate::raw_server::{Connection, RawServer, whole};
use crate::support::{PROJECT, REQUEST_ID, VERSION, WORKSPACE};

const TASKS: usize = 16;
/// How many of the calls, the first ones, may meet silence. Each that does lasts until its timeout.
const CALLS_INTO_SILENCE: usize = 100;
/// The timeout of a call that will meet silence. Much longer than its request takes.
const IMPATIENT: Duration = Duration::from_secs(1);
/// The connect timeout. A busy machine may lose the first packet of a connection, which must not be confused with a call that hangs for
/// another reason.
const CONNECT_TIMEOUT: Duration = Duration::from_millis(2500);
/// How many of the connections are reset before anything is read from them.
const RESET_CONNECTIONS: f64 = 0.1;
/// The default of the client.
const ATTEMPTS: u32 = 3;

/// The outcome of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Processed,
    // The service does not receive the request.
    Cut,
    Reset,
    Throttled,
    Unauthorized,
    Unavailable,
    Silence,
    // The service has processed it, and the client does not see its response.
    ResponseCut,
    ResponseTruncated,
    ResponseNotHttp,
    ResponseHtml,
    ResponseBadGateway,
    ResponseSilence,
}

impl Fate {
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
    const SILENCE: [Self; 2] = [Self::Silence, Self::ResponseSilence];

    fn is_processed(self) -> bool {
        use Fate::{Cut, Reset, Silence, Throttled, Unauthorized, Unavailable};
        !matches!(self, Cut | Reset | Throttled | Unauthorized | Unavailable | Silence)
    }

    /// The kind and the status of the error that the client must return.
    fn error(self) -> Option<(ErrorKind, Option<u16>)> {
        match self {
            Self::Processed => None,
            Self::Cut | Self::Reset | Self::ResponseCut | Self::ResponseNotHttp => Some((ErrorKind::Transport, None)),
            Self::ResponseTruncated => Some((ErrorKind::Transport, Some(200))),
            Self::Silence | Self::ResponseSilence => Some((ErrorKind::Timeout, None)),
            Self::Throttled => Some((ErrorKind::Service, Some(429))),
            Self::Unauthorized => Some((ErrorKind::Service, Some(401))),
            Self::Unavailable => Some((ErrorKind::Service, Some(503))),
            Self::ResponseHtml => Some((ErrorKind::Decode, Some(200))),
            Self::ResponseBadGateway => Some((ErrorKind::Service, Some(502))),
        }
    }
}

/// Decides the fate of each request, whatever the order in which they come, and notes it by the workflow that the request names.
struct Fates {
    seed: u64,
    probability: f64,
    met: Mutex<HashMap<usize, Vec<Fate>>>,
    /// How many connections were reset.
    resets: AtomicUsize,
}

impl Fates {
    fn decide(&self, call: usize) -> Fate {
        let mut met = self.met.lock().unwrap();
        let met = met.entry(call).or_default();
        let fate = self.fate(call, met.len());
        met.push(fate);
        fate
    }

    /// The fate of a request of a call that has met so many before.
    fn fate(&self, call: usize, before: usize) -> Fate {
        let mut random = fastrand::Rng::with_seed(self.seed ^ (call * 100 + before) as u64);
        let faults = if call < CALLS_INTO_SILENCE { &Fate::SILENCE[..] } else { &Fate::FAULTS };
        if random.f64() < self.probability { *random.choice(faults).unwrap() } else { Fate::Processed }
    }

    /// Whether a connection is reset before anything is read from it, and so of an unknown call.
    fn resets(&self, connection: usize) -> bool {
        let mut random = fastrand::Rng::with_seed(!self.seed ^ connection as u64);
        let resets = random.f64() < RESET_CONNECTIONS;
        self.resets.fetch_add(usize::from(resets), Ordering::SeqCst);
        resets
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

/// Passes requests on to the service, and responses back, as far as their fate lets it.
async fn relay(mut connection: Connection, service: String, fates: Arc<Fates>) {
    if fates.resets(connection.number()) {
        return connection.reset();
    }
    let mut upstream = None;
    while let Some(request) = connection.request().await {
        let fate = fates.decide(call_of(&request));
        let response = if fate.is_processed() {
            let upstream = match &mut upstream {
                Some(upstream) => upstream,
                none => none.insert(TcpStream::connect(&service).await.unwrap()),
            };
            carry_out(upstream, &request).await
        } else {
            Vec::new()
        };
        let instead = |status: &str| {
            let head = format!("HTTP/1.1 {status}\r\nX-request-id: {REQUEST_ID}\r\nContent-Length: 13\r\n\r\n");
            (head + "<html></html>").into_bytes()
        };
        let (response, goes_on) = match fate {
            Fate::Processed => (response, true),
            Fate::Cut | Fate::ResponseCut => (Vec::new(), false),
            Fate::Reset => return connection.reset(),
            Fate::Silence | Fate::ResponseSilence => return connection.until_closed().await,
            Fate::Unauthorized => (instead("401 Unauthorized"), true),
            Fate::Throttled => (instead("429 Too Many Requests"), true),
            Fate::Unavailable => (instead("503 Service Unavailable"), true),
            Fate::ResponseTruncated => (response[..response.len() - 1].to_vec(), false),
            Fate::ResponseNotHttp => (response[1..].to_vec(), false),
            Fate::ResponseHtml => (instead("200 OK"), true),
            Fate::ResponseBadGateway => (instead("502 Bad Gateway"), true),
        };
        connection.send(&response).await;
        if !goes_on {
            return;
        }
    }
}

async fn carry_out(service: &mut TcpStream, request: &[u8]) -> Vec<u8> {
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

/// Asserts the outcome of a call by the fates of its requests. It may have met a connection that was reset, of which nothing is noted.
fn check(call: usize, outcome: &Created, met: &[Fate]) {
    let attempts = outcome.as_ref().map_or_else(Error::attempts, Response::attempts);
    let unnoted = attempts as usize - met.len();
    let reported = outcome.as_ref().err().map(|error| (error.kind(), error.status().map(|status| status.as_u16())));
    let last = met.iter().position(|fate| *fate != Fate::Throttled);
    assert!(attempts <= ATTEMPTS && last.is_none_or(|last| last + 1 == met.len()), "call {call} went on after {met:?}");
    match (last, reported) {
        (Some(last), reported) => assert_eq!(reported, met[last].error(), "call {call} that met {met:?}"),
        // Its last request may have been on its way.
        (None, Some((ErrorKind::Transport, None))) => assert!(unnoted > 0, "call {call} that met {met:?}"),
        (None, Some((ErrorKind::Connect, _))) => assert!(unnoted > 0 && attempts == ATTEMPTS, "call {call}"),
        (None, reported) => {
            assert_eq!(
                (reported, attempts),
                (Fate::Throttled.error(), ATTEMPTS),
                "call {call} that met {met:?}: {outcome:?}"
            );
            assert!(!met.is_empty(), "call {call}");
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

/// How many rows a call may have made, by what it reports.
fn rows(outcome: &Created) -> RangeInclusive<usize> {
    let Err(error) = outcome else { return 1..=1 };
    match (error.kind(), error.status().map(|status| status.as_u16())) {
        _ if error.is_retryable() => 0..=0,
        (ErrorKind::Connect, _) | (ErrorKind::Service, Some(400..500)) => 0..=0,
        (_, Some(200)) => 1..=1,
        _ => 0..=1,
    }
}

/// How many calls a test makes: 1,000, or the value of `SECMASTER_TEST_FAULTY_CALLS`.
fn calls() -> usize {
    std::env::var("SECMASTER_TEST_FAULTY_CALLS").map_or(1000, |calls| calls.parse().unwrap())
}

/// Makes the calls, and compares what they report with what the service did. `SECMASTER_TEST_SEED` reproduces the same faults.
#[expect(clippy::print_stderr, reason = "shown where the test fails, so that it can be run again")]
async fn calls_that_meet_faults(probability: f64) {
    let seed = std::env::var("SECMASTER_TEST_SEED").map_or_else(|_| fastrand::u64(..), |seed| seed.parse().unwrap());
    eprintln!("SECMASTER_TEST_SEED={seed}");
    let service = Server::start().await;
    let address = service.endpoint().strip_prefix("http://").unwrap().to_owned();
    let fates = Arc::new(Fates { seed, probability, met: Mutex::default(), resets: AtomicUsize::new(0) });
    let playing = Arc::clone(&fates);
    let server = RawServer::start(move |connection| relay(connection, address.clone(), Arc::clone(&playing))).await;
    let client = |timeout| {
        let builder = server.builder().token(service.token()).retry(hurried());
        builder.timeout(timeout).connect_timeout(CONNECT_TIMEOUT).build().unwrap()
    };
    let (patient, impatient) = (client(TIMEOUT), client(IMPATIENT));
    let calls = calls();

    let mut tasks = JoinSet::new();
    for task in 0..TASKS {
        let (patient, impatient, fates) = (patient.clone(), impatient.clone(), Arc::clone(&fates));
        tasks.spawn(async move {
            let mut outcomes = Vec::new();
            for call in (task..calls).step_by(TASKS) {
                let meets_silence = Fate::SILENCE.contains(&fates.fate(call, 0));
                let (client, timeout) = if meets_silence { (&impatient, IMPATIENT) } else { (&patient, TIMEOUT) };
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
    let met = fates.met.lock().unwrap();
    let (mut attempts, mut least, mut most) = (0, 0, 0);
    for (call, outcome) in &outcomes {
        let met = met.get(call).map_or(&[][..], Vec::as_slice);
        check(*call, outcome, met);
        let made = created.get(&workflow(*call)).copied().unwrap_or_default();
        assert_eq!(made, met.iter().filter(|fate| fate.is_processed()).count(), "call {call} that met {met:?}");
        let reported = rows(outcome);
        assert!(reported.contains(&made), "call {call} that met {met:?} made {made}, and reports {reported:?}");
        attempts += outcome.as_ref().map_or_else(Error::attempts, Response::attempts) as usize;
        (least, most) = (least + reported.start(), most + reported.end());
    }
    assert_eq!(outcomes.len(), calls);
    assert!((least..=most).contains(&service.created().len()), "{least} to {most}");
    let requests = met.values().map(Vec::len).sum::<usize>();
    assert_eq!(server.request_count(), requests);
    // Each attempt that was not seen met a connection that was reset.
    let resets = fates.resets.load(Ordering::SeqCst);
    assert!(
        (requests..=requests + resets).contains(&attempts),
        "{attempts} attempts, {requests} requests, {resets} resets"
    );
    assert!(met.values().flatten().any(|fate| *fate != Fate::Processed), "no call met a fault");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn calls_are_consistent_with_one_fault_in_100_requests() {
    calls_that_meet_faults(0.01).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn calls_are_consistent_with_one_fault_in_10_requests() {
    calls_that_meet_faults(0.1).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn calls_are_consistent_with_one_fault_in_2_requests() {
    calls_that_meet_faults(0.5).await;
}
