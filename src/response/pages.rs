//! Paginated lists.

use std::fmt;
use std::future::ready;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures_core::Stream;
use futures_util::stream::{StreamExt, TryStreamExt, iter, once, try_unfold};
use serde::Serialize;

use super::Response;
use crate::error::Error;

/// A stream of the pages or rows of a list.
///
/// It is lazy: the next page is requested when its first row is polled. It ends at the total that the service reports, or
/// without a total at a page that is not full; at an empty page; and, without an error even if rows remain, at the
/// maximum of `offset` plus `limit` that the OpenAPI document declares. It also ends after an error. Each page is a call
/// with its own timeout and retries. Rows that are added or deleted meanwhile may be missed or returned
/// twice, since the service counts rows from the start of the list.
///
/// It implements [`futures_core::Stream`]; [`next`](Self::next) does not need another crate.
pub struct PaginationStream<'a, T> {
    inner: Pin<Box<dyn Stream<Item = Result<T, Error>> + Send + 'a>>,
}

impl<T> PaginationStream<'_, T> {
    /// Returns the next page or row; `None` at the end of the list.
    ///
    /// # Errors
    ///
    /// Returns the error of the call that requested the page. The stream ends after an error.
    pub async fn next(&mut self) -> Option<Result<T, Error>> {
        self.inner.next().await
    }
}

impl<T> Stream for PaginationStream<'_, T> {
    type Item = Result<T, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.inner.as_mut().poll_next(context)
    }
}

impl<T> fmt::Debug for PaginationStream<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PaginationStream").finish_non_exhaustive()
    }
}

/// Where a list starts, and how it is paginated.
#[doc(hidden)]
#[derive(Debug, Clone, Copy)]
pub struct Paging {
    offset: i64,
    limit: i64,
    /// The maximum of offset plus limit.
    end: Option<i64>,
}

impl Paging {
    /// The offset and limit of a builder, or their defaults.
    ///
    /// # Errors
    ///
    /// Returns an error if the offset or the limit is invalid.
    pub fn new(
        offset: &Result<impl Serialize, String>,
        limit: &Result<impl Serialize, String>,
        default_limit: i64,
        end: Option<i64>,
    ) -> Result<Self, Error> {
        let offset = parameter(offset)?.unwrap_or(0);
        let limit = parameter(limit)?.unwrap_or(default_limit);
        if limit < 1 {
            return Err(Error::InvalidRequest(format!("limit is {limit}; set at least 1")));
        }
        Ok(Self { offset, limit, end })
    }
}

/// The pages of a list. `count` returns the number of rows of a page, and `total` the reported number of rows of the
/// whole list.
///
/// Used by generated code.
#[doc(hidden)]
pub fn pages<'a, T, F>(
    paging: Result<Paging, Error>,
    count: fn(&T) -> usize,
    total: fn(&T) -> Option<i64>,
    fetch: impl Fn(i64, i64) -> F + Send + 'a,
) -> PaginationStream<'a, Response<T>>
where
    T: Send + 'a,
    F: Future<Output = Result<Response<T>, Error>> + Send + 'a,
{
    let Paging { offset, limit, end } = match paging {
        Ok(paging) => paging,
        Err(error) => return PaginationStream { inner: Box::pin(once(ready(Err(error)))) },
    };
    let stream = try_unfold(Some(offset), move |next| {
        let page = next.and_then(|offset| {
            let left = end.map_or(limit, |end| end.saturating_sub(offset));
            (left > 0).then(|| (offset, limit.min(left), fetch(offset, limit.min(left))))
        });
        async move {
            let Some((offset, limit, fetched)) = page else { return Ok(None) };
            let response = fetched.await?;
            let rows = i64::try_from(count(&response)).unwrap_or(i64::MAX);
            let next = offset.saturating_add(rows);
            // A service may return fewer rows than requested although there are more.
            let has_more = total(&response).map_or(rows >= limit, |total| next < total);
            Ok(Some((response, (rows > 0 && has_more).then_some(next))))
        }
    });
    PaginationStream { inner: Box::pin(stream) }
}

/// A field of a builder, or nothing if it is not set.
fn parameter(field: &Result<impl Serialize, String>) -> Result<Option<i64>, Error> {
    match field {
        Ok(value) => Ok(total(value)),
        // The initial value of a required parameter.
        Err(message) if message.ends_with("was not initialized") => Ok(None),
        Err(message) => Err(Error::InvalidRequest(message.clone())),
    }
}

/// The number in a field of a response, such as the total number of rows.
#[doc(hidden)]
#[allow(clippy::cast_possible_truncation, reason = "a total is a whole number, even if it is documented as `number`")]
pub fn total(field: &impl Serialize) -> Option<i64> {
    let number = serde_json::to_value(field).ok()?;
    number.as_i64().or_else(|| Some(number.as_f64()? as i64))
}

/// The rows of pages.
///
/// Used by generated code.
#[doc(hidden)]
pub fn rows<'a, T, R>(pages: PaginationStream<'a, Response<T>>, take: fn(T) -> Vec<R>) -> PaginationStream<'a, R>
where
    T: Send + 'a,
    R: Send + 'a,
{
    let rows = pages.map_ok(move |page| iter(take(page.into_inner()).into_iter().map(Ok))).try_flatten();
    PaginationStream { inner: Box::pin(rows) }
}
