//! Connection reuse and disconnects.

use std::collections::HashSet;
use std::io::ErrorKind;
use std::time::Duration;

use secmaster_client::testing::{MockResponse, Server};
use tokio::net::TcpStream;
use tokio::runtime::Handle;
use tokio::task::{JoinSet, yield_now};

use super::wire::{ACTIONS, Connection, RawRequest, address};
use crate::support::server_with_any_ids;

#[tokio::test]
async fn a_connection_serves_many_requests() {
    let server = server_with_any_ids().await;
    let mut connection = Connection::open(&server).await;
    for _ in 0..3 {
        connection.send(&RawRequest::create(&server)).await;
        assert_eq!(connection.reply().await.unwrap().status, 200);
    }
    assert_eq!(server.requests().len(), 3);
}

#[tokio::test]
async fn connections_are_counted_not_requests() {
    let server = Server::start().await;
    assert_eq!(server.connections_made(), 0);
    let mut connection = Connection::open(&server).await;
    for _ in 0..2 {
        connection.send(&RawRequest::create(&server)).await;
        connection.reply().await.unwrap();
        assert_eq!(server.connections_made(), 1);
    }
    drop(connection);
    server.respond_next(MockResponse::disconnect());
    let mut connection = Connection::open(&server).await;
    connection.send(&RawRequest::create(&server)).await;
    assert!(connection.reply().await.is_none());
    assert_eq!(server.connections_made(), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn connections_are_served_concurrently() {
    let server = std::sync::Arc::new(server_with_any_ids().await);
    let mut requests = JoinSet::new();
    for _ in 0..50 {
        let server = server.clone();
        requests.spawn(async move { RawRequest::create(&server).send(&server).await.status });
    }
    assert_eq!(requests.join_all().await, [200; 50]);
    let ids: HashSet<_> = server.created().iter().map(|row| row["id"].to_string()).collect();
    assert_eq!((ids.len(), server.requests().len()), (50, 50));
}

#[tokio::test]
async fn a_disconnect_follows_the_request() {
    let server = server_with_any_ids().await;
    server.respond_next(MockResponse::disconnect());
    let mut connection = Connection::open(&server).await;
    connection.send(&RawRequest::create(&server)).await;
    assert!(connection.reply().await.is_none());
    assert_eq!(server.requests()[0].body(), ACTIONS.as_bytes());
    assert_eq!(RawRequest::create(&server).send(&server).await.status, 200);
}

#[tokio::test]
async fn a_disconnect_in_the_body_truncates_it() {
    // The large one does not fit into the buffers of a socket.
    let large = vec![b'x'; 8_000_000];
    for (body, sent, arrives) in [
        (&b"0123456789"[..], 0, &b""[..]),
        (b"0123456789", 4, b"0123"),
        (b"0123456789", 10, b"0123456789"),
        (b"0123456789", 11, b"0123456789"),
        (b"", 0, b""),
        (&large, 7_999_999, &large[..7_999_999]),
    ] {
        let server = Server::start().await;
        let response = MockResponse::new(201).header("X-One", "a").header("X-One", [0xff]).body(body.to_vec());
        server.respond_next(response.disconnect_after(sent));
        let mut connection = Connection::open(&server).await;
        connection.send(&RawRequest::create(&server)).await;
        let reply = connection.reply().await.unwrap();
        assert_eq!(reply.status, 201);
        assert_eq!(reply.header("content-length"), Some(body.len().to_string().as_str()));
        assert_eq!(reply.values("x-one"), [&b"a"[..], b"\xff"]);
        super::assert_documented_id(&reply);
        assert!(reply.body == arrives, "{} bytes of {} arrived", reply.body.len(), body.len());
        assert!(connection.is_closed().await);
    }
}

#[tokio::test]
async fn dropping_the_server_stops_its_tasks() {
    let server = server_with_any_ids().await;
    let address = address(&server);
    let mut idle = Connection::open(&server).await;
    idle.send(&RawRequest::create(&server)).await;
    assert_eq!(idle.reply().await.unwrap().status, 200);

    let mut waiting = Connection::open(&server).await;
    server.respond_next(MockResponse::new(200).delay(Duration::from_secs(86400)));
    waiting.send(&RawRequest::create(&server)).await;
    while server.requests().len() < 2 {
        yield_now().await;
    }

    let tasks = Handle::current().metrics();
    assert_eq!(tasks.num_alive_tasks(), 3, "one accepts connections, and one serves each connection");
    drop(server);
    // The tasks stop when the runtime next polls them.
    for _ in 0..10 {
        yield_now().await;
    }
    assert_eq!(tasks.num_alive_tasks(), 0);
    assert!(idle.is_closed().await);
    assert!(waiting.reply().await.is_none());
    assert_eq!(TcpStream::connect(address).await.unwrap_err().kind(), ErrorKind::ConnectionRefused);
}
