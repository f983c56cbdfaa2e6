//! Generates the clients of this crate's own documents.

fn main() {
    secmaster_client_codegen::compile("openapi/ecs.yaml");
    // For the tests: every form of a request, and what is sent and read exactly.
    secmaster_client_codegen::compile("openapi/forms.yaml");
    secmaster_client_codegen::compile("openapi/exact.yaml");
}
