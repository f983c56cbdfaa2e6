//! The playbook family: what is published about its responses is read, and so is each form on which sources contradict.

use std::collections::BTreeMap;

use secmaster_client::types::{
    Approval, ApprovalList, ApprovalResponse, AuditLog, AuditLogFilter, AuditLogList, ChangePlaybookInstanceRequest,
    CopyPlaybookVersionRequest, CreateAction, CreatePlaybookActionResponse, CreatePlaybookApprovalRequest,
    CreatePlaybookRequest, CreatePlaybookVersionRequest, CreateRule, CreateWorkflowApprovalRequest,
    CreateWorkflowInstanceRequest, CreateWorkflowRequest, CreateWorkflowVersionRequest, CreateWorkspaceRequest,
    DataClass, DataClassField, DataClassFieldList, DataClassList, ErrorResponse, MetricHit, Playbook, PlaybookAction,
    PlaybookActionList, PlaybookActionResponse, PlaybookInstance, PlaybookInstanceList, PlaybookList, PlaybookMonitor,
    PlaybookMonitorResponse, PlaybookResponse, PlaybookRule, PlaybookRuleResponse, PlaybookStatisticsResponse,
    PlaybookTopology, PlaybookVersion, PlaybookVersionList, PlaybookVersionResponse, RuleDefinition, RuleInput,
    StatusResponse, UpdateAction, UpdatePlaybookRequest, UpdatePlaybookVersionRequest, UpdateRule,
    UpdateWorkflowInstanceRequest, Workflow, WorkflowInstance, WorkflowInstanceList, WorkflowList, WorkflowResponse,
    WorkflowRun, WorkflowStatusResponse, WorkflowValidationResponse, WorkflowVersion, WorkflowVersionList,
    WorkflowVersionResponse, Workspace, WorkspaceList, WorkspaceResponse,
};
use secmaster_client::{OPENAPI, OPERATIONS};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use crate::schemas::documented;

const ID: &str = "909494e3-558e-46b6-a9eb-07a8e18ca62f";
const TIME: &str = "2021-01-30T23:00:00Z+0800";
/// The rule as the property of one schema is exemplified.
const RULE_TEXT: &str = "{\"expression_type\":\"common\",\"conditions\":[{\"name\":\"condition_0\",\"data\":[\"ref_order_id\",\"==\",\
                         \"id23\"],\"detail\":\"id23\"}],\"logics\":[\"condition_0\"]}";

/// What a type makes of a value, as JSON again.
type Read = fn(Value) -> serde_json::Result<Value>;

fn read<T: DeserializeOwned + Serialize>(value: Value) -> serde_json::Result<Value> {
    serde_json::to_value(serde_json::from_value::<T>(value)?)
}

/// The types by their names in the document.
fn types() -> BTreeMap<&'static str, Read> {
    macro_rules! table {
        ($($name:ident),* $(,)?) => { [$((stringify!($name), read::<$name> as Read)),*].into() };
    }
    table![
        Approval,
        ApprovalList,
        ApprovalResponse,
        AuditLog,
        AuditLogFilter,
        AuditLogList,
        ChangePlaybookInstanceRequest,
        CopyPlaybookVersionRequest,
        CreateAction,
        CreatePlaybookActionResponse,
        CreatePlaybookApprovalRequest,
        CreatePlaybookRequest,
        CreatePlaybookVersionRequest,
        CreateRule,
        CreateWorkflowApprovalRequest,
        CreateWorkflowInstanceRequest,
        CreateWorkflowRequest,
        CreateWorkflowVersionRequest,
        CreateWorkspaceRequest,
        DataClass,
        DataClassField,
        DataClassFieldList,
        DataClassList,
        ErrorResponse,
        MetricHit,
        Playbook,
        PlaybookAction,
        PlaybookActionList,
        PlaybookActionResponse,
        PlaybookInstance,
        PlaybookInstanceList,
        PlaybookList,
        PlaybookMonitor,
        PlaybookMonitorResponse,
        PlaybookResponse,
        PlaybookRule,
        PlaybookRuleResponse,
        PlaybookStatisticsResponse,
        PlaybookTopology,
        PlaybookVersion,
        PlaybookVersionList,
        PlaybookVersionResponse,
        StatusResponse,
        UpdateAction,
        UpdatePlaybookRequest,
        UpdatePlaybookVersionRequest,
        UpdateRule,
        UpdateWorkflowInstanceRequest,
        Workflow,
        WorkflowInstance,
        WorkflowInstanceList,
        WorkflowList,
        WorkflowResponse,
        WorkflowRun,
        WorkflowStatusResponse,
        WorkflowValidationResponse,
        WorkflowVersion,
        WorkflowVersionList,
        WorkflowVersionResponse,
        Workspace,
        WorkspaceList,
        WorkspaceResponse,
    ]
}

