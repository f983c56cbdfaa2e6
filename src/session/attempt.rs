//! One attempt: authenticates and sends the request, and reads its response.

use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use http::StatusCode;
use http::header::{HeaderMap, LOCATION};
use reqwest::{Request, Response, Url};

use super::retry::Attempts;
use super::{Session, transport_error};
use crate::auth::authenticate::AppliedCredential;
use crate::auth::secret::Secret;
use crate::error::redact::Redactor;
use crate::error::{Error, ErrorKind};
use crate::response::exchange::Exchange;

/// A request that lacks only its credentials.
pub(super) struct Prepared {
    pub(super) request: Request,
    /// The body of the request, which a retry sends again.
    pub(super) body: Option<Bytes>,
    /// The project in its path.
    pub(super) project_id: Option<String>,
    /// The secrets in its body.
    pub(super) secrets: Vec<Secret>,
}

impl Prepared {
    /// A copy for one attempt. [`Request::try_clone`] would also allocate the extensions for a timeout that is not set.
    fn copy(&self) -> Request {
        let mut copy = Request::new(self.request.method().clone(), self.request.url().clone());
        *copy.headers_mut() = self.request.headers().clone();
        *copy.body_mut() = self.body.clone().map(Into::into);
        copy
    }
}

/// A response. The exchange contains the part of it that could be read.
pub(super) struct Attempt {
    applied: AppliedCredential,
    pub(super) status: StatusCode,
    end: End,
}

/// How the body was read.
enum End {
    Complete,
    TooLarge,
    Broken(reqwest::Error),
    /// The caller reads it.
    Unread(Box<Response>),
}

impl Session {
    /// Adds credentials to a request, and sends a copy of it.
    pub(super) async fn attempt(
        &self,
        exchange: &mut Exchange,
        prepared: &mut Prepared,
        attempts: &mut Attempts,
    ) -> Result<Attempt, Error> {
        let shared = &self.shared;
        exchange.is_authenticating = true;
        let Prepared { request, project_id, secrets, .. } = prepared;
        let applied = shared.authenticator.authenticate(request, project_id.as_deref()).await;
        let applied = applied.map_err(|error| exchange.unauthenticated(error))?;
        // From here on, a retry does not need to log in.
        attempts.start();
        exchange.start_attempt(Redactor::new(request.headers(), secrets.clone(), Arc::clone(&self.options.sensitive)));
        let mut response = shared.http.client.execute(prepared.copy()).await.map_err(|error| {
            let (service, proxy) = (&*self.service, shared.http.proxy_for(prepared.request.url()));
            let (kind, message) = transport_error::classify(&error, service, service.is_regional(), proxy);
            exchange.no_response(kind, message).with_source(error.without_url())
        })?;
        let (status, headers) = (response.status(), std::mem::take(response.headers_mut()));
        shared.authenticator.accept(&applied, status);
        exchange.record_head(status, headers);
        let end = if exchange.operation.streamed && status.is_success() {
            End::Unread(Box::new(response))
        } else {
            let (body, end) = read(&mut response, shared.settings.max_response_bytes).await;
            exchange.received.body = body;
            end
        };
        Ok(Attempt { applied, status, end })
    }

    /// Prepares new credentials if these were rejected, and returns whether any are available.
    pub(super) fn renews_credentials(&self, exchange: &Exchange, attempt: &Attempt) -> bool {
        let authenticator = &self.shared.authenticator;
        authenticator.renew(&attempt.applied, attempt.status, exchange.headers(), &exchange.received.body)
    }
}

impl Attempt {
    pub(super) fn is_broken_success(&self) -> bool {
        self.status.is_success() && matches!(self.end, End::Broken(_))
    }

    /// Returns the body of a success for the caller to read, or the error of any other response.
    pub(super) fn finish(self, exchange: &Exchange, limit: usize) -> Result<Option<Response>, Error> {
        let Self { status, end, .. } = self;
        if status.is_redirection() {
            return Err(exchange.response_error(ErrorKind::Redirect, &redirect(exchange.headers())));
        }
        if !status.is_success() {
            // The status decides. A truncated body only provides fewer details.
            return Err(exchange.response_error(ErrorKind::Service, ""));
        }
        match end {
            End::Complete => Ok(None),
            End::Unread(response) => Ok(Some(*response)),
            End::TooLarge => Err(exchange.too_large(limit)),
            End::Broken(error) => Err(exchange.broken(error)),
        }
    }
}

/// Reads a body up to a limit. Also returns what arrived before the connection broke or the limit was exceeded.
async fn read(response: &mut Response, limit: usize) -> (Bytes, End) {
    let mut body = BytesMut::new();
    let end = loop {
        match response.chunk().await {
            Ok(None) => break End::Complete,
            Err(error) => break End::Broken(error),
            Ok(Some(chunk)) => {
                let room = limit - body.len();
                body.extend_from_slice(&chunk[..chunk.len().min(room)]);
                if chunk.len() > room {
                    break End::TooLarge;
                }
            }
        }
    };
    (body.freeze(), end)
}

/// The target of a redirect, without path and query, which may contain secrets.
fn redirect(headers: &HeaderMap) -> String {
    let Some(location) = headers.get(LOCATION) else {
        return ", which is neither a success nor an error; check the endpoint".to_owned();
    };
    let target = location.to_str().ok().and_then(|location| Url::parse(location).ok());
    let target = match target.map(|target| target.origin()) {
        Some(origin) if origin.is_tuple() => format!(" to {}", origin.ascii_serialization()),
        _ => String::new(),
    };
    format!(", a redirect{target}, which is not followed, since that would forward the credentials; check the endpoint")
}
