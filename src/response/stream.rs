//! Streamed response bodies.

use std::fmt;

use bytes::{Bytes, BytesMut};
use tokio::time::{Instant, timeout_at};

use super::{RawResponse, Response};
use crate::error::{Error, ErrorKind};

/// The body of a response that is not JSON, such as text or a file. It is read in chunks.
///
/// Reading is part of the call: it must complete within the [timeout](crate::ClientBuilder::timeout) of the call, and
/// the size is limited by [`max_response_bytes`](crate::ClientBuilder::max_response_bytes). A truncated body is not
/// retried. Errors contain the status and the request id of the response.
pub struct ByteStream {
    response: RawResponse,
    /// The number of bytes that may still be read.
    left: usize,
    has_failed: bool,
}

/// Used by generated code.
#[doc(hidden)]
impl Response<ByteStream> {
    #[must_use]
    pub fn stream(response: RawResponse) -> Self {
        let exchange = &response.exchange;
        let (status, headers, attempts) = (response.status(), exchange.headers().clone(), exchange.attempts);
        let data = ByteStream { left: response.limit, response, has_failed: false };
        Self { status, headers, attempts, data }
    }
}

impl ByteStream {
    /// Reads the next chunk; `None` at the end of the body.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Timeout`] if the deadline of the call expires, [`ErrorKind::Transport`] if the connection breaks,
    /// and [`ErrorKind::TooLarge`] if the body is longer than the client accepts. Nothing can be read after an error.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, Error> {
        let chunk = self.read().await;
        self.has_failed |= chunk.is_err();
        chunk
    }

    async fn read(&mut self) -> Result<Option<Bytes>, Error> {
        let RawResponse { exchange, unread, deadline, limit } = &mut self.response;
        if self.has_failed {
            // Later data would not continue the data that was returned.
            return Err(exchange.response_error(ErrorKind::Transport, ", but an earlier read of the body failed"));
        }
        let Some(response) = unread else { return Ok(None) };
        let chunk = match timeout_at(*deadline, response.chunk()).await {
            // A chunk that has already arrived is not returned after the deadline.
            Ok(Ok(chunk)) if Instant::now() < *deadline => chunk,
            Ok(Err(error)) => return Err(exchange.broken(error)),
            _ => {
                let what = ", but the body did not arrive before the deadline of the call";
                return Err(exchange.response_error(ErrorKind::Timeout, what).outcome_unknown());
            }
        };
        let length = chunk.as_ref().map_or(0, Bytes::len);
        self.left = self.left.checked_sub(length).ok_or_else(|| exchange.too_large(*limit))?;
        Ok(chunk)
    }

    /// Reads the rest of the body.
    ///
    /// # Errors
    ///
    /// Those of [`chunk`](Self::chunk).
    pub async fn bytes(mut self) -> Result<Bytes, Error> {
        let mut whole = BytesMut::new();
        while let Some(chunk) = self.chunk().await? {
            whole.extend_from_slice(&chunk);
        }
        Ok(whole.freeze())
    }

    /// Reads the rest of the body as UTF-8.
    ///
    /// # Errors
    ///
    /// Those of [`chunk`](Self::chunk), and [`ErrorKind::Decode`] if the body is not UTF-8.
    pub async fn text(self) -> Result<String, Error> {
        let exchange = self.response.exchange.clone();
        String::from_utf8(self.bytes().await?.into()).map_err(|error| {
            let what = format!(" with a body that is not UTF-8, at byte {}", error.utf8_error().valid_up_to());
            exchange.response_error(ErrorKind::Decode, &what)
        })
    }
}

impl fmt::Debug for ByteStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ByteStream").finish_non_exhaustive()
    }
}
