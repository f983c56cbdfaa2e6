//! Performs a call: deadline, attempts and tracing.

use std::pin::pin;
use std::sync::PoisonError;
use std::time::Duration;

use ::http::{HeaderMap, HeaderValue, header};
use bytes::Bytes;
use tokio::time::{Instant, sleep, timeout_at};
use tracing::{Instrument, Span};

use super::Session;
use super::attempt::{Attempt, Prepared};
use super::retry::{Attempts, is_rejected};
use crate::error::{Error, ErrorKind};
use crate::headers::deprecation::Deprecation;
use crate::headers::request_id::RequestId;
use crate::operation::Operation;
use crate::request::{PROJECT_ID, Request, path};
use crate::response::RawResponse;
use crate::response::exchange::{Exchange, status_line};

/// The tracing target of call events, independent of the module path.
const TARGET: &str = "secmaster_client::session";

const FOREVER: Duration = Duration::from_secs(100 * 365 * 24 * 60 * 60);

impl Session {
    pub(crate) async fn execute(
        &self,
        operation: &'static Operation,
        request: Box<Request>,
    ) -> Result<RawResponse, Error> {
        let started = Instant::now();
        // A timeout that overflows is treated as no timeout.
        let deadline = started.checked_add(self.options.timeout).unwrap_or(started + FOREVER);
        let span = (operation.span)();
        // Boxed, since it moves with the response.
        let mut exchange = Box::new(Exchange::new(operation));
        let result = {
            let attempts = pin!(self.attempts(&mut exchange, request, deadline).instrument(span.clone()));
            timeout_at(deadline, attempts).await
        };
        self.record(&exchange, &span, started);
        match result {
            Ok(Ok(unread)) => {
                Ok(RawResponse { exchange, unread, deadline, limit: self.shared.settings.max_response_bytes })
            }
            Ok(Err(error)) => Err(error),
            Err(_) => Err(self.timed_out(&exchange)),
        }
    }

    /// Sends the request until it has a result, and returns the part of a success that the caller reads.
    async fn attempts(
        &self,
        exchange: &mut Exchange,
        request: Box<Request>,
        deadline: Instant,
    ) -> Result<Option<reqwest::Response>, Error> {
        let mut prepared = self.prepare(exchange, request).await?;
        let mut attempts = Attempts::new(self.options.retry, deadline);
        let mut is_renewed = false;
        loop {
            let outcome = self.attempt(exchange, &mut prepared, &mut attempts).await;
            let delay = match &outcome {
                Ok(attempt) if !is_renewed && self.renews_credentials(exchange, attempt) => {
                    is_renewed = true;
                    attempts.exempt();
                    Some(Duration::ZERO)
                }
                Ok(attempt) if attempt.is_broken_success() => {
                    attempts.after_failure(exchange.operation, ErrorKind::Transport)
                }
                Ok(Attempt { status, .. }) => {
                    let body = &exchange.received.body;
                    attempts.after_response(exchange.operation, *status, exchange.headers(), body)
                }
                Err(error) => attempts.after_failure(exchange.operation, error.kind()),
            };
            let Some(delay) = delay else {
                return outcome?.finish(exchange, self.shared.settings.max_response_bytes);
            };
            exchange.may_be_processed |= match &outcome {
                Ok(attempt) => !is_rejected(attempt.status, &exchange.received.body),
                Err(error) => error.kind() != ErrorKind::Connect,
            };
            log_retry(exchange, &outcome, delay);
            sleep(delay).await;
        }
    }

