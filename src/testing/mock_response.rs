//! A response that a test configures, and the default responses of the fake server.

use std::time::Duration;

use bytes::Bytes;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE, TRANSFER_ENCODING};
use http::{HeaderName, HeaderValue, Response, StatusCode};
use serde::Serialize;

use super::request::{Body, is_secret};

/// A response for [`Server::respond_next`](super::Server::respond_next) and similar methods: status, headers, body,
/// delay and fault.
///
/// By default it has a `Date` from the fake server's clock, and a request ID: `X-request-id` for SecMaster,
/// `X-IAM-Trace-Id` for IAM. A header that is set here replaces the default. An invalid response, such as one with a
/// line break in a header, becomes a 500 `FakeServer.0500` whose message describes the problem.
///
/// Its `Debug` output omits credentials: the values of secret headers, and the body.
///
/// ```
/// use secmaster_client::testing::MockResponse;
///
/// let throttled = MockResponse::new(429)
///     .header("Retry-After", "2")
///     .json(serde_json::json!({ "error_code": "APIGW.0308", "error_msg": "too many requests" }));
/// let truncated = MockResponse::new(200).body(r#"{"code":0,"message":"","data":[]}"#).disconnect_after(10);
/// let silent = MockResponse::disconnect();
/// # let _ = (throttled, truncated, silent);
/// ```
#[derive(Debug, Clone, Default)]
#[must_use = "a response is sent once it is passed to Server::respond_next"]
pub struct MockResponse {
    pub(super) head_and_body: Response<Body>,
    pub(super) delay: Duration,
    pub(super) disconnect: Option<Disconnect>,
    pub(super) omits_request_id: bool,
    is_json: bool,
    /// The first invalid setting.
    error: Option<String>,
}

/// When a connection is closed before the end of a response.
#[derive(Debug, Clone, Copy)]
pub(super) enum Disconnect {
    BeforeHead,
    /// After this many bytes of the body.
    InBody(usize),
}

impl MockResponse {
    /// Creates a response with a status from 200 to 999, and no body.
    pub fn new(status: u16) -> Self {
        let mut response = Self::default();
        match StatusCode::from_u16(status) {
            Ok(valid) if !valid.is_informational() => *response.head_and_body.status_mut() = valid,
            _ => response.fail(format!("{status} is not the status of a response; use one from 200 to 999")),
        }
        response
    }

    /// Closes the connection after the request is read, without a response.
    pub fn disconnect() -> Self {
        Self { disconnect: Some(Disconnect::BeforeHead), ..Self::new(200) }
    }

    /// Sets the body to a value as JSON. The `content-type` is `application/json` by default.
    pub fn json(mut self, value: impl Serialize) -> Self {
        match serde_json::to_vec(&value) {
            Ok(body) => return Self { is_json: true, ..self.body(body) },
            Err(error) => self.fail(format!("the value passed to json() cannot be serialized: {error}")),
        }
        self
    }

    /// Sets the body. By default it has no `content-type`.
    pub fn body(mut self, body: impl Into<Bytes>) -> Self {
        *self.head_and_body.body_mut() = Body(body.into());
        Self { is_json: false, ..self }
    }

    /// Appends a header. The value may contain any bytes except control characters.
    ///
    /// `content-length` and `transfer-encoding` cannot be set, since they are derived from the body.
    pub fn header(mut self, name: &str, value: impl AsRef<[u8]>) -> Self {
        match (HeaderName::from_bytes(name.as_bytes()), HeaderValue::from_bytes(value.as_ref())) {
            (Err(_), _) => self.fail(format!("{name:?} is not the name of a header")),
            (Ok(CONTENT_LENGTH | TRANSFER_ENCODING), _) => {
                self.fail(format!("the header {name} cannot be set, since it is derived from the body"));
            }
            // The value is not shown, since it may be a secret.
            (_, Err(_)) => self.fail(format!("the value of the header {name} has a control character")),
            (Ok(header), Ok(mut value)) => {
                value.set_sensitive(is_secret(&header));
                self.head_and_body.headers_mut().append(header, value);
            }
        }
        self
    }

    /// Delays the response, or the disconnect.
    pub fn delay(self, delay: Duration) -> Self {
        Self { delay, ..self }
    }

    /// Closes the connection after the head, with the `content-length` of the whole body, and this many bytes of the
    /// body.
    pub fn disconnect_after(self, bytes: usize) -> Self {
        Self { disconnect: Some(Disconnect::InBody(bytes)), ..self }
    }

    /// Sends no request ID by default: neither `X-request-id` nor IAM's `X-IAM-Trace-Id`.
    pub fn without_request_id(self) -> Self {
        Self { omits_request_id: true, ..self }
    }

    /// Sets the default value of a header.
    pub(super) fn default_header(self, name: &HeaderName, value: &str) -> Self {
        if self.head_and_body.headers().contains_key(name) { self } else { self.header(name.as_str(), value) }
    }

    /// The response to send, or the error if it is invalid.
    pub(super) fn checked(mut self) -> Self {
        if let Some(error) = self.error.take() {
            let message = format!("the fake server cannot send the response: {error}");
            self = Self::new(500).json(serde_json::json!({ "code": "FakeServer.0500", "message": message }));
        }
        if self.is_json { self.default_header(&CONTENT_TYPE, "application/json") } else { self }
    }

    fn fail(&mut self, error: String) {
        self.error.get_or_insert(error);
    }
}
