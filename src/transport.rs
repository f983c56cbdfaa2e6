//! Sends a request and reads its answer.

use std::error::Error as StdError;
use std::io;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::StatusCode;
use http::header::{CONTENT_TYPE, HeaderMap, HeaderValue, LOCATION};
use reqwest::{Body, Request, Response, Url};

use crate::auth::Grant;
use crate::call::Call;
use crate::retry::Attempts;
use crate::secrets::Secrets;
use crate::service::Service;
use crate::{Error, ErrorKind, Operation, RequestId, header, path};

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
    mut request: Request,
) -> Result<Response, Error> {
    address(service, operation, &mut request)
        .map_err(|text| call.record().error(ErrorKind::InvalidRequest, format!("the request was not sent: {text}")))?;
    let mut attempts = Attempts::new(service.limits.retry, call.deadline);
    let mut is_renewed = false;
    let mut last: Option<Answer> = None;
    loop {
        // Sending takes the request, so that a repeat needs a copy. A body is shared, not copied; only a stream can not be sent twice.
        let spare = request.try_clone();
        let attempt = attempt(service, call, request, &mut attempts).await;
        let wait = match &attempt {
            Ok(answer) if !is_renewed && answer.is_refused(service) => {
                is_renewed = true;
                Some(Duration::ZERO)
            }
            Ok(answer) => {
                let response = &answer.response;
                attempts.after_answer(operation, response.status(), response.headers(), &answer.body)
            }
            Err(error) => attempts.after_failure(operation, error.kind()),
        };
        let (Some(wait), Some(spare)) = (wait, spare) else {
            let answer = match (attempt, last) {
                // An answer that arrived tells more than that no further one could be had.
                (Err(error), Some(last)) if error.kind() == ErrorKind::Connect => last.restored(call),
                (attempt, _) => attempt?,
            };
            return answer.end(call, service.limits.max_response_bytes);
        };
        if let Ok(answer) = attempt {
            tracing::debug!(
                status = answer.response.status().as_u16(),
                request_id = RequestId::of(answer.response.headers()).as_ref().map(RequestId::as_str),
                "the request was refused, and is sent again"
            );
            last = Some(answer);
        }
        tokio::time::sleep(wait).await;
        request = spare;
    }
}

/// An answer, with as much of its body as could be read.
struct Answer {
    grant: Grant,
    secrets: Secrets,
    response: Response,
    body: Bytes,
    end: End,
}

/// Sends a request once.
async fn attempt(
    service: &Service,
    call: &Call,
    mut request: Request,
    attempts: &mut Attempts,
) -> Result<Answer, Error> {
    call.record().is_authorizing = true;
    let authorized = service.authorizer.authorize(&mut request).await;
    let grant = authorized.map_err(|error| call.record().unauthenticated(&error))?;
    let secrets = Secrets::of(request.headers(), service.confidential.as_ref());
    call.record().begin(attempts.begin(), secrets.clone());
    let mut response = service.http.execute(request).await.map_err(|error| {
        let (kind, text) = no_answer(service, &error);
        call.record().error(kind, text).because(error.without_url())
    })?;
    service.authorizer.accept(&grant, response.status());
    secrets.redact_headers(response.headers_mut());
    call.record().head = Some((response.status(), response.headers().clone()));
    let (response, body, end) = read(response, service.limits.max_response_bytes).await;
    call.record().body = body.clone();
    Ok(Answer { grant, secrets, response, body, end })
}

impl Answer {
    /// Whether the credentials were refused and others have been made ready.
    fn is_refused(&self, service: &Service) -> bool {
        service.authorizer.renew(&self.grant, self.response.status(), self.response.headers(), &self.body)
    }

    /// Notes this answer again, after an attempt that brought none.
    fn restored(self, call: &Call) -> Self {
        let mut record = call.record();
        record.head = Some((self.response.status(), self.response.headers().clone()));
        record.body = self.body.clone();
        record.secrets = self.secrets.clone();
        drop(record);
        self
    }

    /// What the generated code is given, or why it is given nothing.
    fn end(self, call: &Call, limit: usize) -> Result<Response, Error> {
        let Self { response, body, end, .. } = self;
        let status = response.status();
        let fail = |kind, text: String| call.record().error(kind, text);
        if status.is_redirection() {
            return Err(fail(ErrorKind::Redirect, redirect(status, response.headers())));
        }
        match end {
            End::Complete => Ok(rebuild(response, body)),
            // What matters about a failure is its status; a body that is cut off only says less about it.
            End::TooLarge | End::Broken(_) if !status.is_success() => Ok(rebuild(response, body)),
            End::TooLarge => {
                let what = format!("answered {} with a body of more than {limit} bytes", named(status));
                Err(fail(ErrorKind::TooLarge, format!("{what}; raise max_response_bytes to read it")))
            }
            End::Broken(error) => {
                let text = format!(
                    "answered {}, and then the connection broke before the whole body had arrived",
                    named(status)
                );
                Err(fail(ErrorKind::Transport, text).because(error.without_url()))
            }
        }
    }
}

