//! Errors of calls.

pub(crate) mod body;
mod kind;
pub(crate) mod redact;
pub(crate) mod sanitize;

use std::convert::Infallible;
use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use serde::de::DeserializeOwned;

use crate::auth::error::AuthError;
use crate::headers;
use crate::headers::deprecation::Deprecation;
use crate::headers::request_id::RequestId;
use crate::operation::Operation;
use body::{ErrorBody, IAM_UNREACHABLE, gateway_code};
pub use kind::ErrorKind;
use redact::Redactor;
use sanitize::{MAX_BODY, excerpt, one_line};

/// Why a call failed, with the details of the response if one arrived.
///
/// [`Display`](fmt::Display) is one line that contains the operation and, if a response arrived, its request id. The
/// cause, such as a connection error, is in [`source`](StdError::source): for [`ErrorKind::Authentication`] it is an
/// [`AuthError`](crate::auth::AuthError).
///
/// The credentials of the request, headers that are marked as sensitive, and each [`Secret`](crate::auth::Secret) in the
/// body are replaced by `[redacted]`, even if the response quotes them. A password of fewer than four characters, or of fewer than 16 lowercase letters (the first may
/// be uppercase), is redacted only if it appears as a whole value: in quotes, or between `=` or `:` and a separator. In a
/// sentence such as "the password is wrong" it is not redacted.
///
/// ```no_run
/// # async fn example(client: secmaster_client::Client) -> Result<(), secmaster_client::Error> {
/// let sent = client.create_playbook_action().workspace_id("w").version_id("v").body(vec![]).send().await;
/// match sent {
///     Ok(created) => println!("{} rows", created.data.iter().flatten().count()),
///     Err(error) if error.is_not_found() => println!("no such version"),
///     Err(error) if error.is_retryable() => println!("retry after {:?}", error.retry_after()),
///     Err(error) => return Err(error),
/// }
/// # Ok(())
/// # }
/// ```
pub struct Error {
    inner: Box<Inner>,
}

struct Inner {
    kind: ErrorKind,
    operation: Option<&'static Operation>,
    message: String,
    attempts: u32,
    /// Whether an attempt before the last may have been processed.
    may_be_processed: bool,
    /// Whether the last attempt may have been processed, without a response that confirms it.
    is_outcome_unknown: bool,
    response: Option<Arc<ErrorResponse>>,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

/// The part of the response that arrived.
struct ErrorResponse {
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
    parsed: ErrorBody,
}

impl Error {
    pub(crate) fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self {
            inner: Box::new(Inner {
                kind,
                operation: None,
                message: message.into(),
                attempts: 0,
                may_be_processed: false,
                is_outcome_unknown: false,
                response: None,
                source: None,
            }),
        }
    }

    /// Records the operation, the number of attempts, and whether an attempt before the last may have been processed.
    pub(crate) fn in_call(mut self, operation: &'static Operation, attempts: u32, may_be_processed: bool) -> Self {
        self.inner.operation = Some(operation);
        self.inner.attempts = attempts;
        self.inner.may_be_processed = may_be_processed;
        self
    }

    /// Records that the last attempt may have been processed, without a response that confirms it.
    pub(crate) fn outcome_unknown(mut self) -> Self {
        self.inner.is_outcome_unknown = true;
        self
    }

    pub(crate) fn with_source(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.inner.source = Some(source.into());
        self
    }

    /// Stores the part of the response that arrived, redacted.
    pub(crate) fn with_response(
        mut self,
        status: StatusCode,
        headers: HeaderMap,
        body: &Bytes,
        redactor: &Redactor,
    ) -> Self {
        let body = redactor.redact(status, body);
        let parsed = ErrorBody::parse(&body);
        // A slice would retain the whole body.
        let body = Bytes::copy_from_slice(&body[..body.len().min(MAX_BODY)]);
        self.inner.response = Some(Arc::new(ErrorResponse { status, headers, body, parsed }));
        self
    }

    /// No request was sent because no valid credentials are available. Contains the response of IAM, if any.
    pub(crate) fn unauthenticated(error: AuthError) -> Self {
        let mut new = Self::new(ErrorKind::Authentication, format!("request not sent: {error}"));
        new.inner.response = iam_error(&error).and_then(|iam| iam.inner.response.clone());
        new.with_source(error)
    }

    pub(crate) fn authentication(&self) -> Option<&AuthError> {
        self.inner.source.as_ref()?.downcast_ref()
    }

