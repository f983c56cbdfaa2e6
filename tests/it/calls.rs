//! Calls as a whole: how they run, end and are given up.

use std::error::Error as _;
use std::sync::Arc;
use std::time::Duration;

use secmaster_client::types::CreateAction;
use secmaster_client::{Client, ErrorKind, api};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use crate::support::{PROJECT, REQUEST_ID, Socket, TOKEN, VERSION, WORKFLOW, WORKSPACE, answer, create};

fn ok() -> Vec<u8> {
    answer("200 OK", &[], b"{}")
}

fn send_and_sync<T: Send + Sync>(value: T) -> T {
    value
}

/// The client reads an answer before its closure does, which takes nothing from it.
#[tokio::test]
async fn a_closure_sees_the_whole_answer() {
    let headers = ["X-Thing: of the answer"];
    let socket = Socket::start(vec![
        answer("200 OK", &headers, br#"{"message": "done"}"#),
        answer("400 Bad Request", &headers, br#"{"message": "refused"}"#),
        answer("299 Odd", &headers, b"who knows?"),
    ])
    .await;
    let client = socket.client();
    let mut seen = Vec::new();
    for _ in 0..3 {
        let call = client.call(async |api| {
            let call = api.create_playbook_action().project_id(PROJECT).workspace_id(WORKSPACE).version_id(VERSION);
            let result = call.body(vec![CreateAction::workflow(WORKFLOW)]).send().await;
            let (status, headers, text) = match &result {
                Ok(value) => (value.status(), value.headers(), value.message.clone()),
                Err(api::Error::ErrorResponse(value)) => (value.status(), value.headers(), value.message.clone()),
                Err(api::Error::UnexpectedResponse(answer)) => (answer.status(), answer.headers(), None),
                Err(other) => panic!("{other}"),
            };
            seen.push((status.as_u16(), headers["X-Thing"].clone(), text));
            match result {
                Err(api::Error::UnexpectedResponse(answer)) => Err(api::Error::Custom(answer.text().await?)),
                other => other,
            }
        });
        let ended = call.await;
        seen.push((0, "-".parse().unwrap(), ended.err().map(|error| error.to_string())));
    }
    let seen: Vec<_> =
        seen.iter().map(|(status, header, text)| (*status, header.to_str().unwrap(), text.as_deref())).collect();
    let id = format!(" (request id {REQUEST_ID})");
    assert_eq!(
        seen,
        [
            (200, "of the answer", Some("done")),
            (0, "-", None),
            (400, "of the answer", Some("refused")),
            (0, "-", Some(&*format!("CreatePlaybookAction: answered 400 Bad Request: refused{id}"))),
            (299, "of the answer", None),
            (
                0,
                "-",
                Some(&*format!("CreatePlaybookAction: answered 299, and then the closure failed: who knows?{id}"))
            ),
        ]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_can_be_spawned() {
    let socket = Socket::start(vec![ok()]).await;
    let client = send_and_sync(socket.client());
    let status = tokio::spawn(async move {
        let workspace = WORKSPACE.to_owned();
        client
            .call(async |api| {
                api.create_playbook_action()
                    .project_id(PROJECT)
                    .workspace_id(&workspace)
                    .version_id(VERSION)
                    .body(vec![CreateAction::workflow(WORKFLOW)])
                    .send()
                    .await
            })
            .await
            .map(|created| created.status())
    });
    assert_eq!(status.await.unwrap().unwrap(), 200);
}

#[tokio::test]
async fn clones_share_one_pool_of_connections() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let client =
        Client::builder().endpoint(format!("http://{}", listener.local_addr().unwrap())).token(TOKEN).build().unwrap();
    let server = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        for _ in 0..3 {
            let mut buffer = [0; 4096];
            assert!(stream.read(&mut buffer).await.unwrap() > 0);
            stream.write_all(&ok()).await.unwrap();
        }
    });
    for _ in 0..3 {
        create(&client.clone()).await.unwrap();
    }
    server.await.unwrap();
}

/// Accepts one connection, says when a request has begun to arrive, and then when the connection is gone.
async fn silent_server(head: &'static [u8]) -> (Client, oneshot::Receiver<()>, oneshot::Receiver<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    let (arrived, has_arrived) = oneshot::channel();
    let (gone, is_gone) = oneshot::channel();
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut buffer = [0; 4096];
        assert!(stream.read(&mut buffer).await.unwrap() > 0);
        stream.write_all(head).await.unwrap();
        // Not every test waits for this.
        let _ = arrived.send(());
        while stream.read(&mut buffer).await.is_ok_and(|length| length > 0) {}
        gone.send(()).unwrap();
    });
    let client = Client::builder().endpoint(endpoint).token(TOKEN).timeout(Duration::from_millis(200)).build().unwrap();
    (client, has_arrived, is_gone)
}

