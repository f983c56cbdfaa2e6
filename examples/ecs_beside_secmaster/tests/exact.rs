//! Requests contain only the values that were set, and responses may contain unknown values.
#![allow(clippy::unwrap_used, reason = "tests may panic")]

use std::collections::HashMap;

use ecs_beside_secmaster::exact::{Client, types};
use secmaster_client::ErrorKind;
use secmaster_client::auth::Secret;
use secmaster_client::testing::{MockResponse, Server};
use serde_json::{Value, json};

fn client(server: &Server) -> Client {
    Client::builder().endpoint(server.endpoint()).token(server.token()).build().unwrap()
}

/// Returns the body, content type and query of the request.
async fn updated(update: types::builder::UpdateThing) -> (Value, String, Option<String>) {
    let server = Server::start().await;
    server.respond_next(MockResponse::new(200).json(json!({})));
    client(&server).update_thing().thing_id("t").body(update).send().await.unwrap();
    let request = &server.requests()[0];
    let media_type = request.header("content-type").unwrap().to_owned();
    (request.json().unwrap(), media_type, request.query().map(str::to_owned))
}

#[tokio::test]
async fn only_what_was_set_and_required_defaults_are_sent() {
    let (body, media_type, query) = updated(types::UpdateThing::builder().name(Some("n".to_owned()))).await;
    assert_eq!(body, json!({"name": "n", "mode": "soft"}));
    assert_eq!((media_type.as_str(), query), ("application/json", None));
}

#[tokio::test]
async fn a_secret_in_a_body_is_sent_and_redacted() {
    let server = Server::start().await;
    let body = r#"{"error_code":"T.1","error_msg":"the key Zk4-secret is weak"}"#;
    server.respond_next(MockResponse::new(400).body(body));
    let update = types::UpdateThing::builder().key(Some(Secret::from("Zk4-secret".to_owned())));
    let error = client(&server).update_thing().thing_id("t").body(update).send().await.unwrap_err();
    assert_eq!(server.requests()[0].json().unwrap()["key"], "Zk4-secret");
    assert_eq!(error.message(), Some("the key [redacted] is weak"));
    assert!(!format!("{error} {error:?} {}", String::from_utf8_lossy(error.body())).contains("Zk4"));
}

#[tokio::test]
async fn an_empty_list_or_mapping_that_was_set_is_sent() {
    let update = types::UpdateThing::builder().labels(Some(Vec::new())).tags(Some(HashMap::new()));
    let (body, ..) = updated(update.mode(types::UpdateThingMode::Hard).enabled(Some(true))).await;
    assert_eq!(body, json!({"labels": [], "tags": {}, "mode": "hard", "enabled": true}));
}

