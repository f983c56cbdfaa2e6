//! The example, as a process that a person runs.

use std::path::Path;
use std::process::Output;

use secmaster_client::testing::Server;
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

/// The one line of an example that fails.
async fn failure(arguments: &[&str], variables: &[(&str, &str)]) -> String {
    let output = run(EXAMPLE, arguments, variables).await;
    assert_eq!(output.status.code(), Some(1));
    let text = String::from_utf8(output.stderr).unwrap();
    assert_eq!(text.lines().count(), 1, "{text}");
    text.trim_end().to_owned()
}

#[tokio::test]
async fn with_nothing_configured_it_creates_the_documented_workflow_at_a_stand_in() {
    let output = run(EXAMPLE, &[], &[]).await;
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    let lines: Vec<_> = text.lines().collect();
    assert!(
        lines[0].starts_with("Nothing is configured: calling a stand-in for the cloud at http://127.0.0.1:"),
        "{text}"
    );
    assert!(
        lines[1].starts_with("Credentials: the password of IAMUser in IAMDomain, logged in for project "),
        "{text}"
    );
    assert_eq!(lines[2], "Created 1 action (status 200 OK):");
    assert_eq!(lines[4].split_whitespace().collect::<Vec<_>>(), ["ID", "NAME", "TYPE", "WORKFLOW"]);
    let row: Vec<_> = lines[5].split_whitespace().collect();
    assert_eq!(row[1..], ["MyXXX", "aopworkflow", "909494e3-558e-46b6-a9eb-07a8e18ca62f"]);
    assert!(lines[7].starts_with("Request id: ") && lines[7].ends_with("-stand-in"), "{text}");
    assert!(lines[8].starts_with("  uuid      ") && lines[9].starts_with("  timestamp "), "{text}");
    assert_eq!(lines[10..], ["  hostname  stand-in", "Deprecation: none announced by this answer"]);
}

#[tokio::test]
async fn with_an_endpoint_and_a_file_it_creates_what_the_file_says() {
    let server = Server::start().await;
    server.deprecate("2026-12-31", "Use CreatePlaybookVersion.");
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("workflows-{}.json", std::process::id()));
    std::fs::write(&file, r#"[{"action_type":"AOP_WORKFLOW","action_id":"a"},{"action_type":"T","action_id":"b"}]"#)
        .unwrap();
    let (endpoint, token) = (server.endpoint(), server.token());
    let variables = [
        ("SECMASTER_ENDPOINT", endpoint.as_str()),
        ("SECMASTER_TOKEN", token.as_str()),
        ("SECMASTER_PROJECT_ID", "p"),
        ("SECMASTER_WORKSPACE_ID", "w"),
        ("SECMASTER_VERSION_ID", "v"),
    ];
    let output = run(EXAMPLE, &[file.to_str().unwrap()], &variables).await;
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.starts_with("Credentials: SECMASTER_TOKEN.\nCreated 2 actions (status 200 OK):\n"), "{text}");
    assert!(text.ends_with("Deprecated: goes offline on 2026-12-31. Use CreatePlaybookVersion.\n"), "{text}");
    assert!(!text.contains(&token), "{text}");
    let created = server.created();
    assert_eq!((&created[0]["action_id"], &created[1]["action_id"]), (&"a".into(), &"b".into()));
    assert_eq!(server.requests()[0].path(), "/v1/p/workspaces/w/soc/playbooks/versions/v/actions");
}

#[tokio::test]
async fn what_is_missing_or_wrong_is_one_line() {
    assert_eq!(
        failure(&["missing.json"], &[]).await,
        "error: missing.json can not be read: No such file or directory (os error 2)"
    );
    assert_eq!(
        failure(&["Cargo.toml"], &[]).await,
        "error: Cargo.toml is not an array of workflows to create: expected value at line 1 column 2"
    );
    assert_eq!(
        failure(&[], &[("SECMASTER_TOKEN", "x")]).await,
        "error: neither SECMASTER_REGION nor SECMASTER_ENDPOINT is set; set one of them, such as SECMASTER_REGION=cn-north-4"
    );
    assert_eq!(
        failure(&[], &[("SECMASTER_TOKEN", "x"), ("SECMASTER_REGION", "r")]).await,
        "error: SECMASTER_WORKSPACE_ID is not set; set it to the ID of the workspace"
    );
    assert_eq!(
        failure(&[], &[("SECMASTER_TOKEN", "x"), ("SECMASTER_REGION", "r"), ("SECMASTER_WORKSPACE_ID", "w")]).await,
        "error: SECMASTER_VERSION_ID is not set; set it to the ID of the playbook version"
    );
}
