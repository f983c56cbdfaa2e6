//! The client.

use std::collections::HashSet;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use http::HeaderMap;
use progenitor_client::{ClientInfo, ResponseValue};

use crate::call::{Call, Record};
use crate::endpoint::Endpoint;
use crate::path::NOWHERE;
use crate::token::Token;
use crate::{ClientBuilder, Deprecation, Error, ErrorKind, Operation, RequestId, Response, generated};

/// A client of the service. It is cheap to clone, and all clones share one pool of connections.
#[derive(Clone)]
pub struct Client {
    shared: Arc<Shared>,
}

/// What all clones of a client share.
pub(crate) struct Shared {
    pub(crate) http: reqwest::Client,
    pub(crate) endpoint: Endpoint,
    pub(crate) token: Token,
    pub(crate) max_response_bytes: usize,
    timeout: Duration,
    /// The operations whose deprecation has been logged.
    warned: Mutex<HashSet<&'static str>>,
}

impl Shared {
    pub(crate) fn new(
        http: reqwest::Client,
        endpoint: Endpoint,
        token: Token,
        timeout: Duration,
        max_response_bytes: usize,
    ) -> Self {
        Self { http, endpoint, token, max_response_bytes, timeout, warned: Mutex::default() }
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

impl Client {
    /// Begins a client. A region or an endpoint, and a token, are needed; all else has a default.
    pub fn builder() -> ClientBuilder {
        ClientBuilder::new()
    }

    pub(crate) fn of(shared: Shared) -> Self {
        Self { shared: Arc::new(shared) }
    }

    /// The version of the OpenAPI document that this client was generated from.
    #[must_use]
    pub fn api_version() -> &'static str {
        <generated::Client as ClientInfo<Call>>::api_version()
    }

    /// Calls one operation of the document.
    ///
    /// The closure gets a generated client that serves this one call. It has a method for each operation of the document, whose
    /// builder takes the parameters and the body; `send().await` ends it. The client authorises the call, checks its path, bounds
    /// its time and the size of its answer, and notes all that arrives.
    ///
    /// The future is `Send` where what the closure holds is, and it can be dropped at any point. Dropping it after the request was
    /// sent does not take the request back. A tokio runtime with its timer enabled is needed.
    ///
    /// ```no_run
    /// # async fn example(client: secmaster_client::Client) -> Result<(), secmaster_client::Error> {
    /// use secmaster_client::types::CreateAction;
    ///
    /// let created = client
    ///     .call(async |api| {
    ///         api.create_playbook_action()
    ///             .project_id("2b31ed520xxxxxxebedb6e57xxxxxxxx")
    ///             .workspace_id("909494e3-558e-46b6-a9eb-07a8e18ca620")
    ///             .version_id("909494e3-558e-46b6-a9eb-07a8e18ca621")
    ///             .body(vec![CreateAction::workflow("909494e3-558e-46b6-a9eb-07a8e18ca62f")])
    ///             .send()
    ///             .await
    ///     })
    ///     .await?;
    /// println!("{:?}", created.request_id());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Where the request may not be sent, no answer arrived, or the answer is not a success of the form that the document says;
    /// [`Error::kind`] tells which. Whatever arrived of an answer is in the error, the status and the request id above all.
    pub async fn call<T, E, F>(&self, operation: F) -> Result<Response<T>, Error>
    where
        F: AsyncFnOnce(&generated::Client) -> Result<ResponseValue<T>, progenitor_client::Error<E>>,
    {
        let started = Instant::now();
        let call = Call::new(Arc::clone(&self.shared));
        let api = generated::Client::new_with_client(NOWHERE, self.shared.http.clone(), call.clone());
        let result = tokio::time::timeout(self.shared.timeout, operation(&api)).await;
        let mut record = call.record();
        let outcome = match result {
            Ok(Ok(value)) => Ok(Response::new(value)),
            Ok(Err(error)) => Err(explain(error, &mut record)),
            Err(_) => Err(self.timed_out(&record)),
        };
        self.note(&record, started.elapsed());
        outcome
    }

    fn timed_out(&self, record: &Record) -> Error {
        let timeout = self.shared.timeout;
        let text = match &record.head {
            Some((status, _)) => format!("answered {status}, but the whole call was not done within {timeout:?}"),
            None => format!("no answer from {} within {timeout:?}", self.shared.endpoint),
        };
        record.error(ErrorKind::Timeout, text)
    }

    /// Writes what arrived to the span of the call, and warns about a deprecation.
    fn note(&self, record: &Record, duration: Duration) {
        let (Some(operation), Some(span)) = (record.operation, &record.span) else { return };
        span.record("duration_ms", u64::try_from(duration.as_millis()).unwrap_or(u64::MAX));
        let Some((status, headers)) = &record.head else { return };
        span.record("status", status.as_u16());
        if let Some(id) = RequestId::of(headers) {
            span.record("request_id", id.as_str());
        }
        span.in_scope(|| self.shared.warn(operation, headers));
    }
}

/// Says why a call failed, from what was noted of it rather than from what the generated code made of it.
fn explain<E>(error: progenitor_client::Error<E>, record: &mut Record) -> Error {
    use progenitor_client::Error as Raw;

    if let Some(failure) = record.failure.take() {
        return failure;
    }
    let Some((status, _)) = record.head else {
        let text = match error {
            Raw::InvalidRequest(text) | Raw::Custom(text) => missing(&text),
            Raw::CommunicationError(error) => {
                return Error::new(ErrorKind::InvalidRequest, "the request was not sent: it can not be built")
                    .because(error.without_url());
            }
            _ => "the closure returned an error without sending a request".to_owned(),
        };
        return Error::new(ErrorKind::InvalidRequest, format!("the request was not sent: {text}"));
    };
    if !status.is_success() {
        return record.error(ErrorKind::Service, format!("answered {status}"));
    }
    match error {
        Raw::InvalidResponsePayload(_, error) => {
            let text = format!(
                "answered {status} with a body that is not what the document says, at line {} column {}",
                error.line(),
                error.column()
            );
            let failed = record.error(ErrorKind::Decode, text);
            // The reader quotes values that it did not expect.
            if record.secrets.are_in(&error.to_string()) { failed } else { failed.because(error) }
        }
        _ => record.error(ErrorKind::Decode, format!("answered {status}, a success that the document does not know")),
    }
}

/// The generated builder says that a parameter "was not initialized"; a user wants to know what to do.
fn missing(text: &str) -> String {
    match text.strip_suffix(" was not initialized") {
        Some(name) => format!("{name} is not set; call {name}(...) before send()"),
        None => text.to_owned(),
    }
}

/// Shows no credentials.
impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("endpoint", &self.shared.endpoint)
            .field("timeout", &self.shared.timeout)
            .finish_non_exhaustive()
    }
}
