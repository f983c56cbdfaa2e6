//! Logins by password.

use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use secmaster_client::ErrorKind;
use secmaster_client::testing::{Answer, Server};
use serde_json::json;
use tokio::sync::Barrier;

use super::{builder, password};
use crate::support::create;

#[tokio::test]
async fn the_first_call_logs_in_and_the_others_use_its_token() {
    let server = Server::start().await;
    let client = builder(&server).credentials(password(&server)).build().unwrap();
    assert_eq!(server.requests().len(), 0, "nothing is sent before the first call");
    for _ in 0..3 {
        create(&client).await.unwrap();
    }
    assert_eq!(server.logins(), 1);
    assert_eq!(server.created().len(), 3);
    let tokens = server.requests_to("/v1/");
    assert_eq!(tokens.len(), 3);
    assert!(tokens.iter().all(|request| request.header("x-auth-token") == tokens[0].header("x-auth-token")));
    assert!(tokens.iter().all(|request| request.header("authorization").is_none()));
}

#[tokio::test]
async fn a_login_is_sent_as_iam_documents_it() {
    let server = Server::start().await;
    let client = builder(&server).credentials(password(&server)).build().unwrap();
    create(&client).await.unwrap();
    let login = &server.requests()[0];
    assert_eq!((login.method(), login.path(), login.query()), ("POST", "/v3/auth/tokens", Some("nocatalog=true")));
    assert_eq!(
        login.json().unwrap(),
        json!({"auth": {
            "identity": {
                "methods": ["password"],
                "password": {"user": {
                    "name": server.user(), "password": server.password(), "domain": {"name": server.domain()}
                }}
            },
            "scope": {"project": {"name": "cn-north-4"}}
        }})
    );
    let names: Vec<_> = login.headers().keys().map(http::HeaderName::as_str).collect();
    assert_eq!(names, ["accept", "content-type", "user-agent", "host", "content-length"]);
    assert_eq!(login.header("content-type"), Some("application/json;charset=utf8"));
}

#[tokio::test]
async fn the_scope_is_a_name_or_an_id() {
    let server = Server::start().await;
    let id = server.project_id();
    server.add_project("other", "0123456789abcdef0123456789abcdef");
    for (project, scope, project_id) in [
        (id.as_str(), json!({"id": id}), id.as_str()),
        ("other", json!({"name": "other"}), "0123456789abcdef0123456789abcdef"),
    ] {
        let client = builder(&server).credentials(password(&server).project(project)).build().unwrap();
        assert_eq!(client.project_id().await.unwrap(), project_id);
        let login = server.requests().last().unwrap().json().unwrap();
        assert_eq!(login["auth"]["scope"]["project"], scope);
    }
}

#[tokio::test]
async fn the_project_id_is_that_of_the_token() {
    let server = Server::start().await;
    let client = builder(&server).credentials(password(&server)).build().unwrap();
    assert_eq!(client.project_id().await.unwrap(), server.project_id());
    create(&client).await.unwrap();
    assert_eq!(server.logins(), 1);
    assert_eq!(server.requests_to("/v3/projects").len(), 0);
}

#[tokio::test]
async fn a_token_that_iam_refuses_for_a_look_up_is_replaced() {
    let server = Server::start().await;
    // A token that names no project, so that IAM is asked for it.
    let login = json!({"token": {"expires_at": "2999-01-01T00:00:00.000000Z"}});
    server.iam_answer_next(Answer::new(201).header("X-Subject-Token", server.token()).json(login));
    server.iam_answer_next(Answer::new(401).json(json!({"error": {"code": 401, "message": "no"}})));
    let client = builder(&server).credentials(password(&server)).build().unwrap();
    assert_eq!(client.project_id().await.unwrap(), server.project_id());
    let asked: Vec<_> = server.requests().iter().map(|request| request.path().to_owned()).collect();
    assert_eq!(asked, ["/v3/auth/tokens", "/v3/projects", "/v3/auth/tokens", "/v3/projects"]);
}

#[tokio::test]
async fn a_token_lives_from_the_later_of_when_it_was_made_and_when_it_was_given() {
    // It ends at 20:00 each time.
    for (issued, given, logins) in [
        ("2026-11-24T10:00:00.000000Z", "Tue, 24 Nov 2026 20:00:00 GMT", 2),
        ("2026-11-24T20:00:00.000000Z", "Tue, 24 Nov 2026 10:00:00 GMT", 2),
        ("2026-11-24T10:00:00.000000Z", "Tue, 24 Nov 2026 10:00:00 GMT", 1),
    ] {
        let server = Server::start().await;
        let login = json!({"token": {"expires_at": "2026-11-24T20:00:00.000000Z", "issued_at": issued}});
        let login = Answer::new(201).header("X-Subject-Token", server.token()).header("Date", given).json(login);
        server.iam_answer_next(login);
        let client = builder(&server).credentials(password(&server)).build().unwrap();
        for _ in 0..2 {
            create(&client).await.unwrap();
        }
        assert_eq!(server.login_attempts(), logins, "made {issued}, given {given}");
    }
}