    /// Completes a generated request: the project, the URL and the headers of the API reference.
    async fn prepare(&self, exchange: &mut Exchange, request: Box<Request>) -> Result<Prepared, Error> {
        let Request { method, path, query, mut headers, body, project_id, secrets } = *request;
        let endpoint = self.service.endpoint.as_ref();
        let endpoint = endpoint.map_err(|error| exchange.refused(error).with_source(error.clone()))?;
        if self.options.timeout.is_zero() {
            return Err(exchange.refused("the timeout is zero; set a timeout greater than zero"));
        }
        if project_id.is_none() {
            // Checked before a lookup or login for a request that cannot be sent.
            path::complete(exchange.operation.path, &path.replacen(PROJECT_ID, "{project}", 1))
                .map_err(|what| exchange.refused(what))?;
        }
        let (path, project_id) = self.fill_in_project(exchange, path, project_id).await?;
        let path = path::complete(exchange.operation.path, &path).map_err(|what| exchange.refused(what))?;
        let url = endpoint.join(&path, &query);
        if let Some(media_type) = exchange.operation.content_type
            && let Some(value) = headers.get_mut(header::CONTENT_TYPE)
        {
            *value = HeaderValue::from_maybe_shared(Bytes::from_static(media_type.as_bytes())).map_err(|_| {
                exchange.refused("the media type of its body is not a header value; correct the OpenAPI document")
            })?;
        }
        for (name, value) in self.options.headers.iter().flat_map(|added| added.iter()) {
            headers.insert(name, value.clone());
        }
        let mut request = reqwest::Request::new(method, url);
        let body = body.filter(|body| !body.is_empty());
        match &body {
            Some(body) => *request.body_mut() = Some(body.clone().into()),
            // Some gateways require `Content-Length` on each request that may have a body. The HTTP library omits it
            // for an empty one.
            None if matches!(exchange.operation.method, "POST" | "PUT" | "PATCH") => {
                headers.insert(header::CONTENT_LENGTH, HeaderValue::from_static("0"));
            }
            None => {}
        }
        *request.headers_mut() = headers;
        Ok(Prepared { request, body, project_id, secrets })
    }

    /// Inserts the project ID into the path: the caller's, or else the client's. Also returns the ID.
    async fn fill_in_project(
        &self,
        exchange: &mut Exchange,
        path: String,
        id_of_request: Option<String>,
    ) -> Result<(String, Option<String>), Error> {
        let Some((before, after)) = path.split_once(PROJECT_ID) else { return Ok((path, None)) };
        let id = if let Some(id) = id_of_request {
            id
        } else {
            exchange.is_authenticating = true;
            let found = self.shared.authenticator.project_id().await;
            exchange.is_authenticating = false;
            let found = found.map_err(|error| exchange.unauthenticated(error))?;
            found.ok_or_else(|| exchange.refused(self.shared.authenticator.no_project()))?
        };
        Ok((format!("{before}{}{after}", path::encode_path(&id)), Some(id)))
    }

    fn timed_out(&self, exchange: &Exchange) -> Error {
        let timeout = self.options.timeout;
        let (message, is_outcome_unknown) = match &exchange.received.head {
            Some((status, _)) => (
                format!("returned {}, but the call did not complete within {timeout:?}", status_line(*status)),
                !status.is_client_error() && !is_rejected(*status, &exchange.received.body),
            ),
            None if exchange.is_authenticating => (
                format!("timed out after {timeout:?} waiting for credentials{}", exchange.earlier_response()),
                exchange.may_be_processed,
            ),
            None => {
                let service = &self.service;
                (format!("no response from {service} within {timeout:?}{}", exchange.earlier_response()), true)
            }
        };
        let error = exchange.error(ErrorKind::Timeout, message);
        if is_outcome_unknown { error.outcome_unknown() } else { error }
    }

    /// Records the response on the call's span, and warns about a deprecation.
    fn record(&self, exchange: &Exchange, span: &Span, started: Instant) {
        let head = exchange.received.head.as_ref();
        if !span.is_disabled() {
            span.record("duration_ms", u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX));
            span.record("attempts", exchange.attempts);
            if let Some((status, _)) = head {
                span.record("status", status.as_u16());
            }
            if let Some(id) = exchange.received.request_id() {
                span.record("request_id", id.as_str());
            }
        }
        if let Some((_, headers)) = head {
            span.in_scope(|| self.warn_about_deprecation(exchange.operation, headers));
        }
    }

    /// Logs that an operation goes offline, once per operation.
    fn warn_about_deprecation(&self, operation: &'static Operation, headers: &HeaderMap) {
        let Some(deprecation) = Deprecation::from_headers(headers) else { return };
        if self
            .shared
            .warned
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(std::ptr::from_ref(operation).addr())
        {
            tracing::warn!(
                target: TARGET,
                operation = operation.id(),
                date = deprecation.date(),
                info = deprecation.info(),
                "the operation is deprecated and goes offline"
            );
        }
    }
}

fn log_retry(exchange: &Exchange, outcome: &Result<Attempt, Error>, delay: Duration) {
    let delay_ms = delay.as_millis();
    match outcome {
        Ok(attempt) => {
            let id = exchange.received.request_id();
            let request_id = id.as_ref().map(RequestId::as_str);
            tracing::info!(target: TARGET, status = attempt.status.as_u16(), request_id, delay_ms, "retrying after this response");
        }
        Err(error) => {
            tracing::info!(target: TARGET, reason = error.raw_message(), delay_ms, "retrying, since no response arrived");
        }
    }
}
