//! Every operation of the document, called against the fake server.

use secmaster_client::testing::Server;
use secmaster_client::types::{self, CreateAction};
use secmaster_client::{Client, Error, OPENAPI, OPERATIONS, RetryPolicy};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use crate::fake_server::wire::Ask;

/// The packaged document, with the one rule by which its schemas differ from JSON Schema: `nullable` allows null beside the rest.
fn document() -> Value {
    fn read(value: Value) -> Value {
        match value {
            Value::Object(mut map) => {
                let nullable = map.remove("nullable") == Some(true.into());
                let map: Map<_, _> = map.into_iter().map(|(key, value)| (key, read(value))).collect();
                if nullable { json!({ "anyOf": [map, { "type": "null" }] }) } else { map.into() }
            }
            Value::Array(values) => values.into_iter().map(read).collect(),
            other => other,
        }
    }
    read(secmaster_client_codegen::to_json(OPENAPI).unwrap())
}

fn resolve<'a>(document: &'a Value, node: &'a Value) -> &'a Value {
    match node["$ref"].as_str() {
        Some(reference) => resolve(document, document.pointer(&reference[1..]).unwrap()),
        None => node,
    }
}

/// The documented examples of a media type, or a value with what its schema demands.
fn bodies(document: &Value, media_type: &Value) -> Vec<Value> {
    if let Some(examples) = media_type["examples"].as_object() {
        return examples.values().map(|example| resolve(document, example)["value"].clone()).collect();
    }
    vec![demanded(document, &media_type["schema"])]
}

fn demanded(document: &Value, schema: &Value) -> Value {
    let schema = resolve(document, schema);
    match schema["type"].as_str() {
        Some("array") => json!([demanded(document, &schema["items"])]),
        Some("string") => "string".into(),
        Some("integer") => schema["minimum"].as_i64().unwrap_or(1).into(),
        Some("boolean") => true.into(),
        _ => {
            let names = schema["required"].as_array().into_iter().flatten().map(|name| name.as_str().unwrap());
            names.map(|name| (name.to_owned(), demanded(document, &schema["properties"][name]))).collect()
        }
    }
}

/// The path of an operation, with all parameters that it demands.
fn target(document: &Value, path: &str, operation: &Value) -> String {
    let item = &document["paths"][path];
    let of = |node: &'_ Value| node["parameters"].as_array().cloned().unwrap_or_default();
    let mut target = path.to_owned();
    let mut query = Vec::new();
    for parameter in [of(operation), of(item)].concat() {
        let parameter = resolve(document, &parameter);
        let name = parameter["name"].as_str().unwrap();
        let value = demanded(document, &parameter["schema"]);
        let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        match parameter["in"].as_str() {
            Some("path") => target = target.replace(&format!("{{{name}}}"), &format!("the-{name}")),
            Some("query") if parameter["required"] == true => query.push(format!("{name}={value}")),
            _ => {}
        }
    }
    format!("{target}?{}", query.join("&"))
}

#[tokio::test]
async fn every_operation_responds_as_documented() {
    const FORM: &str = "--b\r\ncontent-disposition: form-data; name=\"uploadFile\"\r\n\r\nfile\r\n--b--\r\n";
    let document = document();
    let server = Server::start().await;
    let mut sent = 0;
    for operation in OPERATIONS {
        let documented = &document["paths"][operation.path()][operation.method().to_lowercase()];
        let target = target(&document, operation.path(), documented);
        let ask = || Ask::new(operation.method(), &target).header("X-Auth-Token", &server.token());
        let content = resolve(&document, &documented["requestBody"])["content"].as_object();
        let asks = match content.and_then(|content| content.iter().next()) {
            None => vec![ask()],
            Some((name, _)) if name.starts_with("multipart/") => {
                vec![ask().header("content-type", "multipart/form-data; boundary=b").body(FORM)]
            }
            Some((name, media_type)) => bodies(&document, media_type)
                .into_iter()
                .map(|body| ask().header("content-type", name).body(body.to_string()))
                .collect(),
        };
        for ask in asks {
            let reply = ask.send(&server).await;
            let id = operation.id();
            assert!((200..300).contains(&reply.status), "{id}: {} {:?}", reply.status, String::from_utf8(reply.body));
            sent += 1;
            let response = resolve(&document, &documented["responses"][reply.status.to_string()]);
            let Some((name, media_type)) = response["content"].as_object().and_then(|content| content.iter().next())
            else {
                assert!(reply.body.is_empty(), "{id}");
                continue;
            };
            assert_eq!(reply.header("content-type"), Some(name.as_str()), "{id}");
            if name.contains("json") {
                let mut schema = json!({ "allOf": [media_type["schema"]] });
                schema["components"] = document["components"].clone();
                let validator = jsonschema::validator_for(&schema).unwrap();
                let error = validator.validate(&reply.json()).err().map(|error| error.to_string());
                assert_eq!(error, None, "{id}: {}", reply.json());
            }
        }
    }
    assert_eq!((server.requests().len(), OPERATIONS.len()), (sent, 57));
}

