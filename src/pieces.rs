//! The pieces of a call that `benches/` measures by themselves. They are not part of the API, and may change at any time.

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use reqwest::Request;

use crate::auth::AuthError;
use crate::secrets::Secrets;
use crate::{Client, Error, ErrorKind, RequestId};

/// Puts the client's credentials on a request: its token or its signature.
pub async fn authorize(client: &Client, request: &mut Request) -> Result<(), AuthError> {
    client.service().authorizer.authorize(request).await.map(|_| ())
}

/// Reads the request id of an answer.
pub fn request_id(headers: &HeaderMap) -> Option<RequestId> {
    RequestId::of(headers)
}

/// Makes the error of an answer.
pub fn error(status: StatusCode, headers: HeaderMap, body: &Bytes) -> Error {
    Error::new(ErrorKind::Service, "answered").with_answer(status, headers, body, &Secrets::default())
}
