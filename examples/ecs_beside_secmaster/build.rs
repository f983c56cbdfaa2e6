//! Generates clients from custom OpenAPI documents.

fn main() {
    secmaster_client_codegen::compile("openapi/ecs.yaml");
    // Documents for the tests.
    secmaster_client_codegen::compile("openapi/forms.yaml");
    secmaster_client_codegen::compile("openapi/exact.yaml");
}
