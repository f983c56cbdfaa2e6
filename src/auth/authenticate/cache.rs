//! Caches the result of a login, and refreshes it before it expires.
//!
//! Time is measured by the runtime's monotonic clock, not the wall clock. After a suspend, a machine may use a token
//! that has expired; the service then rejects it, and the call is retried with a new one.
//!
//! ```text
//!            get: fetch                     expired, or rejected by the service (invalidate)
//! empty ---------------------> cached --------------------------------------------------------> empty
//!   |  ^                        |  ^ refresh in the background before it expires
//!   |  '-- delay over           '--'
//!   '----> failed: calls get the error without another attempt until the delay is over
//! ```

use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::FutureExt;
use tokio::sync::watch;
use tokio::time::{Instant, timeout_at};
use tracing::Instrument;

use super::super::error::{AuthError, Reason};

/// How long before expiry a token is refreshed, so that shorter outages of IAM go unnoticed. It is limited to [a
/// part](REFRESH_PART) of the lifetime, so that a short-lived token is not refreshed all the time.
const REFRESH_MARGIN: Duration = Duration::from_secs(60 * 60);
const REFRESH_PART: u32 = 4;

/// How long a refused login is cached. Accounts are known to be locked after five wrong passwords within a quarter of
/// an hour; this allows three.
const REFUSED_FOR: Duration = Duration::from_secs(5 * 60);

/// Minimum interval between forced refreshes if a freshly issued token was rejected too. In that case the region or
/// project is wrong, not the token.
const FORCED_REFRESH_INTERVAL: Duration = Duration::from_secs(60);

/// The longest `Retry-After` that is honored. A longer one is considered invalid.
const THROTTLED_FOR: Duration = Duration::from_secs(60 * 60);

/// The delays between attempts to reach IAM: each is twice the previous one, from the first to the longest. Calls fail
/// during a delay, so the first is short: a lost connection only fails the calls of one second. At the longest, each
/// client sends one login per minute while IAM is down, and detects within a minute that IAM is available again.
const FIRST_DELAY: Duration = Duration::from_secs(1);
const LONGEST_DELAY: Duration = Duration::from_secs(60);

/// The maximum time that a call waits for an attempt that another call started, even if the timeout is longer.
const LONGEST_LIMIT: Duration = Duration::from_secs(60 * 60);

type Fetching<V> = Pin<Box<dyn Future<Output = Result<Fetched<V>, AuthError>> + Send>>;
type Fetch<V> = dyn Fn() -> Fetching<V> + Send + Sync;
type Outcome<V> = Result<Cached<V>, AuthError>;

pub(crate) struct Fetched<V> {
    pub(crate) value: V,
    /// Its lifetime, counted from before the request; `None` if unknown.
    pub(crate) lifetime: Option<Duration>,
}

#[derive(Debug, Clone)]
pub(crate) struct Cached<V> {
    pub(crate) value: V,
    /// Identifies the login. Zero for a fixed value.
    pub(crate) generation: u64,
    refresh_at: Option<Instant>,
    expires_at: Option<Instant>,
    /// If this value replaced a rejected one: the earliest time of another replacement, unless the service accepted
    /// it.
    next_forced_refresh: Option<Instant>,
}

/// A value that is fixed, or that is fetched on first use, cached, and refreshed. Clones share the cached value.
#[derive(Clone)]
pub(crate) enum Cache<V> {
    Fixed(V),
    Fetched(Arc<Inner<V>>),
}

pub(crate) struct Inner<V> {
    /// How long other calls wait for an attempt. It runs on the runtime of the call that started it; if it takes
    /// longer, that runtime is assumed to be stopped.
    limit: Duration,
    fetch: Box<Fetch<V>>,
    state: Mutex<State<V>>,
}