#[tokio::test]
async fn what_the_document_does_not_allow_is_refused() {
    let server = Server::start().await;
    let base = "/v1/p/workspaces/w/soc/playbooks";
    for (target, why) in [
        (base.to_owned(), "the query parameter offset is missing"),
        (
            format!("{base}?offset=0&limit=x"),
            "the query parameter limit does not fit the schema: value is not of type \"integer\"",
        ),
        (
            format!("{base}?offset=-1&limit=1"),
            "the query parameter offset does not fit the schema: value is less than the minimum of 0",
        ),
        (
            format!("{base}?offset=0&limit=1&enabled=yes"),
            "the query parameter enabled does not fit the schema: value is not of type \"boolean\"",
        ),
    ] {
        let reply = Ask::new("GET", &target).header("X-Auth-Token", &server.token()).send(&server).await;
        assert_eq!((reply.status, reply.json()["message"].as_str()), (400, Some(why)), "{target}");
        assert_eq!(reply.json()["code"], "SecMaster.20030001");
    }
}

#[tokio::test]
async fn a_token_is_good_for_its_project() {
    let server = Server::builder().strict_ids().start().await;
    let reply = Ask::create(&server).send(&server).await;
    let text = "X-Auth-Token belongs to another project than the one in the path";
    assert_eq!((reply.status, reply.json()["error_msg"].as_str()), (403, Some(text)));
}

fn client(server: &Server) -> Client {
    let builder = Client::builder().endpoint(server.endpoint()).token(server.token());
    builder.project_id(server.project_id()).retry(RetryPolicy::none()).build().unwrap()
}

fn typed<T: DeserializeOwned>(body: Value) -> T {
    serde_json::from_value(body).unwrap()
}

/// The status and the code of a refusal.
fn refusal<T: std::fmt::Debug>(result: Result<T, Error>) -> (u16, String) {
    let error = result.unwrap_err();
    (error.status().unwrap().as_u16(), error.code().unwrap().to_string())
}

fn code(status: u16, number: &str) -> (u16, String) {
    (status, format!("SecMaster.{number}"))
}

#[tokio::test]
async fn a_playbook_goes_from_nothing_to_running_and_back() {
    let server = Server::start().await;
    let client = client(&server);
    let workspaces = client.list_workspaces().offset(0).limit(10).send().await.unwrap();
    let found = workspaces.workspaces.as_ref().unwrap();
    assert_eq!(found[0].name.as_deref(), Some(server.workspace_name()));
    let workspace = found[0].id.clone().unwrap();
    assert_eq!(workspace, server.workspace_id());
    let classes = client.list_dataclass().workspace_id(&workspace).name("Alert").send().await.unwrap();
    let class = classes.dataclass_details.as_ref().unwrap()[0].id.clone().unwrap();
    let workflows = client.list_workflows().workspace_id(&workspace).dataclass_id(&class).enabled(true);
    let workflows = workflows.send().await.unwrap();
    let workflow = workflows.data.as_ref().unwrap()[0].id.clone().unwrap();
    assert!(server.workflows().iter().any(|(id, _)| *id == workflow));

    let create = client.create_playbook().workspace_id(&workspace);
    let created =
        create.body(typed::<types::CreatePlaybookRequest>(json!({ "name": "respond" }))).send().await.unwrap();
    let playbook = created.data.as_ref().unwrap().id.clone().unwrap();
    let draft = |more: Value| {
        let mut body = json!({ "dataclass_id": class, "trigger_type": "EVENT" });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let create = client.create_playbook_version().workspace_id(&workspace).playbook_id(&playbook);
        create.body(typed::<types::CreatePlaybookVersionRequest>(body)).send()
    };
    assert_eq!(refusal(draft(json!({ "dataclass_id": "unknown" })).await), code(400, "20030022"));
    let created = draft(json!({})).await.unwrap();
    let created = created.data.as_ref().unwrap();
    assert_eq!((created.status.as_deref(), created.version_type), (Some("EDITING"), Some(0)));
    let version = created.id.clone().unwrap();

    let bind = |workflow: &str| {
        let create = client.create_playbook_action().workspace_id(&workspace).version_id(&version);
        create.body(vec![CreateAction::workflow(workflow)]).send()
    };
    assert_eq!(refusal(bind("unknown").await), code(400, "20040611"));
    let bound = bind(&workflow).await.unwrap();
    let action = bound.data.as_ref().unwrap()[0].id.clone().unwrap();
    let rule = client.create_playbook_rule().workspace_id(&workspace).version_id(&version);
    let rule = rule.body(typed::<types::CreateRule>(json!({ "rule": { "expression_type": "common" } })));
    let rule = rule.send().await.unwrap().data.as_ref().unwrap().id.clone().unwrap();
    let show = || client.show_playbook_version().workspace_id(&workspace).version_id(&version).send();
    let shown = show().await.unwrap();
    let shown = shown.data.as_ref().unwrap();
    assert_eq!(shown.actions.as_ref().unwrap()[0].id.as_deref(), Some(action.as_str()));
    assert_eq!(shown.rules.as_ref().unwrap().id.as_deref(), Some(rule.as_str()));

    let set = |body: Value| {
        let update = client.update_playbook_version().workspace_id(&workspace).version_id(&version);
        update.body(typed::<types::UpdatePlaybookVersionRequest>(body)).send()
    };
    let review = |result: &str| {
        let review = client.create_playbook_approve().workspace_id(&workspace).version_id(&version);
        let body = json!({ "result": result, "content": "seen" });
        review.body(typed::<types::CreatePlaybookApprovalRequest>(body)).send()
    };
    let status = async || show().await.unwrap().data.as_ref().unwrap().status.clone().unwrap();
    assert_eq!(refusal(review("PASS").await), code(400, "20030001"));
    set(json!({ "status": "APPROVING" })).await.unwrap();
    assert_eq!(refusal(draft(json!({})).await), code(400, "20048019"));
    review("UN_PASS").await.unwrap();
    assert_eq!(status().await, "UNPASSED");
    set(json!({ "status": "APPROVING" })).await.unwrap();
    review("PASS").await.unwrap();
    assert_eq!(status().await, "PUBLISHED");
    let reviews = client.list_playbook_approves().workspace_id(&workspace).resource_id(&version).send().await.unwrap();
    assert_eq!(reviews.data.as_ref().unwrap().len(), 2);

    let switch = |enabled: bool| {
        let update = client.update_playbook().workspace_id(&workspace).playbook_id(&playbook);
        let body = json!({ "name": "respond", "enabled": enabled, "active_version_id": version });
        update.body(typed::<types::UpdatePlaybookRequest>(body)).send()
    };
    let enabled = switch(true).await.unwrap();
    let enabled = enabled.data.as_ref().unwrap();
    assert_eq!((enabled.enabled, enabled.version_id.as_deref()), (Some(true), Some(version.as_str())));

    switch(false).await.unwrap();
    set(json!({ "enabled": false })).await.unwrap();
    let unbind = || client.delete_playbook_action().workspace_id(&workspace).version_id(&version).action_id(&action);
    unbind().send().await.unwrap();
    assert_eq!(refusal(unbind().send().await), code(400, "20048004"));
    client.delete_playbook_version().workspace_id(&workspace).version_id(&version).send().await.unwrap();
    assert_eq!(refusal(show().await), code(400, "20048004"));
    let actions = client.list_playbook_actions().workspace_id(&workspace).version_id(&version);
    assert_eq!(refusal(actions.offset(0).limit(1).send().await), code(400, "20030005"));
    client.delete_playbook().workspace_id(&workspace).playbook_id(&playbook).send().await.unwrap();
    let list = client.list_playbooks().workspace_id(&workspace).offset(0).limit(10).send().await.unwrap();
    assert_eq!((list.total, list.data.as_ref().unwrap().len()), (Some(0), 0));
}