    pub(crate) fn raw_message(&self) -> &str {
        &self.inner.message
    }

    /// The message without operation and request id; for [`ErrorKind::Service`], also the service's code and message.
    pub(crate) fn summary(&self) -> String {
        let mut line = one_line(&self.inner.message, usize::MAX);
        if self.inner.kind == ErrorKind::Service {
            line.extend(self.code().map(|code| format!(", {}", excerpt(code))));
            line.extend(self.message().map(|message| format!(": {}", excerpt(message))));
        }
        line
    }

    /// The kind of failure.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.inner.kind
    }

    /// The id of the operation that failed, such as `CreatePlaybookAction`; `None` if a required parameter was not set,
    /// or if the error does not belong to an operation.
    #[must_use]
    pub fn operation(&self) -> Option<&str> {
        self.inner.operation.map(Operation::id)
    }

    /// The number of attempts, including those that did not reach the service. Zero if the call failed before anything
    /// was sent.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.inner.attempts
    }

    /// The HTTP status; `None` if no response arrived.
    #[must_use]
    pub fn status(&self) -> Option<StatusCode> {
        self.response().map(|response| response.status)
    }

    /// The error code, such as `SecMaster.20030001` or `APIGW.0301`; `None` if the response has none.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        self.response()?.parsed.code.as_deref()
    }

    /// The error message of the service, or the body as a string if it is not JSON. Credentials in it are replaced by
    /// `[redacted]`.
    #[must_use]
    pub fn message(&self) -> Option<&str> {
        self.response()?.parsed.message.as_deref()
    }

    /// The request id, for support requests: from the header, or else from the body of a gateway error.
    #[must_use]
    pub fn request_id(&self) -> Option<RequestId> {
        let response = self.response()?;
        RequestId::from_headers(&response.headers).or_else(|| response.parsed.request_id.clone().map(RequestId::from))
    }

    /// The deprecation notice of the operation; `None` if the response has none.
    #[must_use]
    pub fn deprecation(&self) -> Option<Deprecation> {
        Deprecation::from_headers(&self.response()?.headers)
    }

    /// The first 16 KiB of the response body; empty if none arrived, if the deadline expired while it was read, and for
    /// errors of a [`ByteStream`](crate::ByteStream). Credentials in it are replaced by `[redacted]`.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        self.response().map_or(&[], |response| &response.body)
    }

    /// Deserializes the [body](Self::body) as JSON, for example as
    /// [`types::ErrorResponse`](crate::types::ErrorResponse).
    ///
    /// ```no_run
    /// # fn example(error: secmaster_client::Error) {
    /// if let Ok(details) = error.json::<secmaster_client::types::ErrorResponse>() {
    ///     println!("{:?}", details.error_msg);
    /// }
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Returns an error if the body is not JSON of this type, is empty, or is longer than the 16 KiB that are stored.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        serde_json::from_slice(body::without_bom(self.body()))
    }

    /// Whether the call can be retried safely, and a retry may succeed.
    ///
    /// True if no connection was made, if the source of the credentials was unavailable, for a 429, and if the gateway
    /// could not reach IAM (a 503 with code `0613`), unless an earlier attempt of the same call may have been
    /// processed. True for a timeout before anything was sent. For an operation whose method is idempotent, such as
    /// GET, also for any timeout, a broken connection, 502, 503 and 504. Before retrying, wait for
    /// [`retry_after`](Self::retry_after), or use an exponential backoff.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        let is_idempotent = self.inner.operation.is_some_and(Operation::is_idempotent);
        let is_safe = is_idempotent || !self.inner.may_be_processed;
        match self.inner.kind {
            ErrorKind::Connect => is_safe,
            ErrorKind::Authentication => is_safe && self.authentication().is_some_and(|error| !error.is_refused()),
            ErrorKind::Timeout => is_idempotent || self.attempts() == 0,
            ErrorKind::Transport => is_idempotent,
            ErrorKind::Service => match self.status().map(|status| status.as_u16()) {
                Some(429) => is_safe,
                Some(503) if self.code().and_then(gateway_code) == Some(IAM_UNREACHABLE) => is_safe,
                Some(502..=504) => is_idempotent,
                _ => false,
            },
            ErrorKind::InvalidRequest | ErrorKind::Decode | ErrorKind::TooLarge | ErrorKind::Redirect => false,
        }
    }

    /// Whether a resource of the call does not exist: a 404, or one of the codes that SecMaster returns for this with a
    /// 400 or 403. Check the ids, and that the workspace belongs to this project.
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        let missing = [
            "SecMaster.20010001", // workspace
            "SecMaster.20011003", // workspace
            "SecMaster.20030005", // playbook or version
            "SecMaster.20030022", // data class
            "SecMaster.20040605", // workflow version
            "SecMaster.20040611", // workflow
            "SecMaster.20048004", // version, action or rule
        ];
        let is_missing = || self.code().is_some_and(|code| missing.contains(&code));
        self.is_from_service() && (self.failed_with(StatusCode::NOT_FOUND) || is_missing())
    }

    /// Whether the credentials were rejected: a 401. Get a new token, and check that the token matches the region and
    /// project.
    #[must_use]
    pub fn is_unauthorized(&self) -> bool {
        self.failed_with(StatusCode::UNAUTHORIZED)
    }

    /// Whether the credentials lack a permission: a 403. Grant the user or agency the SecMaster action, or check the
    /// project; see [`code`](Self::code). SecMaster also returns 403 for some things that do not exist; see
    /// [`is_not_found`](Self::is_not_found).
    #[must_use]
    pub fn is_forbidden(&self) -> bool {
        self.is_from_service() && self.failed_with(StatusCode::FORBIDDEN)
    }

    /// Whether the call was throttled: a 429. Wait for at least [`retry_after`](Self::retry_after).
    #[must_use]
    pub fn is_throttled(&self) -> bool {
        self.failed_with(StatusCode::TOO_MANY_REQUESTS)
    }

    /// The delay that the response requests before the next call (`Retry-After`, in seconds or as a date). If a login
    /// failed before and no other was attempted, the time until the next attempt.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        let cached_for = self.authentication().and_then(|error| error.cached_for);
        cached_for.or_else(|| headers::retry_after(&self.response()?.headers))
    }

    /// Whether a response is that of the service rather than of a source of credentials.
    fn is_from_service(&self) -> bool {
        self.inner.kind != ErrorKind::Authentication
    }

    /// Whether the status is the reason for the failure. It is not if the connection failed after the status arrived.
    fn failed_with(&self, status: StatusCode) -> bool {
        self.inner.kind != ErrorKind::Connect && self.status() == Some(status)
    }

    fn response(&self) -> Option<&ErrorResponse> {
        self.inner.response.as_deref()
    }
}

