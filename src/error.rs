//! Why a call failed.

use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, StatusCode};

use crate::auth::AuthError;
use crate::error_body::{ErrorBody, gateway_code};
use crate::retry::IAM_UNREACHABLE;
use crate::retry_after::retry_after;
use crate::secrets::Secrets;
use crate::{Deprecation, Operation, RequestId};

/// How much of an answer's body an error keeps: room for any error of the service and for the page of a proxy, and still small
/// enough to hold thousands of errors.
pub(crate) const BODY_KEPT: usize = 16 * 1024;

/// How much of a text from outside goes into an error's one line: room for an id and for the sentence or two of any message that the
/// service is known to write. All that is kept of it is in [`message`](Error::message).
const TEXT_SHOWN: usize = 256;

/// What kind of failure an error is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The request was not sent, since something in it is missing or not allowed. Correct the call.
    InvalidRequest,
    /// No valid credentials could be had. The request was not sent, or it was refused for the ones that had ended; nothing was
    /// carried out, unless the client was told to repeat what may have been carried out, and did. Look at the credentials.
    Authentication,
    /// No connection was made, or it was closed before the request was sent: the address, the network or the certificate. The
    /// request was not sent. Where it had been sent before, the error keeps what was answered then, and nothing was carried out either,
    /// unless the client was told to repeat what may have been carried out.
    Connect,
    /// The time for the whole call was over. The service may have done what it was asked to, unless [`attempts`](Error::attempts) is
    /// zero: then nothing was sent.
    Timeout,
    /// The connection broke while the request was sent or the answer read, or what arrived is not HTTP. The service may have
    /// done what it was asked to.
    Transport,
    /// The service, or the gateway in front of it, answered with a failure.
    Service,
    /// The service answered with a success that is not what the document says. It has probably done what it was asked to.
    Decode,
    /// The answer was a success with a body that is larger than the client accepts. It has probably done what it was asked to.
    TooLarge,
    /// The answer was a redirect, which is never followed, since the credentials would go with it.
    Redirect,
}

/// Why a call failed, with all that the answer said, if there was one.
///
/// The text is one line that ends with the request id. It and the `Debug` output hold no secret. What lies beneath, such as
/// the error of the connection, is in [`source`](StdError::source).
pub struct Error {
    inner: Box<Inner>,
}

struct Inner {
    kind: ErrorKind,
    operation: Option<&'static Operation>,
    text: String,
    attempts: u32,
    /// Whether an attempt before the last may have done what it was asked to.
    may_be_done: bool,
    /// Whether the last attempt may have, and no answer tells.
    is_undecided: bool,
    answer: Option<Arc<Answer>>,
    /// For an error of authentication: why no credentials could be had.
    authentication: Option<AuthError>,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

/// What arrived of an answer that was not what the caller wanted.
struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
    said: ErrorBody,
}

impl Error {
    pub(crate) fn new(kind: ErrorKind, text: impl Into<String>) -> Self {
        Self {
            inner: Box::new(Inner {
                kind,
                operation: None,
                text: text.into(),
                attempts: 0,
                may_be_done: false,
                is_undecided: false,
                answer: None,
                authentication: None,
                source: None,
            }),
        }
    }

    pub(crate) fn in_operation(mut self, operation: Option<&'static Operation>) -> Self {
        self.inner.operation = operation;
        self
    }

    /// Notes how often the request was sent, and whether an attempt before the last may have done what it was asked to.
    pub(crate) fn after(mut self, attempts: u32, may_be_done: bool) -> Self {
        self.inner.attempts = attempts;
        self.inner.may_be_done = may_be_done;
        self
    }

    /// Notes that the request may have been carried out, and that no answer tells.
    pub(crate) fn undecided(mut self) -> Self {
        self.inner.is_undecided = true;
        self
    }

    pub(crate) fn because(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.inner.source = Some(source.into());
        self
    }

