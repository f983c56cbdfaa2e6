//! When a call sends its request again.

use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBackoff, ExponentialBuilder};
use http::{HeaderMap, StatusCode};
use tokio::time::Instant;

use crate::error_body::{ErrorBody, gateway_code};
use crate::retry_after::retry_after;
use crate::{ErrorKind, Operation};

/// Two repeats get over a second of throttling or a gateway that restarts. More would add load to a service that is in trouble.
const ATTEMPTS: u32 = 3;
/// The gateway counts calls by the second. The first two waits together are longer than that.
const FIRST_WAIT: Duration = Duration::from_millis(500);
/// A third of the time that a call has unless set, so that something is left for the repeat.
const LONGEST_WAIT: Duration = Duration::from_secs(10);

/// The number by which the gateway says, with a 503, that it could not reach IAM and so let nothing pass.
pub(crate) const IAM_UNREACHABLE: &str = "0613";

/// When a call sends its request again.
///
/// Unless told otherwise, only what certainly was not carried out is repeated: where no connection was made, after a 429, and
/// where the gateway could not reach IAM (a 503 with the code `0613`). The time for the whole call bounds all attempts and waits
/// together. Apart from this policy, and not counted by it, a request that was refused because of a token that has ended, or a
/// clock that is off, is repeated once.
///
/// The waits double from half a second: the gateway counts calls by the second, and the first two waits together are longer. A
/// random part of up to as much again is added, so that many clients do not come back at once. Where an answer asks for a longer
/// wait (`Retry-After`), that is kept, with a random part of up to half a second. No wait is longer than the
/// [longest](Self::longest_wait), and none is begun where the time for the call would be over before the repeat could take as long as
/// the last attempt did: what that attempt brought tells more than a call whose time was over.
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
/// # Ok::<(), secmaster_client::BuildError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetryPolicy {
    attempts: u32,
    longest_wait: Duration,
    unavailable: bool,
    idempotent_calls: bool,
}

impl RetryPolicy {
    /// The policy of a client unless set: three [attempts](Self::attempts), a [wait](Self::longest_wait) of at most ten seconds,
    /// and nothing repeated that may have been carried out.
    #[must_use]
    pub fn new() -> Self {
        Self { attempts: ATTEMPTS, longest_wait: LONGEST_WAIT, unavailable: false, idempotent_calls: false }
    }

    /// Repeats nothing by this policy. A request whose token has ended is sent again even so: nothing was carried out.
    #[must_use]
    pub fn none() -> Self {
        Self::new().attempts(1)
    }

    /// Sets how often the request is sent at the most; zero counts as one. Three unless set: two repeats get over a second of
    /// throttling or a gateway that restarts, and more would add load to a service that is in trouble.
    #[must_use]
    pub fn attempts(mut self, attempts: u32) -> Self {
        self.attempts = attempts.max(1);
        self
    }

    /// Sets the longest wait between two attempts. Ten seconds unless set: a third of the time that a call has unless set, so that
    /// something is left for the repeat. An answer that asks for a longer one is not waited for: it becomes an error, which
    /// [tells](crate::Error::retry_after) how long.
    #[must_use]
    pub fn longest_wait(mut self, wait: Duration) -> Self {
        self.longest_wait = wait;
        self
    }

    /// Repeats after a 502, 503 or 504 as well, whatever the operation. The request may have been carried out before such an
    /// answer, so that a create may create twice.
    #[must_use]
    pub fn on_unavailable(mut self, repeat: bool) -> Self {
        self.unavailable = repeat;
        self
    }

    /// Repeats a call whose method is idempotent, such as GET, PUT and DELETE, also after a 502, 503 or 504 and a broken
    /// connection.
    #[must_use]
    pub fn idempotent_calls(mut self, repeat: bool) -> Self {
        self.idempotent_calls = repeat;
        self
    }

    /// Whether an answer is a reason to repeat.
    fn covers_answer(self, operation: &Operation, status: StatusCode, body: &[u8]) -> bool {
        match status.as_u16() {
            429 => true,
            503 if is_iam_unreachable(status, body) => true,
            502..=504 => self.unavailable || self.idempotent_calls && operation.is_idempotent(),
            _ => false,
        }
    }

    /// Whether a failure without an answer is a reason to repeat.
    fn covers_failure(self, operation: &Operation, kind: ErrorKind) -> bool {
        match kind {
            ErrorKind::Connect => true,
            ErrorKind::Transport => self.idempotent_calls && operation.is_idempotent(),
            _ => false,
        }
    }
}

