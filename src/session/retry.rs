//! When a call retries its request.

use std::time::Duration;

use http::{HeaderMap, StatusCode};
use tokio::time::Instant;

use crate::error::ErrorKind;
use crate::error::body::{ErrorBody, IAM_UNREACHABLE, gateway_code};
use crate::headers;
use crate::operation::Operation;

/// Two retries outlast a second of throttling or a gateway that restarts. More would add load to a service that is in trouble.
const ATTEMPTS: u32 = 3;
/// The gateway counts calls by the second. The first two delays together are longer than that.
const FIRST_DELAY: Duration = Duration::from_millis(500);
/// A third of the default timeout of a call, so that something is left for the retry.
const MAX_DELAY: Duration = Duration::from_secs(10);

/// When a call retries its request.
///
/// By default only requests that were certainly not processed are retried: if no connection was made, after a 429, and if the
/// gateway could not reach IAM (a 503 with the code `0613`). The timeout of the call covers all attempts and delays. Independently
/// of this policy, and not counted by it, a request that was rejected because of an expired token or a wrong clock is retried once.
///
/// Delays double from half a second, since the gateway counts calls by the second and the first two together are longer. Each gets a
/// random part of up to the same length, so that many clients do not return at once. If a response asks for a longer delay
/// (`Retry-After`), that is used, with a random part of up to half a second. No delay exceeds [`longest_wait`](Self::longest_wait),
/// and a retry is skipped if the deadline would expire before it could take as long as the previous attempt: the error of that
/// attempt says more than a timeout.
///
/// ```
/// use std::time::Duration;
///
/// use secmaster_client::{Client, RetryPolicy};
///
/// let client = Client::builder()
///     .region("cn-north-4")
///     .token("MII...")
///     .retry(RetryPolicy::new().attempts(5).longest_wait(Duration::from_secs(20)).idempotent_calls(true))
///     .build()?;
/// # Ok::<(), secmaster_client::ConfigError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetryPolicy {
    attempts: u32,
    longest_wait: Duration,
    unavailable: bool,
    idempotent_calls: bool,
}

impl RetryPolicy {
    /// The default policy: three [attempts](Self::attempts), a [delay](Self::longest_wait) of at most ten seconds, and no retry of
    /// requests that may have been processed.
    #[must_use]
    pub fn new() -> Self {
        Self { attempts: ATTEMPTS, longest_wait: MAX_DELAY, unavailable: false, idempotent_calls: false }
    }

    /// Retries nothing by this policy. A request whose token expired is still retried, since it was not processed.
    #[must_use]
    pub fn none() -> Self {
        Self::new().attempts(1)
    }

    /// Sets the maximum number of attempts; zero counts as one. The default is three: two retries outlast a second of throttling or
    /// a gateway that restarts, and more would add load to a service that is in trouble.
    #[must_use]
    pub fn attempts(mut self, attempts: u32) -> Self {
        self.attempts = attempts.max(1);
        self
    }

    /// Sets the maximum delay between two attempts. The default is ten seconds: a third of the default timeout of a call, so that
    /// something is left for the retry. If a response asks for a longer delay, the call fails and the error
    /// [reports](crate::Error::retry_after) it.
    #[must_use]
    pub fn longest_wait(mut self, wait: Duration) -> Self {
        self.longest_wait = wait;
        self
    }

    /// Also retries after a 502, 503 or 504, whatever the operation. The request may have been processed before such a response, so
    /// a create may create twice.
    #[must_use]
    pub fn on_unavailable(mut self, retry: bool) -> Self {
        self.unavailable = retry;
        self
    }

    /// Also retries calls whose method is idempotent, such as GET, PUT and DELETE, after a 502, 503 or 504 and after a broken
    /// connection.
    #[must_use]
    pub fn idempotent_calls(mut self, retry: bool) -> Self {
        self.idempotent_calls = retry;
        self
    }

    /// Whether a response is a reason to retry.
    fn covers_response(self, operation: &Operation, status: StatusCode, body: &[u8]) -> bool {
        match status.as_u16() {
            429 => true,
            503 if is_iam_unreachable(status, body) => true,
            502..=504 => self.unavailable || self.idempotent_calls && operation.is_idempotent(),
            _ => false,
        }
    }

    /// Whether a failure without a response is a reason to retry.
    fn covers_failure(self, operation: &Operation, kind: ErrorKind) -> bool {
        match kind {
            ErrorKind::Connect => true,
            ErrorKind::Transport => self.idempotent_calls && operation.is_idempotent(),
            _ => false,
        }
    }
}

/// Whether a response means that the gateway rejected the request, so that it was not processed.
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
    made: u32,
    /// How many of them the policy does not count.
    exempt: u32,
    /// How many delays there were.
    delays: u32,
    started: Instant,
}

