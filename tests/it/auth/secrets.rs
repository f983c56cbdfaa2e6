//! Secrets are sent only to their service and redacted elsewhere.

use std::error::Error as _;
use std::sync::atomic::{AtomicUsize, Ordering};

use secmaster_client::auth::{AccessKey, AuthError, Credentials, Metadata, Password, Token, TokenProvider};
use secmaster_client::testing::{MockResponse, Server};
use secmaster_client::{Client, Error, RetryPolicy};
use serde_json::json;

use super::{access_key, builder, metadata, password};
use crate::logs::Log;
use crate::raw_server::RawServer;
use crate::support::{REQUEST_ID, create, response};

/// All representations of an error and its sources.
fn shown(error: &Error) -> String {
    let mut output = format!("{error} {error:?} {:?} {}", error.message(), String::from_utf8_lossy(error.body()));
    let mut source = error.source();
    while let Some(cause) = source {
        output = format!("{output} {cause} {cause:?}");
        source = cause.source();
    }
    output
}

#[tokio::test]
async fn no_secret_is_in_logs_errors_or_debug() {
    Log::start();
    let server = Server::start().await;
    let mut outputs = Vec::new();
    let wrong = "hunter2-wrong-password";
    let quoting = json!({"error": {"code": 400, "message": server.password(), "title": server.password()}});

    let all: Vec<Credentials> = vec![
        password(&server).into(),
        access_key(&server).into(),
        metadata(&server).into(),
        Token::new(server.token()).unwrap().into(),
        Password::new(server.domain(), server.user(), wrong).iam_endpoint(server.endpoint()).into(),
        AccessKey::new(server.access_key(), "hunter2-wrong-key").security_token("hunter2-token").project_id("p").into(),
    ];
    for credentials in all {
        outputs.push(format!("{credentials:?}"));
        let builder = builder(&server).credentials(credentials);
        outputs.push(format!("{builder:?}"));
        let client = builder.build().unwrap();
        outputs.push(format!("{client:?}"));
        for _ in 0..2 {
            match create(&client).await {
                Ok(created) => outputs.push(format!("{created:?}")),
                Err(error) => outputs.push(shown(&error)),
            }
        }
        server.respond_next(MockResponse::new(500).body(""));
        outputs.push(create(&client).await.map_or_else(|error| shown(&error), |created| format!("{created:?}")));
    }
    server.respond_next_to("/v3/", MockResponse::new(400).json(quoting));
    let client = builder(&server).credentials(password(&server)).build().unwrap();
    outputs.push(shown(&create(&client).await.unwrap_err()));

    server.require_totp("user-id", "hunter2-right");
    server.respond_next_to("/v3/", MockResponse::new(403).body("the passcode hunter2-passcode is wrong"));
    let totp = password(&server).user_id("user-id").totp(|| "hunter2-passcode".to_owned());
    let client = builder(&server).credentials(totp).build().unwrap();
    outputs.push(shown(&create(&client).await.unwrap_err()));

    outputs.push(Log::output());
    let mut secrets = vec![server.token(), server.password(), server.secret_key(), wrong.to_owned()];
    secrets.extend(["hunter2-wrong-key", "hunter2-token", "hunter2-passcode"].map(str::to_owned));
    for request in server.requests() {
        for name in ["x-auth-token", "x-security-token", "x-metadata-token", "authorization"] {
            secrets.extend(request.header(name).map(str::to_owned));
        }
        // A value of a body is secret only in that field.
        outputs.push(format!("{request:?}"));
    }
    assert!(secrets.len() > 20, "{}", secrets.len());
    for output in &outputs {
        for secret in &secrets {
            assert!(!output.contains(secret.as_str()), "{secret} is in {output}");
        }
    }
    assert!(outputs.iter().any(|output| output.contains("[redacted]")));
}

#[tokio::test]
async fn malformed_credentials_are_not_quoted() {
    let server = Server::start().await;
    server.respond_next_to("/v3/", MockResponse::new(201).json(json!({"token": "hunter2"})));
    server.respond_next_to("/meta-data/", MockResponse::new(404));
    server.respond_next_to("/openstack/", MockResponse::new(200).json(json!({"credential": "hunter2"})));
    let unread = "with a body that does not match the OpenAPI document, at line 1 column";
    let login = format!("the login to IAM failed: returned 201 Created {unread} 18 ");
    let keys = format!("getting keys from the metadata service failed: returned 200 OK {unread} 23 ");
    let all: [(Credentials, _); 2] =
        [(password(&server).into(), login), (metadata(&server).project_id("p").into(), keys)];
    for (credentials, message) in all {
        let error = create(&builder(&server).credentials(credentials).build().unwrap()).await.unwrap_err();
        let start = format!("CreatePlaybookAction: request not sent: {message}");
        assert!(error.to_string().starts_with(&start), "{error}");
        assert!(!shown(&error).contains("hunter2"), "{}", shown(&error));
    }
}

