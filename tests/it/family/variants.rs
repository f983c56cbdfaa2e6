//! Fields on which the sources disagree are decoded in each form.

use secmaster_client::types::{CreateAction, CreatePlaybookVersionRequest, CreateRule, RuleDefinition, RuleInput};
use serde_json::{Value, json};

use super::published::garbled_rule;
use super::{ID, RULE_STRING, TIME, assert_lossless, operations};

#[test]
fn contradicting_sources_are_decoded_in_each_form() {
    for (name, value) in [
        // Codes: strings in tables, the number 0 in examples, and missing values.
        ("PlaybookResponse", json!({"code": "0", "message": null, "data": null})),
        ("PlaybookResponse", json!({"code": null})),
        ("PlaybookList", json!({"code": "0", "total": 0, "data": []})),
        ("PlaybookList", json!({"code": 0, "total": null, "size": null, "page": null, "data": null})),
        ("PlaybookVersionResponse", json!({"code": 0, "data": {"actions": null, "rules": null, "enabled": null}})),
        (
            "WorkflowList",
            json!({"code": "SOAR.0000", "success": true, "request_id": ID, "total": 1, "offset": 0,
            "limit": 10, "size": 10, "page": 1, "data": [{"id": ID}]}),
        ),
        // The order of an action, as a string, a number and null, and the undocumented times.
        ("PlaybookAction", json!({"sort_order": "1", "create_time": TIME, "update_time": TIME})),
        ("PlaybookAction", json!({"sort_order": 1})),
        ("PlaybookAction", json!({"sort_order": null})),
        // The spellings of the type of an action, and of values in upper case elsewhere.
        ("PlaybookAction", json!({"action_type": "AOP_WORKFLOW"})),
        ("PlaybookAction", json!({"action_type": "AOP-WORKFLOW"})),
        ("PlaybookAction", json!({"action_type": "aopworkflow"})),
        ("PlaybookVersion", json!({"status": "PUBLISHED", "trigger_type": "EVENT", "action_strategy": "ASYNC"})),
        ("PlaybookVersion", json!({"status": "Published", "trigger_type": "timer", "action_strategy": "sync"})),
        // A rule: a string, an object, an ID and null; and the undocumented times.
        ("PlaybookRule", json!({"rule": RULE_STRING, "create_time": TIME, "update_time": TIME})),
        ("PlaybookRule", json!({"rule": {"expression_type": "common", "logics": ["condition_0"]}})),
        ("PlaybookRule", json!({"rule": garbled_rule()})),
        ("PlaybookRule", json!({"rule": RULE_STRING_WITH_NULLS})),
        ("PlaybookRule", json!({"rule": ID})),
        ("PlaybookRule", json!({"rule": null})),
        // The execution and schedule types that only examples have, and a condition with operators.
        (
            "RuleDefinition",
            json!({"start_type": "IMMEDIATELY", "start_time": "2023-07-25T15:33:29.490Z+0800", "only_once": false,
            "end_type": "FOREVER", "cron": "0 0 0/5 * * ?", "execution_type": "SERIAL_WAIT", "schedule_type": "REPEAT:hour"}),
        ),
        ("RuleDefinition", json!({"logics": ["condition1", "AND", "condition2"]})),
        // A copy: a version, or the playbook that contains it.
        ("PlaybookVersionResponse", json!({"code": 0, "data": {"id": ID, "enabled": false, "version": "v1"}})),
        // Reviews have fields that the tables omit.
        (
            "Approval",
            json!({"id": ID, "result": "UN_PASS", "content": "no", "type": "PLAYBOOK", "resource_id": ID,
            "user_id": ID, "create_time": TIME, "update_time": TIME}),
        ),
        // The end of a run in the log.
        ("AuditLog", json!({"start_time": TIME, "last_report_time": TIME})),
        ("AuditLog", json!({"end_time": TIME, "succeed": true})),
        // The rejected version of a workflow, under both names.
        ("Workflow", json!({"current_rejected_version_id": ID})),
        ("Workflow", json!({"current_rejected_versoin_id": ID})),
        // The references of both kinds of instances.
        (
            "PlaybookInstance",
            json!({"dataobject": {"id": ID, "create_time": TIME, "update_time": TIME,
            "project_id": ID, "dataclass_id": ID, "content": "{}"}}),
        ),
        (
            "WorkflowInstance",
            json!({"id": ID, "workflow": {"id": ID, "name": "n", "name_en": "n", "version": "v1",
            "version_id": ID}, "dataclass": {"id": ID, "name": "n", "en_name": "n"},
            "playbook": {"id": ID, "name": "n", "en_name": "n"}, "retry_count": 0, "defense_id": "d",
            "topology": {"audit_logs": [{"instance_type": "TASK", "succeed": true}]}}),
        ),
        ("WorkflowInstanceList", json!({"count": 1, "instances": [{"status": "CREATED"}]})),
        // Numbers that are whole in playbook lists, and may have a fraction in others.
        (
            "WorkspaceList",
            json!({"count": 1, "workspaces": [{"id": ID, "is_view": false,
            "workspace_agency_list": [{"resource_spec_code": ["a"], "selected": true}]}]}),
        ),
        ("WorkspaceList", json!({"count": 1.0, "workspaces": []})),
        ("DataClassList", json!({"total": 1, "dataclass_details": [{"id": ID, "type_num": 3}]})),
        ("DataClassList", json!({"total": 1.0, "dataclass_details": [{"type_num": 3.0}]})),
        (
            "DataClassFieldList",
            json!({"total": 2, "field_details": [{"field_key": "k", "field_type": "List<String>"},
            {"field_type": "shorttext", "required": true}]}),
        ),
        ("PlaybookMonitor", json!({"total_instance_run_num": 1.5, "average_run_time": 0.5})),
        // Errors of workspaces, and of the gateway.
        ("ErrorResponse", json!({"error_code": "SecMaster.20011001", "error_msg": "m"})),
        ("ErrorResponse", json!({"code": "SecMaster.20011003", "message": "m"})),
        // Types without an example.
        ("WorkspaceResponse", json!({"workspace": {"id": ID}})),
        ("WorkflowResponse", json!({"code": "0", "success": true, "request_id": ID, "data": {"labels": "IP"}})),
        ("WorkflowVersionResponse", json!({"data": {"id": ID, "version_id": ID, "status": "not_activated"}})),
        ("WorkflowVersionList", json!({"data": [{"taskflow_type": "JSON"}]})),
        ("WorkflowValidationResponse", json!({"data": {"result": false, "detail": "d"}})),
        ("WorkflowStatusResponse", json!({"code": "0", "message": "m", "success": true, "request_id": ID})),
        (
            "WorkflowRun",
            json!({"command_type": "ActionInstanceRunCommand", "action_type": "workflow", "action_id": ID,
            "playbook_context": {"data_object": {"dataclass": {"name": "Vulnerability"}, "content": {"key": "value"}}}}),
        ),
        (
            "MetricHit",
            json!({"metric_id": ID, "status": "FALLBACK", "log_msg": "m",
            "result": {"labels": ["a"], "datarows": [[1, "b", null, {}]], "effective_column": "a"},
            "metric_format": [{"data": "d", "display": "t", "display_param": {"a": "b"}, "data_param": null}]}),
        ),
    ] {
        assert_lossless(name, &value);
        // A service adds fields.
        let mut more = value.clone();
        more["added"] = json!({"later": [1]});
        assert_eq!(operations::types()[name](more).unwrap(), operations::types()[name](value).unwrap(), "{name}");
    }
}