impl Attempts {
    pub(crate) fn new(policy: RetryPolicy, deadline: Instant) -> Self {
        Self { policy, deadline, made: 0, exempt: 0, delays: 0, started: Instant::now() }
    }

    /// Records that an attempt starts.
    pub(crate) fn start(&mut self) {
        self.made += 1;
        self.started = Instant::now();
    }

    /// Does not count the last attempt: it is retried with other credentials, whatever the policy.
    pub(crate) fn exempt(&mut self) {
        self.exempt += 1;
    }

    /// The delay before the retry that a response is a reason for.
    pub(crate) fn after_response(
        &mut self,
        operation: &Operation,
        status: StatusCode,
        headers: &HeaderMap,
        body: &[u8],
    ) -> Option<Duration> {
        if !self.policy.covers_response(operation, status, body) {
            return None;
        }
        self.delay(headers::retry_after(headers))
    }

    /// The delay before the retry that a failure without a response is a reason for.
    pub(crate) fn after_failure(&mut self, operation: &Operation, kind: ErrorKind) -> Option<Duration> {
        if !self.policy.covers_failure(operation, kind) {
            return None;
        }
        self.delay(None)
    }

    fn delay(&mut self, requested: Option<Duration>) -> Option<Duration> {
        if self.made - self.exempt >= self.policy.attempts {
            return None;
        }
        let longest = self.policy.longest_wait;
        let backoff = FIRST_DELAY.saturating_mul(2_u32.saturating_pow(self.delays)).min(longest);
        self.delays += 1;
        let backoff = with_jitter(backoff, backoff).min(longest);
        let requested = requested.unwrap_or_default();
        let delay = with_jitter(requested, FIRST_DELAY).min(longest).max(requested).max(backoff);
        // A retry may take as long as the last attempt did. One that the deadline cuts off only hides why that failed.
        let needed = delay.checked_add(self.started.elapsed())?;
        let end = Instant::now().checked_add(needed)?;
        (delay <= longest && end < self.deadline).then_some(delay)
    }
}

