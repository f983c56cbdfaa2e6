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
mod builder;
mod calls;
mod document;
mod errors;
mod faults;
mod logs;
mod paths;
mod properties;
mod request_id;
mod stand_in;
mod support;
mod wire;
