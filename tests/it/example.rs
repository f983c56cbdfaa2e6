//! The example, as a process that a person runs.

use std::path::Path;
use std::process::Output;

use secmaster_client::testing::{MockResponse, Server};
use tokio::process::Command;

const EXAMPLE: &str = "create_playbook_workflow";

pub async fn run(example: &str, arguments: &[&str], variables: &[(&str, &str)]) -> Output {
    let mut command = Command::new(env!("CARGO"));
    command.args(["run", "--quiet", "--example", example, "--"]).args(arguments);
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("SECMASTER_") || name.starts_with("HUAWEI")) {
        command.env_remove(name);
    }
    command.current_dir(env!("CARGO_MANIFEST_DIR")).envs(variables.iter().copied()).output().await.unwrap()
}

/// The variables by which an example is told of a service and of what to call there.
pub fn configured<'a>(endpoint: &'a str, token: &'a str) -> [(&'static str, &'a str); 5] {
    [
        ("SECMASTER_ENDPOINT", endpoint),
        ("SECMASTER_TOKEN", token),
        ("SECMASTER_PROJECT_ID", "p"),
        ("SECMASTER_WORKSPACE_ID", "w"),
        ("SECMASTER_VERSION_ID", "v"),
    ]
}

/// What an example that fails says.
async fn failures(arguments: &[&str], variables: &[(&str, &str)]) -> Vec<String> {
    failures_of(EXAMPLE, arguments, variables).await
}

async fn failures_of(example: &str, arguments: &[&str], variables: &[(&str, &str)]) -> Vec<String> {
    let output = run(example, arguments, variables).await;
    assert_eq!(output.status.code(), Some(1));
    String::from_utf8(output.stderr).unwrap().lines().map(str::to_owned).collect()
}

/// The one line of an example that fails.
async fn failure(arguments: &[&str], variables: &[(&str, &str)]) -> String {
    let [line] = failures(arguments, variables).await.try_into().unwrap();
    line
}

/// A file of this test that holds a text.
fn written(name: &str, text: &str) -> String {
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("workflows-{name}-{}.json", std::process::id()));
    std::fs::write(&file, text).unwrap();
    file.display().to_string()
}

#[tokio::test]
async fn with_nothing_configured_it_creates_the_documented_workflow_at_a_fake_server() {
    let output = run(EXAMPLE, &[], &[]).await;
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    let lines: Vec<_> = text.lines().collect();
    assert!(lines[0].starts_with("Nothing is configured: calling a fake server at http://127.0.0.1:"), "{text}");
    assert!(
        lines[1].starts_with("Credentials: the password of IAMUser in IAMDomain, logged in for project "),
        "{text}"
    );
    assert!(
        lines[2].starts_with("Binding 1 workflow to version 909494e3-") && lines[2].ends_with(" at the fake server."),
        "{text}"
    );
    assert_eq!(lines[3], "Created 1 action (status 200 OK):");
    assert_eq!(lines[5].split_whitespace().collect::<Vec<_>>(), ["ID", "NAME", "TYPE", "WORKFLOW"]);
    let row: Vec<_> = lines[6].split_whitespace().collect();
    assert_eq!(row[1..], ["MyXXX", "aopworkflow", "909494e3-558e-46b6-a9eb-07a8e18ca62f"]);
    assert!(lines[8].starts_with("Request id: ") && lines[8].ends_with("-fake-server"), "{text}");
    assert!(lines[9].starts_with("  uuid      ") && lines[10].starts_with("  timestamp "), "{text}");
    assert_eq!(lines[11..], ["  hostname  fake-server", "Deprecation: none announced by this answer"]);
}

#[tokio::test]
async fn with_an_endpoint_and_a_file_it_creates_what_the_file_says() {
    let server = Server::start().await;
    server.deprecate("2026-12-31", "Use CreatePlaybookVersion.");
    let file = written(
        "two",
        r#"[{"action_type":"AOP_WORKFLOW","action_id":"a","sort_order":"1"},{"action_type":"T","action_id":"b","name":null}]"#,
    );
    let (endpoint, token) = (server.endpoint(), server.token());
    let variables = configured(&endpoint, &token);
    let output = run(EXAMPLE, &[&file], &variables).await;
    let text = String::from_utf8(output.stdout).unwrap();
    let before = format!(
        "Credentials: SECMASTER_TOKEN.\nBinding 2 workflows to version v in workspace w of project p at the endpoint {endpoint}.\n"
    );
    assert!(text.starts_with(&format!("{before}Created 2 actions (status 200 OK):\n")), "{text}");
    assert!(text.ends_with("Deprecated: goes offline on 2026-12-31. Use CreatePlaybookVersion.\n"), "{text}");
    assert!(!text.contains(&token), "{text}");
    let created = server.created();
    assert_eq!((&created[0]["action_id"], &created[1]["action_id"]), (&"a".into(), &"b".into()));
    assert_eq!(server.requests()[0].path(), "/v1/p/workspaces/w/soc/playbooks/versions/v/actions");
}

