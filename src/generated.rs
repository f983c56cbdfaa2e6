//! The client that build.rs generates from `openapi/secmaster.yaml`. Nothing of it is written by hand.
//!
//! The generated code of all packaged documents is also checked in, in `generated/`: a change of a document shows as a change of the
//! API, and the crate can be built without the generator.

crate::client::generated_document!(secmaster);
