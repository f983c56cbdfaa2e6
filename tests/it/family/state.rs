//! The state of the fake server: dependencies between resources, tested with raw requests.

mod documented;
mod workflows;

use secmaster_client::testing::Server;
use serde_json::{Value, json};

use crate::fake_server::wire::RawRequest;
use documented::assert_documented;

/// Sends a request to a path in the project, and returns the status and the body of the response, which must be documented.
async fn sent(server: &Server, method: &'static str, path: &str, body: Value) -> (u16, Value) {
    let target = format!("/v1/{}/workspaces{path}", server.project_id());
    let mut request = RawRequest::new(method, &target).header("X-Auth-Token", &server.token());
    if !body.is_null() {
        request = request.header("content-type", "application/json").body(body.to_string());
    }
    let reply = request.send(server).await;
    let response = serde_json::from_slice(&reply.body).unwrap_or_default();
    if reply.status == 200 {
        assert_documented(method, &target, &response);
    }
    (reply.status, response)
}

/// A workspace of a server, with a playbook.
struct Space {
    server: Server,
    workspace: String,
    class: String,
    workflow: String,
    playbook: String,
}

impl Space {
    async fn new() -> Self {
        let server = Server::start().await;
        let (workspace, workflow) = (server.workspace_id(), server.workflows()[0].0.clone());
        let mut space = Self { server, workspace, class: String::new(), workflow, playbook: String::new() };
        space.class = space.ids("dataclasses").await.remove(0);
        space.playbook = space.created("playbooks", json!({ "name": "respond" })).await;
        space
    }

    async fn send(&self, method: &'static str, path: &str, body: Value) -> (u16, Value) {
        sent(&self.server, method, &format!("/{}/soc/{path}", self.workspace), body).await
    }

    async fn get(&self, path: &str) -> Value {
        self.ok("GET", path, Value::Null).await
    }

    async fn ok(&self, method: &'static str, path: &str, body: Value) -> Value {
        let (status, response) = self.send(method, path, body).await;
        assert_eq!(status, 200, "{method} {path}: {response}");
        response
    }

    async fn assert_rejected(&self, method: &'static str, path: &str, body: Value, code: &str) {
        let (status, response) = self.send(method, path, body).await;
        assert_eq!((status, response["code"].as_str()), (400, Some(code)), "{method} {path}: {response}");
    }

    async fn created(&self, path: &str, body: Value) -> String {
        let data = self.ok("POST", path, body).await["data"].take();
        let row = data.as_array().map_or(&data, |rows| &rows[0]);
        row["id"].as_str().unwrap().to_owned()
    }

    /// Creates a draft with an action and a rule, and returns its path.
    async fn draft(&self) -> String {
        let body = json!({
            "dataclass_id": self.class,
            "trigger_type": "EVENT",
            "actions": [{ "action_type": "AOP_WORKFLOW", "action_id": self.workflow }],
            "rule": { "rule": "{}" },
        });
        let id = self.created(&format!("playbooks/{}/versions", self.playbook), body).await;
        format!("playbooks/versions/{id}")
    }

    async fn reviewed(&self, version: &str, result: &str) {
        let body = json!({ "dataclass_id": self.class, "trigger_type": "EVENT", "status": "APPROVING" });
        self.ok("PUT", version, body).await;
        self.ok("POST", &format!("{version}/approval"), json!({ "result": result, "content": "seen" })).await;
    }

    async fn show(&self, path: &str) -> Value {
        self.get(path).await["data"].take()
    }

    async fn playbook(&self) -> Value {
        self.show(&format!("playbooks/{}", self.playbook)).await
    }

    /// The IDs in a list.
    async fn ids(&self, path: &str) -> Vec<String> {
        let list = self.get(path).await;
        let rows = ["data", "dataclass_details", "instances"].iter().find_map(|name| list[name].as_array()).unwrap();
        rows.iter().map(|row| row["id"].as_str().unwrap().to_owned()).collect()
    }

    async fn set_enabled(&self, enabled: bool) -> (u16, Value) {
        let body = json!({ "name": "respond", "enabled": enabled });
        self.send("PUT", &format!("playbooks/{}", self.playbook), body).await
    }
}

