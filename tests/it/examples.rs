//! Runs the examples as programs.

mod lifecycle;

use std::path::Path;
use std::process::{Command, Output};

use secmaster_client::testing::{MockResponse, Server};
use serde_json::{Value, json};

use crate::support;

const CREATE: &str = env!("CARGO_BIN_EXE_create_playbook_workflow");
const LIFECYCLE: &str = env!("CARGO_BIN_EXE_playbook_lifecycle");

/// Runs a program with no variables of this process that would configure it.
pub async fn run(program: &str, arguments: &[&str], variables: &[(&str, &str)]) -> Output {
    let mut command = Command::new(program);
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("SECMASTER_") || name.starts_with("HUAWEI")) {
        command.env_remove(name);
    }
    command.args(arguments).envs(variables.iter().copied());
    support::run(command).await
}

/// The output of a successful program.
async fn output(program: &str, arguments: &[&str], variables: &[(&str, &str)]) -> String {
    let output = run(program, arguments, variables).await;
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// The lines of the error of a program that fails.
async fn error_lines(program: &str, arguments: &[&str], variables: &[(&str, &str)]) -> Vec<String> {
    let output = run(program, arguments, variables).await;
    assert_eq!(output.status.code(), Some(1));
    String::from_utf8(output.stderr).unwrap().lines().map(str::to_owned).collect()
}

/// The one line of the error of `create_playbook_workflow`.
async fn error(arguments: &[&str], variables: &[(&str, &str)]) -> String {
    let [line] = error_lines(CREATE, arguments, variables).await.try_into().unwrap();
    line
}

/// A fake server that emulates the real service, and the variables that configure it.
struct Configured {
    server: Server,
    variables: Vec<(&'static str, String)>,
}

impl Configured {
    async fn start() -> Self {
        let server = support::server_with_any_ids().await;
        let variables = vec![
            ("SECMASTER_ENDPOINT", server.endpoint()),
            ("SECMASTER_TOKEN", server.token()),
            ("SECMASTER_PROJECT_ID", "p".to_owned()),
            ("SECMASTER_WORKSPACE_ID", "w".to_owned()),
            ("SECMASTER_VERSION_ID", "v".to_owned()),
            ("SECMASTER_WORKFLOW_ID", "wf-0".to_owned()),
        ];
        Self { server, variables }
    }

    fn variables(&self) -> Vec<(&str, &str)> {
        self.variables.iter().map(|(name, value)| (*name, value.as_str())).collect()
    }

    fn respond(&self, body: Value) {
        self.server.respond_next(MockResponse::new(200).header("X-request-id", "the-id").json(body));
    }

    /// Queues the responses to the lookups of [`BY_NAME`], with versions of these statuses and workflows of these names.
    fn respond_to_lookups(&self, statuses: &[&str], workflows: &[&str]) {
        self.respond(json!({"count": 1, "workspaces": [{"id": "w-1", "name": "soc"}]}));
        self.respond(json!({"total": 2, "data": [{"id": "p-0", "name": "other"}, {"id": "p-1", "name": "isolate"}]}));
        let versions = statuses.iter().zip(1..);
        let versions: Vec<_> = versions
            .map(|(status, number)| json!({"id": format!("v-{number}"), "version": format!("v{number}"), "status": status}))
            .collect();
        self.respond(json!({"total": versions.len(), "data": versions}));
        let workflows = workflows.iter().zip(0..);
        let workflows: Vec<_> =
            workflows.map(|(name, number)| json!({"id": format!("wf-{number}"), "name": name})).collect();
        self.respond(json!({"total": workflows.len(), "data": workflows}));
    }
}

/// A file of this test.
fn written(name: &str, content: &str) -> String {
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("workflows-{name}-{}.json", std::process::id()));
    std::fs::write(&file, content).unwrap();
    file.display().to_string()
}

#[tokio::test]
async fn create_without_arguments_calls_a_fake_server() {
    let stdout = output(CREATE, &[], &[]).await;
    let lines: Vec<_> = stdout.lines().collect();
    assert!(
        lines[0].starts_with(
            "The environment does not select the real service: calling a fake server at http://127.0.0.1:"
        ),
        "{stdout}"
    );
    assert!(
        lines[1].starts_with("Binding 1 workflow to version 909494e3-") && lines[1].ends_with(" at the fake server."),
        "{stdout}"
    );
    assert_eq!(lines[2], "Created 1 action (status 200 OK):");
    assert_eq!(lines[4].split_whitespace().collect::<Vec<_>>(), ["ID", "NAME", "TYPE", "WORKFLOW"]);
    let row: Vec<_> = lines[5].split_whitespace().collect();
    assert_eq!(row[1..], ["MyXXX", "aopworkflow", "909494e3-558e-46b6-a9eb-07a8e18ca62f"]);
    assert!(lines[7].starts_with("Request id: ") && lines[7].ends_with("-fake-server"), "{stdout}");
    assert!(lines[8].starts_with("  uuid      ") && lines[9].starts_with("  timestamp "), "{stdout}");
    assert_eq!(lines[10..], ["  hostname  fake-server", "Deprecation: this response announces none"]);
}

#[tokio::test]
async fn create_by_name_works_with_the_fake_server() {
    let names = ["--workspace", "default", "--playbook", "demo", "Notify the owner", "Block an address"];
    let stdout = output(CREATE, &names, &[]).await;
    assert!(
        stdout.contains("\nFound the playbook demo: ") && stdout.contains("\nCreated 2 actions (status 200 OK):\n"),
        "{stdout}"
    );
}

#[tokio::test]
async fn create_sends_the_workflows_of_a_file() {
    let service = Configured::start().await;
    service.server.deprecate("2026-12-31", "Use CreatePlaybookVersion.");
    let file =
        written("two", r#"[{"action_id":"a","sort_order":"1"},{"action_type":"T","action_id":"b","name":null}]"#);
    let stdout = output(CREATE, &[&file], &service.variables()).await;
    let endpoint = service.server.endpoint();
    let before = format!(
        "1 of 2 without action_type: sent as AOP_WORKFLOW, the default of the API page.\n\
         Credentials: SECMASTER_TOKEN.\n\
         Binding 2 workflows to version v in workspace w of project p at the endpoint {endpoint}.\n\
         Created 2 actions (status 200 OK):\n"
    );
    assert!(stdout.starts_with(&before), "{stdout}");
    assert!(stdout.ends_with("Deprecated: goes offline on 2026-12-31. Use CreatePlaybookVersion.\n"), "{stdout}");
    assert!(!stdout.contains(&service.server.token()), "{stdout}");
    let sent = service.server.requests().pop().unwrap();
    assert_eq!(sent.path(), "/v1/p/workspaces/w/soc/playbooks/versions/v/actions");
    let body: Value = serde_json::from_slice(sent.body()).unwrap();
    let first = json!({"action_id": "a", "action_type": "AOP_WORKFLOW", "sort_order": "1"});
    assert_eq!(body, json!([first, {"action_id": "b", "action_type": "T"}]));
}

#[tokio::test]
async fn create_fails_for_an_error_code_in_a_success() {
    let service = Configured::start().await;
    let file = written("one", r#"[{"action_id":"a"},{"action_id":"b"}]"#);
    for (body, expected) in [
        (
            json!({"code": "SecMaster.20030001", "message": "no such workflow", "data": [{"id": "x"}]}),
            "error: the service returned 200 OK with the code SecMaster.20030001: no such workflow (request id the-id)",
        ),
        (
            json!({"code": 0, "data": [{"id": "x"}]}),
            "error: the response has 1 of 2 actions; list the actions of the version before you retry \
             (request id the-id)",
        ),
    ] {
        service.respond(body);
        assert_eq!(error(&[&file], &service.variables()).await, expected);
    }
}

const BY_NAME: [&str; 5] = ["--workspace", "soc", "--playbook", "isolate", "notify"];

#[tokio::test]
async fn create_looks_up_names() {
    let service = Configured::start().await;
    service.respond_to_lookups(&["PUBLISHED", "Editing"], &["other", "notify"]);
    service.respond(json!({"code": 0, "data": [{"id": "row", "action_id": "wf-1"}]}));
    let stdout = output(CREATE, &BY_NAME, &service.variables()).await;
    let found = "Credentials: SECMASTER_TOKEN.\n\
                 Found the workspace soc: w-1.\n\
                 Found the playbook isolate: p-1.\n\
                 Found the draft of the playbook: v-2.\n\
                 Found the workflow notify: wf-1.\n\
                 Each is sent as AOP_WORKFLOW, the default of the API page.\n\
                 Binding 1 workflow to version v-2 in workspace w-1 of project p ";
    assert!(stdout.starts_with(found), "{stdout}");
    let sent = service.server.requests().pop().unwrap();
    assert_eq!(sent.path(), "/v1/p/workspaces/w-1/soc/playbooks/versions/v-2/actions");
    assert_eq!(sent.body(), br#"[{"action_id":"wf-1","action_type":"AOP_WORKFLOW"}]"#);
}

#[tokio::test]
async fn create_accepts_the_name_of_a_version() {
    let service = Configured::start().await;
    service.respond_to_lookups(&["PUBLISHED", "EDITING"], &["notify"]);
    let stdout = output(CREATE, &[&BY_NAME[..], &["--version", "v1"]].concat(), &service.variables()).await;
    assert!(stdout.contains("\nFound the version v1: v-1.\n"), "{stdout}");
}

#[tokio::test]
async fn create_reports_missing_and_ambiguous_names() {
    let other = ["w"; 12];
    let cases: [(&[&str], &[&str], &str); 7] = [
        (&["EDITING"], &["other"], "error: there is no workflow \"notify\"; available: other"),
        (
            &["EDITING"],
            &other,
            "error: there is no workflow \"notify\"; available: w, w, w, w, w, w, w, w, w, w, and 2 more",
        ),
        (&["EDITING"], &[], "error: there is no workflow \"notify\"; none exist"),
        (&["EDITING"], &["notify"; 2], "error: 2 workflows are named \"notify\"; give the id of one: wf-0, wf-1"),
        (
            &["PUBLISHED", "UNPASSED"],
            &["notify"],
            "error: the playbook \"isolate\" has no draft; create one, or name a version with --version: v1, v2",
        ),
        (&[], &["notify"], "error: the playbook \"isolate\" has no version; create one first"),
        (
            &["EDITING", "editing"],
            &["notify"],
            "error: the playbook \"isolate\" has 2 drafts; give the id of one with --version: v-1, v-2",
        ),
    ];
    for (statuses, workflows, expected) in cases {
        let service = Configured::start().await;
        service.respond_to_lookups(statuses, workflows);
        assert_eq!(error(&BY_NAME, &service.variables()).await, expected);
        assert!(service.server.requests().iter().all(|request| request.method() == "GET"), "something was bound");
    }
}

#[tokio::test]
async fn create_reports_wrong_arguments() {
    for (arguments, expected) in [
        (&["--workspace", "w", "x"][..], "--workspace needs --playbook as well"),
        (&["--playbook", "p", "x"], "--playbook needs --workspace as well"),
        (&["--version", "v", "x"], "--version needs --workspace and --playbook as well"),
        (&["--workspace"], "--workspace needs a name or an id after it"),
        (&["--workspace", "w", "--playbook", "p"], "no workflow is named; name at least one after the options"),
        (&["--worksapce", "w"], "--worksapce is not an option; --help shows the options"),
        (
            &["one.json", "two.json"],
            "unexpected argument \"two.json\"; give one file, in quotes if its name has spaces, or --workspace and --playbook \
             before the workflows",
        ),
    ] {
        assert_eq!(error(arguments, &[]).await, format!("error: {expected}"));
    }
}

#[tokio::test]
async fn create_does_not_send_the_example_to_the_service() {
    let service = Configured::start().await;
    assert_eq!(
        error(&[], &service.variables()).await,
        "error: the environment configures a real service, but no workflow is given; name the workflows, or a JSON file that \
         lists them; see --help"
    );
    assert_eq!(service.server.requests().len(), 0);
}

#[tokio::test]
async fn create_reports_the_errors_of_a_file() {
    let sample = "write [{\"action_id\": \"ID of a workflow\"}]";
    for (content, expected) in [
        ("no JSON", " is not JSON: expected ident at line 1 column 2".to_owned()),
        (r#"{"action_id":"a"}"#, format!(" is not an array; {sample}")),
        ("[]", format!(" has no workflow; {sample}")),
        (r#"["wf-1"]"#, ": workflow 1 is only \"wf-1\"; write {\"action_id\": \"wf-1\"}".to_owned()),
        ("[7]", ": workflow 1 is 7; write {\"action_id\": \"ID of a workflow\"}".to_owned()),
        (r#"[{"name":"n"}]"#, ": workflow 1 has no action_id; set it to the ID of a workflow".to_owned()),
        (
            r#"[{"action_id":"a"},{"action_id":"b","sort_order":1}]"#,
            ": workflow 2 has 1 as its sort_order; write a string in quotes".to_owned(),
        ),
        (r#"[{"action_id":null}]"#, ": workflow 1 has null as its action_id; write a string in quotes".to_owned()),
        (
            r#"[{"action_id":"b","nmae":"n"}]"#,
            ": workflow 1 has an unknown field \"nmae\"; use one of action_id, action_type, name, description, sort_order"
                .to_owned(),
        ),
        (
            "[{\"action_id\":\"T\",\n\"action_id\":\"T\"}]",
            " is not an array of workflows: duplicate field `action_id` at line 2 column 11".to_owned(),
        ),
    ] {
        let file = written("wrong", content);
        assert_eq!(error(&[&file], &[]).await, format!("error: {file}{expected}"));
    }
    assert_eq!(
        error(&["missing.json"], &[]).await,
        format!(
            "error: missing.json cannot be read: {}; give the path of a JSON file, or --workspace and --playbook before the name \
             of a workflow",
            std::fs::read("missing.json").unwrap_err()
        )
    );
}

#[tokio::test]
async fn create_reports_all_missing_variables() {
    let file = written("variables", r#"[{"action_id":"a"}]"#);
    let variables = [("HUAWEICLOUD_SDK_AK", "x"), ("SECMASTER_VERSION_ID", "")];
    assert_eq!(
        error_lines(CREATE, &[&file], &variables).await,
        [
            "error: neither SECMASTER_REGION nor SECMASTER_ENDPOINT is set; set one of them, such as SECMASTER_REGION=cn-north-4",
            "error: SECMASTER_WORKSPACE_ID is not set; set it to the ID of the workspace, or give --workspace and --playbook by name",
            "error: SECMASTER_VERSION_ID is empty; set it to the ID of the version of the playbook",
            "error: HUAWEICLOUD_SDK_AK is set but HUAWEICLOUD_SDK_SK is not; set both or none",
        ]
    );
}

#[tokio::test]
async fn create_reports_an_unknown_project() {
    let service = Configured::start().await;
    let file = written("project", r#"[{"action_id":"a"}]"#);
    let mut variables = service.variables();
    variables.retain(|(name, _)| *name != "SECMASTER_PROJECT_ID");
    assert_eq!(
        error(&[&file], &variables).await,
        "error: request not sent: the project is not known; set SECMASTER_PROJECT_ID"
    );
}

#[tokio::test]
async fn the_examples_have_help() {
    for (program, expected) in [(CREATE, "--workspace NAME"), (LIFECYCLE, "\n  SECMASTER_WORKFLOW_ID ")] {
        for word in ["-h", "--help"] {
            let stdout = output(program, &[word], &[]).await;
            assert!(stdout.contains(expected), "{stdout}");
        }
    }
}
