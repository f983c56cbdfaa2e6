//! Response bodies that the caller reads.

use std::fmt;

use bytes::{Bytes, BytesMut};
use tokio::time::{Instant, timeout_at};

use super::exchange::Exchange;
use crate::error::{Error, ErrorKind};

/// The body of a response that is not JSON, such as text or a file. It is read piece by piece.
///
/// Reading is a part of the call: it has to end within the [timeout](crate::ClientBuilder::timeout) of the call, and what is read is
/// limited by [`max_response_bytes`](crate::ClientBuilder::max_response_bytes). A body that breaks off is not retried. Errors carry
/// the status and the request id of the response.
pub struct ByteStream {
    source: Source,
    exchange: Exchange,
    /// How many bytes may still be read, of so many in all.
    left: usize,
    limit: usize,
}

enum Source {
    Read(Option<Bytes>),
    Live {
        response: reqwest::Response,
        deadline: Instant,
    },
    /// Reading failed. What would follow does not continue what was read.
    Failed,
}

impl ByteStream {
    pub(super) fn from_read(body: Bytes, exchange: Exchange) -> Self {
        Self { left: body.len(), limit: body.len(), source: Source::Read(Some(body)), exchange }
    }

    pub(crate) fn new(response: reqwest::Response, exchange: Exchange, deadline: Instant, limit: usize) -> Self {
        Self { source: Source::Live { response, deadline }, exchange, left: limit, limit }
    }

    /// Reads the next piece; `None` at the end of the body.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Timeout`] if the deadline of the call expires, [`ErrorKind::Transport`] if the connection breaks, and
    /// [`ErrorKind::TooLarge`] if the body is longer than the client accepts. Nothing can be read after an error.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, Error> {
        let chunk = self.read().await;
        if chunk.is_err() {
            self.source = Source::Failed;
        }
        chunk
    }

    async fn read(&mut self) -> Result<Option<Bytes>, Error> {
        let (response, deadline) = match &mut self.source {
            Source::Read(body) => return Ok(body.take()),
            Source::Live { response, deadline } => (response, *deadline),
            Source::Failed => {
                let what = ", but reading its body failed before";
                return Err(self.exchange.response_error(ErrorKind::Transport, what));
            }
        };
        let chunk = match timeout_at(deadline, response.chunk()).await {
            // A piece that has arrived already is not read after the deadline.
            Ok(Ok(chunk)) if Instant::now() < deadline => chunk,
            Ok(Err(error)) => {
                let what = ", but the connection closed before the whole body arrived";
                let failed = self.exchange.response_error(ErrorKind::Transport, what).undecided();
                return Err(failed.with_source(error.without_url()));
            }
            _ => {
                let what = ", but the body did not arrive before the deadline of the call";
                return Err(self.exchange.response_error(ErrorKind::Timeout, what).undecided());
            }
        };
        let length = chunk.as_ref().map_or(0, Bytes::len);
        let Some(left) = self.left.checked_sub(length) else {
            let what = format!(" with a body of more than {} bytes; raise max_response_bytes to read it", self.limit);
            return Err(self.exchange.response_error(ErrorKind::TooLarge, &what));
        };
        self.left = left;
        Ok(chunk)
    }

    /// Reads the rest of the body.
    ///
    /// # Errors
    ///
    /// Those of [`chunk`](Self::chunk).
    pub async fn bytes(mut self) -> Result<Bytes, Error> {
        let Some(first) = self.chunk().await? else { return Ok(Bytes::new()) };
        let Some(second) = self.chunk().await? else { return Ok(first) };
        let mut whole = BytesMut::from(first);
        whole.extend_from_slice(&second);
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
        let exchange = self.exchange.clone();
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