fn id_of(path: &str) -> &str {
    path.rsplit('/').next().unwrap()
}

#[tokio::test]
async fn a_workspace_is_created_changed_and_deleted() {
    let server = Server::start().await;
    let none = Value::Null;
    let body = json!({
        "region_id": "cn-north-4", "name": "tf_test", "project_name": "cn-north-4", "description": "d", "is_view": false
    });
    let (status, created) = sent(&server, "POST", "", body).await;
    assert_eq!((status, &created["name"], &created["region_id"]), (200, &json!("tf_test"), &json!("cn-north-4")));
    let path = format!("/{}", created["id"].as_str().unwrap());
    let (_, list) = sent(&server, "GET", "?offset=0&limit=10", none.clone()).await;
    assert_eq!((&list["count"], &list["workspaces"][1]), (&json!(2), &created));
    for filter in ["name=tf_test&is_view=false", &format!("ids=x,{}", &path[1..]), "description=d"] {
        let (_, list) = sent(&server, "GET", &format!("?offset=0&limit=10&{filter}"), none.clone()).await;
        assert_eq!((&list["count"], &list["workspaces"][0]), (&json!(1), &created), "{filter}");
    }
    for filter in ["is_view=true", "view_bind_id=x", "create_time_end=2020-01-30T23:00:00Z%2B0800"] {
        let (_, list) = sent(&server, "GET", &format!("?offset=0&limit=10&{filter}"), none.clone()).await;
        assert_eq!(list["count"], 0, "{filter}");
    }
    let (_, changed) = sent(&server, "PUT", &path, json!({ "name": "renamed" })).await;
    assert_eq!((&changed["name"], &changed["description"]), (&json!("renamed"), &json!("d")));
    assert_eq!(sent(&server, "GET", &path, none.clone()).await.1["workspace"]["name"], "renamed");
    // No operation creates data classes.
    let (_, classes) = sent(&server, "GET", &format!("{path}/soc/dataclasses"), none.clone()).await;
    assert_eq!((&classes["total"], &classes["dataclass_details"][0]["name"]), (&json!(3), &json!("Alert")));
    let (_, workflows) = sent(&server, "GET", &format!("{path}/soc/workflows?enabled=true"), none.clone()).await;
    assert_eq!(workflows["data"][0]["dataclass_id"], classes["dataclass_details"][0]["id"]);

    assert_eq!(sent(&server, "DELETE", &path, none.clone()).await, (200, Value::Null));
    for method in ["GET", "DELETE"] {
        let (status, response) = sent(&server, method, &path, none.clone()).await;
        assert_eq!((status, &response["code"]), (400, &json!("SecMaster.20011003")));
    }
    let (status, response) = sent(&server, "GET", &format!("{path}/soc/workflows"), none.clone()).await;
    assert_eq!((status, &response["code"]), (403, &json!("SecMaster.20010001")));
    assert_eq!(sent(&server, "GET", "?offset=0&limit=10", none).await.1["count"], 1);
}

#[tokio::test]
async fn a_status_may_be_in_any_case() {
    let space = Space::new().await;
    let version = space.draft().await;
    let changed = space.ok("PUT", &version, json!({ "status": "approving" })).await;
    assert_eq!(changed["data"]["status"], "APPROVING");
    space.ok("POST", &format!("{version}/approval"), json!({ "result": "PASS" })).await;
    assert_eq!(space.show(&version).await["status"], "PUBLISHED");
    space.assert_rejected("PUT", &version, json!({ "status": "unknown" }), "SecMaster.20030001").await;
}

