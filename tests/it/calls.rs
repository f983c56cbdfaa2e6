//! Spawning, timeouts and cancellation of calls.

use std::error::Error as _;
use std::time::Duration;

use secmaster_client::types::CreateAction;
use secmaster_client::{Client, ErrorKind};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use crate::raw_server::RawServer;
use crate::support::{PROJECT, REQUEST_ID, VERSION, WORKFLOW, WORKSPACE, create, response};

fn ok() -> Vec<u8> {
    response("200 OK", &[], b"{}")
}

fn send_and_sync<T: Send + Sync>(value: T) -> T {
    value
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_can_be_spawned() {
    let server = RawServer::responding_in_turn(vec![ok()]).await;
    let client = send_and_sync(server.client());
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
    let server = RawServer::start(|mut connection| async move {
        while connection.request().await.is_some() {
            connection.send(&ok()).await;
        }
    })
    .await;
    let client = server.client();
    for _ in 0..3 {
        create(&client.clone()).await.unwrap();
    }
    assert_eq!((server.connections(), server.requests().len()), (1, 3));
}

/// A server that sends only this and reports when a request has arrived and when its connection is closed, and its client.
async fn stalled(head: &'static [u8]) -> (RawServer, Client, UnboundedReceiver<&'static str>) {
    let (sender, events) = unbounded_channel();
    let server = RawServer::start(move |mut connection| {
        let sender = sender.clone();
        async move {
            connection.request().await;
            connection.send(head).await;
            sender.send("request").unwrap();
            connection.until_closed().await;
            // Not every test waits for this.
            let _ = sender.send("closed");
        }
    })
    .await;
    let client = server.builder().timeout(Duration::from_millis(200)).build().unwrap();
    (server, client, events)
}

async fn next_two(events: &mut UnboundedReceiver<&'static str>) -> [&'static str; 2] {
    [events.recv().await.unwrap(), events.recv().await.unwrap()]
}

#[tokio::test]
async fn a_slow_call_times_out() {
    let (_server, client, mut events) = stalled(b"").await;
    let error = create(&client).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
    let message = error.to_string();
    assert!(message.starts_with("CreatePlaybookAction: no response from http://127.0.0.1:"), "{message}");
    assert!(message.ends_with(" within 200ms; the request may have been processed"), "{message}");
    assert!(!error.is_retryable());
    assert_eq!(next_two(&mut events).await, ["request", "closed"]);
}

#[tokio::test]
async fn a_timeout_in_the_body_has_the_request_id() {
    let (_server, client, mut events) =
        stalled(b"HTTP/1.1 200 OK\r\nX-request-id: half\r\nContent-Length: 10\r\n\r\n{").await;
    let error = create(&client).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert_eq!(error.status().unwrap(), 200);
    assert_eq!(
        error.to_string(),
        "CreatePlaybookAction: returned 200 OK, but the call did not complete within 200ms; \
         the request may have been processed (request id half)"
    );
    assert_eq!(next_two(&mut events).await, ["request", "closed"]);
}

#[tokio::test]
async fn a_pending_call_can_be_dropped() {
    let (server, client, mut events) = stalled(b"").await;
    tokio::select! {
        _ = create(&client) => panic!("the server does not respond"),
        event = events.recv() => assert_eq!(event, Some("request")),
    }
    assert_eq!(events.recv().await, Some("closed"));
    create(&client).await.unwrap_err();
    assert_eq!(server.request_count(), 2, "the client still works");
}

#[tokio::test]
async fn a_missing_parameter_is_reported() {
    let server = RawServer::silent().await;
    let client = server.client();
    let create = client.create_playbook_action().project_id(PROJECT).workspace_id(WORKSPACE);
    let error = create.send().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    assert_eq!(error.to_string(), "request not sent: version_id is not set; call version_id(...) before send()");
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let elsewhere = RawServer::responding_in_turn(vec![ok()]).await;
    for status in
        ["301 Moved Permanently", "302 Found", "303 See Other", "307 Temporary Redirect", "308 Permanent Redirect"]
    {
        let location = format!("Location: {}/v1", elsewhere.endpoint());
        let server = RawServer::responding_in_turn(vec![response(status, &[&location], b"")]).await;
        let error = create(&server.client()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Redirect);
        assert_eq!(error.status().unwrap().as_str(), &status[..3]);
        assert_eq!(
            error.to_string(),
            format!(
                "CreatePlaybookAction: returned {status}, a redirect to {}, which is not followed, \
                 since that would forward the credentials; check the endpoint (request id {REQUEST_ID})",
                elsewhere.endpoint()
            )
        );
        assert!(error.source().is_none());
    }
    assert_eq!(elsewhere.requests(), [""; 0]);
}
