//! Sends a request and reads its answer.

use std::pin::Pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::StatusCode;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, HeaderValue, LOCATION};
use hyper::body::Body as _;
use reqwest::{Body, Request, Response, ResponseBuilderExt, Url};

use crate::auth::Grant;
use crate::call::Call;
use crate::retry::Attempts;
use crate::secrets::Secrets;
use crate::service::Service;
use crate::{Error, ErrorKind, Operation, RequestId, failure, path, retry};

/// Turns what the generated code built into what the contract says, sends it, and reads the whole answer.
///
/// The body is read here, within the limit, so that nothing of an answer depends on what the generated code makes of it. A request is
/// sent again where the policy says so, and once where its credentials were refused and others can be had.
///
/// # Errors
///
/// Where the request may not be sent, or no whole answer arrived. An answer with a failure status is not an error yet.
pub(crate) async fn exchange(
    service: &Service,
    call: &Call,
    operation: &'static Operation,
    request: &mut Request,
) -> Result<Response, Error> {
    prepare(service, operation, request)
        .map_err(|text| call.record().error(ErrorKind::InvalidRequest, format!("the request was not sent: {text}")))?;
    let mut attempts = Attempts::new(service.limits.retry, call.deadline);
    let mut is_renewed = false;
    let body = request.body_mut().as_mut().and_then(shared);
    // A stream is gone when it has been sent.
    let is_repeatable = body.is_some() || request.body().is_none();
    loop {
        let outcome = attempt(service, call, request, body.as_ref(), &mut attempts).await;
        let wait = match &outcome {
            Ok(answer) if !is_renewed && answer.renews_credentials(service) => {
                is_renewed = true;
                attempts.excuse();
                Some(Duration::ZERO)
            }
            Ok(answer) if answer.is_broken_success() => attempts.after_failure(operation, ErrorKind::Transport),
            Ok(Answer { response, body, .. }) => {
                attempts.after_answer(operation, response.status(), response.headers(), body)
            }
            Err(error) => attempts.after_failure(operation, error.kind()),
        };
        let Some(wait) = wait.filter(|_| is_repeatable) else {
            return outcome?.end(call, service.limits.max_response_bytes);
        };
        if may_be_done(&outcome) {
            call.record().may_be_done = true;
        }
        log_repeat(call, &outcome, wait);
        tokio::time::sleep(wait).await;
    }
}

/// Gives the request the headers of the contract, after its path was checked.
fn prepare(service: &Service, operation: &Operation, request: &mut Request) -> Result<(), String> {
    path::check(operation, service.endpoint.own(request.url().path()))?;
    if let Some(media_type) = operation.content_type
        && let Some(value) = request.headers_mut().get_mut(CONTENT_TYPE)
    {
        *value = HeaderValue::from_maybe_shared(Bytes::from_static(media_type.as_bytes()))
            .map_err(|_| "the media type of its body is not a header's value; correct the document")?;
    }
    // Some gateways demand a length of each request that may have a body, and the HTTP library tells none of an empty one.
    let is_empty = request.body().is_none_or(|body| body.as_bytes().is_some_and(<[u8]>::is_empty));
    if is_empty && matches!(operation.method, "POST" | "PUT" | "PATCH") {
        request.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from_static("0"));
    }
    Ok(())
}

/// The body of a request, if it can be sent more than once. It is shared, not copied.
fn shared(body: &mut Body) -> Option<Bytes> {
    body.as_bytes()?;
    // A body that is known has all its bytes in one frame, and an empty one has none.
    let bytes = match Pin::new(&mut *body).poll_frame(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(Some(Ok(frame))) => frame.into_data().ok()?,
        _ => Bytes::new(),
    };
    *body = bytes.clone().into();
    Some(bytes)
}

/// Takes a request to send it, and leaves one that can be sent after it, unless its body is a stream.
fn take(request: &mut Request, body: Option<&Bytes>) -> Request {
    // The generated code sets no more than these, and `try_clone` would make room for all that there is. The original is what is
    // sent, since it has room for the headers that are added.
    let mut next = Request::new(request.method().clone(), request.url().clone());
    next.headers_mut().clone_from(request.headers());
    *next.body_mut() = body.cloned().map(Body::from);
    std::mem::replace(request, next)
}

/// An answer, with as much of its body as could be read.
struct Answer {
    grant: Grant,
    response: Response,
    body: Bytes,
    end: End,
}

/// Sends a request once, and leaves one that can be sent after it, unless its body is a stream.
async fn attempt(
    service: &Service,
    call: &Call,
    next: &mut Request,
    body: Option<&Bytes>,
    attempts: &mut Attempts,
) -> Result<Answer, Error> {
    call.record().is_authorizing = true;
    let mut request = take(next, body);
    let authorized = service.authorizer.authorize(&mut request).await;
    let grant = authorized.map_err(|error| call.record().unauthenticated(&error))?;
    let secrets = Secrets::of(request.headers(), service);
    call.record().begin(attempts.begin(), secrets);
    let mut response = service.http.client.execute(request).await.map_err(|error| {
        let (kind, text) = failure::explain(&error, service);
        call.record().unanswered(kind, text).because(error.without_url())
    })?;
    service.authorizer.accept(&grant, response.status());
    call.record().arrive(response.status(), response.headers_mut());
    let (body, end) = read(&mut response, service.limits.max_response_bytes).await;
    call.record().received.body = body.clone();
    Ok(Answer { grant, response, body, end })
}