#[tokio::test]
async fn an_update_of_a_version_replaces_it() {
    let space = Space::new().await;
    let version = space.draft().await;
    let before = space.show(&version).await;
    let body = json!({
        "id": "other", "playbook_id": "other", "version_type": 1, "description": "d", "trigger_type": "TIMER",
        "dataclass_id": space.class, "rule_id": before["rule_id"], "enabled": false, "status": "EDITING",
    });
    let mut expected = before.clone();
    (expected["description"], expected["trigger_type"]) = (json!("d"), json!("TIMER"));
    let mut changed = space.ok("PUT", &version, body).await["data"].take();
    changed["update_time"] = before["update_time"].clone();
    assert_eq!(changed, expected);
    let changed = space.ok("PUT", &version, json!({ "status": "APPROVING" })).await["data"].take();
    for field in ["description", "trigger_type", "dataclass_id", "dataclass_name"] {
        assert!(changed[field].is_null(), "{field}");
    }
    for field in ["rule_id", "rules", "actions", "enabled", "version", "playbook_id", "create_time"] {
        assert_eq!(changed[field], before[field], "{field}");
    }
    assert!(before["rules"]["id"].is_string() && before["actions"][0]["id"].is_string());
}

#[tokio::test]
async fn a_playbook_refers_to_the_versions_that_it_has() {
    let space = Space::new().await;
    let version = space.draft().await;
    let id = json!(id_of(&version));
    let references = async || {
        let playbook = space.playbook().await;
        ["version_id", "unaudited_version_id", "reject_version_id"].map(|field| playbook[field].clone())
    };
    let none = Value::Null;
    space.ok("PUT", &version, json!({ "status": "APPROVING" })).await;
    assert_eq!(references().await, [none.clone(), id.clone(), none.clone()]);
    space.ok("POST", &format!("{version}/approval"), json!({ "result": "UN_PASS" })).await;
    assert_eq!(references().await, [none.clone(), none.clone(), id.clone()]);
    space.reviewed(&version, "PASS").await;
    assert_eq!(references().await, [id.clone(), none.clone(), none.clone()]);
    space.ok("PUT", &version, json!({ "enabled": false })).await;
    assert_eq!(references().await, [none.clone(), none.clone(), none.clone()]);
    assert_eq!(space.set_enabled(true).await.0, 400);
    space.ok("PUT", &version, json!({ "enabled": true, "dataclass_id": space.class })).await;
    let playbook = space.playbook().await;
    assert_eq!(
        ["version", "dataclass_id", "dataclass_name"].map(|field| &playbook[field]),
        ["v1", &space.class, "Alert"]
    );
    let second = space.draft().await;
    space.reviewed(&second, "PASS").await;
    assert_eq!(space.show(&version).await["enabled"], false);
    assert_eq!(space.playbook().await["version"], "v2");
    space.assert_rejected("DELETE", &second, Value::Null, "SecMaster.20030001").await;
    space.ok("PUT", &second, json!({ "enabled": false })).await;
    for version in [version, second] {
        space.ok("DELETE", &version, Value::Null).await;
    }
    assert_eq!(references().await, [none.clone(), none.clone(), none]);
    assert_eq!(space.set_enabled(true).await.0, 400);
}

#[tokio::test]
async fn a_version_without_its_workflow_is_not_submitted() {
    let space = Space::new().await;
    let version = space.draft().await;
    let workflow = format!("workflows/{}", space.workflow);
    let submit = json!({ "status": "APPROVING" });
    space.ok("PUT", &workflow, json!({ "enabled": false })).await;
    space.assert_rejected("PUT", &version, submit.clone(), "SecMaster.20048028").await;
    space.ok("PUT", &workflow, json!({ "enabled": true })).await;
    space.ok("DELETE", &workflow, Value::Null).await;
    space.assert_rejected("GET", &workflow, Value::Null, "SecMaster.20040611").await;
    space.assert_rejected("PUT", &version, submit, "SecMaster.20048028").await;
}

#[tokio::test]
async fn a_version_has_one_rule() {
    let space = Space::new().await;
    let version = space.draft().await;
    let first = space.show(&version).await["rule_id"].as_str().unwrap().to_owned();
    let second = space.created(&format!("{version}/rules"), json!({ "rule": "{}" })).await;
    let shown = space.show(&version).await;
    assert_eq!((&shown["rule_id"], &shown["rules"]["id"]), (&json!(second), &json!(second)));
    space.assert_rejected("GET", &format!("{version}/rules/{first}"), Value::Null, "SecMaster.20048004").await;
    space.ok("DELETE", &format!("{version}/rules/{second}"), Value::Null).await;
    let shown = space.show(&version).await;
    assert_eq!((&shown["rule_id"], &shown["rules"]), (&Value::Null, &Value::Null));
}