/// Adds a random part, so that clients that fail together do not come back together.
fn with_jitter(delay: Duration, most: Duration) -> Duration {
    delay.saturating_add(most.mul_f64(fastrand::f64()))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a failed assumption of a test is a panic")]
mod tests {
    use super::*;

    fn operation(method: &'static str) -> Operation {
        Operation::new("X", "x", method, "/x", None, false, tracing::Span::none)
    }

    #[test]
    fn what_certainly_was_not_carried_out_is_repeated_and_the_rest_on_demand() {
        let (new, wide) = (RetryPolicy::new(), RetryPolicy::new().on_unavailable(true));
        let idempotent = RetryPolicy::new().idempotent_calls(true);
        // status; then for a POST and a GET: unless set, with on_unavailable, with idempotent_calls
        let cases = [
            (200, [false; 6]),
            (400, [false; 6]),
            (401, [false; 6]),
            (429, [true; 6]),
            (500, [false; 6]),
            (502, [false, true, false, false, true, true]),
            (503, [false, true, false, false, true, true]),
            (504, [false, true, false, false, true, true]),
        ];
        for (status, expected) in cases {
            let status = StatusCode::from_u16(status).unwrap();
            let found = ["POST", "GET"].map(|method| {
                [new, wide, idempotent].map(|policy| policy.covers_response(&operation(method), status, b""))
            });
            assert_eq!(found.concat(), expected, "{status}");
        }
        let cases = [
            (ErrorKind::InvalidRequest, [false; 6]),
            (ErrorKind::Authentication, [false; 6]),
            (ErrorKind::Connect, [true; 6]),
            (ErrorKind::Timeout, [false; 6]),
            (ErrorKind::Transport, [false, false, false, false, false, true]),
        ];
        for (kind, expected) in cases {
            let found = ["POST", "GET"]
                .map(|method| [new, wide, idempotent].map(|policy| policy.covers_failure(&operation(method), kind)));
            assert_eq!(found.concat(), expected, "{kind:?}");
        }
    }

    fn attempts(policy: RetryPolicy, timeout: Duration) -> Attempts {
        let mut attempts = Attempts::new(policy, Instant::now() + timeout);
        attempts.start();
        attempts
    }

    const LONG: Duration = Duration::from_secs(1000);

    #[tokio::test(start_paused = true)]
    async fn waits_double_with_a_random_part_up_to_the_longest() {
        let mut attempts = attempts(RetryPolicy::new().attempts(9), LONG);
        for bounds in [(500, 1000), (1000, 2000), (2000, 4000), (4000, 8000), (8000, 10_000), (10_000, 10_000)] {
            let wait = attempts.after_failure(&operation("POST"), ErrorKind::Connect).unwrap();
            let (from, to) = (Duration::from_millis(bounds.0), Duration::from_millis(bounds.1));
            assert!((from..=to).contains(&wait), "{wait:?} {bounds:?}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn the_number_of_attempts_is_kept() {
        for (allowed, expected) in [(0, 1), (1, 1), (2, 2), (5, 5)] {
            let mut attempts = Attempts::new(RetryPolicy::new().attempts(allowed), Instant::now() + LONG);
            attempts.start();
            while attempts.after_failure(&operation("POST"), ErrorKind::Connect).is_some() {
                attempts.start();
            }
            assert_eq!(attempts.made, expected);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_repeat_has_to_fit_as_long_as_the_last_attempt_took() {
        for (took, fits) in [(10, true), (14, false)] {
            let mut attempts = attempts(RetryPolicy::new(), Duration::from_secs(25));
            tokio::time::advance(Duration::from_secs(took)).await;
            assert_eq!(attempts.after_failure(&operation("POST"), ErrorKind::Connect).is_some(), fits, "{took}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_wait_without_end_is_not_begun() {
        let policy = RetryPolicy::new().longest_wait(Duration::MAX);
        let asking = HeaderMap::from_iter([(http::header::RETRY_AFTER, "18446744073709551615".parse().unwrap())]);
        let mut attempts = attempts(policy, LONG);
        assert_eq!(attempts.after_response(&operation("GET"), StatusCode::TOO_MANY_REQUESTS, &asking, b""), None);
    }

    #[test]
    fn a_gateway_that_could_not_reach_iam_let_nothing_pass() {
        let covers = |status, body: &str| {
            let status = StatusCode::from_u16(status).unwrap();
            RetryPolicy::new().covers_response(&operation("POST"), status, body.as_bytes())
        };
        assert!(covers(503, r#"{"error_code":"APIGW.0613"}"#));
        assert!(!covers(502, r#"{"error_code":"APIGW.0613"}"#));
        assert!(!covers(503, r#"{"error_code":"SecMaster.0613"}"#));
        assert!(!covers(503, ""));
    }

    /// How long the first wait is after a 429 that asks for one.
    fn asked(text: &str, timeout: Duration) -> Option<Duration> {
        asked_by(StatusCode::TOO_MANY_REQUESTS, text, timeout)
    }

    /// The same after any answer that a policy can cover.
    fn asked_by(status: StatusCode, text: &str, timeout: Duration) -> Option<Duration> {
        let headers = HeaderMap::from_iter([(http::header::RETRY_AFTER, text.parse().unwrap())]);
        let mut attempts = attempts(RetryPolicy::new().on_unavailable(true), timeout);
        attempts.after_response(&operation("POST"), status, &headers, b"")
    }

    #[tokio::test(start_paused = true)]
    async fn what_an_answer_asks_for_is_waited_for_within_bounds() {
        for status in [429, 502, 503, 504] {
            let asked = |text, timeout| asked_by(StatusCode::from_u16(status).unwrap(), text, timeout);
            let longest = Some(Duration::from_secs(10));
            assert_eq!(asked("10", LONG), longest, "there is no room for a random part after {status}");
            assert_eq!(asked("11", LONG), None, "longer than the longest wait after {status}");
            assert_eq!(asked("7", Duration::from_secs(7)), None, "longer than the call may take after {status}");
        }
        assert!(asked("0", LONG).unwrap() >= FIRST_DELAY);
        assert!(asked("soon", LONG).unwrap() >= FIRST_DELAY);
        let date = httpdate::fmt_http_date(std::time::SystemTime::now() + Duration::from_secs(8));
        let waited = asked(&date, LONG).unwrap();
        assert!((Duration::from_secs(6)..=Duration::from_millis(8500)).contains(&waited), "{waited:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn many_clients_do_not_come_back_at_once() {
        let own = || attempts(RetryPolicy::new(), LONG).after_failure(&operation("POST"), ErrorKind::Connect);
        let cases: [(&dyn Fn() -> Option<Duration>, _); 4] = [
            (&own, 500..=1000),
            (&|| asked("0", LONG), 500..=1000),
            (&|| asked("1", LONG), 1000..=1500),
            (&|| asked("7", LONG), 7000..=7500),
        ];
        for (wait, bounds) in cases {
            let waits: Vec<_> = (0..32).map(|_| wait().unwrap()).collect();
            assert!(waits.iter().all(|wait| bounds.contains(&wait.as_millis())), "{waits:?}");
            assert!(waits.iter().any(|wait| *wait != waits[0]), "{waits:?}");
        }
    }
}