#[tokio::test]
async fn a_call_that_takes_too_long_is_given_up() {
    let (client, _, gone) = silent_server(b"").await;
    let error = create(&client).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
    let text = error.to_string();
    assert!(text.starts_with("CreatePlaybookAction: no answer from http://127.0.0.1:"), "{text}");
    assert!(text.ends_with(" within 200ms; the request may have been carried out (request id none)"), "{text}");
    assert!(!error.is_retryable());
    gone.await.unwrap();
}

#[tokio::test]
async fn a_call_that_ends_in_the_middle_of_an_answer_keeps_its_request_id() {
    let (client, _, gone) =
        silent_server(b"HTTP/1.1 200 OK\r\nX-request-id: half\r\nContent-Length: 10\r\n\r\n{").await;
    let error = create(&client).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert_eq!(error.status().unwrap(), 200);
    assert_eq!(
        error.to_string(),
        "CreatePlaybookAction: answered 200 OK, but the whole call was not done within 200ms; \
         the request may have been carried out (request id half)"
    );
    gone.await.unwrap();
}

#[tokio::test]
async fn a_call_can_be_dropped_while_it_waits() {
    let (client, arrived, gone) = silent_server(b"").await;
    tokio::select! {
        _ = create(&client) => panic!("the server does not answer"),
        result = arrived => result.unwrap(),
    }
    gone.await.unwrap();
    let error = create(&client).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Connect, "the client still works, the server is gone");
}

#[tokio::test]
async fn a_parameter_that_is_not_set_is_named() {
    let socket = Socket::start(Vec::new()).await;
    let error = socket
        .client()
        .call(async |api| api.create_playbook_action().project_id(PROJECT).workspace_id(WORKSPACE).send().await)
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    assert_eq!(
        error.to_string(),
        "the request was not sent: version_id is not set; call version_id(...) before send() (request id none)"
    );
}

#[tokio::test]
async fn a_call_sends_one_request() {
    let socket = Socket::start(vec![ok(), ok()]).await;
    let error = socket
        .client()
        .call(async |api| {
            let send = async || {
                api.create_playbook_action()
                    .project_id(PROJECT)
                    .workspace_id(WORKSPACE)
                    .version_id(VERSION)
                    .body(vec![])
                    .send()
                    .await
            };
            send().await?;
            send().await
        })
        .await
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        format!(
            "CreatePlaybookAction: a second request of this call was not sent; make one call for each operation \
             (request id {REQUEST_ID})"
        )
    );
    assert_eq!(error.status().unwrap(), 200, "the first was answered");
    assert_eq!(socket.requests().len(), 1);
}

