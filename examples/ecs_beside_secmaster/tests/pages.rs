//! Pagination, by row and by page.
#![allow(clippy::unwrap_used, reason = "tests may panic")]

use std::time::Duration;

use ecs_beside_secmaster::{ecs, exact};
use secmaster_client::testing::{MockResponse, Server};
use secmaster_client::{ErrorKind, RetryPolicy};
use serde_json::{Value, json};

fn client(server: &Server) -> ecs::Client {
    let retry = RetryPolicy::new().max_delay(Duration::ZERO);
    let builder = ecs::Client::builder().endpoint(server.endpoint()).token(server.token()).project_id("p");
    builder.retry(retry).build().unwrap()
}

fn page(rows: std::ops::Range<usize>, count: impl Into<Value>) -> MockResponse {
    let servers: Vec<_> = rows.map(|row| json!({"id": row.to_string()})).collect();
    MockResponse::new(200).header("X-request-id", "of-a-page").json(json!({"count": count.into(), "servers": servers}))
}

/// Returns the offset and limit of each request.
fn queries(server: &Server) -> Vec<String> {
    server.requests().iter().map(|request| request.query().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn rows_of_all_pages_are_ordered() {
    const ALL: usize = 1_234;
    for size in [1, 7, 100] {
        let server = Server::start().await;
        for start in (0..ALL).step_by(size) {
            server.respond_next(page(start..ALL.min(start + size), ALL));
        }
        let client = client(&server);
        let mut rows = client.list_servers_details().limit(i64::try_from(size).unwrap()).rows();
        for expected in 0..ALL {
            assert_eq!(rows.next().await.unwrap().unwrap().id.unwrap(), expected.to_string());
        }
        assert!(rows.next().await.is_none());
        assert_eq!(server.requests().len(), ALL.div_ceil(size), "no page is requested after the total, {size} in each");
    }
}

#[tokio::test]
async fn a_page_has_the_documented_maximum_by_default() {
    let server = Server::start().await;
    server.respond_next(page(0..50, Value::Null));
    server.respond_next(page(50..60, Value::Null));
    let client = client(&server);
    let mut pages = client.list_servers_details().status("ACTIVE").pages();
    let first = pages.next().await.unwrap().unwrap();
    assert_eq!((first.request_id().unwrap().as_str(), first.servers.as_ref().unwrap().len()), ("of-a-page", 50));
    assert_eq!(server.requests().len(), 1, "the second page is not requested before it is needed");
    assert_eq!(pages.next().await.unwrap().unwrap().servers.as_ref().unwrap().len(), 10);
    assert!(pages.next().await.is_none(), "a page that is not full is the last");
    assert_eq!(queries(&server), ["limit=50&offset=0&status=ACTIVE", "limit=50&offset=50&status=ACTIVE"]);
}

#[tokio::test]
async fn an_empty_page_is_the_last_one() {
    let server = Server::start().await;
    server.respond_next(page(0..7, 100));
    server.respond_next(page(0..0, 100));
    let client = client(&server);
    let mut rows = client.list_servers_details().limit(7).rows();
    let mut found = 0;
    while let Some(row) = rows.next().await {
        row.unwrap();
        found += 1;
    }
    assert_eq!((found, server.requests().len()), (7, 2));
}

#[tokio::test]
async fn rows_added_during_paging_are_returned() {
    let server = Server::start().await;
    for start in (0..1_100).step_by(100) {
        server.respond_next(page(start..start + 100, if start < 500 { 1_100 } else { 1_150 }));
    }
    server.respond_next(page(1_100..1_150, 1_150));
    let client = client(&server);
    let mut rows = client.list_servers_details().limit(100).rows();
    for expected in 0..1_150 {
        assert_eq!(rows.next().await.unwrap().unwrap().id.unwrap(), expected.to_string());
    }
    assert!(rows.next().await.is_none());
}

#[tokio::test]
async fn a_429_between_pages_is_retried() {
    let server = Server::start().await;
    for start in (0..1_050).step_by(7) {
        if start == 700 {
            server.respond_next(MockResponse::new(429));
        }
        server.respond_next(page(start..start + 7, 1_050));
    }
    let client = client(&server);
    let mut rows = client.list_servers_details().limit(7).rows();
    for expected in 0..1_050 {
        assert_eq!(rows.next().await.unwrap().unwrap().id.unwrap(), expected.to_string());
    }
    assert!(rows.next().await.is_none());
    assert_eq!(server.requests().len(), 151);
}

#[tokio::test]
async fn an_error_ends_the_rows_and_has_its_request_id() {
    let server = Server::start().await;
    for start in (0..1_000).step_by(100) {
        server.respond_next(page(start..start + 100, 2_000));
    }
    server.respond_next(MockResponse::new(500).header("X-request-id", "of-the-failure"));
    let client = client(&server);
    let mut rows = client.list_servers_details().limit(100).rows();
    for _ in 0..1_000 {
        rows.next().await.unwrap().unwrap();
    }
    let error = rows.next().await.unwrap().unwrap_err();
    assert_eq!((error.status().unwrap().as_u16(), error.request_id().unwrap().as_str()), (500, "of-the-failure"));
    assert!(rows.next().await.is_none());
    assert_eq!(server.requests().len(), 11);
}

#[tokio::test]
async fn rows_end_at_the_maximum_offset() {
    let server = Server::start().await;
    server.respond_next(page(0..50, 99_999));
    server.respond_next(page(50..70, 99_999));
    let client = client(&server);
    let mut rows = client.list_servers_details().offset(1_930).rows();
    for _ in 0..70 {
        rows.next().await.unwrap().unwrap();
    }
    assert!(rows.next().await.is_none());
    assert_eq!(queries(&server), ["limit=50&offset=1930", "limit=20&offset=1980"]);
}

#[tokio::test]
async fn rows_can_be_spawned() {
    let server = Server::start().await;
    server.respond_next(page(0..2, 2));
    let client = client(&server);
    let count = tokio::spawn(async move {
        let mut rows = client.list_servers_details().rows();
        let mut count = 0;
        while rows.next().await.is_some() {
            count += 1;
        }
        count
    });
    assert_eq!(count.await.unwrap(), 2);
}

#[tokio::test]
async fn pages_with_fewer_rows_than_requested_go_on_to_the_total() {
    let server = Server::start().await;
    server.respond_next(page(0..3, 8));
    server.respond_next(page(3..6, 8));
    server.respond_next(page(6..8, 8));
    let client = client(&server);
    let mut rows = client.list_servers_details().limit(7).rows();
    for expected in 0..8 {
        assert_eq!(rows.next().await.unwrap().unwrap().id.unwrap(), expected.to_string());
    }
    assert!(rows.next().await.is_none());
    assert_eq!(queries(&server), ["limit=7&offset=0", "limit=7&offset=3", "limit=7&offset=6"]);
}

#[tokio::test]
async fn an_invalid_offset_or_limit_is_an_error() {
    let server = Server::start().await;
    let client = client(&server);
    let list = client.list_servers_details();
    for (mut rows, message) in [
        (list.clone().offset(u64::MAX).rows(), "request not sent: conversion to `i64` for offset failed"),
        (list.clone().limit(0).rows(), "request not sent: limit is 0; set at least 1"),
        (list.clone().limit(-1).rows(), "request not sent: limit is -1; set at least 1"),
    ] {
        let error = rows.next().await.unwrap().unwrap_err();
        assert_eq!((error.kind(), error.to_string().as_str()), (ErrorKind::InvalidRequest, message));
        assert!(rows.next().await.is_none());
    }
    assert_eq!(server.requests().len(), 0);
}

#[tokio::test]
async fn a_list_may_be_inside_an_object_of_the_response() {
    let server = Server::start().await;
    let names = |names: &[&str]| MockResponse::new(200).json(json!({"data": {"names": names, "total": 3}}));
    server.respond_next(names(&["a", "b"]));
    server.respond_next(names(&["c"]));
    let client = exact::Client::builder().endpoint(server.endpoint()).token(server.token()).build().unwrap();
    let mut rows = client.list_thing_names().limit(2_u64).rows();
    for expected in ["a", "b", "c"] {
        assert_eq!(rows.next().await.unwrap().unwrap(), expected);
    }
    assert!(rows.next().await.is_none());
    assert_eq!(queries(&server), ["limit=2&offset=0", "limit=2&offset=2"]);
}
