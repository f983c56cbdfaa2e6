//! Tells which document the client was generated from. It builds with any.

fn main() {
    let operations: Vec<_> = secmaster_client::OPERATIONS.iter().map(|operation| operation.id()).collect();
    println!("version {}, {}", secmaster_client::Client::api_version(), operations.join(" "));
}