/// What is left of a value once it is read: numbers of codes and of orders are strings, and null is as good as nothing.
fn kept(value: &Value) -> Value {
    match value {
        Value::Object(map) => map
            .iter()
            .filter(|(_, value)| !value.is_null())
            .map(|(key, value)| match value {
                Value::Number(number) if key == "code" || key == "sort_order" => {
                    (key.clone(), number.to_string().into())
                }
                _ => (key.clone(), kept(value)),
            })
            .collect::<Map<_, _>>()
            .into(),
        Value::Array(values) => values.iter().map(kept).collect(),
        // A number that may have a fraction.
        Value::Number(number) => number.as_f64().map_or(Value::Null, Into::into),
        other => other.clone(),
    }
}

/// Reads a value that the document allows, and expects that nothing of it is lost.
fn whole(name: &str, value: &Value) {
    let schema = jsonschema::validator_for(&documented(name)).unwrap();
    assert!(schema.is_valid(value), "{name} and {value}: {:?}", schema.validate(value).err());
    let read = types()[name](value.clone()).unwrap_or_else(|error| panic!("{name} and {value}: {error}"));
    assert_eq!(kept(&read), kept(value), "{name}");
}

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
fn every_published_response_is_read_without_a_loss() {
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
        ("PlaybookRuleResponse", one(&json!({"id": ID, "project_id": ID, "rule": RULE_TEXT}))),
        ("PlaybookInstanceList", json!({"count": 41, "instances": [instance()]})),
        ("PlaybookInstance", instance()),
        ("PlaybookTopology", json!({"count": 41, "action_instances": [{"action": action(), "instance_log": log()}]})),
        ("AuditLogList", json!({"count": 41, "audit_logs": [log()]})),
        ("ErrorResponse", json!({"code": "SecMaster.20040001", "message": "Parameter error."})),
    ] {
        whole(name, &value);
    }
}

/// The example of the operation that was here before has a number where its page has a string, and the type knows neither.
#[test]
fn a_created_action_is_read_with_a_field_that_its_page_does_not_know() {
    let read: CreatePlaybookActionResponse = serde_json::from_value(one(&json!([action()]))).unwrap();
    assert_eq!(read.data.unwrap()[0].action_id.as_deref(), Some(ID));
}

#[test]
fn what_sources_contradict_is_read_in_each_form() {
    for (name, value) in [
        // Codes: strings in tables, the number 0 in examples, and what is not there.
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
        // The order of an action, as a string, a number and nothing, and the times that no table has.
        ("PlaybookAction", json!({"sort_order": "1", "create_time": TIME, "update_time": TIME})),
        ("PlaybookAction", json!({"sort_order": 1})),
        ("PlaybookAction", json!({"sort_order": null})),
        // The spellings of the type of an action, and of what stands in capitals elsewhere.
        ("PlaybookAction", json!({"action_type": "AOP_WORKFLOW"})),
        ("PlaybookAction", json!({"action_type": "AOP-WORKFLOW"})),
        ("PlaybookAction", json!({"action_type": "aopworkflow"})),
        ("PlaybookVersion", json!({"status": "PUBLISHED", "trigger_type": "EVENT", "action_strategy": "ASYNC"})),
        ("PlaybookVersion", json!({"status": "Published", "trigger_type": "timer", "action_strategy": "sync"})),
        // A rule: a string, an object, an ID and nothing; and the times that no table has.
        ("PlaybookRule", json!({"rule": RULE_TEXT, "create_time": TIME, "update_time": TIME})),
        ("PlaybookRule", json!({"rule": {"expression_type": "common", "logics": ["condition_0"]}})),
        ("PlaybookRule", json!({"rule": ID})),
        ("PlaybookRule", json!({"rule": null})),
        // Reviews have more than the tables say.
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
        // What has no example.
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
        whole(name, &value);
        // A service adds fields.
        let mut more = value.clone();
        more["added"] = json!({"later": [1]});
        assert_eq!(types()[name](more).unwrap(), types()[name](value).unwrap(), "{name}");
    }
}