#[tokio::test]
async fn a_success_that_says_otherwise_in_its_body_fails() {
    let server = Server::start().await;
    let (endpoint, token) = (server.endpoint(), server.token());
    let variables = configured(&endpoint, &token);
    let file = written("one", r#"[{"action_type":"AOP_WORKFLOW","action_id":"a"}]"#);
    for (body, expected) in [
        (
            serde_json::json!({"code": "SecMaster.20030001", "message": "no such workflow", "data": [{"id": "x"}]}),
            "error: the service returned 200 OK with the code SecMaster.20030001: no such workflow (request id the-id)",
        ),
        (serde_json::json!({"code": 0, "data": []}), "error: only 0 of 1 action came back (request id the-id)"),
    ] {
        server.respond_next(MockResponse::new(200).header("X-request-id", "the-id").json(body));
        assert_eq!(failure(&[&file], &variables).await, expected);
    }
}

const BY_NAME: [&str; 5] = ["--workspace", "soc", "--playbook", "isolate", "notify"];

/// The answers to the look-ups of these names, with workflows of these names.
fn answer_look_ups(server: &Server, workflows: &[&str]) {
    let list = |rows: serde_json::Value| MockResponse::new(200).json(serde_json::json!({"total": 1, "data": rows}));
    let workspaces = serde_json::json!({"count": 1, "workspaces": [{"id": "w-1", "name": "soc"}]});
    server.respond_next(MockResponse::new(200).json(workspaces));
    server.respond_next(list(serde_json::json!([{"id": "p-0", "name": "another"}, {"id": "p-1", "name": "isolate"}])));
    let versions = [("v-1", "PUBLISHED"), ("v-2", "EDITING")];
    let versions = versions.map(|(id, status)| serde_json::json!({"id": id, "version": id, "status": status}));
    server.respond_next(list(versions.as_slice().into()));
    let workflows = workflows.iter().enumerate();
    let workflows: Vec<_> =
        workflows.map(|(number, name)| serde_json::json!({"id": format!("wf-{number}"), "name": name})).collect();
    server.respond_next(list(workflows.into()));
}

#[tokio::test]
async fn names_are_looked_up_and_bound() {
    let server = Server::start().await;
    let (endpoint, token) = (server.endpoint(), server.token());
    let variables = configured(&endpoint, &token);
    answer_look_ups(&server, &["other", "notify"]);
    let body = serde_json::json!({"code": 0, "data": [{"id": "row", "action_id": "wf-1"}]});
    server.respond_next(MockResponse::new(200).json(body));
    let output = run(EXAMPLE, &BY_NAME, &variables).await;
    let text = String::from_utf8(output.stdout).unwrap();
    let found = "Credentials: SECMASTER_TOKEN.\nFound the workspace soc: w-1.\nFound the playbook isolate: p-1.\n\
                 Found the version of the playbook EDITING: v-2.\nFound the workflow notify: wf-1.\n\
                 Created 1 action (status 200 OK):\n";
    assert!(text.starts_with(found), "{text}{}", String::from_utf8_lossy(&output.stderr));
    let sent = server.requests().pop().unwrap();
    assert_eq!(sent.path(), "/v1/p/workspaces/w-1/soc/playbooks/versions/v-2/actions");
    assert_eq!(sent.body(), br#"[{"action_id":"wf-1","action_type":"AOP_WORKFLOW"}]"#);
}

#[tokio::test]
async fn a_name_of_none_or_several_is_one_line() {
    for (workflows, expected) in [
        (&["other"][..], "error: there is no workflow \"notify\"; there is other"),
        (&[], "error: there is no workflow \"notify\", and no other"),
        (&["notify", "notify"], "error: 2 have the name \"notify\"; name the workflow by its id: wf-0, wf-1"),
    ] {
        let server = Server::start().await;
        let (endpoint, token) = (server.endpoint(), server.token());
        answer_look_ups(&server, workflows);
        assert_eq!(failure(&BY_NAME, &configured(&endpoint, &token)).await, expected);
        assert_eq!(server.requests().len(), 4, "nothing was bound");
    }
    assert_eq!(
        failure(&["--workspace", "w", "x"], &[]).await,
        "error: --workspace and --playbook go together; name both"
    );
    assert_eq!(failure(&["--workspace"], &[]).await, "error: --workspace needs a name or an id after it");
}

#[tokio::test]
async fn the_placeholder_is_not_sent_to_a_real_service() {
    let server = Server::start().await;
    let (endpoint, token) = (server.endpoint(), server.token());
    let variables = configured(&endpoint, &token);
    assert_eq!(
        failure(&[], &variables).await,
        "error: a real service is configured, but no file is given; name the file that holds the workflows to bind"
    );
    let empty = written("empty", "[]");
    assert_eq!(
        failure(&[&empty], &variables).await,
        format!("error: {empty} holds no workflow; write at least one into its array")
    );
    assert_eq!(server.requests().len(), 0);
}

#[tokio::test]
async fn a_file_that_is_wrong_is_told_where() {
    for (text, what) in [
        ("no JSON", "is not JSON: expected ident at line 1 column 2"),
        (r#"{"action_id":"a"}"#, "is not an array of workflows; begin it with [ and end it with ]"),
        ("[]", "holds no workflow; write at least one into its array"),
        (
            "[{\"action_type\":\"T\",\n\"action_type\":\"T\"}]",
            "is not an array of workflows to create: duplicate field `action_type` at line 2 column 13",
        ),
    ] {
        let file = written("wrong", text);
        assert_eq!(failure(&[&file], &[]).await, format!("error: {file} {what}"));
    }
    let file =
        written("misspelt", r#"[{"action_type":"T","action_id":"a"},{"action_type":"T","action_id":"b","nmae":"n"}]"#);
    assert_eq!(
        failure(&[&file], &[]).await,
        format!(
            "error: {file}: workflow 2 has a field \"nmae\", which is none of action_id, action_type, description, name, sort_order; \
             correct its name"
        )
    );
    assert_eq!(
        failure(&["missing.json"], &[]).await,
        "error: missing.json cannot be read: No such file or directory (os error 2)"
    );
    assert_eq!(
        failure(&["one.json", "two.json"], &[]).await,
        "error: two.json is one word too many; give one file, or write its name in quotes"
    );
}

const NO_PLACE: &str = "error: neither SECMASTER_REGION nor SECMASTER_ENDPOINT is set; set one of them, such as SECMASTER_REGION=cn-north-4";

#[tokio::test]
async fn all_variables_that_are_missing_are_told_at_once() {
    let file = written("one", r#"[{"action_type":"T","action_id":"a"}]"#);
    let variables = [("HUAWEICLOUD_SDK_AK", "x"), ("SECMASTER_VERSION_ID", "")];
    assert_eq!(
        failures(&[&file], &variables).await,
        [
            NO_PLACE,
            "error: SECMASTER_WORKSPACE_ID is not set; set it to the ID of the workspace",
            "error: SECMASTER_VERSION_ID is empty; set it to the ID of the playbook version",
            "error: HUAWEICLOUD_SDK_AK is set but HUAWEICLOUD_SDK_SK is not; set both or none",
        ]
    );
}

#[tokio::test]
async fn a_project_that_is_neither_named_nor_known_is_told() {
    let server = Server::start().await;
    let file = written("project", r#"[{"action_type":"T","action_id":"a"}]"#);
    let (endpoint, token) = (server.endpoint(), server.token());
    let mut variables = configured(&endpoint, &token).to_vec();
    variables.retain(|(name, _)| *name != "SECMASTER_PROJECT_ID");
    let why = "and request not sent: the project is not known; call project_id(...) or region(...) on Client::builder(), or project_id(...) on the request";
    assert_eq!(failure(&[&file], &variables).await, format!("error: SECMASTER_PROJECT_ID is not set, {why}"));
    variables.push(("SECMASTER_PROJECT_ID", ""));
    assert_eq!(failure(&[&file], &variables).await, format!("error: SECMASTER_PROJECT_ID is empty, {why}"));
}

#[tokio::test]
async fn it_says_how_it_is_called() {
    for word in ["-h", "--help"] {
        let output = run(EXAMPLE, &[word], &[]).await;
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(output.status.success() && text.contains("\n  SECMASTER_WORKSPACE_ID  the workspace\n"), "{text}");
    }
}

#[tokio::test]
async fn a_lifecycle_prints_each_step() {
    let output = run("playbook_lifecycle", &[], &[]).await;
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let steps: Vec<&str> =
        text.lines().filter_map(|line| line.trim().split_once(" (request id ")).map(|(step, _)| step).collect();
    let (calls, inline) = steps.split_at(11);
    assert_eq!(
        calls,
        [
            "created the playbook",
            "created a draft of a version",
            "bound a workflow to it",
            "set its rule",
            "submitted it",
            "approved it",
            "enabled the playbook",
            "disabled the playbook",
            "disabled the version",
            "deleted the version",
            "deleted the playbook",
        ]
    );
    let stays = |step: &&&str| !["bound a workflow to it", "set its rule"].contains(*step);
    assert!(inline.iter().eq(calls.iter().filter(stays)), "{inline:?}");
}

#[tokio::test]
async fn a_lifecycle_that_fails_says_what_is_still_there() {
    let server = Server::start().await;
    for body in
        [r#"{"dataclass_details":[{"id":"alert"}]}"#, r#"{"data":[{"id":"notify"}]}"#, r#"{"data":{"id":"respond"}}"#]
    {
        server.respond_next(MockResponse::new(200).body(body));
    }
    server.respond_next(MockResponse::new(400).body(r#"{"code":"SecMaster.20030022","message":"no such data class"}"#));
    let (endpoint, token) = (server.endpoint(), server.token());
    let lines = failures_of("playbook_lifecycle", &[], &configured(&endpoint, &token)).await;
    assert!(
        lines[0].starts_with("error: CreatePlaybookVersion: returned 400 Bad Request, SecMaster.20030022"),
        "{lines:?}"
    );
    assert_eq!(lines[1..], ["playbook respond is still there; delete_playbook removes it"]);
}
