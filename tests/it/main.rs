//! The tests of the crate, as a user would see it: one module for each behaviour.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    missing_docs,
    unreachable_pub,
    reason = "a test that can not go on says so by a panic"
)]

mod bad_documents;
