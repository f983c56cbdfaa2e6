//! The published examples are decoded.

use secmaster_client::types::CreatePlaybookActionResponse;
use serde_json::{Value, json};

use super::{ID, RULE_STRING, TIME, assert_lossless, operations};

fn playbook() -> Value {
    json!({
        "id": ID, "name": "MyXXX", "description": "This my XXXX", "create_time": TIME, "update_time": TIME,
        "project_id": ID, "version_id": ID, "enabled": true, "workspace_id": "string", "approve_role": "approve",
        "user_role": "string", "edit_role": "editor", "owner_id": ID, "version": "v1.1.1", "dataclass_name": "string",
        "dataclass_id": "string", "unaudited_version_id": "string", "reject_version_id": "string"
    })
}

fn row() -> Value {
    json!({
        "id": ID, "description": "This my XXXX", "create_time": TIME, "update_time": TIME, "project_id": ID,
        "creator_id": ID, "modifier_id": ID, "playbook_id": ID, "version": "v1.1.1", "run_mode": "automatic",
        "enabled": true, "status": "editing", "action_strategy": "SYNC", "rule_enable": true, "dataclass_id": ID,
        "trigger_type": "event", "dataobject_create": true, "dataobject_update": true, "dataobject_delete": true,
        "version_type": 1, "rule_id": "string", "dataclass_name": "string", "approve_name": "string",
        "dataobject_id": "string"
    })
}

fn version() -> Value {
    let mut version = row();
    version["action_strategy"] = json!("sync");
    version["actions"] = json!([action()]);
    version["rules"] = json!({"id": ID, "project_id": ID, "rule": ID});
    version
}

fn action() -> Value {
    json!({
        "id": ID, "name": "MyXXX", "description": "This my XXXX", "action_type": "Workflow", "action_id": ID,
        "sort_order": 21_312_312_312_u64, "playbook_id": "string", "playbook_version_id": "string",
        "project_id": "string"
    })
}

fn instance() -> Value {
    json!({
        "id": ID, "name": "MyXXX", "project_id": ID,
        "playbook": {"id": ID, "version_id": ID, "name": ID, "version": "v1.1.1"},
        "dataclass": {"id": ID, "name": ID}, "dataobject": {"id": ID, "name": ID},
        "status": "TERMINATED", "trigger_type": "string", "start_time": TIME, "end_time": TIME
    })
}

fn log() -> Value {
    json!({
        "instance_type": "APP, AOP_WORKFLOW, SCRIPT, PLAYBOOK, TASK, DEBUG", "action_id": ID,
        "action_name": "DisabledIp", "instance_id": ID, "parent_instance_id": ID, "log_level": "DEBUG INFO WARN",
        "input": "input", "output": "output", "error_msg": "error_msg", "start_time": "2021-01-30T23:00:00Z",
        "end_time": "2021-01-31T23:00:00Z",
        "status": "CREATED, RUNNING, FINISHED, RETRYING, TERMINATING, TERMINATED, FAILED",
        "trigger_type": "DEBUG, TIMER, EVENT, MANUAL"
    })
}

fn one(data: &Value) -> Value {
    json!({"code": 0, "message": "Error message", "data": data})
}

fn page(message: &Value, row: &Value) -> Value {
    json!({"code": 0, "message": message, "total": 41, "size": 3, "page": 10, "data": [row]})
}

