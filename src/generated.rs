// The code that build.rs makes of the OpenAPI document. Nothing here is written by hand.
#![allow(
    clippy::all,
    clippy::pedantic,
    clippy::unwrap_used,
    missing_docs,
    unreachable_pub,
    unused_imports,
    unused_qualifications,
    unreachable_patterns,
    rustdoc::all,
    reason = "the generator decides the form of this code, and the document its texts"
)]

include!(concat!(env!("OUT_DIR"), "/secmaster.rs"));