#[tokio::test]
async fn a_copy_is_another_playbook_with_the_version() {
    let space = Space::new().await;
    let version = space.draft().await;
    space.reviewed(&version, "PASS").await;
    let original = space.show(&version).await;
    let copy = space.ok("POST", &format!("{version}/clone"), json!({ "name": "copied" })).await["data"].take();
    assert_eq!(
        (&copy["status"], &copy["enabled"], &copy["version_type"]),
        (&json!("EDITING"), &json!(false), &json!(0))
    );
    assert_eq!((&copy["version"], &copy["trigger_type"]), (&json!("v1"), &json!("EVENT")));
    assert_eq!(copy["actions"][0]["action_id"], json!(space.workflow));
    assert_eq!(copy["actions"][0]["playbook_version_id"], copy["id"]);
    assert_eq!(copy["actions"][0]["playbook_id"], copy["playbook_id"]);
    assert_eq!(copy["rules"]["id"], copy["rule_id"]);
    for field in ["id", "playbook_id", "rule_id"] {
        assert_ne!(copy[field], original[field], "{field}");
    }
    let playbook = space.show(&format!("playbooks/{}", copy["playbook_id"].as_str().unwrap())).await;
    assert_eq!((&playbook["name"], &playbook["enabled"]), (&json!("copied"), &json!(false)));
    let copy = space.ok("POST", &format!("{version}/clone"), json!({})).await["data"].take();
    assert_eq!(space.show(&format!("playbooks/{}", copy["playbook_id"].as_str().unwrap())).await["name"], "respond");
}

#[tokio::test]
async fn lists_are_filtered_by_every_parameter() {
    let space = Space::new().await;
    let version = space.draft().await;
    space.reviewed(&version, "PASS").await;
    let draft = space.draft().await;
    let (all, active, other) = (vec![id_of(&version), id_of(&draft)], vec![id_of(&version)], vec![id_of(&draft)]);
    let versions = format!("playbooks/{}/versions", space.playbook);
    let other_playbook = space.created("playbooks", json!({ "name": "other respond", "description": "d" })).await;
    for (path, wanted) in [
        (versions.clone(), &all),
        (format!("{versions}?enabled=1"), &active),
        (format!("{versions}?enabled=0"), &other),
        (format!("{versions}?version_type=1"), &active),
        (format!("{versions}?version_type=0"), &other),
        (format!("{versions}?version_type=2"), &vec![]),
        (format!("{versions}?status=published"), &active),
        ("playbooks?offset=0&limit=10&name=respond".to_owned(), &vec![&space.playbook]),
        ("playbooks?offset=0&limit=10&name=resp".to_owned(), &vec![]),
        ("playbooks?offset=0&limit=10&search_txt=spond".to_owned(), &vec![&space.playbook, &other_playbook]),
        ("playbooks?offset=0&limit=10&description=d".to_owned(), &vec![&other_playbook]),
        ("playbooks?offset=0&limit=10&dataclass_name=Alert".to_owned(), &vec![&space.playbook]),
        ("playbooks?offset=0&limit=10&enabled=true".to_owned(), &vec![]),
        ("workflows?dataclass_name=Incident".to_owned(), &vec![]),
        ("workflows?aop_type=NORMAL".to_owned(), &vec![]),
        (format!("workflows?name=Notify+the+owner&dataclass_id={}", space.class), &vec![&space.workflow]),
        ("dataclasses?business_code=ler&name=Al".to_owned(), &vec![&space.class]),
        ("dataclasses?is_built_in=false".to_owned(), &vec![]),
    ] {
        assert_eq!(space.ids(&path).await, *wanted, "{path}");
    }
    for (filter, count) in [("PLAYBOOK", 1), ("AOP_WORKFLOW", 0)] {
        let list = space.get(&format!("playbooks/versions/approval?approve_type={filter}")).await;
        assert_eq!(list["data"].as_array().unwrap().len(), count, "{filter}");
    }
}

