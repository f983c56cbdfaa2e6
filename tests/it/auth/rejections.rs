//! Rejections: of a token by the service, and of a login by IAM.

use std::error::Error as _;
use std::sync::Arc;
use std::time::Duration;

use secmaster_client::ErrorKind;
use secmaster_client::auth::AuthError;
use secmaster_client::testing::{MockResponse, Server};
use serde_json::json;
use tokio::sync::Barrier;

use super::{builder, password};
use crate::support::{create, server_with_any_ids};

#[tokio::test]
async fn a_token_that_a_lookup_rejects_is_replaced() {
    let server = Server::start().await;
    // A token without a project, so the project is looked up.
    let login = json!({"token": {"expires_at": "2999-01-01T00:00:00.000000Z"}});
    server.respond_next_to("/v3/", MockResponse::new(201).header("X-Subject-Token", server.token()).json(login));
    server.respond_next_to("/v3/", MockResponse::new(401).json(json!({"error": {"code": 401, "message": "no"}})));
    let client = builder(&server).credentials(password(&server)).build().unwrap();
    assert_eq!(client.project_id().await.unwrap(), server.project_id());
    let requested: Vec<_> = server.requests().iter().map(|request| request.path().to_owned()).collect();
    assert_eq!(requested, ["/v3/auth/tokens", "/v3/projects", "/v3/auth/tokens", "/v3/projects"]);
}

#[tokio::test]
async fn predicates_ignore_the_response_of_iam() {
    for status in [403, 404] {
        let server = Server::start().await;
        server.respond_next_to("/v3/", MockResponse::new(status).json(json!({"error_code": "SecMaster.20030005"})));
        let client = builder(&server).credentials(password(&server)).build().unwrap();
        let error = create(&client).await.unwrap_err();
        assert_eq!((error.kind(), error.status().unwrap().as_u16()), (ErrorKind::Authentication, status));
        assert!(!error.is_not_found() && !error.is_forbidden(), "{error}");
    }
}

#[tokio::test]
async fn a_rejected_token_is_replaced_once() {
    let server = server_with_any_ids().await;
    let client = builder(&server).credentials(password(&server)).build().unwrap();
    create(&client).await.unwrap();
    server.revoke_tokens();
    let created = create(&client).await.unwrap();
    assert_eq!(created.attempts(), 2);
    assert_eq!((server.logins(), server.created().len()), (2, 2));

    let refusal = |code: &str| MockResponse::new(401).json(json!({"error_code": code, "error_msg": "no"}));
    server.respond_next(refusal("APIGW.0301"));
    server.respond_next(refusal("APIGW.0307"));
    let error = create(&client).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Service);
    assert!(error.is_unauthorized());
    assert_eq!((error.code(), error.attempts()), (Some("APIGW.0307"), 2));
    assert_eq!((server.logins(), server.created().len()), (3, 2), "the second rejection is returned");
}

#[tokio::test]
async fn a_401_is_returned_if_the_new_login_fails_too() {
    let server = server_with_any_ids().await;
    let client = builder(&server).credentials(password(&server)).build().unwrap();
    create(&client).await.unwrap();
    server.revoke_tokens();
    server
        .respond_next_to("/v3/", MockResponse::new(403).json(json!({"error_code": "IAM.0011", "error_msg": "locked"})));
    let error = create(&client).await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Authentication, 1));
    assert_eq!((error.status().unwrap().as_u16(), error.code()), (401, Some("APIGW.0307")));
    let message = error.to_string();
    let start = "CreatePlaybookAction: returned 401 Unauthorized, and no other credentials are available: \
                 the login to IAM was refused: returned 403 Forbidden, IAM.0011: locked (request id ";
    assert!(message.starts_with(start), "{message}");
    assert!(!error.is_retryable());
    let cause = error.source().unwrap().downcast_ref::<AuthError>().unwrap();
    assert!(cause.is_refused());
    let login = cause.source().unwrap().to_string();
    assert!(
        login.starts_with("KeystoneCreateUserTokenByPassword: returned 403 Forbidden, IAM.0011: locked (request id "),
        "{login}"
    );
}

#[tokio::test]
async fn no_login_is_sent_before_retry_after_of_iam() {
    let server = Server::start().await;
    server.respond_next_to(
        "/v3/",
        MockResponse::new(429).header("Retry-After", "30").json(json!({"error_code": "IAM.0429"})),
    );
    let client = builder(&server).credentials(password(&server)).build().unwrap();
    let delay = async || {
        let error = create(&client).await.unwrap_err();
        assert!(error.is_throttled());
        error.retry_after().unwrap()
    };
    assert_eq!(delay().await, Duration::from_secs(30));
    for _ in 0..20 {
        assert!(delay().await < Duration::from_secs(30));
    }
    assert_eq!(server.login_attempts(), 1);
}

#[tokio::test]
async fn repeated_401s_do_not_cause_repeated_logins() {
    let server = Server::start().await;
    let client = builder(&server).credentials(password(&server)).build().unwrap();
    for _ in 0..20 {
        for _ in 0..2 {
            server.respond_next(
                MockResponse::new(401).json(json!({"error_code": "APIGW.0307", "error_msg": "of another region"})),
            );
        }
        assert!(create(&client).await.unwrap_err().is_unauthorized());
    }
    assert_eq!(server.logins(), 2);
}

