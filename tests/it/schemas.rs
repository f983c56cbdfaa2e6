//! The JSON schemas of the types accept what the OpenAPI document does.

use std::path::Path;
use std::sync::LazyLock;

use schemars::{Schema, schema_for};
use secmaster_client::types::{ActionInfo, CreateAction, CreatePlaybookActionResponse, ErrorResponse};
use secmaster_client::{Code, OPENAPI};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use crate::examples::run;

const SCHEMAS: &str = env!("CARGO_BIN_EXE_schemas");

/// A schema of the OpenAPI document as JSON Schema: `nullable` becomes an alternative with the type null.
pub fn documented(name: &str) -> Value {
    fn read(value: &Value) -> Value {
        match value {
            Value::Object(map) if map.get("nullable") == Some(&Value::Bool(true)) => {
                let rest: Map<_, _> =
                    map.iter().filter(|(key, _)| *key != "nullable").map(|(k, v)| (k.clone(), read(v))).collect();
                json!({"anyOf": [rest, {"type": "null"}]})
            }
            Value::Object(map) => {
                map.iter().map(|(key, value)| (key.clone(), read(value))).collect::<Map<_, _>>().into()
            }
            Value::Array(values) => values.iter().map(read).collect(),
            other => other.clone(),
        }
    }
    static SCHEMAS: LazyLock<Value> = LazyLock::new(|| {
        let document = secmaster_client_codegen::to_json(OPENAPI).unwrap();
        read(&document["components"]["schemas"])
    });
    json!({"$ref": format!("#/components/schemas/{name}"), "components": {"schemas": *SCHEMAS}})
}

/// Validates instances with both schemas and with the type, and asserts the same result.
fn assert_agreement<T: DeserializeOwned>(name: &str, schema: &Schema, valid: &[Value], invalid: &[Value]) {
    let ours = jsonschema::validator_for(schema.as_value()).unwrap();
    let theirs = jsonschema::validator_for(&documented(name)).unwrap();
    for (instances, expected) in [(valid, true), (invalid, false)] {
        for instance in instances {
            assert_eq!(theirs.is_valid(instance), expected, "the OpenAPI schema {name} and {instance}");
            assert_eq!(ours.is_valid(instance), expected, "the schema of {name} and {instance}");
        }
    }
    for instance in valid {
        assert!(serde_json::from_value::<T>(instance.clone()).is_ok(), "the type {name} and {instance}");
    }
}

#[test]
fn schemas_accept_what_the_openapi_document_does() {
    let action = |more: Value| {
        let mut action = json!({"action_type": "AOP_WORKFLOW", "action_id": "a"});
        action.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        action
    };
    assert_agreement::<CreateAction>(
        "CreateAction",
        &schema_for!(CreateAction),
        &[
            action(json!({})),
            action(json!({"name": "n", "description": "d", "sort_order": "1"})),
            action(json!({"more": [1, {}]})),
            action(json!({"action_type": "aopworkflow", "action_id": ""})),
        ],
        &[
            json!({}),
            json!({"action_type": "AOP_WORKFLOW"}),
            json!({"action_id": "a"}),
            action(json!({"name": null})),
            action(json!({"sort_order": 1})),
            action(json!({"action_id": null})),
            json!([]),
            json!("text"),
            Value::Null,
        ],
    );
    assert_agreement::<ActionInfo>(
        "ActionInfo",
        &schema_for!(ActionInfo),
        &[json!({}), json!({"id": null, "name": "n"}), json!({"create_time": 1})],
        &[json!({"id": 1}), json!({"project_id": {}}), json!([]), Value::Null],
    );
    assert_agreement::<CreatePlaybookActionResponse>(
        "CreatePlaybookActionResponse",
        &schema_for!(CreatePlaybookActionResponse),
        &[
            json!({}),
            json!({"code": 0, "message": "Error message", "data": [{"id": "a"}, {}]}),
            json!({"code": "0", "data": []}),
            json!({"code": null, "message": null, "data": null}),
        ],
        &[
            json!({"code": [0]}),
            json!({"data": {}}),
            json!({"data": [1]}),
            json!({"data": [null]}),
            json!({"message": 1}),
        ],
    );
    assert_agreement::<ErrorResponse>(
        "ErrorResponse",
        &schema_for!(ErrorResponse),
        &[json!({}), json!({"code": "C", "message": null}), json!({"error_code": "APIGW.0301", "request_id": "x"})],
        &[json!({"code": {}}), json!({"error_msg": 1}), json!(7)],
    );
    assert_agreement::<Code>(
        "Code",
        &schema_for!(Code),
        &[json!("x"), json!(0), json!(-7)],
        &[json!(true), json!([]), json!({})],
    );
}

#[test]
fn schemas_have_titles_descriptions_and_defaults() {
    let schema = schema_for!(CreateAction);
    let value = schema.as_value();
    assert_eq!(value["title"], "CreateAction");
    assert_eq!(value["description"], "One workflow to bind to the playbook version.");
    assert_eq!(value["properties"]["action_type"]["default"], "AOP_WORKFLOW");
    let response = schema_for!(CreatePlaybookActionResponse);
    assert_eq!(response.as_value()["properties"]["data"]["items"], json!({"$ref": "#/$defs/ActionInfo"}));
    assert!(response.as_value()["$defs"]["ActionInfo"]["properties"]["playbook_version_id"].is_object());
}

#[tokio::test]
async fn the_example_writes_schemas_to_a_folder() {
    let folder = format!("{}/schemas-{}", env!("CARGO_TARGET_TMPDIR"), std::process::id());
    let output = run(SCHEMAS, &[&folder], &[]).await;
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let names = ["CreateAction", "CreatePlaybookActionResponse", "ErrorResponse"];
    let expected = names.map(|name| format!("{folder}/{name}.json"));
    assert_eq!(String::from_utf8(output.stdout).unwrap().lines().collect::<Vec<_>>(), expected);
    let written = std::fs::read_to_string(format!("{folder}/CreateAction.json")).unwrap();
    assert_eq!(serde_json::from_str::<Value>(&written).unwrap(), schema_for!(CreateAction).to_value());
    std::fs::remove_dir_all(folder).unwrap();
}

#[tokio::test]
async fn the_example_rejects_options() {
    let usage = "\n  cargo run --features schemars --example schemas -- [FOLDER]\n";
    for word in ["-h", "--help"] {
        let output = run(SCHEMAS, &[word], &[]).await;
        assert!(output.status.success() && String::from_utf8(output.stdout).unwrap().contains(usage));
    }
    for words in [&["--folder"][..], &["a", "b"]] {
        let output = run(SCHEMAS, words, &[]).await;
        let error = String::from_utf8(output.stderr).unwrap();
        assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0), "{error}");
        assert!(error.starts_with(&format!("error: {} is not the name of one folder\n", words.join(" "))), "{error}");
        assert!(error.contains(usage), "{error}");
    }
    for name in ["-h", "--help", "--folder"] {
        assert!(!Path::new(env!("CARGO_MANIFEST_DIR")).join(name).exists(), "{name}");
    }
}