#[tokio::test]
async fn a_second_factor_is_asked_at_each_login() {
    let server = Server::start().await;
    server.require_totp("user-id", "123456");
    let asked = Arc::new(AtomicU64::new(0));
    let count = Arc::clone(&asked);
    let credentials = password(&server).user_id("user-id").totp(move || {
        count.fetch_add(1, Ordering::SeqCst);
        "123456".to_owned()
    });
    let client = builder(&server).credentials(credentials).build().unwrap();
    assert_eq!(asked.load(Ordering::SeqCst), 0);
    create(&client).await.unwrap();
    server.revoke_tokens();
    create(&client).await.unwrap();
    assert_eq!(asked.load(Ordering::SeqCst), 2);
    let identity = &server.requests()[0].json().unwrap()["auth"]["identity"];
    assert_eq!(identity["methods"], json!(["password", "totp"]));
    assert_eq!(identity["totp"], json!({"user": {"id": "user-id", "passcode": "123456"}}));
}

#[tokio::test]
async fn a_token_that_the_service_refuses_is_replaced_once() {
    let server = Server::start().await;
    let client = builder(&server).credentials(password(&server)).build().unwrap();
    create(&client).await.unwrap();
    server.revoke_tokens();
    let created = create(&client).await.unwrap();
    assert_eq!(created.attempts(), 2);
    assert_eq!((server.logins(), server.created().len()), (2, 2));

    let refusal = |code: &str| Answer::new(401).json(json!({"error_code": code, "error_msg": "no"}));
    server.answer_next(refusal("APIGW.0301"));
    server.answer_next(refusal("APIGW.0307"));
    let error = create(&client).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Service);
    assert!(error.is_unauthorized());
    assert_eq!((error.code(), error.attempts()), (Some("APIGW.0307"), 2));
    assert_eq!((server.logins(), server.created().len()), (3, 2), "the second refusal is the caller's");
}

#[tokio::test]
async fn a_refusal_of_the_service_is_told_where_the_new_login_is_refused_as_well() {
    let server = Server::start().await;
    let client = builder(&server).credentials(password(&server)).build().unwrap();
    create(&client).await.unwrap();
    server.revoke_tokens();
    server.iam_answer_next(Answer::new(403).json(json!({"error_code": "IAM.0011", "error_msg": "locked"})));
    let error = create(&client).await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Authentication, 1));
    assert_eq!((error.status().unwrap().as_u16(), error.code()), (401, Some("APIGW.0307")));
    let text = error.to_string();
    let start = "CreatePlaybookAction: answered 401 Unauthorized, and no other credentials could be had: \
                 the login to IAM was refused: answered 403 Forbidden, IAM.0011: locked (request id ";
    assert!(text.starts_with(start), "{text}");
    assert!(!error.is_retryable());
    let login = std::error::Error::source(&error).unwrap().to_string();
    assert!(
        login.starts_with("KeystoneCreateUserTokenByPassword: answered 403 Forbidden, IAM.0011: locked (request id "),
        "{login}"
    );
}

#[tokio::test]
async fn no_login_is_made_while_iam_asks_to_wait() {
    let server = Server::start().await;
    server.iam_answer_next(Answer::new(429).header("Retry-After", "30").json(json!({"error_code": "IAM.0429"})));
    let client = builder(&server).credentials(password(&server)).build().unwrap();
    for _ in 0..20 {
        let error = create(&client).await.unwrap_err();
        assert!(error.is_throttled());
        assert_eq!(error.retry_after(), Some(Duration::from_secs(30)));
    }
    assert_eq!(server.login_attempts(), 1);
}

#[tokio::test]
async fn a_service_that_refuses_every_token_costs_no_login_for_each_call() {
    let server = Server::start().await;
    let client = builder(&server).credentials(password(&server)).build().unwrap();
    for _ in 0..20 {
        for _ in 0..2 {
            server.answer_next(
                Answer::new(401).json(json!({"error_code": "APIGW.0307", "error_msg": "of another region"})),
            );
        }
        assert!(create(&client).await.unwrap_err().is_unauthorized());
    }
    assert_eq!(server.logins(), 2);
}

