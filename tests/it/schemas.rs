//! The JSON schemas of the types mean what the document says.

use std::path::Path;

use schemars::{Schema, schema_for};
use secmaster_client::types::{ActionInfo, CreateAction, CreatePlaybookActionResponse, ErrorResponse};
use secmaster_client::{Code, OPENAPI};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use crate::build::{self, Document};
use crate::example::run;

/// The document's own schemas, read by the one rule in which OpenAPI 3.0 differs here: `nullable` allows null beside the rest.
fn documented(name: &str) -> Value {
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
    let document = Document::parse("openapi", OPENAPI).unwrap();
    json!({
        "$ref": format!("#/components/schemas/{name}"),
        "components": {"schemas": read(&document.value["components"]["schemas"])}
    })
}

/// Judges instances by both schemas and by the type itself, and expects the same of all three.
fn judge<T: DeserializeOwned>(name: &str, schema: &Schema, valid: &[Value], invalid: &[Value]) {
    let ours = jsonschema::validator_for(schema.as_value()).unwrap();
    let theirs = jsonschema::validator_for(&documented(name)).unwrap();
    for (instances, expected) in [(valid, true), (invalid, false)] {
        for instance in instances {
            assert_eq!(theirs.is_valid(instance), expected, "the document's {name} and {instance}");
            assert_eq!(ours.is_valid(instance), expected, "the schema of {name} and {instance}");
        }
    }
    for instance in valid {
        assert!(serde_json::from_value::<T>(instance.clone()).is_ok(), "the type {name} and {instance}");
    }
}