/// The provisioning tool sends fields without a value as null.
const RULE_STRING_WITH_NULLS: &str = r#"{"conditions":[{"data":["waf.alarm.level",">","3"],"detail":"123","name":"condition_0"}],"cron":null,"end_time":null,"execution_type":null,"expression_type":"common","logics":["condition_0"],"only_once":null,"start_type":null}"#;

#[test]
fn a_rule_string_is_decoded_as_a_rule() {
    for rule_string in [RULE_STRING, RULE_STRING_WITH_NULLS] {
        let rule: RuleDefinition = serde_json::from_str(rule_string).unwrap();
        assert_eq!(rule.logics.as_deref(), Some(["condition_0".to_owned()].as_slice()), "{rule_string}");
    }
}

/// Both forms of a rule are sent unchanged.
#[test]
fn a_rule_is_sent_as_an_object_or_as_a_string() {
    let definition: RuleDefinition = serde_json::from_str(RULE_STRING).unwrap();
    let object = CreateRule { rule: definition.into() };
    let wire = json!({"rule": serde_json::from_str::<Value>(RULE_STRING).unwrap()});
    assert_eq!(serde_json::to_value(&object).unwrap(), wire);
    let string = CreateRule { rule: RuleInput::String(RULE_STRING.to_owned()) };
    assert_eq!(serde_json::to_value(&string).unwrap(), json!({"rule": RULE_STRING}));
    let version: CreatePlaybookVersionRequest = CreatePlaybookVersionRequest::builder()
        .dataclass_id(ID)
        .actions(vec![CreateAction::workflow(ID)])
        .rule(object)
        .try_into()
        .unwrap();
    let sent = json!({
        "dataclass_id": ID, "actions": [{"action_type": "AOP_WORKFLOW", "action_id": ID}], "rule": wire
    });
    assert_eq!(serde_json::to_value(version).unwrap(), sent);
}
