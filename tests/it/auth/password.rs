//! Logins by password.

use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use secmaster_client::ErrorKind;
use secmaster_client::testing::{MockResponse, Server};
use serde_json::json;

use super::{builder, password};
use crate::support::{child, create, run, server_with_any_ids};

#[tokio::test]
async fn the_first_call_logs_in_and_its_token_is_cached() {
    let server = server_with_any_ids().await;
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
async fn a_login_has_the_documented_body() {
    let server = server_with_any_ids().await;
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
    let server = server_with_any_ids().await;
    let client = builder(&server).credentials(password(&server)).build().unwrap();
    assert_eq!(client.project_id().await.unwrap(), server.project_id());
    create(&client).await.unwrap();
    assert_eq!(server.logins(), 1);
    assert_eq!(server.requests_to("/v3/projects").len(), 0);
}

#[tokio::test]
async fn the_ttl_of_a_token_starts_when_it_was_issued_or_received() {
    // The token always expires at 20:00.
    for (issued, given, logins) in [
        ("2026-11-24T10:00:00.000000Z", "Tue, 24 Nov 2026 20:00:00 GMT", 2),
        ("2026-11-24T20:00:00.000000Z", "Tue, 24 Nov 2026 10:00:00 GMT", 2),
        ("2026-11-24T10:00:00.000000Z", "Tue, 24 Nov 2026 10:00:00 GMT", 1),
    ] {
        let server = server_with_any_ids().await;
        let login = json!({"token": {"expires_at": "2026-11-24T20:00:00.000000Z", "issued_at": issued}});
        let login = MockResponse::new(201).header("X-Subject-Token", server.token()).header("Date", given).json(login);
        server.respond_next_to("/v3/", login);
        let client = builder(&server).credentials(password(&server)).build().unwrap();
        for _ in 0..2 {
            create(&client).await.unwrap();
        }
        assert_eq!(server.login_attempts(), logins, "made {issued}, given {given}");
    }
}

#[tokio::test]
async fn each_login_has_a_new_passcode() {
    let server = server_with_any_ids().await;
    server.require_totp("user-id", "123456");
    let calls = Arc::new(AtomicU64::new(0));
    let count = Arc::clone(&calls);
    let credentials = password(&server).user_id("user-id").totp(move || {
        count.fetch_add(1, Ordering::SeqCst);
        "123456".to_owned()
    });
    let client = builder(&server).credentials(credentials).build().unwrap();
    assert_eq!(calls.load(Ordering::SeqCst), 0);
    create(&client).await.unwrap();
    server.revoke_tokens();
    create(&client).await.unwrap();
    assert_eq!(calls.load(Ordering::SeqCst), 2);
    let identity = &server.requests()[0].json().unwrap()["auth"]["identity"];
    assert_eq!(identity["methods"], json!(["password", "totp"]));
    assert_eq!(identity["totp"], json!({"user": {"id": "user-id", "passcode": "123456"}}));
}

#[tokio::test]
async fn a_passcode_is_sent_once() {
    let server = Server::start().await;
    server.require_totp("user-id", "123456");
    server.respond_next_to("/v3/", MockResponse::new(429).header("Retry-After", "0"));
    let credentials = password(&server).user_id("user-id").totp(|| "123456".to_owned());
    let client = builder(&server).credentials(credentials).build().unwrap();
    let error = create(&client).await.unwrap_err();
    assert_eq!((error.kind(), error.is_throttled()), (ErrorKind::Authentication, true));
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn a_short_lived_token_is_refreshed_before_it_expires() {
    let server = server_with_any_ids().await;
    server.token_ttl(Duration::from_secs(2));
    let client = builder(&server).credentials(password(&server)).build().unwrap();
    while server.logins() < 3 {
        let created = create(&client).await.unwrap();
        assert_eq!(created.attempts(), 1);
    }
}

#[tokio::test]
async fn clock_skew_does_not_expire_tokens() {
    for skew in [-5 * 3600, 5 * 3600] {
        let server = server_with_any_ids().await;
        server.clock_skew(skew);
        let client = builder(&server).credentials(password(&server)).build().unwrap();
        for _ in 0..5 {
            assert_eq!(create(&client).await.unwrap().attempts(), 1);
        }
        assert_eq!(server.logins(), 1, "{skew}");
    }
}

#[tokio::test]
async fn an_unresponsive_iam_fails_before_the_call_times_out() {
    let server = Server::start().await;
    server.pause_logins();
    let client = builder(&server).credentials(password(&server)).timeout(Duration::from_millis(400)).build().unwrap();
    let error = create(&client).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        format!(
            "CreatePlaybookAction: request not sent: the login to IAM failed: no response from {} within 300ms",
            server.endpoint()
        )
    );
    assert!(error.is_retryable());
    assert_eq!(server.requests_to("/v1/").len(), 0);
}

#[tokio::test]
async fn clients_of_two_regions_log_in_for_their_projects() {
    let servers = [server_with_any_ids().await, server_with_any_ids().await];
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
async fn missing_login_fields_are_reported() {
    let refusal = |credentials: secmaster_client::auth::Password| {
        let builder = secmaster_client::Client::builder().endpoint("https://x.example").credentials(credentials);
        builder.build().unwrap_err().to_string()
    };
    let new = || secmaster_client::auth::Password::new("d", "u", "p");
    assert_eq!(
        refusal(new()),
        "IAM's endpoint is not known; call region(...) on the builder, or iam_endpoint(...) on the password"
    );
    assert_eq!(
        refusal(new().iam_endpoint("https://iam.example")),
        "the project of the token is not known; call region(...) on the builder, or project(...) on the password"
    );
    assert_eq!(
        refusal(new().iam_endpoint("https://iam.example").project("p").totp(String::new)),
        "a second factor requires the user ID; call user_id(...) on the password"
    );
    assert_eq!(
        refusal(new().iam_endpoint("http://iam.example").project("p")),
        "IAM's endpoint \"http://iam.example\" would send credentials unencrypted; \
         write https://, or call allow_http(true) if that is intended"
    );
}

/// The calls are made in a separate process, because ten thousand connections exceed the file descriptor limit if both ends share a
/// process.
#[tokio::test(flavor = "multi_thread")]
async fn ten_thousand_concurrent_calls_log_in_once() {
    let server = server_with_any_ids().await;
    server.pause_logins();
    let mut command = child("auth::password::child_calls_the_server_of_the_environment");
    command.env("SECMASTER_TEST_CALLS", "10000").env("SECMASTER_TEST_ENDPOINT", server.endpoint());
    command.env("SECMASTER_TEST_PASSWORD", server.password());
    let login = async {
        while server.login_attempts() == 0 {
            tokio::task::yield_now().await;
        }
    };
    let mut exited = pin!(run(command));
    let output = tokio::select! {
        // The process exits without a login only if it fails.
        output = &mut exited => output,
        () = login => {
            server.resume_logins();
            exited.await
        }
    };
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    assert_eq!(server.login_attempts(), 1);
    assert_eq!(server.created().len(), 10_000);
}

/// The child process of the test above; run directly, it makes ten calls.
#[tokio::test(flavor = "multi_thread")]
async fn child_calls_the_server_of_the_environment() {
    let own = server_with_any_ids().await;
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
