//! Well-formed logins that are rejected.

use secmaster_client::testing::Server;
use serde_json::{Value, json};

use super::logins::{assert_rejected, assert_trace_id, body, changed, log_in, token};

#[tokio::test]
async fn a_wrong_name_or_password_is_rejected() {
    let server = Server::start().await;
    let user = "/auth/identity/password/user";
    for (pointer, value) in [("name", "another"), ("password", "the-wrong-one"), ("domain/name", "another")] {
        let reply = log_in(&server, &changed(&server, &format!("{user}/{pointer}"), json!(value))).await;
        assert_rejected(&reply, 401, "Unauthorized", "The username or password is wrong.");
    }
    assert_eq!((server.logins(), server.login_attempts()), (0, 3));
}

#[tokio::test]
async fn five_wrong_passwords_lock_the_account() {
    let server = Server::start().await;
    let wrong = changed(&server, "/auth/identity/password/user/password", json!("wrong"));
    let stranger = changed(&server, "/auth/identity/password/user/name", json!("another"));
    let attempts = async |count: usize, body: &Value| {
        for _ in 0..count {
            assert_eq!(log_in(&server, body).await.status, 401);
        }
    };
    attempts(4, &wrong).await;
    token(&server).await;
    attempts(4, &wrong).await;
    attempts(5, &stranger).await;
    attempts(1, &wrong).await;
    for body in [&body(&server), &wrong] {
        let reply = log_in(&server, body).await;
        let message = "the account is locked, since the password was wrong 5 times";
        assert_eq!(reply.json(), json!({ "error_code": "IAM.0011", "error_msg": message }));
        assert_eq!(reply.status, 403);
        assert_trace_id(&reply);
    }
    server.unlock_account();
    token(&server).await;
    assert_eq!(server.logins(), 2);
}

#[tokio::test]
async fn a_second_factor_is_required_if_set() {
    let server = Server::start().await;
    let with_totp = |id: &str, passcode: &str| {
        let mut body = changed(&server, "/auth/identity/methods", json!(["password", "totp"]));
        body["auth"]["identity"]["totp"] = json!({ "user": { "id": id, "passcode": passcode } });
        body
    };
    let none = "the user has no second factor, but the login has one";
    assert_rejected(&log_in(&server, &with_totp("user-id", "123456")).await, 401, "Unauthorized", none);

    server.require_totp("user-id", "123456");
    let needed = "a second factor is required: add totp to the methods";
    assert_rejected(&log_in(&server, &body(&server)).await, 401, "Unauthorized", needed);
    let wrong = "the passcode or the user's ID is wrong";
    for body in [with_totp("user-id", "654321"), with_totp("another", "123456")] {
        assert_rejected(&log_in(&server, &body).await, 401, "Unauthorized", wrong);
    }
    let reply = log_in(&server, &with_totp("user-id", "123456")).await;
    assert_eq!(reply.json()["token"]["methods"], json!(["password", "totp"]));
    assert_eq!(reply.json()["token"]["user"]["id"], "user-id");

    for _ in 0..5 {
        assert_eq!(log_in(&server, &with_totp("user-id", "0")).await.status, 401);
    }
    assert_eq!(log_in(&server, &with_totp("user-id", "123456")).await.status, 403);
}
