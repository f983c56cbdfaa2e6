//! One attempt: the request is authenticated and sent, and its response is read.

use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use http::header::{HeaderMap, HeaderName, HeaderValue, LOCATION};
use http::{Method, StatusCode};
use reqwest::{Request, Response, Url};
use tokio::time::Instant;

use super::retry::Attempts;
use super::{Session, transport_error};
use crate::auth::authenticate::AppliedCredential;
use crate::error::redact::Redactor;
use crate::error::{Error, ErrorKind};
use crate::response::Body;
use crate::response::exchange::Exchange;
use crate::response::stream::ByteStream;

/// A request that is complete but for its credentials. It can be sent more than once.
pub(super) struct Prepared {
    pub(super) method: Method,
    pub(super) url: Url,
    pub(super) headers: Vec<(HeaderName, HeaderValue)>,
    pub(super) body: Option<Bytes>,
}

/// A response whose head is in the exchange, with as much of its body as could be read.
pub(super) struct Attempt {
    applied: AppliedCredential,
    pub(super) status: StatusCode,
    pub(super) body: Bytes,
    end: End,
}

/// How the body ended.
enum End {
    Complete,
    TooLarge,
    Broken(reqwest::Error),
    /// It is left to the caller.
    Unread(Box<Response>),
}

impl Session {
    /// Sends a request once.
    pub(super) async fn attempt(
        &self,
        exchange: &mut Exchange,
        request: &Prepared,
        attempts: &mut Attempts,
    ) -> Result<Attempt, Error> {
        let shared = &self.shared;
        exchange.is_authenticating = true;
        let mut request = request.to_request();
        let applied = shared.authenticator.authenticate(&mut request).await;
        let applied = applied.map_err(|error| exchange.unauthenticated(error))?;
        // From here on: a retry needs no login.
        attempts.start();
        exchange.start_attempt(Redactor::new(request.headers(), Arc::clone(&self.options.sensitive)));
        let mut response = shared.http.client.execute(request).await.map_err(|error| {
            let (kind, message) = transport_error::classify(&error, &self.service, shared.http.proxy.as_deref());
            exchange.no_response(kind, message).with_source(error.without_url())
        })?;
        let (status, headers) = (response.status(), std::mem::take(response.headers_mut()));
        shared.authenticator.accept(&applied, status);
        exchange.record_head(status, headers);
        let (body, end) = if exchange.operation.streamed && status.is_success() {
            (Bytes::new(), End::Unread(Box::new(response)))
        } else {
            read(&mut response, shared.max_response_bytes).await
        };
        exchange.received.body = body.clone();
        Ok(Attempt { applied, status, body, end })
    }

    /// Makes other credentials ready if these were rejected, and returns whether there are any.
    pub(super) fn renews_credentials(&self, exchange: &Exchange, attempt: &Attempt) -> bool {
        let Attempt { applied, status, body, .. } = attempt;
        self.shared.authenticator.renew(applied, *status, exchange.headers(), body)
    }
}

impl Prepared {
    fn to_request(&self) -> Request {
        let mut request = Request::new(self.method.clone(), self.url.clone());
        // With room for those of the credentials and of the HTTP library.
        let mut headers = HeaderMap::with_capacity(self.headers.len() + 4);
        for (name, value) in &self.headers {
            headers.append(name, value.clone());
        }
        *request.headers_mut() = headers;
        *request.body_mut() = self.body.clone().map(reqwest::Body::from);
        request
    }
}

impl Attempt {
    /// Whether the response was a success that broke off.
    pub(super) fn is_broken_success(&self) -> bool {
        self.status.is_success() && matches!(self.end, End::Broken(_))
    }

    /// The body for generated code if the response was a success.
    pub(super) fn finish(self, exchange: &Exchange, deadline: Instant, limit: usize) -> Result<Body, Error> {
        let Self { status, body, end, .. } = self;
        if status.is_redirection() {
            return Err(exchange.response_error(ErrorKind::Redirect, &redirect(exchange.headers())));
        }
        if !status.is_success() {
            // What matters is the status; a body that is cut off only says less about it.
            return Err(exchange.response_error(ErrorKind::Service, ""));
        }
        match end {
            End::Complete => Ok(Body::Read(body)),
            End::Unread(response) => {
                Ok(Body::Stream(Box::new(ByteStream::new(*response, exchange.clone(), deadline, limit))))
            }
            End::TooLarge => {
                let what = format!(" with a body of more than {limit} bytes; raise max_response_bytes to read it");
                Err(exchange.response_error(ErrorKind::TooLarge, &what))
            }
            End::Broken(error) => {
                let what = ", but the connection closed before the whole body arrived";
                let failed = exchange.response_error(ErrorKind::Transport, what);
                Err(failed.undecided().with_source(error.without_url()))
            }
        }
    }
}

/// Reads a body up to a limit. What arrived before it broke or became too large is kept.
async fn read(response: &mut Response, limit: usize) -> (Bytes, End) {
    // Most bodies arrive in one piece, which is used as it is.
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

/// Says where a redirect leads, without path and query, which may hold anything.
fn redirect(headers: &HeaderMap) -> String {
    let Some(location) = headers.get(LOCATION) else {
        return ", which is neither a success nor an error; check the endpoint".to_owned();
    };
    let target = location.to_str().ok().and_then(|location| Url::parse(location).ok());
    let target = match target.map(|target| target.origin()) {
        Some(origin) if origin.is_tuple() => format!(" to {}", origin.ascii_serialization()),
        _ => String::new(),
    };
    format!(", a redirect{target}, which is not followed because the credentials would go with it; check the endpoint")
}
