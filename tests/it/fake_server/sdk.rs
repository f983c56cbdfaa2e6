//! The calls of the vendor's Python SDK, version 3.1.219, with the bytes that it sends, except for IDs, time and signature.

use std::collections::HashMap;

use secmaster_client::testing::Server;

use super::access_keys::{DATE, hex, signed};
use super::clock;
use super::wire::{RawRequest, Reply};
use sha2::{Digest, Sha256};

const USER_AGENT: &str = "huaweicloud-usdk-python/3.0; os/Linux##1_SMP_PREEMPT_DYNAMIC_@0#x86_64 python/3.11.7 \
                          impl/CPython; app/ff60cf7c-6070-499b-90a7-8e84b24fb745";
const PAGE: &str = "limit=10&offset=0";

/// The name of the returned ID in later steps, the method, the path in the project, the query and the body.
type Step = (&'static str, &'static str, &'static str, &'static str, &'static str);

const STEPS: &[Step] = &[
    ("", "GET", "", PAGE, ""),
    ("", "GET", "/{w}", "", ""),
    ("class", "GET", "/{w}/soc/dataclasses", PAGE, ""),
    ("workflow", "GET", "/{w}/soc/workflows", PAGE, ""),
    ("", "GET", "/{w}/soc/workflows/{workflow}", "", ""),
    ("playbook", "POST", "/{w}/soc/playbooks", "", r#"{"name": "p", "description": "d", "workspace_id": "{w}"}"#),
    ("", "GET", "/{w}/soc/playbooks", PAGE, ""),
    ("", "GET", "/{w}/soc/playbooks/{playbook}", "", ""),
    (
        "version",
        "POST",
        "/{w}/soc/playbooks/{playbook}/versions",
        "",
        r#"{"workspace_id": "{w}", "playbook_id": "{playbook}", "dataclass_id": "{class}", "trigger_type": "EVENT"}"#,
    ),
    ("", "GET", "/{w}/soc/playbooks/{playbook}/versions", PAGE, ""),
    ("", "GET", "/{w}/soc/playbooks/versions/{version}", "", ""),
    (
        "action",
        "POST",
        "/{w}/soc/playbooks/versions/{version}/actions",
        "",
        r#"[{"name": "n", "action_type": "AOP_WORKFLOW", "action_id": "{workflow}", "sort_order": "1"}]"#,
    ),
    ("", "GET", "/{w}/soc/playbooks/versions/{version}/actions", PAGE, ""),
    ("", "PUT", "/{w}/soc/playbooks/versions/{version}/actions/{action}", "", r#"{"name": "m"}"#),
    ("rule", "POST", "/{w}/soc/playbooks/versions/{version}/rules", "", r#"{"rule": {"expression_type": "common"}}"#),
    ("", "GET", "/{w}/soc/playbooks/versions/{version}/rules/{rule}", "", ""),
    ("", "PUT", "/{w}/soc/playbooks/versions/{version}", "", r#"{"status": "APPROVING"}"#),
    ("", "POST", "/{w}/soc/playbooks/versions/{version}/approval", "", r#"{"result": "PASS", "content": "ok"}"#),
    ("", "GET", "/{w}/soc/playbooks/versions/approval", "approve_type=PLAYBOOK&resource_id={version}", ""),
    (
        "",
        "PUT",
        "/{w}/soc/playbooks/{playbook}",
        "",
        r#"{"name": "p", "enabled": true, "active_version_id": "{version}"}"#,
    ),
    ("", "PUT", "/{w}/soc/playbooks/{playbook}", "", r#"{"name": "p", "enabled": false}"#),
    (
        "",
        "GET",
        "/{w}/soc/playbooks/{playbook}/monitor",
        "end_time=2021-01-31T23%3A00%3A00Z%2B0800&start_time=2021-01-30T23%3A00%3A00Z%2B0800&version_query_type=ALL",
        "",
    ),
    ("", "POST", "/{w}/soc/playbooks/instances/auditlogs", PAGE, "{}"),
    ("", "PUT", "/{w}/soc/playbooks/versions/{version}", "", r#"{"enabled": false}"#),
    ("", "DELETE", "/{w}/soc/playbooks/versions/{version}/rules/{rule}", "", ""),
    ("", "DELETE", "/{w}/soc/playbooks/versions/{version}/actions/{action}", "", ""),
    ("", "DELETE", "/{w}/soc/playbooks/versions/{version}", "", ""),
    ("", "DELETE", "/{w}/soc/playbooks/{playbook}", "", ""),
];

/// Sends a request with the headers of the SDK.
async fn sent(server: &Server, method: &'static str, path: &str, query: &str, body: &str) -> Reply {
    let path = format!("/v1/{}/workspaces{path}", server.project_id());
    let mut request =
        RawRequest::new(method, if query.is_empty() { path.clone() } else { format!("{path}?{query}") }.as_str());
    for (name, value) in [
        ("User-Agent", USER_AGENT),
        ("Accept-Encoding", "gzip, deflate"),
        ("Accept", "*/*"),
        ("Connection", "keep-alive"),
        ("Content-Type", "application/json"),
        ("X-Project-Id", &server.project_id()),
    ] {
        request = request.header(name, value);
    }
    let canonical = format!(
        "{method}\n{path}/\n{query}\ncontent-type:application/json\nhost:fake-server\nuser-agent:{USER_AGENT}\n\
         x-project-id:{}\nx-sdk-date:{DATE}\n\ncontent-type;host;user-agent;x-project-id;x-sdk-date\n{}",
        server.project_id(),
        hex(&Sha256::digest(body)),
    );
    signed(request.body(body), &server.access_key(), &server.secret_key(), &canonical).send(server).await
}

#[tokio::test]
async fn calls_of_the_python_sdk_work_unchanged() {
    let server = Server::start().await;
    clock::set(&server);
    let mut ids = HashMap::from([("w", server.workspace_id())]);
    let fill = |ids: &HashMap<&str, String>, text: &str| {
        ids.iter().fold(text.to_owned(), |text, (name, id)| text.replace(&format!("{{{name}}}"), id))
    };
    for (name, method, path, query, body) in STEPS {
        let [path, query, body] = [path, query, body].map(|text| fill(&ids, text));
        let reply = sent(&server, method, &path, &query, &body).await;
        assert_eq!(reply.status, 200, "{method} {path}: {:?}", String::from_utf8(reply.body));
        if !name.is_empty() {
            let body = reply.json();
            let data = body.get("data").unwrap_or(&body["dataclass_details"]);
            let row = data.as_array().map_or(data, |rows| &rows[0]);
            ids.insert(name, row["id"].as_str().unwrap().to_owned());
        }
    }
    let deleted = sent(&server, "GET", &fill(&ids, "/{w}/soc/playbooks/versions/{version}"), "", "").await;
    assert_eq!((deleted.status, &deleted.json()["code"]), (400, &"SecMaster.20048004".into()));
}