/// Gives the request its real address and the headers of the contract.
fn address(service: &Service, operation: &Operation, request: &mut Request) -> Result<(), String> {
    path::check(operation, request.url().path())?;
    *request.url_mut() = service.endpoint.url(&path::encode(request.url().path()), request.url().query());
    let headers = request.headers_mut();
    headers.remove(header::API_VERSION);
    if let Some(media_type) = operation.content_type.filter(|_| headers.contains_key(CONTENT_TYPE)) {
        let media_type = HeaderValue::from_str(media_type);
        let media_type =
            media_type.map_err(|_| "the media type of its body is not a header's value; correct the document");
        headers.insert(CONTENT_TYPE, media_type?);
    }
    // Some gateways demand a length of each request that may have a body.
    if request.body().is_none() && matches!(operation.method, "POST" | "PUT" | "PATCH") {
        *request.body_mut() = Some(Body::from(""));
    }
    Ok(())
}

/// How the body of an answer ended.
enum End {
    Complete,
    TooLarge,
    Broken(reqwest::Error),
}

/// Reads a body up to a limit. What arrived before it broke or became too large is kept.
async fn read(mut response: Response, limit: usize) -> (Response, Bytes, End) {
    let mut first = Bytes::new();
    let mut rest = BytesMut::new();
    let end = loop {
        match response.chunk().await {
            Ok(None) => break End::Complete,
            Err(error) => break End::Broken(error),
            Ok(Some(chunk)) => {
                let room = limit.saturating_sub(first.len() + rest.len());
                let fits = chunk.len() <= room;
                let chunk = chunk.slice(..chunk.len().min(room));
                if first.is_empty() {
                    first = chunk;
                } else {
                    rest.extend_from_slice(&chunk);
                }
                if !fits {
                    break End::TooLarge;
                }
            }
        }
    };
    if rest.is_empty() {
        return (response, first, end);
    }
    let mut whole = BytesMut::with_capacity(first.len() + rest.len());
    whole.extend_from_slice(&first);
    whole.extend_from_slice(&rest);
    (response, whole.freeze(), end)
}

/// The answer as the generated code expects it, with the body that was read.
fn rebuild(mut response: Response, body: Bytes) -> Response {
    let mut rebuilt = http::Response::new(body);
    *rebuilt.status_mut() = response.status();
    std::mem::swap(rebuilt.headers_mut(), response.headers_mut());
    rebuilt.into()
}

/// Why no answer arrived.
fn no_answer(service: &Service, error: &reqwest::Error) -> (ErrorKind, String) {
    let endpoint = &service.endpoint;
    if error.is_builder() || error.is_request() && cause::<http::Error>(error).is_some() {
        return (
            ErrorKind::InvalidRequest,
            "the request was not sent: it does not make a valid HTTP request".to_owned(),
        );
    }
    if error.is_connect() {
        let why = match io_kind(error) {
            _ if error.is_timeout() => "the time for connecting was over",
            Some(io::ErrorKind::ConnectionRefused) => "the connection was refused",
            Some(io::ErrorKind::ConnectionReset | io::ErrorKind::ConnectionAborted) => "the connection was reset",
            Some(io::ErrorKind::HostUnreachable | io::ErrorKind::NetworkUnreachable) => "there is no route to it",
            Some(io::ErrorKind::InvalidData) => "the TLS handshake failed, as with a certificate that is not trusted",
            _ => "the name was not found, or the connection could not be made",
        };
        return (ErrorKind::Connect, format!("no connection to {endpoint}: {why}"));
    }
    let http = cause::<hyper::Error>(error);
    // Said of a request that no connection has begun to write, and of no other.
    if http.is_some_and(hyper::Error::is_canceled) {
        let why = "it was closed by the other side before the request was sent";
        return (ErrorKind::Connect, format!("no connection to {endpoint}: {why}"));
    }
    if error.is_timeout() {
        return (ErrorKind::Timeout, format!("no answer from {endpoint} in time"));
    }
    if http.is_some_and(hyper::Error::is_parse) {
        let text = format!("what {endpoint} answered is not HTTP, or its headers are too large; check the endpoint");
        return (ErrorKind::Transport, text);
    }
    (ErrorKind::Transport, format!("the connection to {endpoint} broke before an answer had arrived"))
}

/// The kind of the input or output error that lies deepest beneath an error.
fn io_kind(error: &reqwest::Error) -> Option<io::ErrorKind> {
    let outer = chain(error).filter_map(|cause| cause.downcast_ref::<io::Error>()).last();
    // One that wraps another does not name it as its source.
    std::iter::successors(outer, |error| error.get_ref()?.downcast_ref()).last().map(io::Error::kind)
}

/// The first error of a type that lies beneath an error.
fn cause<T: StdError + 'static>(error: &reqwest::Error) -> Option<&T> {
    chain(error).find_map(|cause| cause.downcast_ref())
}

fn chain(error: &reqwest::Error) -> impl Iterator<Item = &(dyn StdError + 'static)> {
    std::iter::successors(error.source(), |&cause| cause.source())
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
