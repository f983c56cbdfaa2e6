//! Calls as a whole: how they run, end and are given up.

use std::error::Error as _;
use std::time::Duration;

use secmaster_client::types::CreateAction;
use secmaster_client::{Client, ErrorKind};
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

#[tokio::test(flavor = "multi_thread")]
async fn a_call_can_be_spawned() {
    let socket = Socket::start(vec![ok()]).await;
    let client = send_and_sync(socket.client());
    let status = tokio::spawn(async move {
        let workspace = WORKSPACE.to_owned();
        client
            .create_playbook_action()
            .project_id(PROJECT)
            .workspace_id(&workspace)
            .version_id(VERSION)
            .body(vec![CreateAction::workflow(WORKFLOW)])
            .send()
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
    assert!(text.starts_with("CreatePlaybookAction: no response from http://127.0.0.1:"), "{text}");
    assert!(text.ends_with(" within 200ms; the request may have been processed"), "{text}");
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
        "CreatePlaybookAction: returned 200 OK, but the call did not complete within 200ms; \
         the request may have been processed (request id half)"
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
    let client = socket.client();
    let create = client.create_playbook_action().project_id(PROJECT).workspace_id(WORKSPACE);
    let error = create.send().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    assert_eq!(error.to_string(), "request not sent: version_id is not set; call version_id(...) before send()");
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
                "CreatePlaybookAction: returned {status}, a redirect to {}, which is not followed \
                 because the credentials would go with it; check the endpoint (request id {REQUEST_ID})",
                elsewhere.endpoint()
            )
        );
        assert!(error.source().is_none());
    }
    assert_eq!(elsewhere.requests(), [""; 0]);
}
