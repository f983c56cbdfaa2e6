//! The load, as a process that a person runs, with few calls.

use secmaster_client::testing::{MockResponse, Server};

use crate::example::{configured, run};

/// What the example compares the memory by.
#[path = "../../examples/load/memory.rs"]
mod memory;

/// What an example printed: its lines, each as its first word and the rest, and what it said on the standard error.
struct Printed {
    lines: Vec<(String, String)>,
    error: String,
    code: Option<i32>,
}

impl Printed {
    /// All lines that begin with a word.
    fn all(&self, name: &str) -> Vec<&str> {
        self.lines.iter().filter(|(first, _)| first == name).map(|(_, rest)| rest.as_str()).collect()
    }

    /// The one line that begins with a word.
    fn line(&self, name: &str) -> &str {
        let [line] = self.all(name).try_into().unwrap();
        line
    }
}

async fn load(arguments: &[&str], variables: &[(&str, &str)]) -> Printed {
    let output = run("load", arguments, variables).await;
    let text = String::from_utf8(output.stdout).unwrap();
    let lines = text.lines().filter_map(|line| line.split_once(' '));
    Printed {
        lines: lines.map(|(name, text)| (name.to_owned(), text.trim_start().to_owned())).collect(),
        error: String::from_utf8(output.stderr).unwrap(),
        code: output.status.code(),
    }
}

/// Asserts what is printed of a good load at the fake server.
fn assert_good(printed: &Printed, rows: u32) {
    assert_eq!((printed.error.as_str(), printed.code), ("", Some(0)));
    let where_to = printed.line("Calling");
    assert!(where_to.starts_with("a fake server, in a process of its own, at http://127.0.0.1:"), "{where_to}");
    assert_eq!(printed.line("errors"), "none");
    assert_eq!(printed.line("rows"), format!("{rows} in the answers, {rows} created by the fake server"));
    assert_eq!(printed.line("tasks"), "0 left over");
    let connections = printed.line("connections");
    let (made, left) = connections.split_once(" made, ").unwrap();
    assert_eq!(left, if cfg!(target_os = "linux") { "0 left over" } else { "not known on this system" });
    // A connection may be made for a call that meanwhile finds another one free.
    assert!((1..=200).contains(&made.parse::<u32>().unwrap()), "{made}");
    let latency = printed.line("latency");
    let names: Vec<_> = latency.split(", ").map(|point| point.split_once(' ').unwrap().0).collect();
    assert_eq!(names, ["p50", "p90", "p99", "p99.9", "max"], "{latency}");
}

#[tokio::test]
async fn a_load_at_the_fake_server_leaves_nothing_over() {
    // The variables are those of the other example, and are not meant for this one.
    let server = Server::start().await;
    let (endpoint, token) = (server.endpoint(), server.token());
    let variables = [("SECMASTER_ENDPOINT", endpoint.as_str()), ("SECMASTER_TOKEN", token.as_str())];
    let printed = load(&["--calls", "300", "--concurrency", "8"], &variables).await;
    assert_good(&printed, 300);
    let calls = printed.line("calls");
    assert!(calls.starts_with("300 in ") && calls.ends_with("/s, 8 at once"), "{calls}");
    if cfg!(target_os = "linux") {
        assert!(printed.line("CPU").ends_with("s for each call"), "{}", printed.line("CPU"));
        let memory = printed.line("memory").replace(|c: char| c.is_ascii_digit() || c == '.', "");
        assert_eq!(memory, " MiB after the last,  MiB at most");
    }
    assert_eq!(server.connections_made(), 0);
}

/// What the client is compared with is let in, too, and is told of in the same way.
#[tokio::test]
async fn a_load_by_hand_is_one_of_the_same_calls() {
    for arguments in [&["--by-hand", "--calls", "20"][..], &["--by-hand", "--signed", "--calls", "20"]] {
        assert_good(&load(arguments, &[]).await, 20);
    }
}

#[tokio::test]
async fn a_signed_load_creates_as_many_rows_as_it_is_told() {
    let printed = load(&["--signed", "--actions", "3", "--calls", "20", "--concurrency", "64"], &[]).await;
    assert_good(&printed, 60);
    if cfg!(target_os = "linux") {
        assert!(printed.line("CPU").ends_with("s for each of its 3 actions"), "{}", printed.line("CPU"));
    }
}

#[tokio::test]
async fn the_memory_after_the_first_calls_is_told() {
    let printed = load(&["--calls", "10000"], &[]).await;
    assert_good(&printed, 10_000);
    if cfg!(target_os = "linux") {
        let memory = printed.line("memory").replace(|c: char| c.is_ascii_digit() || c == '.', "");
        assert_eq!(memory, " MiB after the first  calls,  MiB after the last,  MiB at most");
    }
}

