//! Ids that would escape their path segment.

use secmaster_client::ErrorKind;

use crate::raw_server::RawServer;
use crate::support::{PROJECT, VERSION, WORKSPACE, create_with, response};

const ALLOWED: &str = "a path parameter must not be empty, \".\" or \"..\", or contain a backslash";

#[tokio::test]
async fn an_id_that_leaves_its_segment_is_rejected() {
    let cases = [
        (PROJECT, WORKSPACE, "", "version_id is empty"),
        (PROJECT, "", VERSION, "workspace_id is empty"),
        ("", WORKSPACE, VERSION, "project_id is empty"),
        ("", "", "", "project_id is empty"),
        (PROJECT, WORKSPACE, ".", "version_id is \".\" or \"..\""),
        (PROJECT, WORKSPACE, "..", "version_id is \".\" or \"..\""),
        ("..", WORKSPACE, VERSION, "project_id is \".\" or \"..\""),
        ("..", "..", "..", "project_id is \".\" or \"..\""),
        (".", "a", "..", "project_id is \".\" or \"..\""),
        (PROJECT, WORKSPACE, "..\\..", "version_id has a backslash"),
        (PROJECT, "..\\..\\other\\workspaces\\x", VERSION, "workspace_id has a backslash"),
        (PROJECT, WORKSPACE, "a\\..\\b", "version_id has a backslash"),
        ("\\", WORKSPACE, VERSION, "project_id has a backslash"),
    ];
    // The server does not respond: a request that is sent would fail in another way.
    let server = RawServer::silent().await;
    let client = server.client();
    for (project, workspace, version, what) in cases {
        let error = create_with(&client, project, workspace, version).await.unwrap_err();
        assert_eq!(
            error.to_string(),
            format!("CreatePlaybookAction: request not sent: {what}; {ALLOWED}"),
            "{project:?} {workspace:?} {version:?}"
        );
        assert_eq!(error.kind(), ErrorKind::InvalidRequest);
        assert_eq!(error.operation().unwrap(), "CreatePlaybookAction");
    }
    assert_eq!(server.requests(), [""; 0]);
}

#[tokio::test]
async fn an_id_does_not_leave_the_base_path() {
    let server = RawServer::silent().await;
    let client = server.client().with_endpoint(format!("{}/gw/one", server.endpoint())).unwrap();
    for (project, workspace, name) in [("..", WORKSPACE, "project_id"), (PROJECT, "..", "workspace_id")] {
        let error = create_with(&client, project, workspace, VERSION).await.unwrap_err();
        let expected = format!("CreatePlaybookAction: request not sent: {name} is \".\" or \"..\"; {ALLOWED}");
        assert_eq!((error.kind(), error.to_string()), (ErrorKind::InvalidRequest, expected));
    }
    assert_eq!(server.requests(), [""; 0]);
}

#[tokio::test]
async fn any_other_id_is_sent_encoded() {
    let cases = [
        ("a/b", "a%2Fb"),
        ("/", "%2F"),
        ("%2e%2e", "%252e%252e"),
        ("%", "%25"),
        ("...", "..."),
        ("..a", "..a"),
        ("a b", "a%20b"),
        ("a?b#c", "a%3Fb%23c"),
        ("项目", "%E9%A1%B9%E7%9B%AE"),
        ("{version_id}", "%7Bversion_id%7D"),
        ("a:b@c,d=e&f+g!$'()*~_-", "a:b@c,d=e&f+g!$'()*~_-"),
        ("..;x", "..%3Bx"),
        ("|^[]", "%7C%5E%5B%5D"),
        ("\"<>`", "%22%3C%3E%60"),
    ];
    for (id, sent) in cases {
        let server = RawServer::responding_in_turn(vec![response("200 OK", &[], b"{}")]).await;
        create_with(&server.client(), PROJECT, WORKSPACE, id).await.unwrap();
        let expected =
            format!("POST /v1/{PROJECT}/workspaces/{WORKSPACE}/soc/playbooks/versions/{sent}/actions HTTP/1.1");
        assert_eq!(server.requests()[0].lines().next().unwrap(), expected, "{id:?}");
    }
}

#[tokio::test]
async fn an_id_with_invalid_characters_is_rejected() {
    let cases = [
        (PROJECT, WORKSPACE, "v\n", r#"version_id "v\n" begins or ends with white space"#),
        (PROJECT, " w", VERSION, r#"workspace_id " w" begins or ends with white space"#),
        (PROJECT, "w\u{3000}", VERSION, r#"workspace_id "w\u{3000}" begins or ends with white space"#),
        ("\t", WORKSPACE, VERSION, r#"project_id "\t" begins or ends with white space"#),
        (PROJECT, "a\0b", VERSION, r#"workspace_id "a\0b" has a control character"#),
        (PROJECT, WORKSPACE, "a\r\nb", r#"version_id "a\r\nb" has a control character"#),
        (PROJECT, WORKSPACE, "a\u{85}b", r#"version_id "a\u{85}b" has a control character"#),
    ];
    let server = RawServer::silent().await;
    let client = server.client();
    for (project, workspace, version, what) in cases {
        let error = create_with(&client, project, workspace, version).await.unwrap_err();
        let expected = format!("CreatePlaybookAction: request not sent: {what}; pass only the ID");
        assert_eq!((error.kind(), error.to_string()), (ErrorKind::InvalidRequest, expected));
    }
    assert_eq!(server.requests(), [""; 0]);
}
