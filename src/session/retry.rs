//! Retries.

use std::time::Duration;

use http::{HeaderMap, StatusCode};
use tokio::time::Instant;

use crate::error::ErrorKind;
use crate::error::body::{ErrorBody, IAM_UNREACHABLE, gateway_code};
use crate::headers;
use crate::operation::Operation;

const ATTEMPTS: u32 = 3;
const FIRST_DELAY: Duration = Duration::from_millis(500);
const MAX_DELAY: Duration = Duration::from_secs(10);

/// Configures when a call is retried.
///
/// By default only requests that were certainly not processed are retried: if no connection was made, after a 429, and
/// if the gateway could not reach IAM (a 503 with the code `0613`). The timeout of the call covers all attempts and
/// delays. Independently of this policy, and not counted by it, a request that was rejected because of an expired token
/// or a wrong clock is retried once.
///
/// Delays double from half a second, since the gateway counts calls per second and the first two delays exceed that.
/// Jitter of up to the same length is added to each, so that clients do not retry simultaneously. If a response
/// requests a longer delay (`Retry-After`), that is used, plus jitter of up to half a second. No delay exceeds
/// [`max_delay`](Self::max_delay). A retry is skipped if the deadline leaves it less time than the previous attempt
/// took: the error of that attempt is more useful than a timeout.
///
/// ```
/// use std::time::Duration;
///
/// use secmaster_client::{Client, RetryPolicy};
///
/// let client = Client::builder()
///     .region("cn-north-4")
///     .token("MII...")
///     .retry(RetryPolicy::new().attempts(5).max_delay(Duration::from_secs(20)).idempotent_calls(true))
///     .build()?;
/// # Ok::<(), secmaster_client::ConfigError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetryPolicy {
    attempts: u32,
    max_delay: Duration,
    unavailable: bool,
    idempotent_calls: bool,
}

impl RetryPolicy {
    /// The default policy: three [attempts](Self::attempts), a [delay](Self::max_delay) of at most ten seconds, and no
    /// retry of requests that may have been processed.
    #[must_use]
    pub fn new() -> Self {
        Self { attempts: ATTEMPTS, max_delay: MAX_DELAY, unavailable: false, idempotent_calls: false }
    }

    /// Disables retries. A request that was rejected because of an expired token is still retried once, since it was
    /// not processed.
    #[must_use]
    pub fn none() -> Self {
        Self::new().attempts(1)
    }

    /// Sets the maximum number of attempts; zero counts as one. The default is three: two retries outlast a second of
    /// throttling or a gateway restart, and more would add load to an overloaded service.
    #[must_use]
    pub fn attempts(mut self, attempts: u32) -> Self {
        self.attempts = attempts.max(1);
        self
    }

    /// Sets the maximum delay between two attempts. The default is ten seconds, a third of the default timeout of a
    /// call, which leaves time for the retry. If a response requests a longer delay, the call fails and the error
    /// [reports](crate::Error::retry_after) it.
    #[must_use]
    pub fn max_delay(mut self, delay: Duration) -> Self {
        self.max_delay = delay;
        self
    }

    /// Also retries after a 502, 503 or 504, for every operation. The request may have been processed before such a
    /// response, so a create may create twice.
    #[must_use]
    pub fn on_unavailable(mut self, retry: bool) -> Self {
        self.unavailable = retry;
        self
    }

    /// Also retries calls whose method is idempotent, such as GET, PUT and DELETE, after a 502, 503 or 504 and after a
    /// broken connection.
    #[must_use]
    pub fn idempotent_calls(mut self, retry: bool) -> Self {
        self.idempotent_calls = retry;
        self
    }

    fn covers_response(self, operation: &Operation, status: StatusCode, body: &[u8]) -> bool {
        match status.as_u16() {
            429 => true,
            503 if is_iam_unreachable(status, body) => true,
            502..=504 => self.unavailable || self.idempotent_calls && operation.is_idempotent(),
            _ => false,
        }
    }

    fn covers_failure(self, operation: &Operation, kind: ErrorKind) -> bool {
        match kind {
            ErrorKind::Connect => true,
            ErrorKind::Transport => self.idempotent_calls && operation.is_idempotent(),
            _ => false,
        }
    }
}

/// Whether a response means that the gateway rejected the request before it was processed.
pub(crate) fn is_rejected(status: StatusCode, body: &[u8]) -> bool {
    matches!(status, StatusCode::UNAUTHORIZED | StatusCode::TOO_MANY_REQUESTS) || is_iam_unreachable(status, body)
}

/// Whether the gateway rejected the request because it could not reach IAM.
fn is_iam_unreachable(status: StatusCode, body: &[u8]) -> bool {
    status == StatusCode::SERVICE_UNAVAILABLE
        && ErrorBody::parse(body).code.as_deref().and_then(gateway_code) == Some(IAM_UNREACHABLE)
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self::new()
    }
}

/// The attempts of one call.
pub(crate) struct Attempts {
    policy: RetryPolicy,
    deadline: Instant,
    /// The number of attempts that the policy counts.
    counted: u32,
    started: Instant,
}

impl Attempts {
    pub(crate) fn new(policy: RetryPolicy, deadline: Instant) -> Self {
        Self { policy, deadline, counted: 0, started: Instant::now() }
    }

    pub(crate) fn start(&mut self) {
        self.counted += 1;
        self.started = Instant::now();
    }

    /// Does not count the last attempt, which is retried with other credentials under any policy.
    pub(crate) fn exempt(&mut self) {
        self.counted -= 1;
    }

    pub(crate) fn after_response(
        &mut self,
        operation: &Operation,
        status: StatusCode,
        headers: &HeaderMap,
        body: &[u8],
    ) -> Option<Duration> {
        let is_covered = self.policy.covers_response(operation, status, body);
        is_covered.then(|| self.delay(headers::retry_after(headers)))?
    }

    pub(crate) fn after_failure(&mut self, operation: &Operation, kind: ErrorKind) -> Option<Duration> {
        self.policy.covers_failure(operation, kind).then(|| self.delay(None))?
    }

    fn delay(&mut self, requested: Option<Duration>) -> Option<Duration> {
        if self.counted >= self.policy.attempts {
            return None;
        }
        let longest = self.policy.max_delay;
        let backoff = FIRST_DELAY.saturating_mul(2_u32.saturating_pow(self.counted.saturating_sub(1))).min(longest);
        let backoff = with_jitter(backoff, backoff).min(longest);
        let requested = requested.unwrap_or_default();
        let delay = with_jitter(requested, FIRST_DELAY).min(longest).max(requested).max(backoff);
        // A retry may take as long as the last attempt. If the deadline interrupts it, the original error is lost.
        let needed = delay.checked_add(self.started.elapsed())?;
        let end = Instant::now().checked_add(needed)?;
        (delay <= longest && end < self.deadline).then_some(delay)
    }
}

/// Adds jitter, so that clients that fail together do not retry together.
fn with_jitter(delay: Duration, most: Duration) -> Duration {
    delay.saturating_add(most.mul_f64(fastrand::f64()))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests may panic")]
mod tests;
