//! One call: what the generated client is given for it, and what is noted of it.
//!
//! The generated code loses the status and the request id of many an answer. So the exchange takes place in a hook, before the
//! generated code sees anything of it, and all that arrives is noted here.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use progenitor_client::{ClientHooks, OperationInfo};
use reqwest::{Method, Request};
use tracing::{Instrument, Span};

use crate::client::Shared;
use crate::generated;
use crate::secrets::Secrets;
use crate::transport;
use crate::{Error, ErrorKind, Operation};

/// The inner type of the generated client. Only this crate can make one, so that no generated client exists without
/// credentials, checks and limits.
#[derive(Clone)]
pub struct Call {
    shared: Arc<Shared>,
    record: Arc<Mutex<Record>>,
}

/// What is known of a call so far.
#[derive(Default)]
pub(crate) struct Record {
    pub(crate) operation: Option<&'static Operation>,
    pub(crate) span: Option<Span>,
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
    /// An error of this call, with all that arrived of an answer.
    pub(crate) fn error(&self, kind: ErrorKind, text: impl Into<String>) -> Error {
        let error = Error::new(kind, text).in_operation(self.operation);
        match &self.head {
            Some((status, headers)) => error.with_answer(*status, headers.clone(), &self.secrets.redact(&self.body)),
            None => error,
        }
    }
}

impl Call {
    pub(crate) fn new(shared: Arc<Shared>) -> Self {
        Self { shared, record: Arc::default() }
    }

    pub(crate) fn record(&self) -> MutexGuard<'_, Record> {
        // A record is whole after each change of it, so that a panic elsewhere does not spoil it.
        self.record.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes which operation the call is. A call is one operation, so that its record speaks of that one.
    fn begin(&self, operation: &'static Operation) -> Result<Span, Error> {
        let mut record = self.record();
        if record.operation.is_some() {
            let text =
                "the request was not sent: this call has sent its request already; make one call for each operation";
            return Err(Error::new(ErrorKind::InvalidRequest, text).in_operation(Some(operation)));
        }
        let span = (operation.span)();
        record.operation = Some(operation);
        record.span = Some(span.clone());
        Ok(span)
    }
}

impl ClientHooks<Call> for generated::Client {
    /// Makes the whole exchange. It takes place here because this is the one hook that can fail with more than an error of the
    /// HTTP library.
    async fn pre<E>(&self, request: &mut Request, info: &OperationInfo) -> Result<(), progenitor_client::Error<E>> {
        let call = &self.inner;
        let placeholder = Request::new(Method::GET, request.url().clone());
        let request = std::mem::replace(request, placeholder);
        let exchanged = match Operation::of_function(info.operation_id) {
            Some(operation) => match call.begin(operation) {
                Ok(span) => transport::exchange(&call.shared, call, operation, request).instrument(span).await,
                Err(error) => Err(error),
            },
            None => Err(Error::new(
                ErrorKind::InvalidRequest,
                "the request was not sent: its operation is not in the document",
            )),
        };
        let mut record = call.record();
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
    async fn exec(&self, request: Request, _: &OperationInfo) -> reqwest::Result<reqwest::Response> {
        let response = self.inner.record().response.take();
        match response {
            Some(response) => Ok(response),
            None => self.client.execute(request).await,
        }
    }
}

impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call").finish_non_exhaustive()
    }
}
