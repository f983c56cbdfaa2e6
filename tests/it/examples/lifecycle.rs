//! The example `playbook_lifecycle`.

use secmaster_client::testing::MockResponse;
use serde_json::json;

use super::{Configured, LIFECYCLE, error_lines, output};

/// The steps that only the deprecated operations have.
const CALLS: [&str; 4] = ["bound the workflow to it", "set its rule", "deleted the rule", "deleted the action"];

#[tokio::test]
async fn lifecycle_runs_in_the_requested_way() {
    for (way, is_deprecated) in [("calls", true), ("inline", false)] {
        let output = output(LIFECYCLE, &[way], &[]).await;
        assert_eq!(output.matches("deleted the playbook").count(), 1);
        assert_eq!(CALLS.map(|step| output.contains(step)), [is_deprecated; 4], "{output}");
    }
}

#[tokio::test]
async fn lifecycle_prints_each_step() {
    let stdout = output(LIFECYCLE, &[], &[]).await;
    let steps: Vec<&str> =
        stdout.lines().filter_map(|line| line.trim().split_once(" (request id ")).map(|(step, _)| step).collect();
    assert_eq!(steps[0], "looked for the workflow and its data class");
    let (calls, inline) = steps[1..].split_at(16);
    assert_eq!(
        calls,
        [
            "created the playbook",
            "created a draft of a version",
            "bound the workflow to it",
            "set its rule",
            "read the version",
            "submitted it for review",
            "approved it",
            "enabled the playbook",
            "disabled the playbook",
            "read the version",
            "disabled the version",
            "deleted the rule",
            "deleted the action",
            "deleted the version",
            "deleted the playbook",
            "checked that the playbook is gone",
        ]
    );
    let stays = |step: &&&str| !CALLS.contains(*step);
    assert!(inline.iter().eq(calls.iter().filter(stays)), "{inline:?}");
}

#[tokio::test]
async fn lifecycle_prints_how_to_undo_a_failed_run() {
    let service = Configured::start().await;
    service.respond(json!({"data": [{"id": "wf-0", "dataclass_id": "alert"}]}));
    for id in ["respond", "version"] {
        service.respond(json!({"data": {"id": id}}));
    }
    let body = r#"{"code":"SecMaster.20030022","message":"no such workflow"}"#;
    service.server.respond_next(MockResponse::new(400).header("X-request-id", "the-id").body(body));
    assert_eq!(
        error_lines(LIFECYCLE, &[], &service.variables()).await,
        [
            "error: CreatePlaybookAction: returned 400 Bad Request, SecMaster.20030022: no such workflow (request id the-id)",
            "To undo the previous steps:",
            "  delete_playbook_version version",
            "  delete_playbook respond",
        ]
    );
}

#[tokio::test]
async fn lifecycle_reports_a_playbook_that_was_not_deleted() {
    let service = Configured::start().await;
    service.respond(json!({"data": [{"id": "wf-0", "dataclass_id": "alert"}]}));
    for _ in 0..12 {
        service.respond(json!({"data": {"id": "kept"}}));
    }
    assert_eq!(
        error_lines(LIFECYCLE, &["inline"], &service.variables()).await,
        [
            "error: the playbook kept exists although it was deleted (request id the-id)",
            "To undo the previous steps:",
            "  delete_playbook kept",
        ]
    );
}

#[tokio::test]
async fn lifecycle_accepts_that_the_deleted_playbook_is_not_found() {
    let service = Configured::start().await;
    service.respond(json!({"data": [{"id": "wf-0", "dataclass_id": "alert"}]}));
    for _ in 0..11 {
        service.respond(json!({"data": {"id": "removed"}}));
    }
    let body = r#"{"code":"SecMaster.20030005","message":"no such playbook"}"#;
    service.server.respond_next(MockResponse::new(400).header("X-request-id", "the-id").body(body));
    let stdout = output(LIFECYCLE, &["inline"], &service.variables()).await;
    assert!(stdout.ends_with("  checked that the playbook is gone (request id the-id)\n"), "{stdout}");
}

#[tokio::test]
async fn lifecycle_requires_a_workflow() {
    let variables = [("SECMASTER_REGION", "cn-north-4"), ("SECMASTER_TOKEN", "MII"), ("SECMASTER_WORKSPACE_ID", "w")];
    assert_eq!(
        error_lines(LIFECYCLE, &[], &variables).await,
        [
            "error: SECMASTER_WORKFLOW_ID is not set; set it to the ID of a workflow that may run while the playbook is enabled"
        ]
    );
    assert_eq!(
        error_lines(LIFECYCLE, &["now"], &[]).await,
        ["error: unexpected argument \"now\"; see --help for the settings"]
    );
}