/// Both forms of a rule go out as they are.
#[test]
fn a_rule_is_sent_as_an_object_or_as_a_string() {
    let definition: RuleDefinition = serde_json::from_str(RULE_TEXT).unwrap();
    let object = CreateRule { rule: definition.into() };
    let wire = json!({"rule": serde_json::from_str::<Value>(RULE_TEXT).unwrap()});
    assert_eq!(serde_json::to_value(&object).unwrap(), wire);
    let text = CreateRule { rule: RuleInput::String(RULE_TEXT.to_owned()) };
    assert_eq!(serde_json::to_value(&text).unwrap(), json!({"rule": RULE_TEXT}));
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

/// The document as JSON.
fn document() -> Value {
    secmaster_client_codegen::to_json(OPENAPI).unwrap()
}

/// What a value is, or refers to.
fn there<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
    match value["$ref"].as_str() {
        Some(reference) => document.pointer(reference.strip_prefix('#').unwrap()).unwrap(),
        None => value,
    }
}

/// The operations of the document.
fn operations(document: &Value) -> Vec<&Value> {
    let items = document["paths"].as_object().unwrap().values();
    items.flat_map(|item| item.as_object().unwrap().values()).filter(|it| it["operationId"].is_string()).collect()
}

/// The examples of a body, by the name of its schema.
fn examples<'a>(document: &'a Value, body: &'a Value) -> Vec<(&'a str, &'a Value)> {
    let mut found = Vec::new();
    for media in there(document, body)["content"].as_object().into_iter().flat_map(Map::values) {
        let schema = &media["schema"];
        let schema = if schema["type"] == "array" { &schema["items"] } else { schema };
        for example in media["examples"].as_object().into_iter().flat_map(Map::values) {
            let name = schema["$ref"].as_str().unwrap().rsplit('/').next().unwrap();
            let value = &there(document, example)["value"];
            match value.as_array() {
                Some(values) => found.extend(values.iter().map(|value| (name, value))),
                None => found.push((name, value)),
            }
        }
    }
    found
}

#[test]
fn the_examples_of_the_document_are_read_and_sent_without_a_loss() {
    let document = document();
    let (mut sent, mut received) = (0, 0);
    for operation in operations(&document) {
        for (name, value) in examples(&document, &operation["requestBody"]) {
            whole(name, value);
            sent += 1;
        }
        for (status, response) in operation["responses"].as_object().unwrap() {
            for (name, value) in examples(&document, response) {
                // The other type keeps no order.
                if status == "400" || operation["operationId"] != "CreatePlaybookAction" {
                    whole(name, value);
                    received += 1;
                }
            }
        }
    }
    assert!(sent >= 20 && received >= 80, "{sent} examples of requests and {received} of responses");
}

#[test]
fn an_operation_that_goes_offline_names_its_date_and_its_successor() {
    let document = document();
    let mut offline = Vec::new();
    for operation in operations(&document) {
        let id = operation["operationId"].as_str().unwrap();
        if operation["deprecated"] != true {
            assert!(operation["x-successor"].is_null(), "{id}");
            continue;
        }
        let (date, successor) = (&operation["x-offline-date"], operation["x-successor"].as_str().unwrap());
        let description = operation["description"].as_str().unwrap();
        assert!(date == "2026-12-31" && description.contains("2026-12-31"), "{id}: {description}");
        assert!(description.contains(&format!("Use {successor}")), "{id}: {description}");
        assert!(OPERATIONS.iter().any(|operation| operation.id() == successor), "{id}: {successor}");
        for status in ["200", "400"] {
            let headers = &there(&document, &operation["responses"][status])["headers"];
            for header in ["X-API-Deprecation-Date", "X-API-Deprecation-Info"] {
                assert!(headers[header].is_object(), "{id} and {status}: {header}");
            }
        }
        offline.push(id);
    }
    offline.sort_unstable();
    let expected = [
        "CopyPlaybookVersion",
        "CreatePlaybookAction",
        "CreatePlaybookRule",
        "DeletePlaybookAction",
        "DeletePlaybookRule",
        "ListPlaybookActions",
        "ShowPlaybookMonitors",
        "ShowPlaybookRule",
        "ShowPlaybookStatistics",
        "UpdatePlaybookAction",
        "UpdatePlaybookRule",
    ];
    assert_eq!(offline, expected);
}
