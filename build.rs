//! Generates the typed clients from the OpenAPI documents. Without the feature `codegen`, the checked-in clients are used.
#![allow(clippy::print_stdout, reason = "cargo reads build script instructions from standard output")]

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    #[cfg(feature = "codegen")]
    for document in ["openapi/secmaster.yaml", "openapi/iam.yaml", "openapi/metadata.yaml"] {
        secmaster_client_codegen::Builder::new().runtime_crate("crate").strict(true).compile(document);
    }
}
