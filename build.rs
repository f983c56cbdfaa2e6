//! Generates the typed clients from the OpenAPI documents. Without the feature `codegen`, those that are checked in are used.
#![allow(clippy::print_stdout, reason = "a build script speaks to cargo this way")]

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    #[cfg(feature = "codegen")]
    for document in ["openapi/secmaster.yaml", "openapi/iam.yaml", "openapi/metadata.yaml"] {
        secmaster_client_codegen::Builder::new().runtime_crate("crate").strict(true).compile(document);
    }
}
