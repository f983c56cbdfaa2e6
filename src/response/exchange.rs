//! The state of a call, and the errors created from it.

use std::fmt;
use std::sync::LazyLock;

use bytes::Bytes;
use http::{HeaderMap, StatusCode};

use crate::auth::error::AuthError;
use crate::error::body::ErrorBody;
use crate::error::redact::Redactor;
use crate::error::sanitize::{excerpt, start_of};
use crate::error::{Error, ErrorKind};
use crate::headers::request_id::RequestId;
use crate::operation::Operation;

/// The state of a call: its attempts and the last response.
#[derive(Clone)]
pub(crate) struct Exchange {
    pub(crate) operation: &'static Operation,
    pub(crate) attempts: u32,
    /// Whether the call waits for credentials.
    pub(crate) is_authenticating: bool,
    /// Whether an attempt that was retried may have been processed.
    pub(crate) may_be_processed: bool,
    pub(crate) received: Received,
    /// The last response, if the next attempt had none.
    earlier: Option<Received>,
}

#[derive(Clone, Default)]
pub(crate) struct Received {
    /// Set as soon as the head of a response arrives.
    pub(crate) head: Option<(StatusCode, HeaderMap)>,
    /// The body, or the part of it that arrived.
    pub(crate) body: Bytes,
    redactor: Redactor,
}

impl Received {
    /// The request id: from the header, or else from the body of a gateway error.
    pub(crate) fn request_id(&self) -> Option<RequestId> {
        let (status, headers) = self.head.as_ref()?;
        let from_body = || ErrorBody::parse(&self.redactor.redact(*status, &self.body)).request_id.map(RequestId::from);
        RequestId::from_headers(headers).or_else(|| if status.is_success() { None } else { from_body() })
    }
}

impl Exchange {
    pub(crate) fn new(operation: &'static Operation) -> Self {
        Self {
            operation,
            attempts: 0,
            is_authenticating: false,
            may_be_processed: false,
            received: Received::default(),
            earlier: None,
        }
    }

    pub(crate) fn status(&self) -> Option<StatusCode> {
        self.received.head.as_ref().map(|(status, _)| *status)
    }

    pub(crate) fn headers(&self) -> &HeaderMap {
        static NONE: LazyLock<HeaderMap> = LazyLock::new(HeaderMap::new);
        self.received.head.as_ref().map_or(&NONE, |(_, headers)| headers)
    }

    pub(crate) fn into_head(self) -> (StatusCode, HeaderMap) {
        self.received.head.unwrap_or_default()
    }

    pub(crate) fn start_attempt(&mut self, redactor: Redactor) {
        self.attempts += 1;
        self.is_authenticating = false;
        let before = std::mem::replace(&mut self.received, Received { head: None, body: Bytes::new(), redactor });
        if before.head.is_some() {
            self.earlier = Some(before);
        }
    }

    pub(crate) fn record_head(&mut self, status: StatusCode, mut headers: HeaderMap) {
        self.received.redactor.redact_headers(&mut headers);
        self.received.head = Some((status, headers));
    }

    /// Creates an error of this call, with all parts of the response that arrived.
    pub(crate) fn error(&self, kind: ErrorKind, message: impl Into<String>) -> Error {
        let error = Error::new(kind, message).in_call(self.operation, self.attempts, self.may_be_processed);
        let Received { head, body, redactor } = &self.received;
        match head {
            Some((status, headers)) => error.with_response(*status, headers.clone(), body, redactor),
            None => error,
        }
    }

    /// The error of a request that must not be sent.
    pub(crate) fn refused(&self, what: impl fmt::Display) -> Error {
        self.error(ErrorKind::InvalidRequest, format!("request not sent: {what}"))
    }

    /// An error about the response that arrived: `what` follows its status.
    pub(crate) fn response_error(&self, kind: ErrorKind, what: &str) -> Error {
        let status = self.status().map(status_line).unwrap_or_default();
        self.error(kind, format!("returned {status}{what}"))
    }

    /// The error of a success whose body does not match the declared type.
    pub(crate) fn decode_error(&self, error: serde_json::Error) -> Error {
        let Received { body, redactor, .. } = &self.received;
        let start = start_of(&redactor.redact(self.status().unwrap_or_default(), body));
        let what = match start.filter(|_| !error.is_data()) {
            Some(start) => format!(" with a body that is not JSON: {start}"),
            None if body.is_empty() => " with an empty body, but the OpenAPI document declares JSON".to_owned(),
            None => {
                let (line, column) = (error.line(), error.column());
                format!(" with a body that does not match the OpenAPI document, at line {line} column {column}")
            }
        };
        let failed = self.response_error(ErrorKind::Decode, &what);
        // serde quotes unexpected values.
        if redactor.allows(&error.to_string()) { failed.with_source(error) } else { failed }
    }

    pub(crate) fn too_large(&self, limit: usize) -> Error {
        let what = format!(" with a body of more than {limit} bytes; raise max_response_bytes to read it");
        self.response_error(ErrorKind::TooLarge, &what)
    }

    pub(crate) fn broken(&self, error: reqwest::Error) -> Error {
        let what = ", but the connection closed before the whole body arrived";
        self.response_error(ErrorKind::Transport, what).outcome_unknown().with_source(error.without_url())
    }

    /// The error of an attempt without a response.
    pub(crate) fn no_response(&mut self, kind: ErrorKind, mut message: String) -> Error {
        // A request that was not sent has no id. The previous response is the only one that the service can identify.
        let Some(earlier) = self.earlier.take_if(|_| kind == ErrorKind::Connect) else {
            message.push_str(&self.earlier_response());
            let error = self.error(kind, message);
            return if kind == ErrorKind::Transport { error.outcome_unknown() } else { error };
        };
        self.received = earlier;
        let status = self.status().map(status_line).unwrap_or_default();
        self.error(kind, format!("{message}; an earlier attempt returned {status}"))
    }

    /// The suffix about an earlier response if the last attempt had none.
    pub(crate) fn earlier_response(&self) -> String {
        let Some((status, id)) = self.earlier.as_ref().and_then(|it| Some((it.head.as_ref()?.0, it.request_id())))
        else {
            return String::new();
        };
        let id = id.map_or_else(String::new, |id| format!(" with request id {}", excerpt(id.as_str())));
        format!("; an earlier attempt returned {}{id}", status_line(status))
    }

    /// The error of this call if no valid credentials are available.
    pub(crate) fn unauthenticated(&self, error: AuthError) -> Error {
        let Some((status, _)) = &self.received.head else {
            if self.attempts == 0 {
                return Error::unauthenticated(error).in_call(self.operation, 0, false);
            }
            let message = format!("request not retried: no valid credentials: {error}{}", self.earlier_response());
            let failed = self.error(ErrorKind::Authentication, message).with_source(error);
            return if self.may_be_processed { failed.outcome_unknown() } else { failed };
        };
        let what = match *status {
            StatusCode::UNAUTHORIZED => format!(", and no other credentials are available: {error}"),
            _ => format!(", and the request was not retried: no valid credentials: {error}"),
        };
        self.response_error(ErrorKind::Authentication, &what).with_source(error)
    }
}

/// A status with its reason phrase, as in `404 Not Found`.
pub(crate) fn status_line(status: StatusCode) -> String {
    match status.canonical_reason() {
        Some(reason) => format!("{} {reason}", status.as_u16()),
        None => status.as_u16().to_string(),
    }
}
