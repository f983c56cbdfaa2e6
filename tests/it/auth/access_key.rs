//! Requests that are signed.

use std::time::{Duration, SystemTime};

use secmaster_client::testing::{MockResponse, Server};
use secmaster_client::{Client, ErrorKind, auth};
use serde_json::json;

use super::{access_key, builder};
use crate::support::{create, create_in_default_project, server_with_any_ids};

#[tokio::test]
async fn a_signed_request_has_a_signature_and_no_token() {
    let server = server_with_any_ids().await;
    let client = builder(&server).credentials(access_key(&server).project_id(server.project_id())).build().unwrap();
    create_in_default_project(&client).await.unwrap();
    let request = &server.requests()[0];
    let mut names: Vec<_> = request.headers().keys().map(http::HeaderName::as_str).collect();
    names.sort_unstable();
    assert_eq!(
        names,
        [
            "accept",
            "authorization",
            "content-length",
            "content-type",
            "host",
            "user-agent",
            "x-project-id",
            "x-sdk-date"
        ]
    );
    assert_eq!(request.header("content-type"), Some("application/json;charset=UTF-8"));
    assert_eq!(request.header("x-project-id"), Some(server.project_id().as_str()));
    let authorization = request.header("authorization").unwrap();
    let expected = format!(
        "SDK-HMAC-SHA256 Access={}, SignedHeaders=host;x-project-id;x-sdk-date, Signature=",
        server.access_key()
    );
    assert!(authorization.starts_with(&expected), "{authorization}");
    assert_eq!(server.requests().len(), 1, "a configured project is not looked up");
}

#[tokio::test]
async fn the_project_of_a_request_is_signed() {
    let server = server_with_any_ids().await;
    let other = "0123456789abcdef0123456789abcdef";
    server.add_project("another", other);
    let client = builder(&server).credentials(access_key(&server)).build().unwrap();
    let list = client.list_playbooks().project_id(other).workspace_id("w").offset(0).limit(10);
    list.send().await.unwrap();
    let [request] = &server.requests()[..] else { panic!("the project is looked up") };
    assert!(request.path().starts_with(&format!("/v1/{other}/")));
    assert_eq!(request.header("x-project-id"), Some(other));
}

#[tokio::test]
async fn the_project_id_is_looked_up_once_by_region() {
    let server = server_with_any_ids().await;
    let client = builder(&server).credentials(access_key(&server)).build().unwrap();
    for _ in 0..3 {
        create_in_default_project(&client).await.unwrap();
        assert_eq!(client.project_id().await.unwrap(), server.project_id());
    }
    let lookups = server.requests_to("/v3/");
    assert_eq!(lookups.len(), 1);
    assert_eq!((lookups[0].path(), lookups[0].query()), ("/v3/projects", Some("name=cn-north-4")));
    assert!(lookups[0].header("x-project-id").is_none());
    assert!(server.requests_to("/v1/").iter().all(|request| request.header("x-project-id").is_some()));
}

#[tokio::test]
async fn a_refused_lookup_is_cached() {
    let server = Server::start().await;
    server.add_project("cn-north-4", "0123456789abcdef0123456789abcdef");
    let client = builder(&server).credentials(access_key(&server)).build().unwrap();
    let calls: Vec<_> = (0..50)
        .map(|_| {
            let client = client.clone();
            tokio::spawn(async move { create_in_default_project(&client).await.unwrap_err().kind() })
        })
        .collect();
    for call in calls {
        assert_eq!(call.await.unwrap(), ErrorKind::Authentication);
    }
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn missing_and_ambiguous_projects_are_an_error() {
    let server = Server::start().await;
    server.add_project("cn-north-4", "0123456789abcdef0123456789abcdef");
    for (region, message) in [
        ("mars-1", "IAM has no project named mars-1; check the region, or set the project ID"),
        ("cn-north-4", "2 projects are named cn-north-4; set the project ID"),
    ] {
        let client = builder(&server).region(region).credentials(access_key(&server)).build().unwrap();
        let error = create_in_default_project(&client).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Authentication);
        assert_eq!(error.to_string(), format!("CreatePlaybookAction: request not sent: {message}"));
        let error = client.project_id().await.unwrap_err();
        assert!(error.to_string().starts_with(&format!("request not sent: {message}; next attempt in ")), "{error}");
    }
}

#[tokio::test]
async fn a_token_gets_its_project_from_iam_or_the_region() {
    let server = server_with_any_ids().await;
    let token = auth::Token::new(server.token()).unwrap().project_id("p");
    let client = builder(&server).credentials(token).build().unwrap();
    assert_eq!(client.project_id().await.unwrap(), "p");
    create(&client).await.unwrap();

    let client = Client::builder().endpoint(server.endpoint()).token(server.token()).build().unwrap();
    let error = client.project_id().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    assert_eq!(
        error.to_string(),
        "request not sent: the project is not known; call project_id(...) or region(...) on Client::builder(), or project_id(...) on the request"
    );
}

