//! The tests of the crate, as a user would see it: one module for each behaviour.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    missing_docs,
    unreachable_pub,
    reason = "a test that can not go on says so by a panic"
)]

mod answers;
mod auth;
mod builder;
mod calls;
mod document;
mod errors;
mod example;
mod fake_server;
mod family;
mod family_calls;
mod faults;
mod generated;
mod load;
mod logs;
mod options;
mod package;
mod paths;
mod project;
mod properties;
mod request_id;
mod schemas;
mod seeding;
mod signing;
mod support;
mod wire;
