//! An answer to be.

use std::fmt;
use std::time::Duration;

use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE, DATE, TRANSFER_ENCODING};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use serde::Serialize;

use super::request::is_secret;

/// An answer for [`Server::respond_next`](super::Server::respond_next) and its like: a status, headers and a body, and how they are
/// sent.
///
/// It gets a `Date` by the fake server's clock, and from SecMaster an `X-request-id` in the documented form, from IAM an
/// `X-IAM-Trace-Id`; but for a header that it sets itself, and the ids where it is [without](Self::without_request_id). An answer that
/// can not be sent, as one with a line break in a header, becomes a 500 `FakeServer.0500` that says why.
///
/// ```
/// use secmaster_client::testing::MockResponse;
///
/// let throttled = MockResponse::new(429)
///     .header("Retry-After", "2")
///     .json(serde_json::json!({ "error_code": "APIGW.0308", "error_msg": "too many requests" }));
/// let broken = MockResponse::new(200).body(r#"{"code":0,"message":"","data":[]}"#).disconnect_after(10);
/// let silent = MockResponse::disconnect();
/// # let _ = (throttled, broken, silent);
/// ```
#[derive(Clone)]
#[must_use = "an answer is given once it is handed to Server::respond_next"]
pub struct MockResponse {
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
    is_json: bool,
    request_id: bool,
    delay: Duration,
    cut: Option<Cut>,
    /// The first thing that makes the answer one that can not be sent.
    fault: Option<String>,
}

/// Where an answer ends before its end.
#[derive(Debug, Clone, Copy)]
pub(super) enum Cut {
    /// Nothing is sent.
    BeforeHead,
    /// The head is sent, and this many bytes of the body.
    InBody(usize),
}

impl MockResponse {
    /// Begins an answer with a status from 200 to 999, and no body.
    pub fn new(status: u16) -> Self {
        let valid = StatusCode::from_u16(status).ok().filter(|status| !status.is_informational());
        let answer = Self {
            status: valid.unwrap_or_default(),
            headers: HeaderMap::new(),
            body: Bytes::new(),
            is_json: false,
            request_id: true,
            delay: Duration::ZERO,
            cut: None,
            fault: None,
        };
        match valid {
            Some(_) => answer,
            None => answer.fail(format!("{status} is not the status of an answer; give one from 200 to 999")),
        }
    }

    /// Makes an answer of nothing: the request is read, and then the connection closed.
    pub fn disconnect() -> Self {
        Self { cut: Some(Cut::BeforeHead), ..Self::new(200) }
    }

    /// Sets the body to a value in JSON, and the `content-type` to `application/json` unless a [`header`](Self::header) sets it.
    pub fn json(self, value: impl Serialize) -> Self {
        match serde_json::to_vec(&value) {
            Ok(body) => Self { is_json: true, ..self.body(body) },
            Err(error) => self.fail(format!("the value given to json() can not be written as JSON: {error}")),
        }
    }

    /// Sets the body. It has no `content-type` unless a [`header`](Self::header) sets one.
    pub fn body(mut self, body: impl Into<Bytes>) -> Self {
        self.body = body.into();
        self.is_json = false;
        self
    }

    /// Adds a header; one of the same name stays as well. The value may have any bytes but control characters.
    ///
    /// `content-length` and `transfer-encoding` can not be set, since they come with the body.
    pub fn header(mut self, name: &str, value: impl AsRef<[u8]>) -> Self {
        let Ok(header) = HeaderName::from_bytes(name.as_bytes()) else {
            return self.fail(format!("{name:?} is not the name of a header"));
        };
        if header == CONTENT_LENGTH || header == TRANSFER_ENCODING {
            return self.fail(format!("the header {name} can not be set, since it comes with the body"));
        }
        // The value is not shown, as it may be a secret.
        let Ok(mut value) = HeaderValue::from_bytes(value.as_ref()) else {
            return self.fail(format!("the value of the header {name} has a control character"));
        };
        value.set_sensitive(is_secret(&header));
        self.headers.append(header, value);
        self
    }

    /// Waits before the answer is sent, or the connection cut.
    pub fn delay(mut self, delay: Duration) -> Self {
        self.delay = delay;
        self
    }

    /// Sends the head, with the `content-length` of the whole body, and then the first bytes of the body; then the connection is
    /// closed. Of a body that is not longer all is sent.
    pub fn disconnect_after(mut self, bytes: usize) -> Self {
        self.cut = Some(Cut::InBody(bytes));
        self
    }

    /// Sends no `X-request-id`, nor IAM's `X-IAM-Trace-Id`, unless a [`header`](Self::header) sets it.
    pub fn without_request_id(mut self) -> Self {
        self.request_id = false;
        self
    }

    /// Adds a header, unless there is one of that name.
    pub(super) fn or_header(self, name: &HeaderName, value: &str) -> Self {
        if self.headers.contains_key(name) { self } else { self.header(name.as_str(), value) }
    }

    pub(super) fn wait(&self) -> Duration {
        self.delay
    }

    /// The answer as it is sent. `date` and `id`, a header's name and value, are for an answer that sets none.
    pub(super) fn response(mut self, date: &str, id: Option<&(HeaderName, String)>) -> Response {
        if let Some(fault) = self.fault.take() {
            let text = format!("the fake server can not send its answer: {fault}");
            self = Self::new(500).json(serde_json::json!({ "code": "FakeServer.0500", "message": text }));
        }
        if let Some((name, id)) = id.filter(|_| self.request_id) {
            self = self.or_header(name, id);
        }
        self = self.or_header(&DATE, date);
        if self.is_json {
            self = self.or_header(&CONTENT_TYPE, "application/json");
        }
        let mut response = Response::new(Body::from(self.body));
        *response.status_mut() = self.status;
        *response.headers_mut() = self.headers;
        if let Some(cut) = self.cut {
            response.extensions_mut().insert(cut);
        }
        response
    }

    fn fail(mut self, fault: String) -> Self {
        self.fault.get_or_insert(fault);
        self
    }
}

/// Shows no credentials: neither the values of the headers that hold them, nor the body, which may hold a key.
impl fmt::Debug for MockResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MockResponse")
            .field("status", &self.status)
            .field("headers", &self.headers)
            .field("body_bytes", &self.body.len())
            .field("delay", &self.delay)
            .field("cut", &self.cut)
            .field("fault", &self.fault)
            .finish_non_exhaustive()
    }
}
