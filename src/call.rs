//! One call: what the generated client is given for it, and what is noted of it.
//!
//! The generated code loses the status and the request id of many an answer. So the exchange takes place in a hook, before the
//! generated code sees anything of it, and all that arrives is noted here.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use progenitor_client::{OperationInfo, ResponseValue};
use reqwest::{Request, Response, Url};
use serde::de::DeserializeOwned;
use tokio::time::Instant;
use tracing::{Instrument, Span};

use crate::auth::AuthError;
use crate::error::{kept, shown};
use crate::error_body::ErrorBody;
use crate::secrets::Secrets;
use crate::service::Service;
use crate::transport::{self, named};
use crate::{Error, ErrorKind, Operation, RequestId};

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
    /// Whether an attempt that was repeated may have done what it was asked to.
    pub(crate) may_be_done: bool,
    /// What the last attempt brought.
    pub(crate) received: Received,
    /// What the last answer was, where the last attempt brought none.
    earlier: Option<Received>,
    /// Why the exchange failed.
    pub(crate) failure: Option<Error>,
    /// The answer on its way to the generated code.
    response: Option<Response>,
}

/// What an attempt brought.
#[derive(Default)]
pub(crate) struct Received {
    /// Noted as soon as the head of an answer arrives.
    pub(crate) head: Option<(StatusCode, HeaderMap)>,
    /// The body, or what arrived of it.
    pub(crate) body: Bytes,
    /// What the request holds that no error may show.
    pub(crate) secrets: Secrets,
}

impl Received {
    /// The id of the answer: from its header, or else from the body of a failure, where the gateway repeats it.
    pub(crate) fn request_id(&self) -> Option<RequestId> {
        let (status, headers) = self.head.as_ref()?;
        let of_body =
            || ErrorBody::read(&self.secrets.redact(*status, &self.body)).map(kept).request_id.map(RequestId::from);
        RequestId::of(headers).or_else(|| if status.is_success() { None } else { of_body() })
    }
}

impl Record {
    /// Notes an attempt.
    pub(crate) fn begin(&mut self, attempt: u32, secrets: Secrets) {
        self.attempts = attempt;
        self.is_authorizing = false;
        let before = std::mem::replace(&mut self.received, Received { secrets, ..Received::default() });
        if before.head.is_some() {
            self.earlier = Some(before);
        }
    }

    /// Notes the head of an answer, and takes out of it what no one may see.
    pub(crate) fn arrive(&mut self, status: StatusCode, headers: &mut HeaderMap) {
        self.received.secrets.redact_headers(headers);
        self.received.head = Some((status, headers.clone()));
    }

    /// An error of this call, with all that arrived of an answer.
    pub(crate) fn error(&self, kind: ErrorKind, text: impl Into<String>) -> Error {
        let error = Error::new(kind, text).in_operation(self.operation).after(self.attempts, self.may_be_done);
        let Received { head, body, secrets } = &self.received;
        match head {
            Some((status, headers)) => error.with_answer(*status, headers.clone(), body, secrets),
            None => error,
        }
    }

    /// The error of an attempt that brought no answer.
    pub(crate) fn unanswered(&mut self, kind: ErrorKind, mut text: String) -> Error {
        // A request that was not sent has no id. What the service knows of this call is what it answered before.
        let Some(earlier) = self.earlier.take_if(|_| kind == ErrorKind::Connect) else {
            text.push_str(&self.before());
            let error = self.error(kind, text);
            return if kind == ErrorKind::Transport { error.undecided() } else { error };
        };
        self.received = earlier;
        let status = self.received.head.as_ref().map(|(status, _)| named(*status)).unwrap_or_default();
        self.error(kind, format!("{text}; before that, the same request was answered {status}"))
    }