/// Returns the tokens in order.
struct Sequence(AtomicUsize);

impl TokenProvider for Sequence {
    async fn token(&self) -> Result<Token, AuthError> {
        let number = self.0.fetch_add(1, Ordering::SeqCst);
        Ok(Token::new(format!("hunter2-token-number-{number}")).unwrap())
    }
}

#[tokio::test]
async fn a_replaced_token_is_redacted() {
    let body = br#"{"error_code":"APIGW.0301","error_msg":"bad token hunter2-token-number-0"}"#;
    let server = RawServer::responding_once([response("401 Unauthorized", &[], body)]).await;
    let client =
        Client::builder().endpoint(server.endpoint()).credentials(Credentials::provider(Sequence(AtomicUsize::new(0))));
    let error = create(&client.retry(RetryPolicy::none()).build().unwrap()).await.unwrap_err();
    assert_eq!((error.status().unwrap().as_u16(), error.attempts()), (401, 2));
    assert_eq!(error.request_id().unwrap().as_str(), REQUEST_ID);
    assert_eq!(error.message(), Some("bad token [redacted]"));
    assert!(!shown(&error).contains("hunter2"), "{error:?}");
}

#[test]
fn a_password_in_an_endpoint_is_redacted() {
    let address = "https://user:hunter2@x.example";
    let metadata = Metadata::new().endpoint(address).iam_endpoint(address);
    let key = AccessKey::new("AK", "hunter2").iam_endpoint(address);
    let password = Password::new("d", "u", "hunter2").iam_endpoint(address);
    let builder =
        Client::builder().endpoint(address).iam_endpoint(address).proxy(address).credentials(metadata.clone());
    let all = format!("{metadata:?} {key:?} {password:?} {builder:?} {:?}", Credentials::from(password.clone()));
    assert!(!all.contains("hunter2"), "{all}");
    let error = builder.build().unwrap_err();
    assert!(!format!("{error} {error:?}").contains("hunter2"), "{error:?}");
}

#[tokio::test]
async fn secrets_are_sent_only_to_their_service() {
    let (service, iam) = (Server::start().await, Server::start().await);
    let client = Client::builder()
        .endpoint(service.endpoint())
        .region("cn-north-4")
        .credentials(Password::new(iam.domain(), iam.user(), iam.password()).iam_endpoint(iam.endpoint()))
        .build()
        .unwrap();
    // The token is from another cloud, so it is rejected; only the destination matters.
    create(&client).await.unwrap_err();
    assert!(
        service.requests().iter().all(|request| !String::from_utf8_lossy(request.body()).contains(&iam.password()))
    );
    assert!(service.requests().iter().all(|request| request.header("x-auth-token").is_some()));
    assert!(iam.requests().iter().all(|request| request.header("x-auth-token").is_none()));
    assert!(iam.requests().iter().all(|request| request.path() == "/v3/auth/tokens"));
}

#[tokio::test]
async fn secrets_are_not_sent_to_redirect_targets() {
    let (server, elsewhere) = (Server::start().await, Server::start().await);
    let location = format!("{}/v3/auth/tokens", elsewhere.endpoint());
    for status in [301, 302, 307, 308] {
        let redirect = MockResponse::new(status).header("Location", &location);
        server.respond_next_to("/v3/", redirect.clone());
        let client = builder(&server).credentials(password(&server)).build().unwrap();
        let error = create(&client).await.unwrap_err();
        assert!(error.to_string().contains("the login to IAM was refused: returned 3"), "{error}");

        server.respond_next(redirect.clone());
        let key = access_key(&server).project_id(server.project_id());
        create(&builder(&server).credentials(key).build().unwrap()).await.unwrap_err();
        server.respond_next_to("/meta-data/", redirect);
        create(&builder(&server).credentials(metadata(&server)).build().unwrap()).await.unwrap_err();
    }
    assert_eq!(elsewhere.requests().len(), 0);
}