/// Used by generated code.
#[doc(hidden)]
#[allow(
    non_snake_case,
    clippy::needless_pass_by_value,
    reason = "generated code names them like the variants of an enum"
)]
impl Error {
    #[must_use]
    pub fn InvalidRequest(message: String) -> Self {
        let what = match message.strip_suffix(" was not initialized") {
            Some(name) => format!("{name} is not set; call {name}(...) before send()"),
            None => message,
        };
        Self::new(ErrorKind::InvalidRequest, format!("request not sent: {what}"))
    }
}

#[doc(hidden)]
impl From<Infallible> for Error {
    fn from(never: Infallible) -> Self {
        match never {}
    }
}

/// The failed call to IAM or to the metadata service that caused an authentication error.
pub(crate) fn iam_error(error: &AuthError) -> Option<&Error> {
    error.call()?.downcast_ref()
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(operation) = self.inner.operation {
            write!(f, "{}: ", operation.id())?;
        }
        let summary = self.summary();
        if self.inner.kind == ErrorKind::Service && self.is_unauthorized() {
            f.write_str(summary.trim_end_matches('.'))?;
            f.write_str("; check that the token or key has not expired, and that it is for this region and project")?;
        } else {
            f.write_str(&summary)?;
        }
        if self.inner.is_outcome_unknown {
            f.write_str("; the request may have been processed")?;
        }
        match self.request_id() {
            Some(id) => write!(f, " (request id {})", excerpt(id.as_str())),
            None if self.inner.response.is_some() => f.write_str(" (no request id)"),
            None => Ok(()),
        }
    }
}

/// Omits header values, which may contain secrets.
impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("kind", &self.inner.kind)
            .field("operation", &self.operation())
            .field("error", &self.inner.message)
            .field("status", &self.status())
            .field("code", &self.code())
            .field("message", &self.message().map(excerpt))
            .field("request_id", &self.request_id())
            .field("attempts", &self.inner.attempts)
            .field("source", &self.inner.source)
            .finish_non_exhaustive()
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.inner.source.as_deref().map(|source| source as &(dyn StdError + 'static))
    }
}