    /// Keeps what arrived of an answer, without what no error may show.
    pub(crate) fn with_answer(
        mut self,
        status: StatusCode,
        headers: HeaderMap,
        body: &Bytes,
        secrets: &Secrets,
    ) -> Self {
        let body = secrets.redact(status, body);
        let said = ErrorBody::read(&body).map(kept);
        // A slice would keep all of the body in memory.
        let body = Bytes::copy_from_slice(&body[..body.len().min(BODY_KEPT)]);
        self.inner.answer = Some(Arc::new(Answer { status, headers, body, said }));
        self
    }

    /// No valid credentials could be had. What IAM answered, if it did, is taken over, its request id above all.
    pub(crate) fn unauthenticated(error: &AuthError) -> Self {
        let mut new = Self::new(ErrorKind::Authentication, format!("the request was not sent: {error}"));
        new.inner.answer = error.cause().and_then(|cause| cause.inner.answer.clone());
        new.for_want_of(error)
    }

    /// Keeps why no credentials could be had.
    pub(crate) fn for_want_of(mut self, error: &AuthError) -> Self {
        self.inner.authentication = Some(error.clone());
        // The text of the error is in this one's; what lies beneath is the call to IAM.
        match error.cause() {
            Some(cause) => self.because(Arc::clone(cause)),
            None => self,
        }
    }

    /// For an error of authentication: why no credentials could be had.
    pub(crate) fn authentication(&self) -> Option<&AuthError> {
        self.inner.authentication.as_ref()
    }

    /// The text alone.
    pub(crate) fn text(&self) -> &str {
        &self.inner.text
    }

    /// The text, and what the service said where that is why the call failed: all but the operation and the request id.
    pub(crate) fn explained(&self) -> String {
        let mut text = one_line(&self.inner.text, usize::MAX);
        if self.inner.kind == ErrorKind::Service {
            text.extend(self.code().map(|code| format!(", {}", shown(code))));
            text.extend(self.message().map(|message| format!(": {}", shown(message))));
        }
        text
    }

