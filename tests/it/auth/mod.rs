//! Authentication of the client with the fake server.

use secmaster_client::testing::Server;
use secmaster_client::{Client, ClientBuilder, RetryPolicy, auth};

mod access_key;
mod env;
mod metadata;
mod password;
mod provider;
mod rejections;
mod secrets;

/// A client of the fake server in its region, which sends each request once unless its credentials are rejected.
pub fn builder(server: &Server) -> ClientBuilder {
    Client::builder().endpoint(server.endpoint()).region(server.region()).retry(RetryPolicy::none())
}

pub fn password(server: &Server) -> auth::Password {
    auth::Password::new(server.domain(), server.user(), server.password()).iam_endpoint(server.endpoint())
}

pub fn access_key(server: &Server) -> auth::AccessKey {
    auth::AccessKey::new(server.access_key(), server.secret_key()).iam_endpoint(server.endpoint())
}

pub fn metadata(server: &Server) -> auth::Metadata {
    auth::Metadata::new().endpoint(server.endpoint()).iam_endpoint(server.endpoint())
}
