//! Tests the load program with few calls.
#![allow(clippy::unwrap_used, reason = "tests may panic")]

use std::process::Command;

use secmaster_client::testing::{MockResponse, Server};

/// The output of the program: standard output as pairs of first word and rest of the line, standard error, and exit code.
struct Printed {
    lines: Vec<(String, String)>,
    error: String,
    code: Option<i32>,
}

impl Printed {
    /// Returns all lines with this first word.
    fn all(&self, name: &str) -> Vec<&str> {
        self.lines.iter().filter(|(first, _)| first == name).map(|(_, rest)| rest.as_str()).collect()
    }

    /// Returns the only line with this first word.
    fn line(&self, name: &str) -> &str {
        let [line] = self.all(name).try_into().unwrap();
        line
    }
}

async fn load(arguments: &[&str], variables: &[(&str, &str)]) -> Printed {
    let mut command = Command::new(env!("CARGO_BIN_EXE_load"));
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("SECMASTER_") || name.starts_with("HUAWEI")) {
        command.env_remove(name);
    }
    command.args(arguments).envs(variables.iter().copied());
    let output = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let lines = text.lines().filter_map(|line| line.split_once(' '));
    Printed {
        lines: lines.map(|(name, text)| (name.to_owned(), text.trim_start().to_owned())).collect(),
        error: String::from_utf8(output.stderr).unwrap(),
        code: output.status.code(),
    }
}

/// Asserts the output of a successful run against the fake server.
fn assert_good(printed: &Printed, rows: u32) {
    assert_eq!((printed.error.as_str(), printed.code), ("", Some(0)));
    let where_to = printed.line("Calling");
    assert!(where_to.starts_with("a fake server in another process at http://127.0.0.1:"), "{where_to}");
    assert_eq!(printed.line("errors"), "none");
    assert_eq!(printed.line("rows"), format!("{rows} in the responses, {rows} created by the fake server"));
    assert_eq!(printed.line("tasks"), "0 left over");
    let connections = printed.line("connections");
    let (made, left) = connections.split_once(" made, ").unwrap();
    assert_eq!(left, if cfg!(target_os = "linux") { "0 left over" } else { "not available on this system" });
    // The pool may open a connection for a call that then reuses an idle one.
    assert!((1..=200).contains(&made.parse::<u32>().unwrap()), "{made}");
    let latency = printed.line("latency");
    let names: Vec<_> = latency.split(", ").map(|point| point.split_once(' ').unwrap().0).collect();
    assert_eq!(names, ["p50", "p90", "p99", "p99.9", "max"], "{latency}");
}

#[tokio::test]
async fn a_load_leaves_no_tasks_or_connections() {
    // Without --real, these variables are ignored.
    let server = Server::start().await;
    let (endpoint, token) = (server.endpoint(), server.token());
    let variables = [("SECMASTER_ENDPOINT", endpoint.as_str()), ("SECMASTER_TOKEN", token.as_str())];
    let printed = load(&["--calls", "300", "--concurrency", "8"], &variables).await;
    assert_good(&printed, 300);
    let calls = printed.line("calls");
    assert!(calls.starts_with("300 in ") && calls.ends_with("/s, 8 at once"), "{calls}");
    if cfg!(target_os = "linux") {
        assert!(printed.line("CPU").ends_with("s per call"), "{}", printed.line("CPU"));
        let memory = printed.line("memory").replace(|c: char| c.is_ascii_digit() || c == '.', "");
        assert_eq!(memory, " MiB after the last,  MiB at most");
    }
    assert_eq!(server.connections_made(), 0);
}

/// The hand-written client authenticates and reports in the same way.
#[tokio::test]
async fn handwritten_calls_create_the_same_rows() {
    for arguments in [&["--handwritten", "--calls", "20"][..], &["--handwritten", "--signed", "--calls", "20"]] {
        assert_good(&load(arguments, &[]).await, 20);
    }
}

#[tokio::test]
async fn a_signed_load_creates_a_row_per_action() {
    let printed = load(&["--signed", "--actions", "3", "--calls", "20", "--concurrency", "64"], &[]).await;
    assert_good(&printed, 60);
    if cfg!(target_os = "linux") {
        assert!(printed.line("CPU").ends_with("s per action (3 per call)"), "{}", printed.line("CPU"));
    }
}

#[tokio::test]
async fn failed_calls_are_reported_by_kind() {
    let server = Server::builder().any_ids().start().await;
    for _ in 0..3 {
        server.respond_next(MockResponse::new(500).header("X-request-id", "the-id"));
    }
    server.respond_next(MockResponse::new(200).body("no JSON").header("X-request-id", "the-id"));
    let (endpoint, token) = (server.endpoint(), server.token());
    let variables = [
        ("SECMASTER_ENDPOINT", endpoint.as_str()),
        ("SECMASTER_TOKEN", token.as_str()),
        ("SECMASTER_PROJECT_ID", "p"),
        ("SECMASTER_WORKSPACE_ID", "w"),
        ("SECMASTER_VERSION_ID", "v"),
        ("SECMASTER_WORKFLOW_ID", "the-workflow"),
    ];
    let printed = load(&["--real", "--calls", "20", "--concurrency", "1"], &variables).await;
    assert_eq!((printed.error.as_str(), printed.code), ("error: 4 calls failed\n", Some(1)));
    assert_eq!(
        printed.line("Calling"),
        format!("the real service at {endpoint}. This creates rows named load, which are not deleted.")
    );
    let [decode, service] = printed.all("errors").try_into().unwrap();
    let text =
        "3 of Service 500, the first: CreatePlaybookAction: returned 500 Internal Server Error (request id the-id)";
    assert_eq!(service, text);
    assert!(
        decode.starts_with("1 of Decode 200, the first: CreatePlaybookAction: returned 200 OK with a body"),
        "{decode}"
    );
    assert_eq!(printed.line("rows"), "16 in the responses");
    if cfg!(target_os = "linux") {
        assert_eq!(printed.line("connections"), "0 left over");
    }
    let created = server.created();
    assert_eq!((created.len(), server.requests().len()), (16, 20));
    assert_eq!((&created[0]["name"], &created[0]["action_id"]), (&"load".into(), &"the-workflow".into()));
}

#[tokio::test]
async fn invalid_arguments_are_reported() {
    for (arguments, text) in [
        (&["--call"][..], "--call is not an option; --help lists the options"),
        (&["--calls=10"], "--calls=10 is not an option; write --calls 10; --help lists the options"),
        (&["--calls"], "--calls has no number; write for example --calls 100"),
        (&["--calls", "many"], "--calls is many, not a whole number from 1 to 4294967295"),
        (&["--concurrency", "0"], "--concurrency is 0, not a whole number from 1 to 4294967295"),
        (&["--real"], "--real creates real rows; set the number of calls with --calls"),
        (
            &["--real", "--calls", "1", "--handwritten"],
            "--handwritten is for the fake server; --real only supports the client",
        ),
        (
            &["--real", "--calls", "1", "--signed"],
            "--signed is for the fake server; --real uses the credentials of the environment",
        ),
    ] {
        let printed = load(arguments, &[]).await;
        assert_eq!((printed.error, printed.code), (format!("error: {text}\n"), Some(2)));
        assert!(printed.lines.is_empty());
    }
}