    /// What kind of failure this is.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.inner.kind
    }

    /// The operation that failed; `None` where the request was not complete enough to tell.
    #[must_use]
    pub fn operation(&self) -> Option<&'static Operation> {
        self.inner.operation
    }

    /// How often the request was sent, or was tried to be. Zero where it was refused before.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.inner.attempts
    }

    /// The HTTP status; `None` where no answer arrived.
    #[must_use]
    pub fn status(&self) -> Option<StatusCode> {
        self.answer().map(|answer| answer.status)
    }

    /// The error code, such as `SecMaster.20030001` or `APIGW.0301`; `None` where the answer has none.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        self.answer()?.said.code.as_deref()
    }

    /// The error's description as the service wrote it. Where the body is not JSON, this is the body's text. Credentials that
    /// it quotes are replaced by `[redacted]`.
    #[must_use]
    pub fn message(&self) -> Option<&str> {
        self.answer()?.said.message.as_deref()
    }

    /// The request id, which support asks for: from the header, or else from the body, where the gateway repeats it.
    #[must_use]
    pub fn request_id(&self) -> Option<RequestId> {
        let answer = self.answer()?;
        RequestId::of(&answer.headers).or_else(|| answer.said.request_id.clone().map(RequestId::from))
    }

    /// The announcement that the operation is to go offline; `None` where the answer has none.
    #[must_use]
    pub fn deprecation(&self) -> Option<Deprecation> {
        Deprecation::of(&self.answer()?.headers)
    }

    /// The first 16 KiB of what arrived of the body. Empty where nothing did. Credentials that it quotes are replaced by `[redacted]`.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        self.answer().map_or(&[], |answer| &answer.body)
    }

    /// Whether the same call may work later and a repeat can not do its work twice.
    ///
    /// That is so where no connection was made, where what gives the credentials could not be asked, for a 429, and where the gateway
    /// could not reach IAM (`0613`), unless the client was told to repeat a request that may have been carried out, and did. It is so
    /// for a timeout before the request was sent. For an operation whose method is idempotent, such as GET, also for any timeout, a
    /// broken connection, 502, 503 and 504. Wait before the repeat: as long as [`retry_after`](Self::retry_after) says, or longer each
    /// time.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        let harmless = self.inner.operation.is_some_and(Operation::is_idempotent);
        let not_done = harmless || !self.inner.may_be_done;
        match self.inner.kind {
            ErrorKind::Connect => not_done,
            ErrorKind::Authentication => not_done && self.authentication().is_some_and(|error| !error.is_refused()),
            ErrorKind::Timeout => harmless || self.attempts() == 0,
            ErrorKind::Transport => harmless,
            ErrorKind::Service => match self.status().map(|status| status.as_u16()) {
                Some(429) => not_done,
                Some(503) if self.code().and_then(gateway_code) == Some(IAM_UNREACHABLE) => not_done,
                Some(502..=504) => harmless,
                _ => false,
            },
            ErrorKind::InvalidRequest | ErrorKind::Decode | ErrorKind::TooLarge | ErrorKind::Redirect => false,
        }
    }

    /// Whether something that the call names does not exist: a 404, or one of the codes by which SecMaster says so with a 400
    /// or 403. Check the ids, and that the workspace is of this project.
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        let missing = ["SecMaster.20010001", "SecMaster.20030005", "SecMaster.20048004"];
        self.status() == Some(StatusCode::NOT_FOUND) || self.code().is_some_and(|code| missing.contains(&code))
    }

    /// Whether the credentials were refused: a 401. Get a new token, and check that the token, the region and the project
    /// belong together.
    #[must_use]
    pub fn is_unauthorized(&self) -> bool {
        self.was_answered(StatusCode::UNAUTHORIZED)
    }

    /// Whether there were too many calls: a 429. Wait as long as [`retry_after`](Self::retry_after) says.
    #[must_use]
    pub fn is_throttled(&self) -> bool {
        self.was_answered(StatusCode::TOO_MANY_REQUESTS)
    }

    /// How long the answer asks to wait before the next call (`Retry-After`, in seconds or as a date).
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        retry_after(&self.answer()?.headers)
    }

    /// Whether a status is why the call failed. One that came before no connection could be made is not.
    fn was_answered(&self, status: StatusCode) -> bool {
        self.inner.kind != ErrorKind::Connect && self.status() == Some(status)
    }

    fn answer(&self) -> Option<&Answer> {
        self.inner.answer.as_deref()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(operation) = self.inner.operation {
            write!(f, "{}: ", operation.id())?;
        }
        f.write_str(&self.explained())?;
        if self.inner.is_undecided {
            f.write_str("; the request may have been carried out")?;
        }
        match self.request_id() {
            Some(id) => write!(f, " (request id {})", shown(id.as_str())),
            None => f.write_str(" (request id none)"),
        }
    }
}

/// As much of a text as an error keeps.
pub(crate) fn kept(mut text: String) -> String {
    let end = (0..=BODY_KEPT.min(text.len())).rev().find(|end| text.is_char_boundary(*end));
    text.truncate(end.unwrap_or_default());
    text
}

/// A text from outside, as an error shows it.
pub(crate) fn shown(text: &str) -> String {
    one_line(text, TEXT_SHOWN)
}

/// A text from outside, fit for one line: control characters and runs of white space become a space, and the end is cut off.
fn one_line(text: &str, most: usize) -> String {
    let mut line = String::new();
    let mut left = most;
    for word in text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty()) {
        let word = if line.is_empty() { word.to_owned() } else { format!(" {word}") };
        for c in word.chars().filter(|c| !is_invisible(*c)) {
            if left == 0 {
                line.push('…');
                return line;
            }
            line.push(c);
            left -= 1;
        }
    }
    line
}

/// Whether a character shows nothing by itself, but changes how others are shown.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// Shows no header's value, for a header may hold a secret.
impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("kind", &self.inner.kind)
            .field("operation", &self.inner.operation.map(Operation::id))
            .field("text", &self.inner.text)
            .field("status", &self.status())
            .field("code", &self.code())
            .field("message", &self.message().map(shown))
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
