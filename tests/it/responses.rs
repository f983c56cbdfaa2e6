//! Decoding of responses.

use secmaster_client::types::ActionInfo;
use secmaster_client::{Client, Code, ErrorKind};

use crate::raw_server::RawServer;
use crate::support::{REQUEST_ID, TOKEN, create, created_by, failed_by, response};

const DOCUMENTED: &str = r#"{
  "code" : 0,
  "message" : "Error message",
  "data" : [ {
    "id" : "909494e3-558e-46b6-a9eb-07a8e18ca62f",
    "name" : "MyXXX",
    "description" : "This my XXXX",
    "action_type" : "Workflow",
    "action_id" : "909494e3-558e-46b6-a9eb-07a8e18ca62f",
    "playbook_id" : "string",
    "playbook_version_id" : "string",
    "project_id" : "string"
  } ]
}"#;

#[tokio::test]
async fn the_documented_response_is_decoded() {
    let created = created_by(response("200 OK", &["X-Extra: 1"], DOCUMENTED.as_bytes())).await.unwrap();
    assert_eq!(created.status(), 200);
    assert_eq!(created.headers()["x-extra"], "1");
    let id = created.request_id().unwrap();
    assert_eq!(id.as_str(), REQUEST_ID);
    assert_eq!(id.uuid(), Some("5f2b8c1d-0a7e-4c55-9d3b-6f1e2a3b4c5d"));
    assert_eq!(id.timestamp(), Some("1751600000123"));
    assert_eq!(id.hostname(), Some("api-7d9f.example"));
    assert_eq!(created.deprecation(), None);
    assert_eq!(created.code.as_ref().unwrap(), &"0");
    assert_eq!(created.message.as_deref(), Some("Error message"));
    let string = |value: &str| Some(value.to_owned());
    let row = ActionInfo {
        id: string("909494e3-558e-46b6-a9eb-07a8e18ca62f"),
        name: string("MyXXX"),
        description: string("This my XXXX"),
        action_type: string("Workflow"),
        action_id: string("909494e3-558e-46b6-a9eb-07a8e18ca62f"),
        playbook_id: string("string"),
        playbook_version_id: string("string"),
        project_id: string("string"),
    };
    assert_eq!(created.data.as_ref().unwrap(), std::slice::from_ref(&row));
    assert_eq!(created.into_inner().data.unwrap(), [row]);
}