#[test]
fn published_responses_are_decoded_without_loss() {
    let run = json!({
        "playbook_instance_id": "string", "playbook_instance_name": "string",
        "playbook_instance_run_time": 9_999_999_999_u64
    });
    let n = 99_999_999;
    let monitor = json!({
        "total_instance_run_num": n, "schedule_instance_run_num": n, "event_instance_run_num": n,
        "average_run_time": 9_999_999_999_u64, "min_run_time_instance": run, "max_run_time_instance": run,
        "total_instance_num": n, "success_instance_num": n, "fail_instance_num": n, "terminate_instance_num": n,
        "running_instance_num": n
    });
    let rule = json!({
        "start_type": "IMMEDIATELY", "start_time": "2023-07-25T15:33:29.490Z+0800", "only_once": false,
        "end_type": "FOREVER", "cron": "0 0 0/5 * * ?", "execution_type": "SERIAL_WAIT",
        "schedule_type": "REPEAT:hour"
    });
    let review = json!({"result": "PASS", "content": "need modify"});
    for (name, value) in [
        ("PlaybookList", page(&Value::Null, &playbook())),
        ("PlaybookResponse", one(&playbook())),
        ("PlaybookStatisticsResponse", one(&json!({"unapproved_num": n, "disabled_num": n, "enabled_num": n}))),
        ("PlaybookMonitorResponse", one(&monitor)),
        ("PlaybookVersionList", page(&Value::Null, &row())),
        ("PlaybookVersionResponse", one(&version())),
        ("StatusResponse", json!({"code": 0, "message": "success"})),
        ("StatusResponse", json!({"code": 0, "message": "Error message"})),
        ("ApprovalResponse", one(&review)),
        ("ApprovalList", one(&json!([review]))),
        ("PlaybookActionList", page(&json!("Error message"), &action())),
        ("PlaybookActionResponse", one(&action())),
        ("PlaybookRuleResponse", one(&json!({"id": ID, "project_id": ID, "rule": rule}))),
        ("PlaybookRuleResponse", one(&json!({"id": ID, "project_id": ID, "rule": RULE_STRING}))),
        ("PlaybookInstanceList", json!({"count": 41, "instances": [instance()]})),
        ("PlaybookInstance", instance()),
        ("PlaybookTopology", json!({"count": 41, "action_instances": [{"action": action(), "instance_log": log()}]})),
        ("AuditLogList", json!({"count": 41, "audit_logs": [log()]})),
        ("ErrorResponse", json!({"code": "SecMaster.20040001", "message": "Parameter error."})),
    ] {
        assert_lossless(name, &value);
    }
}

/// The published examples of an action have a numeric `sort_order`; the type of a created action has no such field.
#[test]
fn a_created_action_may_have_an_unknown_field() {
    let read: CreatePlaybookActionResponse = serde_json::from_value(one(&json!([action()]))).unwrap();
    assert_eq!(read.data.unwrap()[0].action_id.as_deref(), Some(ID));
}

/// The rule of an example whose `logics` is an object with one expression as its key.
pub(super) fn garbled_rule() -> Value {
    json!({
        "expression_type": "all",
        "conditions": [{"name": "logic1", "detail": "Funcion : XXX", "data": ["waf.alarm.level', '>', '3"]}],
        "logics": {"['logic1', 'and', ['logic2', 'or', 'logic3'], 'or', 'logic4']": null},
        "cron": "*/5 * * * * ?", "schedule_type": "second",
        "repeat_range": "2021-01-30T23:00:00Z+0800~2021-01-30T23:00:00Z+0800", "repeat_count": "1"
    })
}

/// Requests are exact, so a published example that contradicts the tables of its page is rejected until it is corrected.
#[test]
fn published_requests_are_decoded_once_they_match_their_page() {
    let playbook = json!({"name": "MyXXX", "description": "This my XXXX", "workspace_id": "string", "enabled": false});
    let mut version = json!({
        "description": "This my XXXX", "workspace_id": "string", "playbook_id": ID, "actions": [action()],
        "dataclass_id": ID, "rule_enable": true, "rule_id": ID, "trigger_type": "event", "dataobject_create": true,
        "dataobject_update": true, "dataobject_delete": true, "action_strategy": "ASYNC"
    });
    version["actions"][0]["action_type"] = json!("AOP-WORKFLOW");
    let rule = json!({"rule": garbled_rule()});
    let types = operations::types();
    let correct = |value: &Value, pointer: &str, correction: Value| {
        let mut corrected = value.clone();
        *corrected.pointer_mut(pointer).unwrap() = correction;
        corrected
    };
    for (name, published, correction) in [
        ("CreatePlaybookRequest", playbook, None),
        ("CreatePlaybookVersionRequest", version, Some(("/actions/0/sort_order", json!("21312312312")))),
        ("CreateRule", rule.clone(), Some(("/rule/logics", json!(["logic1"])))),
        ("UpdateRule", rule, Some(("/rule/logics", json!(["logic1"])))),
    ] {
        let decoded = types[name](published.clone());
        assert_eq!(decoded.is_ok(), correction.is_none(), "{name}: {decoded:?}");
        if let Some((pointer, value)) = correction {
            types[name](correct(&published, pointer, value)).unwrap();
        }
    }
}
