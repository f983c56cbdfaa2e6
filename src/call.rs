//! One call: what the generated client is given for it, and what is noted of it.
//!
//! The generated code loses the status and the request id of many an answer. So the exchange takes place in a hook, before the
//! generated code sees anything of it, and all that arrives is noted here.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use progenitor_client::OperationInfo;
use reqwest::{Method, Request};
use tokio::time::Instant;
use tracing::{Instrument, Span};

use crate::auth::AuthError;
use crate::secrets::Secrets;
use crate::service::Service;
use crate::transport::{self, named};
use crate::{Error, ErrorKind, Operation};

/// The inner type of the generated client. Only this crate can make one, so that no generated client exists without
/// credentials, checks and limits.
#[derive(Clone)]
pub struct Call {
    service: Arc<Service>,
    record: Arc<Mutex<Record>>,
    /// When the whole call has to be done.
    pub(crate) deadline: Instant,
}

/// What is known of a call so far.
#[derive(Default)]
pub(crate) struct Record {
    pub(crate) operation: Option<&'static Operation>,
    pub(crate) span: Option<Span>,
    /// How often the request has been sent, or was tried to be.
    pub(crate) attempts: u32,
    /// Whether the call waits for credentials.
    pub(crate) is_authorizing: bool,
    /// Noted as soon as the head of an answer arrives.
    pub(crate) head: Option<(StatusCode, HeaderMap)>,
    /// The body, or what arrived of it.
    pub(crate) body: Bytes,
    /// What the request holds that no error may show.
    pub(crate) secrets: Secrets,
    /// Why the exchange failed.
    pub(crate) failure: Option<Error>,
    /// The answer on its way to the generated code.
    response: Option<reqwest::Response>,
}

impl Record {
    /// Notes an attempt, and forgets what an earlier one brought.
    pub(crate) fn begin(&mut self, attempt: u32, secrets: Secrets) {
        self.attempts = attempt;
        self.secrets = secrets;
        self.is_authorizing = false;
        self.head = None;
        self.body = Bytes::new();
    }

    /// An error of this call, with all that arrived of an answer.
    pub(crate) fn error(&self, kind: ErrorKind, text: impl Into<String>) -> Error {
        let error = Error::new(kind, text).in_operation(self.operation).after(self.attempts);
        match &self.head {
            Some((status, headers)) => error.with_answer(*status, headers.clone(), &self.body, &self.secrets),
            None => error,
        }
    }

    /// The error of this call where no valid credentials could be had.
    pub(crate) fn unauthenticated(&self, error: &AuthError) -> Error {
        match &self.head {
            // The request was sent before, and refused for its credentials.
            Some((status, _)) => {
                let text = format!("answered {}, and no other credentials could be had: {error}", named(*status));
                self.error(ErrorKind::Authentication, text).for_want_of(error)
            }
            None => Error::unauthenticated(error).in_operation(self.operation).after(self.attempts),
        }
    }
}

impl Call {
    pub(crate) fn new(service: Arc<Service>, deadline: Instant) -> Self {
        Self { service, record: Arc::default(), deadline }
    }

    pub(crate) fn http(&self) -> &reqwest::Client {
        &self.service.http
    }

    pub(crate) fn record(&self) -> MutexGuard<'_, Record> {
        // A record is whole after each change of it, so that a panic elsewhere does not spoil it.
        self.record.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Makes the whole exchange, and keeps the answer for [`answer`](Self::answer).
    ///
    /// It takes place before the generated code believes it does, because this hook is the one that can fail with more than an
    /// error of the HTTP library.
    pub(crate) async fn exchange<E>(
        &self,
        request: &mut Request,
        info: &OperationInfo,
        table: &'static [Operation],
    ) -> Result<(), progenitor_client::Error<E>> {
        let placeholder = Request::new(Method::GET, request.url().clone());
        let request = std::mem::replace(request, placeholder);
        let exchanged = match self.begin(info, table) {
            Ok((operation, span)) => {
                transport::exchange(&self.service, self, operation, request).instrument(span).await
            }
            Err(error) => Err(error),
        };
        let mut record = self.record();
        match exchanged {
            Ok(response) => {
                record.response = Some(response);
                Ok(())
            }
            Err(error) => {
                record.failure = Some(error);
                Err(progenitor_client::Error::Custom(String::new()))
            }
        }
    }

    /// Hands the answer over. The request is only the placeholder by now, which leads nowhere.
    pub(crate) async fn answer(&self, placeholder: Request) -> reqwest::Result<reqwest::Response> {
        let response = self.record().response.take();
        match response {
            Some(response) => Ok(response),
            None => self.service.http.execute(placeholder).await,
        }
    }

    /// Notes which operation the call is. A call is one operation, so that its record speaks of that one.
    fn begin(&self, info: &OperationInfo, table: &'static [Operation]) -> Result<(&'static Operation, Span), Error> {
        let Some(operation) = Operation::of_function(table, info.operation_id) else {
            let text = "the request was not sent: its operation is not in the document";
            return Err(Error::new(ErrorKind::InvalidRequest, text));
        };
        let mut record = self.record();
        if record.operation.is_some() {
            let text = "a second request of this call was not sent; make one call for each operation";
            return Err(record.error(ErrorKind::InvalidRequest, text));
        }
        let span = (operation.span)();
        record.operation = Some(operation);
        record.span = Some(span.clone());
        Ok((operation, span))
    }
}

/// A client that build.rs generated.
pub(crate) trait Generated {
    /// Makes one that serves a single call.
    fn serving(call: Call) -> Self;
}

/// Lets a generated client make its exchanges as [`Call`] does.
macro_rules! serve {
    ($client:ty) => {
        impl crate::call::Generated for $client {
            fn serving(call: crate::call::Call) -> Self {
                let http = call.http().clone();
                Self::new_with_client(crate::path::NOWHERE, http, call)
            }
        }

        impl ClientHooks<crate::call::Call> for $client {
            async fn pre<E>(&self, request: &mut reqwest::Request, info: &OperationInfo) -> Result<(), Error<E>> {
                self.inner.exchange(request, info, OPERATIONS).await
            }

            async fn exec(&self, request: reqwest::Request, _: &OperationInfo) -> reqwest::Result<reqwest::Response> {
                self.inner.answer(request).await
            }
        }
    };
}
pub(crate) use serve;

impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call").finish_non_exhaustive()
    }
}