/// A gateway that throttles, or is in trouble, has not looked at the token.
#[tokio::test]
async fn an_answer_that_says_nothing_of_the_token_does_not_make_it_a_good_one() {
    for answer in [
        || Answer::new(429),
        || Answer::new(502),
        || Answer::new(503).json(json!({"error_code": "APIGW.0613", "error_msg": "no IAM"})),
    ] {
        let server = Server::start().await;
        let client = builder(&server).credentials(password(&server)).build().unwrap();
        let refusal = || Answer::new(401).json(json!({"error_code": "APIGW.0301", "error_msg": "no"}));
        server.answer_next(refusal());
        server.answer_next(answer());
        assert_eq!(create(&client).await.unwrap_err().attempts(), 2);
        server.answer_next(refusal());
        let error = create(&client).await.unwrap_err();
        assert_eq!((error.is_unauthorized(), error.attempts(), server.logins()), (true, 1, 2), "{error}");
    }
}

#[tokio::test]
async fn a_401_for_another_reason_renews_nothing() {
    let server = Server::start().await;
    let client = builder(&server).credentials(password(&server)).build().unwrap();
    for answer in [
        Answer::new(401).json(json!({"error_code": "APIGW.0303", "error_msg": "not allowed"})),
        Answer::new(401).body("<html>"),
        Answer::new(403).json(json!({"error_code": "APIGW.0301", "error_msg": "no"})),
    ] {
        server.answer_next(answer);
        let error = create(&client).await.unwrap_err();
        assert_eq!(error.attempts(), 1);
    }
    assert_eq!(server.logins(), 1);
}

#[tokio::test]
async fn calls_refused_at_once_make_one_new_login() {
    let server = Server::start().await;
    let client = builder(&server).credentials(password(&server)).build().unwrap();
    create(&client).await.unwrap();
    server.revoke_tokens();
    server.hold_logins();
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
    server.release_logins();
    for call in calls {
        call.await.unwrap().unwrap();
    }
    assert_eq!(server.logins(), 2);
    assert_eq!(server.created().len(), 101);
}

#[tokio::test]
async fn a_token_that_lives_two_seconds_is_renewed_without_a_refusal() {
    let server = Server::start().await;
    server.token_life(Duration::from_secs(2));
    let client = builder(&server).credentials(password(&server)).build().unwrap();
    while server.logins() < 3 {
        let created = create(&client).await.unwrap();
        assert_eq!(created.attempts(), 1);
    }
}

#[tokio::test]
async fn a_clock_that_is_hours_off_does_no_harm() {
    for skew in [-5 * 3600, 5 * 3600] {
        let server = Server::start().await;
        server.clock_skew(skew);
        let client = builder(&server).credentials(password(&server)).build().unwrap();
        for _ in 0..5 {
            assert_eq!(create(&client).await.unwrap().attempts(), 1);
        }
        assert_eq!(server.logins(), 1, "{skew}");
    }
}

#[tokio::test]
async fn a_wrong_password_is_tried_once_however_often_it_is_called() {
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
        let text = error.to_string();
        let (text, kept) = text.split_once("; not asked again for ").unwrap_or((&text, ""));
        let wait = kept.split_once(" s (request id ").map(|(wait, _)| wait.parse::<u64>().unwrap());
        assert!(if number == 0 { wait.is_none() } else { (1..=300).contains(&wait.unwrap()) }, "{error}");
        let expected = "CreatePlaybookAction: the request was not sent: the login to IAM was refused: answered 401 Unauthorized, \
                        401: The username or password is wrong.";
        assert_eq!(text.replace(&format!(" (request id {trace})"), ""), expected);
        assert!(error.to_string().ends_with(&format!(" (request id {trace})")), "{error}");
    }
    assert_eq!(server.login_attempts(), 1);
    assert_eq!(server.requests_to("/v1/").len(), 0);
}

#[tokio::test]
async fn a_throttled_or_broken_iam_is_told_as_something_that_passes() {
    let throttled =
        Answer::new(429).header("Retry-After", "30").json(json!({"error_code": "IAM.0429", "error_msg": "slow"}));
    for (answer, text) in [
        (throttled, "the login to IAM failed: answered 429 Too Many Requests"),
        (Answer::new(408).body(""), "the login to IAM failed: answered 408 Request Timeout"),
        (Answer::new(503).body(""), "the login to IAM failed: answered 503 Service Unavailable"),
        (Answer::cut(), "the login to IAM failed: the connection to "),
        (
            Answer::new(201).json(json!({"token": {"expires_at": "2030-01-01T00:00:00.000000Z"}})),
            "the login to IAM gave no usable token",
        ),
        (Answer::new(201).body("<html>"), "the login to IAM failed: answered 201 Created with a body"),
    ] {
        let server = Server::start().await;
        server.iam_answer_next(answer);
        let client = builder(&server).credentials(password(&server)).build().unwrap();
        let error = create(&client).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Authentication, "{text}");
        assert!(error.is_retryable(), "{text}");
        assert!(error.to_string().contains(text), "{error}");
        if text.contains("429") {
            assert_eq!(error.retry_after(), Some(Duration::from_secs(30)));
        }
    }
}