    /// What to say of an answer that came before an attempt that brought none. It is not the error's own, since the request was sent
    /// once more.
    pub(crate) fn before(&self) -> String {
        let Some((status, id)) = self.earlier.as_ref().and_then(|it| Some((it.head.as_ref()?.0, it.request_id())))
        else {
            return String::new();
        };
        let id = id.map_or_else(String::new, |id| format!(" with the request id {}", shown(id.as_str())));
        format!("; before that, the same request was answered {}{id}", named(status))
    }

    /// The error of this call where no valid credentials could be had.
    pub(crate) fn unauthenticated(&self, error: &AuthError) -> Error {
        let Some((status, _)) = &self.received.head else {
            if self.attempts == 0 {
                return Error::unauthenticated(error).in_operation(self.operation);
            }
            let text = format!("the request was not sent again for want of credentials: {error}{}", self.before());
            let error = self.error(ErrorKind::Authentication, text).for_want_of(error);
            return if self.may_be_done { error.undecided() } else { error };
        };
        let text = match *status {
            StatusCode::UNAUTHORIZED => {
                format!("answered {}, and no other credentials could be had: {error}", named(*status))
            }
            status => format!("answered {}, and not sent again for want of credentials: {error}", named(status)),
        };
        self.error(ErrorKind::Authentication, text).for_want_of(error)
    }
}

impl Call {
    pub(crate) fn new(service: Arc<Service>, deadline: Instant) -> Self {
        Self { service, record: Arc::default(), deadline }
    }

    pub(crate) fn http(&self) -> &reqwest::Client {
        &self.service.http.client
    }

    /// The address of an operation, whose own path is encoded. The generated code calls this.
    pub(crate) fn address(&self, path: &str) -> Url {
        self.service.endpoint.join(path)
    }

    /// Reads the data of an answer, whose body is in the record. The generated code calls this.
    #[expect(clippy::result_large_err, reason = "the generated code has this error")]
    pub(crate) fn value<T: DeserializeOwned, E>(
        &self,
        mut answer: Response,
    ) -> Result<ResponseValue<T>, progenitor_client::Error<E>> {
        let body = self.record().received.body.clone();
        let data = serde_json::from_slice(&body)
            .map_err(|error| progenitor_client::Error::InvalidResponsePayload(body, error))?;
        Ok(ResponseValue::new(data, answer.status(), std::mem::take(answer.headers_mut())))
    }

    /// An answer with its body. The generated code calls this where it does not know what to read.
    pub(crate) fn whole(&self, answer: Response) -> Response {
        transport::with_body(answer, self.record().received.body.clone())
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

    /// Hands the answer over. Nothing is sent here, whatever the generated code does.
    pub(crate) async fn answer(&self) -> reqwest::Result<Response> {
        let response = self.record().response.take();
        match response {
            Some(response) => Ok(response),
            // An error of the HTTP library can be had in no other way than from a request that it can not build.
            None => self.service.http.client.get("").send().await,
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

/// The error of a parameter that a request can not do without. The generated code calls this, with an empty text where it was not
/// set, and otherwise with what was wrong with it.
pub(crate) fn not_set<E>(name: &str, text: String) -> progenitor_client::Error<E> {
    progenitor_client::Error::InvalidRequest(match &*text {
        "" => format!("{name} is not set; call {name}(...) before send()"),
        _ => text,
    })
}

/// Lets a generated client make its exchanges as [`Call`] does.
macro_rules! serve {
    ($client:ty) => {
        impl crate::call::Generated for $client {
            fn serving(call: crate::call::Call) -> Self {
                // The addresses are made by the call.
                Self { baseurl: String::new(), client: call.http().clone(), inner: call }
            }
        }

        impl ClientHooks<crate::call::Call> for $client {
            async fn pre<E>(&self, request: &mut reqwest::Request, info: &OperationInfo) -> Result<(), Error<E>> {
                self.inner.exchange(request, info, OPERATIONS).await
            }

            async fn exec(&self, _: reqwest::Request, _: &OperationInfo) -> reqwest::Result<reqwest::Response> {
                self.inner.answer().await
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