/// Whether the service may have done what it was asked to by an attempt that is repeated.
fn may_be_done(outcome: &Result<Answer, Error>) -> bool {
    match outcome {
        Ok(Answer { response, body, .. }) => !retry::is_refused(response.status(), body),
        Err(error) => error.kind() != ErrorKind::Connect,
    }
}

fn log_repeat(call: &Call, outcome: &Result<Answer, Error>, wait: Duration) {
    let wait_ms = wait.as_millis();
    match outcome {
        Ok(Answer { response, .. }) => tracing::debug!(
            status = response.status().as_u16(),
            request_id = call.record().received.request_id().as_ref().map(RequestId::as_str),
            wait_ms,
            "the request is sent again after this answer"
        ),
        Err(error) => {
            tracing::debug!(reason = error.text(), wait_ms, "the request is sent again, since it was not answered");
        }
    }
}

impl Answer {
    /// Makes other credentials ready where these were refused, and tells whether it did.
    fn renews_credentials(&self, service: &Service) -> bool {
        service.authorizer.renew(&self.grant, self.response.status(), self.response.headers(), &self.body)
    }

    /// Whether the answer was a success that broke off.
    fn is_broken_success(&self) -> bool {
        self.response.status().is_success() && matches!(self.end, End::Broken(_))
    }

    /// What the generated code is given, or why it is given nothing.
    fn end(self, call: &Call, limit: usize) -> Result<Response, Error> {
        let Self { response, end, .. } = self;
        let status = response.status();
        let fail = |kind, text: String| call.record().error(kind, text);
        if status.is_redirection() {
            return Err(fail(ErrorKind::Redirect, redirect(status, response.headers())));
        }
        match end {
            End::Complete => Ok(response),
            // What matters about a failure is its status; a body that is cut off only says less about it.
            End::TooLarge | End::Broken(_) if !status.is_success() => Ok(response),
            End::TooLarge => {
                let what = format!("answered {} with a body of more than {limit} bytes", named(status));
                Err(fail(ErrorKind::TooLarge, format!("{what}; raise max_response_bytes to read it")))
            }
            End::Broken(error) => {
                let text = format!(
                    "answered {}, and then the connection broke before the whole body had arrived",
                    named(status)
                );
                Err(fail(ErrorKind::Transport, text).undecided().because(error.without_url()))
            }
        }
    }
}

/// How the body of an answer ended.
enum End {
    Complete,
    TooLarge,
    Broken(reqwest::Error),
}

/// Reads a body up to a limit. What arrived before it broke or became too large is kept.
async fn read(response: &mut Response, limit: usize) -> (Bytes, End) {
    // Most answers arrive in one piece, which is taken as it is.
    let mut first = Bytes::new();
    let mut whole = BytesMut::new();
    let end = loop {
        match response.chunk().await {
            Ok(None) => break End::Complete,
            Err(error) => break End::Broken(error),
            Ok(Some(chunk)) => {
                let room = limit.saturating_sub(first.len().max(whole.len()));
                let fits = chunk.len() <= room;
                let chunk = chunk.slice(..chunk.len().min(room));
                if first.is_empty() {
                    first = chunk;
                } else {
                    if whole.is_empty() {
                        whole.extend_from_slice(&first);
                    }
                    whole.extend_from_slice(&chunk);
                }
                if !fits {
                    break End::TooLarge;
                }
            }
        }
    };
    (if whole.is_empty() { first } else { whole.freeze() }, end)
}

/// An answer with the body that was read of it.
pub(crate) fn with_body(mut response: Response, body: Bytes) -> Response {
    // Without an address of its own, the HTTP library would make one up.
    let rebuilt = http::Response::builder().url(response.url().clone()).body(()).unwrap_or_default();
    let mut rebuilt = rebuilt.map(|()| body);
    *rebuilt.status_mut() = response.status();
    std::mem::swap(rebuilt.headers_mut(), response.headers_mut());
    rebuilt.into()
}

/// A status as a person reads it: its number, and its reason where it has one.
pub(crate) fn named(status: StatusCode) -> String {
    match status.canonical_reason() {
        Some(reason) => format!("{} {reason}", status.as_u16()),
        None => status.as_u16().to_string(),
    }
}

/// Says where a redirect leads, without its path and query, which may hold anything.
fn redirect(status: StatusCode, headers: &HeaderMap) -> String {
    let status = named(status);
    let Some(location) = headers.get(LOCATION) else {
        return format!("answered {status}, which is neither a success nor an error; check the endpoint");
    };
    let target = location.to_str().ok().and_then(|location| Url::parse(location).ok());
    let target = match target.map(|target| target.origin()) {
        Some(origin) if origin.is_tuple() => format!(" to {}", origin.ascii_serialization()),
        _ => String::new(),
    };
    format!(
        "answered {status}, a redirect{target}, which is not followed since the credentials would go with it; check the endpoint"
    )
}

#[cfg(all(test, feature = "test-util"))]
#[allow(clippy::unwrap_used, reason = "a test that can not go on says so by a panic")]
mod tests;
