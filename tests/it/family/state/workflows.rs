//! Workflows, their versions, and runs.

use serde_json::{Value, json};

use super::{Space, id_of};

#[tokio::test]
async fn a_workflow_runs_until_it_is_terminated() {
    let space = Space::new().await;
    let run = json!({
        "command_type": "ActionInstanceRunCommand", "action_type": "workflow", "action_id": space.workflow,
        "playbook_context": { "data_object": { "dataclass": { "name": "Alert" }, "content": { "key": "value" } } },
    });
    let path = format!("workflows/{}/instances", space.workflow);
    assert!(space.ids("workflows/instances").await.is_empty());
    assert_eq!(space.ok("POST", &path, run.clone()).await, run);
    space.assert_rejected("POST", "workflows/unknown/instances", run, "SecMaster.20040611").await;
    for filter in [
        &format!("workflow_id={}", space.workflow),
        "status=RUNNING&trigger_type=MANUAL",
        "from_date=2024-08-27T11:00:00.000Z%2B0800",
    ] {
        assert_eq!(space.ids(&format!("workflows/instances?{filter}")).await.len(), 1, "{filter}");
    }
    for filter in ["workflow_id=other", "defence_id=x", "to_date=2024-08-27T11:00:00Z%2B0800"] {
        assert!(space.ids(&format!("workflows/instances?{filter}")).await.is_empty(), "{filter}");
    }
    let id = space.ids("workflows/instances").await.remove(0);
    let path = format!("workflows/instances/{id}");
    let shown = space.get(&path).await;
    assert_eq!((&shown["id"], &shown["status"], &shown["retry_count"]), (&json!(id), &json!("RUNNING"), &json!(0)));
    assert_eq!((&shown["workflow"]["id"], &shown["workflow"]["version"]), (&json!(space.workflow), &json!("v1")));
    assert_eq!(shown["dataclass"], json!({ "id": space.class, "name": "Alert", "en_name": null }));
    let changed = space.ok("PUT", &path, json!({ "command_type": "ActionInstanceRetryCommand" })).await;
    assert_eq!((&changed["code"], &changed["data"]), (&json!(0), &Value::Null));
    let shown = space.get(&path).await;
    assert_eq!(
        (&shown["status"], &shown["retry_count"], &shown["end_time"]),
        (&json!("RETRYING"), &json!(1), &Value::Null)
    );
    space.ok("PUT", &path, json!({ "command_type": "ActionInstanceTerminateCommand" })).await;
    assert_eq!(space.ids("workflows/instances?status=TERMINATED").await, [id]);
    assert!(space.get(&path).await["end_time"].is_string());
    space.assert_rejected("GET", "workflows/instances/unknown", Value::Null, "SecMaster.20030001").await;
}

#[tokio::test]
async fn a_playbook_run_has_the_requested_id_and_status() {
    let space = Space::new().await;
    let path = "playbooks/instances/7e6f1f52-0b0b-4c3e-9d0f-2f4f5a3d5b11";
    assert_eq!(space.get(path).await["id"], id_of(path));
    for (operation, status) in [("RETRY", "RETRYING"), ("TERMINATE", "TERMINATED")] {
        let changed = space.ok("POST", &format!("{path}/operation"), json!({ "operation": operation })).await;
        assert_eq!((&changed["id"], &changed["status"]), (&json!(id_of(path)), &json!(status)));
    }
}

#[tokio::test]
async fn a_workflow_is_enabled_with_a_version() {
    let space = Space::new().await;
    let body = json!({
        "name": "tf_test", "engine_type": "public_engine", "aop_type": "NORMAL", "dataclass_id": space.class
    });
    let workflow = format!("workflows/{}", space.created("workflows", body).await);
    let body = json!({
        "name": "v", "description": "d", "taskconfig": "{}", "taskflow": "x", "taskflow_type": "JSON", "aop_type": "NORMAL"
    });
    let id = space.created(&format!("{workflow}/versions"), body).await;
    let version = format!("workflows/versions/{id}");
    let enable = json!({ "name": "tf_test", "enabled": true, "version_id": id });
    let references = async || {
        let shown = space.show(&workflow).await;
        let fields = ["version_id", "current_approval_version_id", "current_rejected_version_id"];
        fields.map(|field| shown[field].as_str().is_some_and(|found| found == id))
    };
    space.assert_rejected("PUT", &version, json!({ "status": "activated" }), "SecMaster.20030001").await;
    space.assert_rejected("PUT", &workflow, enable.clone(), "SecMaster.20030001").await;
    space.assert_rejected("PUT", &workflow, json!({ "enabled": true }), "SecMaster.20030001").await;
    let unknown = json!({ "enabled": true, "version_id": "unknown" });
    space.assert_rejected("PUT", &workflow, unknown, "SecMaster.20040605").await;
    space.ok("PUT", &version, json!({ "status": "pending_approval" })).await;
    assert_eq!(references().await, [false, true, false]);
    for (result, expected) in [("UN_PASS", [false, false, true]), ("PASS", [false; 3])] {
        space.ok("PUT", &version, json!({ "status": "pending_approval" })).await;
        space.ok("POST", &format!("{version}/approval"), json!({ "result": result, "content": "seen" })).await;
        assert_eq!(references().await, expected);
    }
    space.ok("PUT", &workflow, enable).await;
    assert_eq!(references().await, [true, false, false]);
    let shown = space.show(&version).await;
    assert_eq!(
        (&shown["status"], &shown["version"], &shown["dataclass_name"]),
        (&json!("activated"), &json!("v1"), &json!("Alert"))
    );
    space.assert_rejected("DELETE", &version, Value::Null, "SecMaster.20030001").await;
    space.ok("PUT", &version, json!({ "status": "not_activated" })).await;
    assert_eq!(space.show(&workflow).await["enabled"], false);
    space.ok("DELETE", &version, Value::Null).await;
}