#[tokio::test]
async fn an_optional_body_can_be_omitted() {
    let server = Server::start().await;
    let client = client(&server);
    server.respond_next(MockResponse::new(200).json(json!({"id": "t"})));
    let started = client.start_thing().thing_id("t").send().await.unwrap();
    assert_eq!(started.as_ref().and_then(|thing| thing.id.as_deref()), Some("t"));
    server.respond_next(MockResponse::new(204));
    let body = types::StartThing { speed: Some(3) };
    assert_eq!(client.start_thing().thing_id("t").body(body).send().await.unwrap().as_ref(), None);
    let requests = server.requests();
    let sent = |index: usize| (requests[index].body().to_vec(), requests[index].header("content-type"));
    assert_eq!(sent(0), (b"".to_vec(), None));
    assert_eq!(sent(1), (br#"{"speed":3}"#.to_vec(), Some("application/json")));
}

#[tokio::test]
async fn an_optional_form_can_be_omitted() {
    let server = Server::start().await;
    let client = client(&server);
    server.respond_next(MockResponse::new(204));
    client.delete_thing().thing_id("t").send().await.unwrap();
    server.respond_next(MockResponse::new(204));
    client.delete_thing().thing_id("t").body(types::DeleteThing::builder().force(true)).send().await.unwrap();
    let requests = server.requests();
    let sent = |index: usize| (requests[index].body().to_vec(), requests[index].header("content-type"));
    assert_eq!(sent(0), (b"".to_vec(), None));
    assert_eq!(sent(1), (b"force=true".to_vec(), Some("application/x-www-form-urlencoded")));
}

#[tokio::test]
async fn a_header_with_a_line_break_is_reported() {
    let server = Server::start().await;
    let client = client(&server);
    let update =
        client.update_thing().thing_id("t").x_reason("a\r\nX-Auth-Token: b").body(types::UpdateThing::builder());
    let error = update.send().await.unwrap_err();
    assert_eq!((error.kind(), server.requests().len()), (ErrorKind::InvalidRequest, 0));
    assert_eq!(
        error.to_string(),
        "request not sent: the header parameter X-Reason has a line break or another control character; remove it"
    );
}

#[tokio::test]
async fn options_and_bytes_are_sent_as_documented() {
    let server = Server::start().await;
    let client = client(&server);
    server.respond_next(MockResponse::new(204).header("allow", "GET"));
    assert_eq!(client.show_thing_options().thing_id("t").send().await.unwrap().headers()["allow"], "GET");
    server.respond_next(MockResponse::new(204));
    let patch = br#"[{"op":"remove","path":"/a"}]"#;
    client.patch_thing().thing_id("t").body(patch.to_vec()).send().await.unwrap();
    let requests = server.requests();
    assert_eq!((requests[0].method(), requests[1].method()), ("OPTIONS", "PATCH"));
    assert_eq!(requests[1].header("content-type"), Some("application/json-patch+json"));
    assert_eq!(requests[1].body(), &patch[..]);
}

#[tokio::test]
async fn bodies_that_the_caller_encodes_are_sent_unchanged() {
    let server = Server::start().await;
    let client = client(&server);
    for _ in 0..4 {
        server.respond_next(MockResponse::new(204));
    }
    let parts = "--x\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\na\r\n--x--\r\n";
    client.upload_things().content_type("multipart/form-data; boundary=x").body(parts).send().await.unwrap();
    client.put_xml().body("<a/>").send().await.unwrap();
    client.put_bson().body(vec![5, 0, 0, 0, 0]).send().await.unwrap();
    client.put_any().content_type("image/png").body(vec![0x89]).send().await.unwrap();
    let requests = server.requests();
    let sent: Vec<_> = requests.iter().map(|request| (request.header("content-type"), request.body())).collect();
    let expected: [(_, &[u8]); 4] = [
        (Some("multipart/form-data; boundary=x"), parts.as_bytes()),
        (Some("application/xml"), b"<a/>"),
        (Some("application/bson"), &[5, 0, 0, 0, 0]),
        (Some("image/png"), &[0x89]),
    ];
    assert_eq!(sent, expected);
    let error = client.upload_things().body(parts).send().await.unwrap_err();
    assert_eq!(error.to_string(), "request not sent: content_type is not set; call content_type(...) before send()");
    // An omitted binary body is sent empty.
    server.respond_next(MockResponse::new(204));
    client.put_xml().send().await.unwrap();
    assert_eq!(server.requests()[4].body(), b"");
}

#[tokio::test]
async fn parameters_with_colliding_names_are_sent_unchanged() {
    let server = Server::start().await;
    server.respond_next(MockResponse::new(204));
    client(&server).find_things().id("a").id_in_query(7).send_in_header("now").send().await.unwrap();
    let request = &server.requests()[0];
    assert_eq!((request.query(), request.header("send")), (Some("ID=a&Id=7"), Some("now")));
}

/// Decodes a response with this body.
async fn read(body: Value) -> types::Thing {
    let server = Server::start().await;
    server.respond_next(MockResponse::new(200).json(body));
    let update = client(&server).update_thing().thing_id("t").body(types::UpdateThing::builder()).send().await;
    update.unwrap().into_inner()
}

#[tokio::test]
async fn unknown_response_values_are_accepted() {
    let thing = read(json!({})).await;
    assert_eq!((thing.id, thing.size, thing.status, thing.part), (None, None, None, None));
    let thing = read(json!({"id": null, "size": null, "status": null, "part": null})).await;
    assert_eq!(thing.id, None);
    let thing = read(json!({"id": "t", "size": 1, "status": "paused"})).await;
    assert_eq!((thing.size, thing.status.as_deref()), (Some(1), Some("paused")), "below the minimum, not in the enum");
    let thing = read(json!({"id": "t", "colour": "red"})).await;
    assert_eq!(thing.extra["colour"], "red", "additional properties are retained");
    let thing = read(json!({"part": {"name": "front", "lock": "open"}})).await;
    let part = thing.part.unwrap();
    assert_eq!((part.name.as_deref(), part.lock.as_deref(), part.spokes), (Some("front"), Some("open"), None));
}

#[tokio::test]
async fn null_in_a_list_or_mapping_is_skipped() {
    let thing = read(json!({
        "id": "t",
        "owners": ["a", null, "b"],
        "wheels": [null, {"name": null, "spokes": 3}],
        "weights": {"left": 1, "right": null},
        "note": null,
    }))
    .await;
    assert_eq!(thing.owners.unwrap(), ["a", "b"]);
    let wheels: Vec<_> = thing.wheels.unwrap().into_iter().map(|wheel| (wheel.name, wheel.spokes)).collect();
    assert_eq!(wheels, [(None, Some(3))]);
    assert_eq!(thing.weights.unwrap(), HashMap::from([("left".to_owned(), 1)]));
}

#[tokio::test]
async fn unexpected_types_of_additional_properties_are_ignored() {
    let thing = read(json!({"id": "t", "count": 7, "nested": {"a": [1]}})).await;
    assert_eq!(thing.id.as_deref(), Some("t"));
}