#[tokio::test]
async fn a_generated_client_that_outlives_its_call_sends_nothing() {
    let socket = Socket::start(vec![ok(), ok()]).await;
    let kept = Arc::new(std::sync::Mutex::new(None::<api::Client>));
    let keep = Arc::clone(&kept);
    socket
        .client()
        .call(async move |api| {
            *keep.lock().unwrap() = Some(api.clone());
            let create = api.create_playbook_action().project_id(PROJECT).workspace_id(WORKSPACE);
            create.version_id(VERSION).body(vec![]).send().await
        })
        .await
        .unwrap();
    let api = kept.lock().unwrap().take().unwrap();
    let create = api.create_playbook_action().project_id(PROJECT).workspace_id(WORKSPACE);
    assert!(create.version_id(VERSION).body(vec![]).send().await.is_err());
    assert_eq!(socket.requests().len(), 1);
}

#[tokio::test]
async fn a_closure_may_return_an_error_of_its_own() {
    let socket = Socket::start(Vec::new()).await;
    let error = socket
        .client()
        .call(async |_| Err::<api::ResponseValue<()>, api::Error>(api::Error::Custom("no workflow to bind".into())))
        .await
        .unwrap_err();
    assert_eq!(error.to_string(), "the request was not sent: no workflow to bind (request id none)");
}

#[tokio::test]
async fn a_redirect_is_not_followed_and_takes_no_token_along() {
    let elsewhere = Socket::start(vec![ok()]).await;
    for status in
        ["301 Moved Permanently", "302 Found", "303 See Other", "307 Temporary Redirect", "308 Permanent Redirect"]
    {
        let location = format!("Location: {}/v1", elsewhere.endpoint());
        let socket = Socket::start(vec![answer(status, &[&location], b"")]).await;
        let error = create(&socket.client()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Redirect);
        assert_eq!(error.status().unwrap().as_str(), &status[..3]);
        assert_eq!(
            error.to_string(),
            format!(
                "CreatePlaybookAction: answered {status}, a redirect to {}, which is not followed \
                 since the credentials would go with it; check the endpoint (request id {REQUEST_ID})",
                elsewhere.endpoint()
            )
        );
        assert!(error.source().is_none());
    }
    assert_eq!(elsewhere.requests(), [""; 0]);
}

#[tokio::test]
async fn what_a_closure_says_after_an_answer_is_kept_with_the_answer() {
    let socket = Socket::start(vec![ok()]).await;
    let error = socket
        .client()
        .call(async |api| {
            let create = api.create_playbook_action().project_id(PROJECT).workspace_id(WORKSPACE).version_id(VERSION);
            create.body(vec![]).send().await?;
            Err::<api::ResponseValue<()>, _>(api::Error::Custom("the code\nis not 0".into()))
        })
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode);
    assert_eq!(
        error.to_string(),
        format!(
            "CreatePlaybookAction: answered 200 OK, and then the closure failed: the code is not 0 (request id {REQUEST_ID})"
        )
    );
}

#[tokio::test]
async fn a_closure_that_gives_up_does_not_claim_that_nothing_was_sent() {
    let (client, arrived, _) = silent_server(b"").await;
    let error = client
        .call(async |api| {
            let create = api.create_playbook_action().project_id(PROJECT).workspace_id(WORKSPACE).version_id(VERSION);
            tokio::select! {
                answer = create.body(vec![]).send() => answer,
                _ = arrived => Err(api::Error::Custom("my own limit".into())),
            }
        })
        .await
        .unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Transport, 1));
    assert_eq!(
        error.to_string(),
        "CreatePlaybookAction: the closure gave up before an answer had arrived: my own limit; \
         the request may have been carried out (request id none)"
    );
}

#[tokio::test]
async fn a_closure_that_takes_too_long_before_it_sends_has_sent_nothing() {
    let socket = Socket::start(vec![]).await;
    let client = socket.builder().timeout(Duration::from_millis(200)).build().unwrap();
    let call = client.call(async |api| {
        std::future::pending::<()>().await;
        api.create_playbook_action().send().await
    });
    let error = call.await.unwrap_err();
    assert_eq!((error.kind(), error.attempts(), error.is_retryable()), (ErrorKind::Timeout, 0, true));
    assert_eq!(error.to_string(), "the request was not sent within 200ms: the closure took longer (request id none)");
}
