//! Signatures that were made with another implementation, an official one.

use std::time::{SystemTime, UNIX_EPOCH};

use secmaster_client::testing::Server;
use serde_json::{Value, json};

use super::wire::{RawRequest, Reply};

/// When all of them were made.
const SIGNED_AT: i64 = 1_710_490_530;

fn string(value: &Value) -> &str {
    value.as_str().unwrap()
}

/// A server that has the operations which were signed, and whose clock shows a time.
async fn started(vectors: &[Value], off: i64) -> Server {
    let mut paths = json!({});
    for vector in vectors {
        let path = string(&vector["expected"]["request_target"]).split('?').next().unwrap();
        let method = string(&vector["input"]["method"]).to_lowercase();
        paths[path][method] = json!({ "security": [{ "token": [] }], "responses": { "200": { "description": "ok" } } });
    }
    let document = json!({ "openapi": "3.0.3", "info": { "title": "signed", "version": "1" }, "paths": paths });
    let server = Server::builder().any_ids().document(document.to_string()).start().await;
    let now = i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()).unwrap();
    server.clock_skew(SIGNED_AT + off - now);
    server
}

/// Sends a request as it was signed, with its key.
async fn sent(server: &Server, vector: &Value, secret: &str, body: &str) -> Reply {
    let (input, expected) = (&vector["input"], &vector["expected"]);
    let method = if string(&input["method"]).eq_ignore_ascii_case("post") { "POST" } else { "GET" };
    let mut request = RawRequest::new(method, string(&expected["request_target"])).body(body);
    for (name, value) in expected["headers_sent"].as_object().unwrap() {
        request = request.header(name, string(value));
    }
    if let Some(project) = input["project_id"].as_str() {
        server.add_project("signed", project);
    }
    server.add_access_key(string(&input["ak"]), secret, input["security_token"].as_str());
    request.send(server).await
}

#[tokio::test]
async fn official_signatures_are_right_for_15_minutes() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../src/auth/authenticate/sign/tests/vectors.json");
    let file: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let vectors = file["vectors"].as_array().unwrap();
    assert_eq!(vectors.len(), 24);
    let refusal = |why: &str| (401, json!(format!("IAM authentication failed: {why}")));
    let wrong = refusal("the signature is wrong: it belongs to another secret key, or to another request");
    let expired = refusal("the signature has expired: x-sdk-date is more than 15 minutes off");
    let both = (400, json!("both X-Auth-Token and Authorization are present; send only one of them"));
    for (off, is_expired) in [(0, false), (890, false), (-890, false), (910, true), (-910, true)] {
        let server = started(vectors, off).await;
        for vector in vectors {
            let (name, input) = (string(&vector["name"]), &vector["input"]);
            let (secret, body) = (string(&input["sk"]), string(&input["body_utf8"]));
            for (secret, body, is_right) in
                [(secret, body, true), ("another-key", body, false), (secret, "another body", false)]
            {
                // One of the requests asks not to sign the body.
                if name == "content_sha256_given" && body == "another body" {
                    continue;
                }
                let expected = match is_right {
                    _ if name == "header_x_auth_token_also_signed" => both.clone(),
                    _ if is_expired => expired.clone(),
                    false => wrong.clone(),
                    true => (200, Value::Null),
                };
                let reply = sent(&server, vector, secret, body).await;
                let message = if reply.body.is_empty() { Value::Null } else { reply.json()["error_msg"].take() };
                assert_eq!((reply.status, message), expected, "{name}, {off} s off");
            }
        }
    }
}
