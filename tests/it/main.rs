//! Tests of the public API: one module for each behavior.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    missing_docs,
    unreachable_pub,
    reason = "tests may panic"
)]

mod auth;
mod builder;
mod calls;
mod document;
mod errors;
mod examples;
mod fake_server;
mod family;
mod faults;
mod generated;
mod logs;
mod options;
mod paths;
mod project;
mod properties;
mod raw_server;
mod request_id;
mod responses;
mod schemas;
#[path = "../../src/fuzzing/seeds.rs"]
mod seeds;
mod support;
mod wire;