struct State<V> {
    cached: Option<Cached<V>>,
    generation: u64,
    /// The newest generation that the service has accepted.
    accepted: u64,
    /// Whether the service rejected the last cached value.
    is_rejected: bool,
    fetching: Option<Attempt<V>>,
    /// The last attempt, if it failed, and when the next may start.
    failed: Option<(AuthError, Instant)>,
    delay: Duration,
}

/// An attempt that is not complete.
#[derive(Clone)]
struct Attempt<V> {
    started: Instant,
    /// When other calls stop waiting for it.
    until: Instant,
    outcome: watch::Receiver<Option<Outcome<V>>>,
}

impl<V: Clone + Send + Sync + 'static> Cache<V> {
    /// Caches the result of `fetch`, which completes within `timeout`. Nothing is fetched yet.
    pub(crate) fn new<F>(timeout: Duration, fetch: impl Fn() -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Result<Fetched<V>, AuthError>> + Send + 'static,
    {
        // An attempt reports its own timeout before the others stop waiting.
        let limit = timeout.saturating_add(timeout / 6);
        let state = State {
            cached: None,
            generation: 0,
            accepted: 0,
            is_rejected: false,
            fetching: None,
            failed: None,
            delay: FIRST_DELAY,
        };
        let fetch = Box::new(move || Box::pin(fetch()) as Fetching<V>);
        Self::Fetched(Arc::new(Inner { limit, fetch, state: Mutex::new(state) }))
    }

    /// Returns the cached value, or fetches one if none is valid. Concurrent calls share one attempt. Returns
    /// the error of that attempt or, during the delay after a failure, the cached error.
    pub(crate) async fn get(&self) -> Outcome<V> {
        let inner = match self {
            Self::Fixed(value) => {
                let value = value.clone();
                return Ok(Cached {
                    value,
                    generation: 0,
                    refresh_at: None,
                    expires_at: None,
                    next_forced_refresh: None,
                });
            }
            Self::Fetched(inner) => inner,
        };
        // An attempt without a result is on a runtime that was shut down or is not running, so a new one is started on
        // this runtime.
        for _ in 0..2 {
            let mut attempt = {
                let mut state = inner.state();
                let now = Instant::now();
                let valid = |cached: &Cached<V>| cached.expires_at.is_none_or(|end| now < end);
                if let Some(cached) = state.cached.clone().filter(valid) {
                    let is_due = cached.refresh_at.is_some_and(|at| at <= now);
                    if is_due && state.fetching(now).is_none() && state.failure(now).is_none() {
                        inner.start(&mut state);
                    }
                    return Ok(cached);
                }
                match state.fetching(now) {
                    Some(attempt) => attempt,
                    None => match state.failure(now) {
                        Some(error) => return Err(error),
                        None => inner.start(&mut state),
                    },
                }
            };
            if let Ok(Ok(outcome)) = timeout_at(attempt.until, attempt.outcome.wait_for(Option::is_some)).await
                && let Some(outcome) = outcome.as_ref()
            {
                return outcome.clone();
            }
        }
        Err(AuthError::unavailable(
            "getting credentials was interrupted, because its runtime stopped or is blocked; keep the runtime running",
        ))
    }

    pub(crate) fn accept(&self, generation: u64) {
        if let Self::Fetched(inner) = self {
            let mut state = inner.state();
            state.accepted = state.accepted.max(generation);
        }
    }

    /// Drops the value of one login because the service rejected it, and returns whether another may be fetched. The
    /// value of a later login is not dropped.
    pub(crate) fn invalidate(&self, generation: u64) -> bool {
        let Self::Fetched(inner) = self else { return false };
        let mut state = inner.state();
        let Some(cached) = state.cached.as_ref().filter(|cached| cached.generation == generation) else { return true };
        if state.accepted < generation && cached.next_forced_refresh.is_some_and(|at| Instant::now() < at) {
            return false;
        }
        state.cached = None;
        state.is_rejected = true;
        true
    }
}