#[tokio::test]
async fn an_iam_that_does_not_answer_is_told_before_the_call_is_over() {
    let server = Server::start().await;
    server.hold_logins();
    let client = builder(&server).credentials(password(&server)).timeout(Duration::from_millis(400)).build().unwrap();
    let error = create(&client).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        format!(
            "CreatePlaybookAction: the request was not sent: the login to IAM failed: no answer from {} within 300ms \
             (request id none)",
            server.endpoint()
        )
    );
    assert!(error.is_retryable());
    assert_eq!(server.requests_to("/v1/").len(), 0);
}

#[tokio::test]
async fn regions_and_projects_are_never_mixed_up() {
    let servers = [Server::start().await, Server::start().await];
    let clients: Vec<_> =
        servers.iter().map(|server| builder(server).credentials(password(server)).build().unwrap()).collect();
    for _ in 0..3 {
        for (server, client) in servers.iter().zip(&clients) {
            create(client).await.unwrap();
            assert_eq!(client.project_id().await.unwrap(), server.project_id());
        }
    }
    for server in &servers {
        assert_eq!((server.logins(), server.created().len()), (1, 3));
    }
}

#[tokio::test]
async fn what_is_missing_for_a_login_is_named() {
    let refusal = |credentials: secmaster_client::auth::Password| {
        let builder = secmaster_client::Client::builder().endpoint("https://x.example").credentials(credentials);
        builder.build().unwrap_err().to_string()
    };
    let new = || secmaster_client::auth::Password::new("d", "u", "p");
    assert_eq!(refusal(new()), "IAM's endpoint is not known; call region(...), or iam_endpoint(...) of the password");
    assert_eq!(
        refusal(new().iam_endpoint("https://iam.example")),
        "the token's project is not known; call region(...), or project(...) of the password"
    );
    assert_eq!(
        refusal(new().iam_endpoint("https://iam.example").project("p").totp(String::new)),
        "a second factor needs the user's ID; call user_id(...) of the password"
    );
    assert_eq!(
        refusal(new().iam_endpoint("http://iam.example").project("p")),
        "IAM's endpoint \"http://iam.example\" would send credentials unencrypted; \
         write https://, or call allow_http(true) if that is what you want"
    );
}

/// Ten thousand calls need as many connections, and the files of one process are not enough for both ends. So the calls are made by
/// a process of their own.
#[tokio::test(flavor = "multi_thread")]
async fn ten_thousand_first_calls_make_one_login() {
    let server = Server::start().await;
    server.hold_logins();
    let child = tokio::process::Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "auth::password::calls_the_server_of_the_environment", "--nocapture"])
        .env("SECMASTER_TEST_CALLS", "10000")
        .env("SECMASTER_TEST_ENDPOINT", server.endpoint())
        .env("SECMASTER_TEST_PASSWORD", server.password())
        .stdout(std::process::Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let login = async {
        while server.login_attempts() == 0 {
            tokio::task::yield_now().await;
        }
    };
    let mut ended = pin!(child.wait_with_output());
    let output = tokio::select! {
        // It ends without a login only where something is wrong with it.
        output = &mut ended => output,
        () = login => {
            server.release_logins();
            ended.await
        }
    };
    let output = output.unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    assert_eq!(server.login_attempts(), 1);
    assert_eq!(server.created().len(), 10_000);
}

/// The other half of the test above; on its own it makes ten calls.
#[tokio::test(flavor = "multi_thread")]
async fn calls_the_server_of_the_environment() {
    let own = Server::start().await;
    let variable = |name: &str| std::env::var(name).ok();
    let endpoint = variable("SECMASTER_TEST_ENDPOINT").unwrap_or_else(|| own.endpoint());
    let secret = variable("SECMASTER_TEST_PASSWORD").unwrap_or_else(|| own.password());
    let calls = variable("SECMASTER_TEST_CALLS").map_or(10, |calls| calls.parse().unwrap());
    let password = secmaster_client::auth::Password::new(own.domain(), own.user(), secret).iam_endpoint(&endpoint);
    let client = builder(&own).endpoint(endpoint).credentials(password).timeout(Duration::from_secs(120));
    let client = client.connect_timeout(Duration::from_secs(60)).build().unwrap();
    let calls: Vec<_> = (0..calls)
        .map(|_| {
            let client = client.clone();
            tokio::spawn(async move { create(&client).await })
        })
        .collect();
    for call in calls {
        call.await.unwrap().unwrap();
    }
}