#[tokio::test]
async fn build_rejects_keys_without_a_project() {
    let build = |key: auth::AccessKey| Client::builder().endpoint("https://x.example").credentials(key).build();
    assert_eq!(
        build(auth::AccessKey::new("AK", "SK")).unwrap_err().to_string(),
        "the project is not known; call region(...) or project_id(...) on the builder, or project_id(...) on the credentials"
    );
    assert!(build(auth::AccessKey::new("AK", "SK").project_id("p")).is_ok());
    for (access, secret) in [("", "SK"), ("AK", ""), ("A\nK", "SK"), ("AK", "S\u{e9}K")] {
        let error = build(auth::AccessKey::new(access, secret).project_id("p")).unwrap_err();
        assert!(error.to_string().contains("key"), "{error}");
        assert!(!format!("{error:?}").contains('\u{e9}'), "{error:?}");
    }
}

#[tokio::test]
async fn a_wrong_key_is_not_retried() {
    let server = Server::start().await;
    let wrong = auth::AccessKey::new(server.access_key(), "wrong").project_id(server.project_id());
    let client = builder(&server).credentials(wrong).build().unwrap();
    let error = create(&client).await.unwrap_err();
    assert!(error.is_unauthorized());
    assert_eq!((error.code(), error.attempts()), (Some("APIGW.0301"), 1));
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn clock_skew_is_corrected_once() {
    for skew in [-7 * 3600, 7 * 3600] {
        let server = server_with_any_ids().await;
        server.clock_skew(skew);
        let client = builder(&server).credentials(access_key(&server)).build().unwrap();
        assert_eq!(client.project_id().await.unwrap(), server.project_id());
        assert_eq!(server.requests().len(), 2, "the first signature has expired, the second has not");
        for _ in 0..3 {
            assert_eq!(create(&client).await.unwrap().attempts(), 1, "{skew}");
        }
        assert_eq!(server.created().len(), 3);

        // With a known project, the call itself is the first request.
        let client = builder(&server).credentials(access_key(&server).project_id(server.project_id())).build().unwrap();
        assert_eq!(create(&client).await.unwrap().attempts(), 2);
        assert_eq!(create(&client).await.unwrap().attempts(), 1);
    }
}

#[tokio::test]
async fn concurrent_calls_with_clock_skew_are_all_retried() {
    let server = server_with_any_ids().await;
    server.clock_skew(7 * 3600);
    let client = builder(&server).credentials(access_key(&server).project_id(server.project_id())).build().unwrap();
    let calls: Vec<_> = (0..20)
        .map(|_| {
            let client = client.clone();
            tokio::spawn(async move { create(&client).await })
        })
        .collect();
    for call in calls {
        call.await.unwrap().unwrap();
    }
    assert_eq!(server.created().len(), 20);
}

#[tokio::test]
async fn a_401_with_a_correct_date_does_not_correct_the_clock() {
    let server = Server::start().await;
    let client = builder(&server).credentials(access_key(&server).project_id(server.project_id())).build().unwrap();
    let date = httpdate::fmt_http_date(SystemTime::now());
    let refusal =
        MockResponse::new(401).header("Date", date).json(json!({"error_code": "APIGW.0301", "error_msg": "bad key"}));
    server.respond_next(refusal);
    assert_eq!(create(&client).await.unwrap_err().attempts(), 1);

    let far = httpdate::fmt_http_date(SystemTime::now() + Duration::from_secs(3600));
    let refusal =
        MockResponse::new(401).header("Date", far).json(json!({"error_code": "APIGW.0301", "error_msg": "expired"}));
    server.respond_next(refusal.clone());
    let error = create(&client).await.unwrap_err();
    assert_eq!(error.attempts(), 2, "the second rejection is returned");
}

#[tokio::test]
async fn a_retry_is_signed_again() {
    let server = server_with_any_ids().await;
    server.clock_skew(3600);
    let client = builder(&server).credentials(access_key(&server).project_id(server.project_id())).build().unwrap();
    create(&client).await.unwrap();
    let dates: Vec<_> =
        server.requests().iter().map(|request| request.header("x-sdk-date").map(str::to_owned)).collect();
    assert_eq!(dates.len(), 2);
    assert_ne!(dates[0], dates[1]);
}

#[tokio::test]
async fn base_paths_and_encoded_ids_are_signed_as_sent() {
    let server = server_with_any_ids().await;
    let client = builder(&server).credentials(access_key(&server).project_id(server.project_id())).build().unwrap();
    for id in ["a b", "项目", "a:b@c;d,e=f&g+h!$'()*~_-", "|^[]", "\"<>`", "%41", "..."] {
        crate::support::create_with(&client, id, "w", id).await.unwrap_or_else(|error| panic!("{id}: {error}"));
    }
}
