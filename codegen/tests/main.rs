//! Tests of the generator, by behaviour.
#![allow(
    clippy::format_collect,
    clippy::similar_names,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    unreachable_pub,
    reason = "tests may panic"
)]

mod bodies;
mod cases;
#[cfg(feature = "cli")]
mod cli;
mod code;
mod documentation;
mod files;
mod hostile;
mod json_schemas;
mod pages;
mod parameters;
