//! A service of the cloud: where it is, how its calls are authorised, and what bounds them.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use http::HeaderMap;
use progenitor_client::{ClientInfo, ResponseValue};
use tokio::time::Instant;

use crate::auth::Authorizer;
use crate::call::{Call, Generated, Record};
use crate::endpoint::Endpoint;
use crate::proxy::Proxy;
use crate::secrets::Confidential;
use crate::transport::named;
use crate::{Deprecation, Error, ErrorKind, Operation, Response, RetryPolicy, retry};

/// Longer than any program runs.
const FOREVER: Duration = Duration::from_secs(100 * 365 * 24 * 60 * 60);

/// All that the calls of one service share.
#[derive(Clone)]
pub(crate) struct Service {
    pub(crate) http: Http,
    pub(crate) endpoint: Endpoint,
    pub(crate) authorizer: Authorizer,
    pub(crate) limits: Limits,
    /// For a service that hands out credentials: what is secret in its bodies.
    pub(crate) confidential: Option<Confidential>,
    /// The operations whose deprecation has been logged.
    warned: Arc<Mutex<HashSet<&'static str>>>,
}

/// The client of the HTTP library, and the proxy that it goes through.
#[derive(Clone)]
pub(crate) struct Http {
    pub(crate) client: reqwest::Client,
    pub(crate) proxy: Option<Arc<Proxy>>,
}

/// What bounds a call.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// The time for one whole call.
    pub(crate) timeout: Duration,
    /// The size of the largest body that is read.
    pub(crate) max_response_bytes: usize,
    /// When a request is sent again.
    pub(crate) retry: RetryPolicy,
}

impl Service {
    pub(crate) fn new(http: Http, endpoint: Endpoint, authorizer: Authorizer, limits: Limits) -> Self {
        Self { http, endpoint, authorizer, limits, confidential: None, warned: Arc::default() }
    }

    /// The same service, as one that hands out credentials.
    pub(crate) fn confidential(self, confidential: Confidential) -> Self {
        Self { confidential: Some(confidential), ..self }
    }

    /// The same service with other credentials.
    pub(crate) fn authorized_by(self, authorizer: Authorizer) -> Self {
        Self { authorizer, ..self }
    }

    /// Makes one call: gives the closure a generated client of its own, and tells from what was noted how it ended.
    pub(crate) async fn call<A, T, E, F>(self: &Arc<Self>, operation: F) -> Result<Response<T>, Error>
    where
        A: Generated + ClientInfo<Call>,
        F: AsyncFnOnce(&A) -> Result<ResponseValue<T>, progenitor_client::Error<E>>,
    {
        let started = Instant::now();
        // Where a time is too long to be added, it is as good as none.
        let deadline = started.checked_add(self.limits.timeout).unwrap_or(started + FOREVER);
        let api = A::serving(Call::new(Arc::clone(self), deadline));
        let result = tokio::time::timeout_at(deadline, operation(&api)).await;
        let mut record = api.inner().record();
        self.note(&record, started);
        match result {
            Ok(Ok(value)) => Ok(Response::new(value, record.received.head.take(), record.attempts)),
            Ok(Err(error)) => Err(explain(error, &mut record)),
            Err(_) => Err(self.timed_out(&record)),
        }
    }

    fn timed_out(&self, record: &Record) -> Error {
        let timeout = self.limits.timeout;
        let (text, is_undecided) = match &record.received.head {
            Some((status, _)) => (
                format!("answered {}, but the whole call was not done within {timeout:?}", named(*status)),
                !status.is_client_error() && !retry::is_refused(*status, &record.received.body),
            ),
            None if record.is_authorizing => (
                format!(
                    "no credentials could be had within {timeout:?}: what gives them did not answer{}",
                    record.before()
                ),
                record.may_be_done,
            ),
            None if record.attempts == 0 => {
                (format!("the request was not sent within {timeout:?}: the closure took longer"), false)
            }
            None => (format!("no answer from {} within {timeout:?}{}", self.endpoint, record.before()), true),
        };
        let error = record.error(ErrorKind::Timeout, text);
        if is_undecided { error.undecided() } else { error }
    }

    /// Writes what arrived to the span of the call, and warns about a deprecation.
    fn note(&self, record: &Record, started: Instant) {
        let (Some(operation), Some(span)) = (record.operation, &record.span) else { return };
        if !span.is_disabled() {
            span.record("duration_ms", u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX));
        }
        let Some((status, headers)) = &record.received.head else { return };
        if !span.is_disabled() {
            span.record("status", status.as_u16());
            if let Some(id) = record.received.request_id() {
                span.record("request_id", id.as_str());
            }
        }
        span.in_scope(|| self.warn(operation, headers));
    }

    /// Logs that an operation is to go offline, once for each operation.
    fn warn(&self, operation: &'static Operation, headers: &HeaderMap) {
        let Some(deprecation) = Deprecation::of(headers) else { return };
        if self.warned.lock().unwrap_or_else(PoisonError::into_inner).insert(operation.id()) {
            tracing::warn!(
                operation = operation.id(),
                date = deprecation.date(),
                info = deprecation.info(),
                "the service announces that this operation goes offline"
            );
        }
    }
}

/// Says why a call failed, from what was noted of it rather than from what the generated code made of it.
fn explain<E>(error: progenitor_client::Error<E>, record: &mut Record) -> Error {
    use progenitor_client::Error as Raw;

    if let Some(failure) = record.failure.take() {
        return failure;
    }
    let Some((status, _)) = record.received.head else {
        let text = match error {
            Raw::InvalidRequest(text) | Raw::Custom(text) => text,
            Raw::CommunicationError(error) => {
                return record
                    .error(ErrorKind::InvalidRequest, "the request was not sent: it can not be built")
                    .because(error.without_url());
            }
            _ => "the closure returned an error without sending a request".to_owned(),
        };
        if record.attempts == 0 {
            return record.error(ErrorKind::InvalidRequest, format!("the request was not sent: {text}"));
        }
        let text = format!("the closure gave up before an answer had arrived: {text}{}", record.before());
        return record.error(ErrorKind::Transport, text).undecided();
    };
    let answered = format!("answered {}", named(status));
    if !status.is_success() {
        return record.error(ErrorKind::Service, answered);
    }
    match error {
        Raw::InvalidResponsePayload(_, error) => {
            let (line, column) = (error.line(), error.column());
            let text =
                format!("{answered} with a body that is not what the document says, at line {line} column {column}");
            let failed = record.error(ErrorKind::Decode, text);
            // The reader quotes values that it did not expect.
            if record.received.secrets.allow(&error.to_string()) { failed.because(error) } else { failed }
        }
        Raw::InvalidRequest(text) | Raw::Custom(text) => {
            record.error(ErrorKind::Decode, format!("{answered}, and then the closure failed: {text}"))
        }
        _ => record.error(ErrorKind::Decode, format!("{answered}, a success that the document does not know")),
    }
}