#[tokio::test]
async fn an_id_is_valid_only_in_its_parent_and_workspace() {
    let space = Space::new().await;
    let (version, other) = (space.draft().await, space.draft().await);
    let shown = space.show(&version).await;
    let string = |value: &Value| value.as_str().unwrap().to_owned();
    let (action, rule) = (string(&shown["actions"][0]["id"]), string(&shown["rule_id"]));
    for (path, body) in
        [(format!("actions/{action}"), json!({ "name": "n" })), (format!("rules/{rule}"), json!({ "rule": "{}" }))]
    {
        for version in [&other, "playbooks/versions/unknown"] {
            let path = format!("{version}/{path}");
            space.assert_rejected("PUT", &path, body.clone(), "SecMaster.20048004").await;
            space.assert_rejected("DELETE", &path, Value::Null, "SecMaster.20048004").await;
        }
        space.ok("PUT", &format!("{version}/{path}"), body).await;
    }
    let path = format!("{version}/actions/{action}");
    let renamed = space.ok("PUT", &path, json!({ "id": "other", "name": "m" })).await;
    assert_eq!((&renamed["data"]["id"], &renamed["data"]["name"]), (&json!(action), &json!("m")));
    let elsewhere = space.server.add_workspace("elsewhere");
    let class = space.server.add_data_class(&elsewhere, "Alert");
    let workflow = space.server.add_workflow(&elsewhere, &class, "w");
    let incident = space.ids("dataclasses?name=Incident").await.remove(0);
    let for_incidents = space.server.add_workflow(&space.workspace, &incident, "w");
    for (workflow, code) in [
        ("unknown", "SecMaster.20040611"),
        (workflow.as_str(), "SecMaster.20040611"),
        (for_incidents.as_str(), "SecMaster.20048034"),
    ] {
        space.assert_rejected("PUT", &path, json!({ "action_id": workflow }), code).await;
    }
    let versions = format!("playbooks/{}/versions", space.playbook);
    space.assert_rejected("POST", &versions, json!({ "dataclass_id": class }), "SecMaster.20030022").await;
    space.assert_rejected("GET", &format!("dataclasses/{class}/fields"), Value::Null, "SecMaster.20030022").await;
    space.assert_rejected("GET", &format!("playbooks/{}", space.workflow), Value::Null, "SecMaster.20030005").await;
}

#[tokio::test]
async fn the_active_version_of_an_enabled_playbook_is_immutable() {
    let space = Space::new().await;
    let version = space.draft().await;
    let action = space.show(&version).await["actions"][0]["id"].as_str().unwrap().to_owned();
    space.reviewed(&version, "PASS").await;
    assert_eq!(space.set_enabled(true).await.0, 200);
    let playbook = format!("playbooks/{}", space.playbook);
    for (method, path, body) in [
        ("PUT", playbook.as_str(), json!({ "description": "d" })),
        ("PUT", &version, json!({ "description": "d" })),
        ("DELETE", &version, Value::Null),
        ("POST", &format!("{version}/rules"), json!({ "rule": "{}" })),
        ("DELETE", &format!("{version}/actions/{action}"), Value::Null),
    ] {
        space.assert_rejected(method, path, body, "SecMaster.20030001").await;
    }
    space.ok("PUT", &version, json!({ "enabled": false })).await;
    assert_eq!(space.playbook().await["enabled"], false, "it has no version to run");
    space.ok("DELETE", &format!("{version}/actions/{action}"), Value::Null).await;
    space.ok("DELETE", &version, Value::Null).await;
}

#[tokio::test]
async fn statistics_count_the_playbooks() {
    let space = Space::new().await;
    let version = space.draft().await;
    space.created("playbooks", json!({ "name": "second" })).await;
    let statistics = async || space.show("playbooks/statistics").await;
    let numbers = |unapproved, enabled, disabled| json!({ "unapproved_num": unapproved, "enabled_num": enabled, "disabled_num": disabled });
    assert_eq!(statistics().await, numbers(0, 0, 2));
    space.ok("PUT", &version, json!({ "status": "APPROVING" })).await;
    assert_eq!(statistics().await, numbers(1, 0, 2));
    space.ok("POST", &format!("{version}/approval"), json!({ "result": "PASS" })).await;
    assert_eq!(space.set_enabled(true).await.0, 200);
    assert_eq!(statistics().await, numbers(0, 1, 1));
}
