//! The answer to a call that worked.

use std::fmt;
use std::ops::{Deref, DerefMut};

use http::{HeaderMap, StatusCode};
use progenitor_client::ResponseValue;

use crate::{Deprecation, RequestId};

/// An answer: its data, and what came with it. It derefs to the data.
#[derive(Clone)]
pub struct Response<T> {
    status: StatusCode,
    headers: HeaderMap,
    attempts: u32,
    /// What the document says that the operation answers.
    pub data: T,
}

impl<T> Response<T> {
    /// Takes the head of the answer as it arrived, where one did: a closure can make a value of its own.
    pub(crate) fn new(value: ResponseValue<T>, head: Option<(StatusCode, HeaderMap)>, attempts: u32) -> Self {
        let (status, headers) = head.unwrap_or_else(|| (value.status(), value.headers().clone()));
        Self { status, headers, attempts, data: value.into_inner() }
    }

    /// The HTTP status, a number from 200 to 299, unless the closure made a value of its own out of another answer.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The headers of the answer.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// The id of the request (`X-request-id`); `None` where the answer has none.
    #[must_use]
    pub fn request_id(&self) -> Option<RequestId> {
        RequestId::of(&self.headers)
    }

    /// The announcement that the operation is to go offline; `None` where the answer has none.
    #[must_use]
    pub fn deprecation(&self) -> Option<Deprecation> {
        Deprecation::of(&self.headers)
    }

    /// How often the request was sent, or was tried to be.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.attempts
    }

    /// Gives the data and drops the rest.
    #[must_use]
    pub fn into_inner(self) -> T {
        self.data
    }
}

impl<T> Deref for Response<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.data
    }
}

impl<T> DerefMut for Response<T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.data
    }
}

/// Shows no header's value: a header may hold a secret, as those of IAM do.
impl<T: fmt::Debug> fmt::Debug for Response<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response")
            .field("status", &self.status)
            .field("request_id", &self.request_id())
            .field("attempts", &self.attempts)
            .field("data", &self.data)
            .finish_non_exhaustive()
    }
}
