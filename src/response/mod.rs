//! Responses to calls.

mod decode;
pub(crate) mod exchange;
pub(crate) mod pages;
pub(crate) mod stream;

use std::fmt;
use std::future::{Ready, ready};
use std::ops::{Deref, DerefMut};

use http::{HeaderMap, StatusCode};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use tokio::time::Instant;

use crate::error::{Error, ErrorKind};
use crate::headers::deprecation::Deprecation;
use crate::headers::request_id::RequestId;
use exchange::Exchange;

/// A successful response: the data, with its status and headers. It derefs to the data.
///
/// **A call succeeds if the status is a success and the body can be read.** SecMaster also writes a `code` into the body: `0` or none for
/// success. No response with a success status and another code is known, but the OpenAPI document does not exclude it.
/// To verify that everything was created, check the code and the number of rows:
///
/// ```no_run
/// # async fn example(client: secmaster_client::Client) -> Result<(), Box<dyn std::error::Error>> {
/// use secmaster_client::types::CreateAction;
///
/// let actions = vec![CreateAction::workflow("909494e3-558e-46b6-a9eb-07a8e18ca62f")];
/// let sent = actions.len();
/// let created = client.create_playbook_action().workspace_id("w").version_id("v").body(actions).send().await?;
/// if created.code.as_ref().is_some_and(|code| code != "0") || created.data.iter().flatten().count() < sent {
///     return Err(format!("incomplete: {:?}, request id {:?}", created.message, created.request_id()).into());
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Response<T> {
    status: StatusCode,
    headers: HeaderMap,
    attempts: u32,
    data: T,
}

impl<T> Response<T> {
    /// The HTTP status, from 200 to 299.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The response headers.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// The request id (`X-request-id`); `None` if the response has none.
    #[must_use]
    pub fn request_id(&self) -> Option<RequestId> {
        RequestId::from_headers(&self.headers)
    }

    /// The deprecation notice of the operation; `None` if the response has none.
    #[must_use]
    pub fn deprecation(&self) -> Option<Deprecation> {
        Deprecation::from_headers(&self.headers)
    }

    /// The number of attempts, including those that did not reach the service.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.attempts
    }

    /// Returns the data and drops the rest.
    #[must_use]
    pub fn into_inner(self) -> T {
        self.data
    }
}

impl<T> Deref for Response<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.data
    }
}

impl<T> DerefMut for Response<T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.data
    }
}

/// Omits header values, which may contain secrets, for example those of IAM.
impl<T: fmt::Debug> fmt::Debug for Response<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response")
            .field("status", &self.status)
            .field("request_id", &self.request_id())
            .field("attempts", &self.attempts)
            .field("data", &self.data)
            .finish_non_exhaustive()
    }
}

/// A successful response before generated code decodes it.
pub struct RawResponse {
    pub(crate) exchange: Box<Exchange>,
    /// The unread body, if the caller reads it. Any other body is in the exchange.
    pub(crate) unread: Option<reqwest::Response>,
    pub(crate) deadline: Instant,
    pub(crate) limit: usize,
}

impl RawResponse {
    /// Used by generated code.
    #[doc(hidden)]
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.exchange.status().unwrap_or_default()
    }

    fn with_data<T>(self, data: T) -> Response<T> {
        let attempts = self.exchange.attempts;
        let (status, headers) = self.exchange.into_head();
        Response { status, headers, attempts, data }
    }
}

/// Used by generated code.
#[doc(hidden)]
#[allow(non_snake_case, clippy::needless_pass_by_value, reason = "generated code names it like the variant of an enum")]
impl Error {
    #[must_use]
    pub fn UnexpectedResponse(response: RawResponse) -> Self {
        let what = ", a success status that the OpenAPI document does not declare";
        response.exchange.response_error(ErrorKind::Decode, what)
    }
}

impl fmt::Debug for RawResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RawResponse").field("status", &self.exchange.status()).finish_non_exhaustive()
    }
}

/// Used by generated code.
#[doc(hidden)]
impl<T: DeserializeOwned> Response<T> {
    pub fn from_response(response: RawResponse) -> Ready<Result<Self, Error>> {
        let body = &response.exchange.received.body;
        let read = decode::decode(body).or_else(|error| {
            // An empty body is `None` for an operation that documents responses with and without one.
            if !body.is_empty() {
                return Err(error);
            }
            serde_json::from_str("{}").map(|NoBody { body }| body).map_err(|_| error)
        });
        ready(match read {
            Ok(data) => Ok(response.with_data(data)),
            Err(error) => Err(response.exchange.decode_error(error)),
        })
    }
}

/// An absent field is `None` for an `Option`, and an error for any other type.
#[derive(Deserialize)]
struct NoBody<T> {
    body: T,
}

/// Used by generated code.
#[doc(hidden)]
impl Response<()> {
    #[must_use]
    pub fn empty(response: RawResponse) -> Self {
        response.with_data(())
    }
}