/// A gateway that throttles or fails has not checked the token.
#[tokio::test]
async fn a_500_does_not_confirm_a_token() {
    for response in [
        || MockResponse::new(429),
        || MockResponse::new(502),
        || MockResponse::new(503).json(json!({"error_code": "APIGW.0613", "error_msg": "no IAM"})),
    ] {
        let server = Server::start().await;
        let client = builder(&server).credentials(password(&server)).build().unwrap();
        let refusal = || MockResponse::new(401).json(json!({"error_code": "APIGW.0301", "error_msg": "no"}));
        server.respond_next(refusal());
        server.respond_next(response());
        assert_eq!(create(&client).await.unwrap_err().attempts(), 2);
        server.respond_next(refusal());
        let error = create(&client).await.unwrap_err();
        assert_eq!((error.is_unauthorized(), error.attempts(), server.logins()), (true, 1, 2), "{error}");
    }
}

#[tokio::test]
async fn a_401_with_another_code_refreshes_nothing() {
    let server = Server::start().await;
    let client = builder(&server).credentials(password(&server)).build().unwrap();
    for response in [
        MockResponse::new(401).json(json!({"error_code": "APIGW.0303", "error_msg": "not allowed"})),
        MockResponse::new(401).body("<html>"),
        MockResponse::new(403).json(json!({"error_code": "APIGW.0301", "error_msg": "no"})),
    ] {
        server.respond_next(response);
        let error = create(&client).await.unwrap_err();
        assert_eq!(error.attempts(), 1);
    }
    assert_eq!(server.logins(), 1);
}

#[tokio::test]
async fn concurrent_401s_cause_one_login() {
    let server = server_with_any_ids().await;
    let client = builder(&server).credentials(password(&server)).build().unwrap();
    create(&client).await.unwrap();
    server.revoke_tokens();
    server.pause_logins();
    let barrier = Arc::new(Barrier::new(101));
    let calls: Vec<_> = (0..100)
        .map(|_| {
            let (client, barrier) = (client.clone(), Arc::clone(&barrier));
            tokio::spawn(async move {
                barrier.wait().await;
                create(&client).await
            })
        })
        .collect();
    barrier.wait().await;
    server.resume_logins();
    for call in calls {
        call.await.unwrap().unwrap();
    }
    assert_eq!(server.logins(), 2);
    assert_eq!(server.created().len(), 101);
}

#[tokio::test]
async fn a_wrong_password_is_sent_once() {
    let server = Server::start().await;
    let wrong = secmaster_client::auth::Password::new(server.domain(), server.user(), "hunter2");
    let client = builder(&server).credentials(wrong.iam_endpoint(server.endpoint())).build().unwrap();
    for number in 0..50 {
        let error = create(&client).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Authentication);
        assert!(!error.is_retryable());
        assert!(error.is_unauthorized());
        assert_eq!((error.code(), error.message()), (Some("401"), Some("The username or password is wrong.")));
        let trace = error.request_id().unwrap();
        let message = error.to_string();
        let (message, cached) = message.split_once("; next attempt in ").unwrap_or((&message, ""));
        let delay = cached.split_once(" s (request id ").map(|(delay, _)| delay.parse::<u64>().unwrap());
        assert!(if number == 0 { delay.is_none() } else { (1..=300).contains(&delay.unwrap()) }, "{error}");
        let expected = "CreatePlaybookAction: request not sent: the login to IAM was refused: returned 401 Unauthorized, \
                        401: The username or password is wrong.";
        assert_eq!(message.replace(&format!(" (request id {trace})"), ""), expected);
        assert!(error.to_string().ends_with(&format!(" (request id {trace})")), "{error}");
    }
    assert_eq!(server.login_attempts(), 1);
    assert_eq!(server.requests_to("/v1/").len(), 0);
}

#[tokio::test]
async fn a_throttled_or_failing_iam_is_retryable() {
    let throttled =
        MockResponse::new(429).header("Retry-After", "30").json(json!({"error_code": "IAM.0429", "error_msg": "slow"}));
    for (response, message) in [
        (throttled, "the login to IAM failed: returned 429 Too Many Requests"),
        (MockResponse::new(408).body(""), "the login to IAM failed: returned 408 Request Timeout"),
        (MockResponse::new(503).body(""), "the login to IAM failed: returned 503 Service Unavailable"),
        (MockResponse::disconnect(), "the login to IAM failed: the connection to "),
        (
            MockResponse::new(201).json(json!({"token": {"expires_at": "2030-01-01T00:00:00.000000Z"}})),
            "the login to IAM returned no usable token",
        ),
        (MockResponse::new(201).body("<html>"), "the login to IAM failed: returned 201 Created with a body"),
    ] {
        let server = Server::start().await;
        server.respond_next_to("/v3/", response);
        let client = builder(&server).credentials(password(&server)).build().unwrap();
        let error = create(&client).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Authentication, "{message}");
        assert!(error.is_retryable(), "{message}");
        assert!(error.to_string().contains(message), "{error}");
        if message.contains("429") {
            assert_eq!(error.retry_after(), Some(Duration::from_secs(30)));
        }
    }
}