/// Whether an answer means that the gateway let the request not pass, so that nothing was carried out.
pub(crate) fn is_refused(status: StatusCode, body: &[u8]) -> bool {
    matches!(status, StatusCode::UNAUTHORIZED | StatusCode::TOO_MANY_REQUESTS) || is_iam_unreachable(status, body)
}

/// Whether an answer says that the gateway let nothing pass, since it could not reach IAM.
fn is_iam_unreachable(status: StatusCode, body: &[u8]) -> bool {
    status == StatusCode::SERVICE_UNAVAILABLE
        && ErrorBody::read(body).code.as_deref().and_then(gateway_code) == Some(IAM_UNREACHABLE)
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
    /// How many of them do not count.
    excused: u32,
    began: Instant,
    waits: Option<ExponentialBackoff>,
}

impl Attempts {
    pub(crate) fn new(policy: RetryPolicy, deadline: Instant) -> Self {
        Self { policy, deadline, made: 0, excused: 0, began: Instant::now(), waits: None }
    }

    /// Notes that an attempt begins, and tells which it is.
    pub(crate) fn begin(&mut self) -> u32 {
        self.made += 1;
        self.began = Instant::now();
        self.made
    }

    /// Does not count the last attempt: it is repeated with other credentials, whatever the policy.
    pub(crate) fn excuse(&mut self) {
        self.excused += 1;
    }

    /// Whether this policy may ask for another attempt at all.
    fn may_repeat(&self) -> bool {
        self.made - self.excused < self.policy.attempts
    }

    /// How long to wait before the repeat that an answer is a reason for.
    pub(crate) fn after_answer(
        &mut self,
        operation: &Operation,
        status: StatusCode,
        headers: &HeaderMap,
        body: &[u8],
    ) -> Option<Duration> {
        if !self.policy.covers_answer(operation, status, body) {
            return None;
        }
        self.wait(retry_after(headers))
    }

    /// How long to wait before the repeat that a failure without an answer is a reason for.
    pub(crate) fn after_failure(&mut self, operation: &Operation, kind: ErrorKind) -> Option<Duration> {
        if !self.policy.covers_failure(operation, kind) {
            return None;
        }
        self.wait(None)
    }

    fn wait(&mut self, asked: Option<Duration>) -> Option<Duration> {
        if !self.may_repeat() {
            return None;
        }
        let longest = self.policy.longest_wait;
        let waits = self.waits.get_or_insert_with(|| {
            let first = FIRST_WAIT.min(longest);
            ExponentialBuilder::new()
                .with_min_delay(first)
                .with_max_delay(longest)
                .with_jitter()
                .without_max_times()
                .build()
        });
        let own = waits.next().unwrap_or(longest).min(longest);
        let asked = asked.unwrap_or_default();
        let wait = asked.saturating_add(spread()).min(longest).max(asked).max(own);
        // A repeat may take as long as the last attempt did. One that the deadline cuts off only hides why that failed.
        let needed = wait.checked_add(self.began.elapsed())?;
        let ends = Instant::now().checked_add(needed)?;
        (wait <= longest && ends < self.deadline).then_some(wait)
    }
}

/// A random time of up to [`FIRST_WAIT`], so that those who are asked to wait equally long do not come back at once.
fn spread() -> Duration {
    let wait = ExponentialBuilder::new().with_min_delay(FIRST_WAIT).with_jitter().build().next();
    wait.unwrap_or_default().saturating_sub(FIRST_WAIT)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that can not go on says so by a panic")]
mod tests {
    use super::*;

    fn operation(method: &'static str) -> Operation {
        Operation { id: "X", function: "x", method, path: "/x", content_type: None, span: tracing::Span::none }
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
                [new, wide, idempotent].map(|policy| policy.covers_answer(&operation(method), status, b""))
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
        attempts.begin();
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
            let mut made = attempts.begin();
            while attempts.after_failure(&operation("POST"), ErrorKind::Connect).is_some() {
                made = attempts.begin();
            }
            assert_eq!(made, expected);
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
        assert_eq!(attempts.after_answer(&operation("GET"), StatusCode::TOO_MANY_REQUESTS, &asking, b""), None);
    }

    #[test]
    fn a_gateway_that_could_not_reach_iam_let_nothing_pass() {
        let covers = |status, body: &str| {
            let status = StatusCode::from_u16(status).unwrap();
            RetryPolicy::new().covers_answer(&operation("POST"), status, body.as_bytes())
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
        attempts.after_answer(&operation("POST"), status, &headers, b"")
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
        assert!(asked("0", LONG).unwrap() >= FIRST_WAIT);
        assert!(asked("soon", LONG).unwrap() >= FIRST_WAIT);
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
