//! Generates the clients of this crate's own documents.

fn main() {
    secmaster_client_codegen::compile("openapi/ecs.yaml");
    // A document with every form of parameter, body and response, for the tests.
    secmaster_client_codegen::compile("openapi/forms.yaml");
}