#[tokio::test]
async fn codes_nulls_and_unknown_fields_are_decoded() {
    for (body, code, message, rows) in [
        (r#"{"code":"0","message":"m","data":[]}"#, Some("0"), Some("m"), Some(0)),
        (r#"{"code":"SecMaster.20010001"}"#, Some("SecMaster.20010001"), None, None),
        (r#"{"code":18446744073709551615,"data":[{}]}"#, Some("18446744073709551615"), None, Some(1)),
        (r#"{"code":-1.5}"#, Some("-1.5"), None, None),
        (r#"{"code":null,"message":null,"data":null}"#, None, None, None),
        (r"{}", None, None, None),
        (r#"{"data":[{"id":null,"sort_order":7,"create_time":"x"}],"total":1,"code":0}"#, Some("0"), None, Some(1)),
    ] {
        let created = created_by(response("200 OK", &[], body.as_bytes())).await.unwrap();
        assert_eq!(created.code.as_ref().map(Code::as_str), code, "{body}");
        assert_eq!(created.message.as_deref(), message, "{body}");
        assert_eq!(created.data.as_ref().map(Vec::len), rows, "{body}");
    }
}

#[tokio::test]
async fn a_201_and_a_202_with_the_documented_body_are_successes() {
    for status in ["201 Created", "202 Accepted"] {
        let created = created_by(response(status, &[], DOCUMENTED.as_bytes())).await.unwrap();
        assert_eq!(created.status().to_string(), status);
        assert_eq!(created.request_id().unwrap().as_str(), REQUEST_ID);
        assert_eq!(created.data.as_ref().unwrap().len(), 1);
    }
}

/// The pages document 200 for deletions, and the vendor's provisioning tool also accepts 202 and 204.
#[tokio::test]
async fn a_deletion_succeeds_with_or_without_a_body() {
    for (status, body) in
        [("200 OK", r#"{"code":0,"message":"success"}"#), ("202 Accepted", r#"{"code":"0"}"#), ("204 No Content", "")]
    {
        let server = RawServer::responding(response(status, &[], body.as_bytes())).await;
        let client = server.client();
        let delete = client.delete_playbook_rule().project_id("p").workspace_id("w").version_id("v").rule_id("r");
        let deleted = delete.send().await.unwrap();
        assert_eq!(deleted.status().to_string(), status);
        assert_eq!(deleted.request_id().unwrap().as_str(), REQUEST_ID);
        assert_eq!(deleted.is_some(), !body.is_empty());
    }
}

/// A status, headers and a body; the kind and the message of the resulting error.
type Case<'a> = (&'a str, &'a [&'a str], &'a [u8], ErrorKind, &'a str);

#[tokio::test]
async fn every_bad_response_has_its_status_and_request_id() {
    let html: &[u8] = b"<html><body>Bad Gateway</body></html>";
    let large = vec![b' '; 2000];
    let cases: Vec<Case<'_>> = vec![
        (
            "200 OK",
            &[],
            html,
            ErrorKind::Decode,
            "returned 200 OK with a body that is not JSON: <html><body>Bad Gateway</body></html>",
        ),
        (
            "200 OK",
            &[],
            b"",
            ErrorKind::Decode,
            "returned 200 OK with an empty body, but the OpenAPI document declares JSON",
        ),
        (
            "200 OK",
            &[],
            br#"{"data":[{"id""#,
            ErrorKind::Decode,
            "returned 200 OK with a body that does not match the OpenAPI document, at line 1 column 14",
        ),
        (
            "200 OK",
            &[],
            br#"{"data":7}"#,
            ErrorKind::Decode,
            "returned 200 OK with a body that does not match the OpenAPI document, at line 1 column 9",
        ),
        (
            "201 Created",
            &[],
            b"",
            ErrorKind::Decode,
            "returned 201 Created with an empty body, but the OpenAPI document declares JSON",
        ),
        (
            "204 No Content",
            &[],
            b"",
            ErrorKind::Decode,
            "returned 204 No Content, a success status that the OpenAPI document does not declare",
        ),
        (
            "200 OK",
            &[],
            &large,
            ErrorKind::TooLarge,
            "returned 200 OK with a body of more than 1000 bytes; raise max_response_bytes to read it",
        ),
        (
            "302 Found",
            &["Location: https://other.example/login?x=1"],
            b"",
            ErrorKind::Redirect,
            "returned 302 Found, a redirect to https://other.example, which is not followed, since that would forward the credentials; check the endpoint",
        ),
        (
            "304 Not Modified",
            &[],
            b"",
            ErrorKind::Redirect,
            "returned 304 Not Modified, which is neither a success nor an error; check the endpoint",
        ),
        ("400 Bad Request", &[], b"", ErrorKind::Service, "returned 400 Bad Request"),
        ("400 Bad Request", &[], b"\xff\xfe\x00", ErrorKind::Service, "returned 400 Bad Request: \u{fffd}\u{fffd}"),
        ("400 Bad Request", &[], b"[1]", ErrorKind::Service, "returned 400 Bad Request"),
        ("400 Bad Request", &[], &large, ErrorKind::Service, "returned 400 Bad Request"),
        (
            "502 Bad Gateway",
            &["Content-Type: text/html"],
            html,
            ErrorKind::Service,
            "returned 502 Bad Gateway: <html><body>Bad Gateway</body></html>",
        ),
        ("418 I'm a teapot", &[], b"{}", ErrorKind::Service, "returned 418 I'm a teapot"),
    ];
    for (status, headers, body, kind, message) in cases {
        let server = RawServer::responding_in_turn(vec![response(status, headers, body)]).await;
        let client =
            Client::builder().endpoint(server.endpoint()).token(TOKEN).max_response_bytes(1000).build().unwrap();
        let error = create(&client).await.unwrap_err();
        assert_eq!(error.to_string(), format!("CreatePlaybookAction: {message} (request id {REQUEST_ID})"));
        assert_eq!(error.kind(), kind, "{message}");
        assert_eq!(error.status().unwrap().as_str(), &status[..3], "{message}");
        assert_eq!(error.request_id().unwrap().as_str(), REQUEST_ID, "{message}");
        assert_eq!(error.body(), &body[..body.len().min(1000)], "{message}");
        assert_eq!(server.requests().len(), 1, "{message}");
    }
}

#[tokio::test]
async fn the_start_of_a_body_that_is_not_json_is_shown() {
    let page = format!("<html>\r\n\t<p>{TOKEN}</p>{}", "x".repeat(10_000));
    let shown = format!("<html> <p>[redacted]</p>{}…", "x".repeat(76));
    for (body, expected) in [
        (page.as_str(), format!("is not JSON: {shown}")),
        ("not found", "is not JSON: not found".to_owned()),
        ("\u{feff}{}", "is not JSON: {}".to_owned()),
        ("7", "does not match the OpenAPI document, at line 1 column 1".to_owned()),
        (r#" [{"name":"#, "does not match the OpenAPI document, at line 1 column 3".to_owned()),
    ] {
        let error = failed_by(response("200 OK", &[], body.as_bytes())).await;
        let start = "CreatePlaybookAction: returned 200 OK with a body that";
        assert_eq!(error.to_string(), format!("{start} {expected} (request id {REQUEST_ID})"));
    }
}

#[tokio::test]
async fn a_truncated_body_is_in_the_error() {
    let cut = |status: &str| {
        format!("HTTP/1.1 {status}\r\nX-request-id: {REQUEST_ID}\r\nContent-Length: 100\r\n\r\n{{\"code\":")
            .into_bytes()
    };

    let error = failed_by(cut("200 OK")).await;
    assert_eq!(error.kind(), ErrorKind::Transport);
    assert_eq!(error.status().unwrap(), 200);
    assert_eq!(error.request_id().unwrap().as_str(), REQUEST_ID);
    assert_eq!(error.body(), br#"{"code":"#);
    assert_eq!(
        error.to_string(),
        format!(
            "CreatePlaybookAction: returned 200 OK, but the connection closed before the whole body arrived; \
             the request may have been processed \
             (request id {REQUEST_ID})"
        )
    );

    let error = failed_by(cut("503 Service Unavailable")).await;
    assert_eq!(error.kind(), ErrorKind::Service);
    assert_eq!(error.request_id().unwrap().as_str(), REQUEST_ID);
    assert_eq!(error.message(), Some(r#"{"code":"#));
}

#[tokio::test]
async fn a_body_of_exactly_the_limit_is_decoded() {
    let body = br#"{"code":"0"}"#;
    let server =
        RawServer::responding_in_turn(vec![response("200 OK", &[], body), response("200 OK", &[], body)]).await;
    let client =
        |limit| Client::builder().endpoint(server.endpoint()).token(TOKEN).max_response_bytes(limit).build().unwrap();
    assert_eq!(create(&client(body.len())).await.unwrap().code.as_ref().unwrap(), &"0");
    assert_eq!(create(&client(body.len() - 1)).await.unwrap_err().kind(), ErrorKind::TooLarge);
}

#[tokio::test]
async fn the_default_limit_of_a_body_is_16_mib() {
    let body = |length: usize| "{}".to_owned() + &" ".repeat(length - 2);
    let limit = 16 * 1024 * 1024;
    created_by(response("200 OK", &[], body(limit).as_bytes())).await.unwrap();
    let error = failed_by(response("200 OK", &[], body(limit + 1).as_bytes())).await;
    assert_eq!(
        error.to_string(),
        format!(
            "CreatePlaybookAction: returned 200 OK with a body of more than 16777216 bytes; \
             raise max_response_bytes to read it (request id {REQUEST_ID})"
        )
    );
}

#[tokio::test]
async fn an_error_has_16_kib_of_the_body_and_decodes_all_of_it() {
    let mut body = br#"{"pad":""#.to_vec();
    body.resize(20_000, b'x');
    body.extend_from_slice(br#"","code":"C","message":"m"}"#);
    let error = failed_by(response("400 Bad Request", &[], &body)).await;
    assert_eq!(error.body(), &body[..16 * 1024]);
    assert_eq!((error.code(), error.message()), (Some("C"), Some("m")));
}