#[tokio::test]
async fn a_version_has_its_actions_and_its_rule_at_once() {
    let server = Server::start().await;
    let client = client(&server);
    let workspace = server.add_workspace("second");
    let class = server.add_data_class(&workspace, "Alert");
    let workflow = server.add_workflow(&workspace, &class, "notify");
    let create = client.create_playbook().workspace_id(&workspace);
    let created =
        create.body(typed::<types::CreatePlaybookRequest>(json!({ "name": "respond" }))).send().await.unwrap();
    let playbook = created.data.as_ref().unwrap().id.clone().unwrap();
    let create = client.create_playbook_version().workspace_id(&workspace).playbook_id(&playbook);
    let body = json!({
        "dataclass_id": class,
        "actions": [{ "action_type": "AOP_WORKFLOW", "action_id": workflow }],
        "rule": { "rule": "{}" },
    });
    let created = create.body(typed::<types::CreatePlaybookVersionRequest>(body)).send().await.unwrap();
    let version = created.data.as_ref().unwrap();
    assert_eq!(version.actions.as_ref().unwrap()[0].action_id.as_deref(), Some(workflow.as_str()));
    assert!(version.rules.is_some());
    let copy = client.copy_playbook_version().workspace_id(&workspace).version_id(version.id.as_deref().unwrap());
    copy.body(typed::<types::CopyPlaybookVersionRequest>(json!({}))).send().await.unwrap();
    let list = client.list_playbook_versions().workspace_id(&workspace).playbook_id(&playbook);
    let page = list.offset(1).limit(1).send().await.unwrap();
    assert_eq!((page.total, page.data.as_ref().unwrap().len()), (Some(2), 1));
}

#[tokio::test]
async fn a_made_up_workspace_is_refused_where_ids_are_strict() {
    let server = Server::builder().strict_ids().start().await;
    let client = client(&server);
    let show = client.show_playbook().workspace_id("made-up").playbook_id("p").send().await;
    assert_eq!(refusal(show), code(403, "20010001"));
    let show = client.show_workspace().workspace_id("made-up").send().await;
    assert_eq!(refusal(show), code(400, "20011003"));
}