#[test]
fn valid_and_invalid_instances_are_judged_the_same() {
    let action = |more: Value| {
        let mut action = json!({"action_type": "AOP_WORKFLOW", "action_id": "a"});
        action.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        action
    };
    judge::<CreateAction>(
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
    judge::<ActionInfo>(
        "ActionInfo",
        &schema_for!(ActionInfo),
        &[json!({}), json!({"id": null, "name": "n"}), json!({"create_time": 1})],
        &[json!({"id": 1}), json!({"project_id": {}}), json!([]), Value::Null],
    );
    judge::<CreatePlaybookActionResponse>(
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
    judge::<ErrorResponse>(
        "ErrorResponse",
        &schema_for!(ErrorResponse),
        &[json!({}), json!({"code": "C", "message": null}), json!({"error_code": "APIGW.0301", "request_id": "x"})],
        &[json!({"code": {}}), json!({"error_msg": 1}), json!(7)],
    );
    judge::<Code>("Code", &schema_for!(Code), &[json!("x"), json!(0), json!(-7)], &[json!(true), json!([]), json!({})]);
}

/// What a document may say beside what ours does: lengths, patterns, bounds, choices, parts, circles and null.
const RICH: &str = r##"{
  "Text": {"type": "string", "minLength": 2, "maxLength": 3, "pattern": "^[a-z]+$"},
  "Bounds": {"type": "number", "minimum": 1, "exclusiveMinimum": true, "maximum": 5, "exclusiveMaximum": false},
  "Choice": {"type": "string", "nullable": true, "enum": ["a", "b"]},
  "List": {"type": "array", "nullable": true, "minItems": 1, "maxItems": 2, "uniqueItems": true, "items": {"$ref": "#/components/schemas/Text"}},
  "Tree": {"type": "object", "properties": {"children": {"type": "array", "items": {"$ref": "#/components/schemas/Tree"}}}},
  "Parts": {"nullable": true, "type": "object", "allOf": [{"$ref": "#/components/schemas/Tree"}, {"type": "object", "required": ["id"], "properties": {"id": {"type": "integer"}}}]},
  "Map": {"type": "object", "additionalProperties": {"type": "integer"}, "maxProperties": 1},
  "Closed": {"type": "object", "additionalProperties": false, "properties": {"a": {"type": "boolean", "nullable": true}}}
}"##;

#[test]
fn all_that_a_schema_may_say_keeps_its_meaning() {
    let document = json!({"components": {"schemas": serde_json::from_str::<Value>(RICH).unwrap()}});
    let schemas = document["components"]["schemas"].as_object().unwrap();
    let mut named = Vec::new();
    let defs: Map<_, _> = schemas
        .iter()
        .map(|(name, schema)| (name.clone(), lead(&build::schemas::json_schema(&document, schema, &mut named))))
        .collect();
    named.sort();
    named.dedup();
    assert_eq!(named, ["Text", "Tree"]);
    let cases = [
        ("Text", vec![json!("ab"), json!("abc")], vec![json!("a"), json!("abcd"), json!("AB"), json!(1), Value::Null]),
        ("Bounds", vec![json!(1.5), json!(5)], vec![json!(1), json!(5.1), json!("2"), Value::Null]),
        ("Choice", vec![json!("a"), Value::Null], vec![json!("c"), json!(1)]),
        ("List", vec![json!(["ab"]), Value::Null], vec![json!([]), json!(["ab", "ab"]), json!(["a"]), json!([null])]),
        ("Tree", vec![json!({}), json!({"children": [{"children": []}]})], vec![json!({"children": [1]}), json!([])]),
        (
            "Parts",
            vec![json!({"id": 1, "children": [{}]}), Value::Null],
            vec![json!({}), json!({"id": 1, "children": [2]})],
        ),
        ("Map", vec![json!({}), json!({"a": 1})], vec![json!({"a": "1"}), json!({"a": 1, "b": 2})]),
        ("Closed", vec![json!({"a": true}), json!({"a": null})], vec![json!({"b": 1}), json!({"a": 1})]),
    ];
    assert_eq!(cases.len(), schemas.len());
    for (name, valid, invalid) in cases {
        let schema = json!({"$ref": format!("#/$defs/{name}"), "$defs": defs});
        let validator = jsonschema::validator_for(&schema).unwrap();
        assert!(valid.iter().all(|instance| validator.is_valid(instance)), "{name} {valid:?}");
        assert!(invalid.iter().all(|instance| !validator.is_valid(instance)), "{name} {invalid:?}");
    }
}

/// Leads the references by name to where this test keeps the schemas.
fn lead(schema: &Value) -> Value {
    match schema {
        Value::Object(map) => match map.get("$ref") {
            Some(name) => json!({"$ref": format!("#/$defs/{}", name.as_str().unwrap())}),
            None => map.iter().map(|(key, value)| (key.clone(), lead(value))).collect::<Map<_, _>>().into(),
        },
        Value::Array(values) => values.iter().map(lead).collect(),
        other => other.clone(),
    }
}

#[test]
fn a_schema_keeps_what_the_document_says_beside_what_is_valid() {
    let schema = schema_for!(CreateAction);
    let value = schema.as_value();
    assert_eq!(value["title"], "CreateAction");
    assert_eq!(value["description"], "One workflow to bind to the playbook version.");
    assert_eq!(value["properties"]["action_type"]["default"], "AOP_WORKFLOW");
    let answer = schema_for!(CreatePlaybookActionResponse);
    assert_eq!(answer.as_value()["properties"]["data"]["items"], json!({"$ref": "#/$defs/ActionInfo"}));
    assert!(answer.as_value()["$defs"]["ActionInfo"]["properties"]["playbook_version_id"].is_object());
}

#[tokio::test]
async fn the_example_writes_the_schemas_to_a_folder() {
    let folder = format!("{}/schemas-{}", env!("CARGO_TARGET_TMPDIR"), std::process::id());
    let output = run("schemas", &[&folder], &[]).await;
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let names = ["CreateAction", "CreatePlaybookActionResponse", "ErrorResponse"];
    let expected = names.map(|name| format!("{folder}/{name}.json"));
    assert_eq!(String::from_utf8(output.stdout).unwrap().lines().collect::<Vec<_>>(), expected);
    let written = std::fs::read_to_string(format!("{folder}/CreateAction.json")).unwrap();
    assert_eq!(serde_json::from_str::<Value>(&written).unwrap(), schema_for!(CreateAction).to_value());
    std::fs::remove_dir_all(folder).unwrap();
}

#[tokio::test]
async fn the_example_makes_no_folder_of_an_option() {
    let usage = "\n  cargo run --example schemas [FOLDER]\n";
    for word in ["-h", "--help"] {
        let output = run("schemas", &[word], &[]).await;
        assert!(output.status.success() && String::from_utf8(output.stdout).unwrap().contains(usage));
    }
    for words in [&["--folder"][..], &["a", "b"]] {
        let output = run("schemas", words, &[]).await;
        let error = String::from_utf8(output.stderr).unwrap();
        assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0), "{error}");
        assert!(error.starts_with(&format!("error: {} is not the name of one folder\n", words.join(" "))), "{error}");
        assert!(error.contains(usage), "{error}");
    }
    for name in ["-h", "--help", "--folder"] {
        assert!(!Path::new(env!("CARGO_MANIFEST_DIR")).join(name).exists(), "{name}");
    }
}