impl<V: Clone + Send + Sync + 'static> Inner<V> {
    /// Starts an attempt as a separate task, so that it continues if the call that needed it is dropped.
    fn start(self: &Arc<Self>, state: &mut State<V>) -> Attempt<V> {
        let (sender, outcome) = watch::channel(None);
        let started = Instant::now();
        let until = started + self.limit.min(LONGEST_LIMIT);
        let attempt = Attempt { started, until, outcome };
        state.fetching = Some(attempt.clone());
        let inner = Arc::clone(self);
        let run = async move {
            // Both the function and its future may call code of the user, such as the source of a passcode.
            let result = AssertUnwindSafe(async { (inner.fetch)().await }).catch_unwind().await;
            let panicked = |_| {
                Err(AuthError::unavailable(
                    "the code that gets the credentials panicked; see the panic message on standard error",
                ))
            };
            let outcome = inner.state().finish(started, result.unwrap_or_else(panicked));
            // All waiting calls may have been dropped.
            let _ = sender.send(Some(outcome));
        };
        tokio::spawn(run.in_current_span());
        attempt
    }
}

impl<V> Inner<V> {
    fn state(&self) -> MutexGuard<'_, State<V>> {
        // The state is consistent after each change, so a poisoned lock can be used.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<V: Clone> State<V> {
    /// The current attempt, unless its runtime was shut down or is not running.
    fn fetching(&self, now: Instant) -> Option<Attempt<V>> {
        let is_running = |attempt: &&Attempt<V>| attempt.outcome.has_changed().is_ok() && now < attempt.until;
        self.fetching.as_ref().filter(is_running).cloned()
    }

    /// The last failure, while the next attempt may not start.
    fn failure(&self, now: Instant) -> Option<AuthError> {
        let (error, until) = self.failed.as_ref().filter(|(_, until)| now < *until)?;
        let mut error = error.clone();
        error.cached_for = Some(until.duration_since(now));
        Some(error)
    }

    fn finish(&mut self, started: Instant, result: Result<Fetched<V>, AuthError>) -> Outcome<V> {
        if self.fetching.as_ref().is_some_and(|attempt| attempt.started > started) {
            // Another attempt replaced this one, so its failure does not reflect the state of IAM or the provider.
            if let Err(error) = result {
                return Err(error);
            }
        } else {
            self.fetching = None;
        }
        match result {
            Ok(Fetched { value, lifetime }) => {
                self.generation += 1;
                self.failed = None;
                self.delay = FIRST_DELAY;
                let expires_at = lifetime.and_then(|lifetime| started.checked_add(lifetime));
                let margin = |lifetime: Duration| REFRESH_MARGIN.min(lifetime / REFRESH_PART);
                let refresh_at = lifetime.and_then(|it| started.checked_add(it.saturating_sub(margin(it))));
                let is_forced = std::mem::take(&mut self.is_rejected);
                let next_forced_refresh = is_forced.then(|| Instant::now() + FORCED_REFRESH_INTERVAL);
                let cached = Cached { value, generation: self.generation, refresh_at, expires_at, next_forced_refresh };
                self.cached = Some(cached.clone());
                Ok(cached)
            }
            Err(error) => {
                let delay = match (error.cached_for, error.reason) {
                    // From another cache: the credentials of the call that failed.
                    (Some(left), _) => left,
                    (None, Reason::Refused) => REFUSED_FOR,
                    (None, Reason::Throttled(requested)) => {
                        self.next_delay().max(THROTTLED_FOR.min(requested.unwrap_or_default()))
                    }
                    (None, Reason::Unavailable) => self.next_delay(),
                };
                self.failed = Some((error.clone(), Instant::now() + delay));
                Err(error)
            }
        }
    }

    fn next_delay(&mut self) -> Duration {
        let delay = self.delay;
        self.delay = LONGEST_DELAY.min(delay * 2);
        delay
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic, reason = "tests may panic")]
mod tests;