/// In KiB, as honest runs came out.
#[test]
fn the_memory_may_grow_by_what_connections_need_and_by_no_leak() {
    for (concurrency, actions, first, last) in [
        (1, 1, 7_990, 7_990),
        (64, 1, 12_490, 12_600),
        (64, 100, 19_050, 18_940),
        (64, 1_000, 79_360, 74_850),
        (1_000, 1, 57_140, 71_370),
        (3_000, 1, 137_630, 160_460),
    ] {
        let bound = memory::bound(concurrency, actions);
        assert_eq!(memory::compare(first, last, bound), Ok(()), "{concurrency} at once, {actions} actions");
        // A leak of 10 KiB in each of 90,000 calls, and one of 200 bytes in each of a million.
        for leak in [10 * 90_000, 200 * 990_000 / 1024] {
            assert!(memory::compare(first, first + leak, bound).is_err(), "{concurrency} at once, {actions} actions");
        }
    }
}

#[test]
fn memory_that_has_grown_is_told_with_what_may_be_needed() {
    assert_eq!(memory::bound(1, 1), 4 * 1024 + 2 * 27 + 1);
    assert_eq!(memory::compare(8_000, 8_000 + 4_151, memory::bound(1, 1)), Ok(()));
    assert_eq!(
        memory::compare(8_000, 8_000 + 4_152, memory::bound(1, 1)),
        Err("the memory grew by 4152 KiB after the first 10000 calls, more than the 4151 KiB that connections and the allocator may \
             need; find what is kept by a heap profile"
            .to_owned())
    );
    assert_eq!(memory::compare(8_000, 7_000, 0), Ok(()));
}

#[tokio::test]
async fn it_says_how_it_is_called_and_what_a_real_service_needs() {
    for word in ["-h", "--help"] {
        let output = run("load", &[word], &[]).await;
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(output.status.success() && text.contains("\n  --calls N "), "{text}");
        for name in ["SECMASTER_REGION", "SECMASTER_ENDPOINT", "SECMASTER_WORKFLOW_ID", "SECMASTER_TOKEN"] {
            assert!(text.contains(name), "{name} {text}");
        }
    }
}

#[tokio::test]
async fn a_load_at_a_real_service_tells_its_errors_and_fails() {
    let server = Server::start().await;
    for _ in 0..3 {
        server.respond_next(MockResponse::new(500).header("X-request-id", "the-id"));
    }
    server.respond_next(MockResponse::new(200).body("no JSON").header("X-request-id", "the-id"));
    let (endpoint, token) = (server.endpoint(), server.token());
    let variables = [&configured(&endpoint, &token)[..], &[("SECMASTER_WORKFLOW_ID", "the-workflow")]].concat();
    let printed = load(&["--real", "--calls", "20", "--concurrency", "1"], &variables).await;
    assert_eq!((printed.error.as_str(), printed.code), ("error: 4 calls failed\n", Some(1)));
    assert_eq!(printed.line("Credentials:"), "SECMASTER_TOKEN.");
    assert_eq!(
        printed.line("Calling"),
        format!(
            "the real service at the endpoint {endpoint}. This creates rows, named load, which nothing here deletes."
        )
    );
    let [decode, service] = printed.all("errors").try_into().unwrap();
    let text =
        "3 of Service 500, the first: CreatePlaybookAction: returned 500 Internal Server Error (request id the-id)";
    assert_eq!(service, text);
    assert!(
        decode.starts_with("1 of Decode 200, the first: CreatePlaybookAction: returned 200 OK with a body"),
        "{decode}"
    );
    assert_eq!(printed.line("rows"), "16 in the answers");
    if cfg!(target_os = "linux") {
        assert_eq!(printed.line("connections"), "0 left over");
    }
    let created = server.created();
    assert_eq!((created.len(), server.requests().len()), (16, 20));
    assert_eq!((&created[0]["name"], &created[0]["action_id"]), (&"load".into(), &"the-workflow".into()));
}

#[tokio::test]
async fn wrong_words_are_refused_with_what_to_write() {
    for (arguments, text) in [
        (&["--call"][..], "--call is not an option; --help shows those that there are"),
        (&["--calls=10"], "--calls=10 is not an option; write --calls 10; --help shows those that there are"),
        (&["--calls"], "--calls has no number; write it as in --calls 100"),
        (&["--calls", "many"], "--calls is many, not a whole number from 1 to 4294967295"),
        (&["--concurrency", "0"], "--concurrency is 0, not a whole number from 1 to 4294967295"),
        (&["--real"], "--real creates real rows; say with --calls how many calls it may make"),
        (
            &["--real", "--calls", "1", "--by-hand"],
            "--by-hand is for the fake server; the real service is called by the client alone",
        ),
        (
            &["--real", "--calls", "1", "--signed"],
            "--signed is for the fake server; with --real the credentials are those of the environment",
        ),
    ] {
        let printed = load(arguments, &[]).await;
        assert_eq!((printed.error, printed.code), (format!("error: {text}\n"), Some(2)));
        assert!(printed.lines.is_empty());
    }
}

#[tokio::test]
async fn a_real_service_has_to_be_named() {
    let printed = load(&["--real", "--calls", "1"], &[("SECMASTER_WORKSPACE_ID", "w")]).await;
    let text = "\
error: neither SECMASTER_REGION nor SECMASTER_ENDPOINT is set; set one of them, such as SECMASTER_REGION=cn-north-4
error: SECMASTER_VERSION_ID is not set; set it to the ID of the playbook version
error: SECMASTER_WORKFLOW_ID is not set; set it to the ID of the workflow that all actions run
";
    assert_eq!((printed.error.as_str(), printed.code), (text, Some(1)));
}
