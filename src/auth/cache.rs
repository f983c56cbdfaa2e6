//! Keeps what a login gave, and renews it before it ends.
//!
//! All time is that of the runtime's clock, which only runs forward: the wall clock of this machine plays no part. A machine that
//! slept may believe in a token that has ended meanwhile; the service refuses it then, and the call is repeated with a new one.

use std::fmt;
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::Instant;
use tracing::Instrument;

use super::AuthError;
use super::error::Reason;

/// How long before its end a token is renewed: an outage of IAM that is shorter goes unnoticed. But never more than
/// [a part](RENEWAL_PART) of its life, so that what lives shortly is not renewed all the time.
const RENEWAL_MARGIN: Duration = Duration::from_secs(60 * 60);
const RENEWAL_PART: u32 = 4;

/// How long a refused login is kept. Accounts are known to be locked by five wrong passwords within a quarter of an hour, and this
/// allows three.
const REFUSED_FOR: Duration = Duration::from_secs(5 * 60);

/// How long something is not replaced again that was to replace what the service refused, and was refused as well: then it is not
/// the token that is wrong, but what it is for.
const REPLACED_FOR: Duration = Duration::from_secs(60);

/// The longest that an answer may ask to wait. One that asks for more is taken to be mistaken.
const THROTTLED_FOR: Duration = Duration::from_secs(60 * 60);

/// The waits between attempts to reach IAM: each is twice the last, from the first to the longest. Calls fail meanwhile, so that the
/// first is short: a lost connection costs the calls of one second. With the longest, IAM that is down gets one login a minute from a
/// client, and a client notices within a minute that IAM is back.
const FIRST_WAIT: Duration = Duration::from_secs(1);
const LONGEST_WAIT: Duration = Duration::from_secs(60);

pub(super) type Fetching<V> = Pin<Box<dyn Future<Output = Result<Fresh<V>, AuthError>> + Send>>;
type Fetch<V> = dyn Fn() -> Fetching<V> + Send + Sync;
type Outcome<V> = Result<Held<V>, AuthError>;

/// What a login gave.
pub(crate) struct Fresh<V> {
    pub(crate) value: V,
    /// How long it lives, counted from the moment before it was asked for; `None` where that is not known.
    pub(crate) life: Option<Duration>,
}

/// What is held of a login, and until when.
#[derive(Debug, Clone)]
pub(crate) struct Held<V> {
    pub(crate) value: V,
    /// Tells one login from the next.
    pub(crate) generation: u64,
    renew_at: Option<Instant>,
    ends_at: Option<Instant>,
    /// Until when it is not replaced again unless the service has taken it, where it replaces what the service refused.
    kept_until: Option<Instant>,
}

/// Credentials that are fetched when first needed, kept, and renewed. Clones share what is held.
pub(crate) struct Cache<V> {
    inner: Arc<Inner<V>>,
}

struct Inner<V> {
    fetch: Box<Fetch<V>>,
    state: Mutex<State<V>>,
    /// The newest generation that the service has taken.
    accepted: AtomicU64,
}

struct State<V> {
    held: Option<Held<V>>,
    generation: u64,
    /// Whether the last one that was held was refused.
    is_refused: bool,
    /// Gets the outcome of the attempt that is under way.
    fetching: Option<watch::Receiver<Option<Outcome<V>>>>,
    /// The last attempt, if it failed, and when the next may begin.
    failed: Option<(AuthError, Instant)>,
    wait: Duration,
}

impl<V: Clone + Send + Sync + 'static> Cache<V> {
    /// Holds what `fetch` gives. Nothing is fetched yet.
    pub(crate) fn new(fetch: impl Fn() -> Fetching<V> + Send + Sync + 'static) -> Self {
        let state =
            State { held: None, generation: 0, is_refused: false, fetching: None, failed: None, wait: FIRST_WAIT };
        Self {
            inner: Arc::new(Inner { fetch: Box::new(fetch), state: Mutex::new(state), accepted: AtomicU64::new(0) }),
        }
    }

    /// Gives what is held, and waits for it only where nothing valid is. However many wait, one attempt is made.
    ///
    /// # Errors
    ///
    /// Where the attempt failed, or one before it did and the next may not begin yet.
    pub(crate) async fn get(&self) -> Outcome<V> {
        // An attempt that ends without an outcome was on a runtime that has ended, and another is begun on this one. Two in a
        // row mean that attempts panic.
        for _ in 0..2 {
            let mut outcome = {
                let mut state = self.inner.state();
                let now = Instant::now();
                if let Some(held) = state.held.clone().filter(|held| held.ends_at.is_none_or(|end| now < end)) {
                    if held.renew_at.is_some_and(|at| at <= now) && !state.is_fetching() && state.failure(now).is_none()
                    {
                        self.begin(&mut state);
                    }
                    return Ok(held);
                }
                match state.fetching.clone().filter(|_| state.is_fetching()) {
                    Some(outcome) => outcome,
                    None => match state.failure(now) {
                        Some(error) => return Err(error),
                        None => self.begin(&mut state),
                    },
                }
            };
            if let Ok(outcome) = outcome.wait_for(Option::is_some).await
                && let Some(outcome) = outcome.as_ref()
            {
                return outcome.clone();
            }
        }
        Err(AuthError::unavailable("the login ended without a result; see the log for a panic"))
    }

    /// Notes that the service has taken what one login gave.
    pub(crate) fn accept(&self, generation: u64) {
        self.inner.accepted.fetch_max(generation, Ordering::Relaxed);
    }

    /// Drops what one login gave, for the service refused it, and tells whether another may be had. What a later login gave stays.
    pub(crate) fn invalidate(&self, generation: u64) -> bool {
        let mut state = self.inner.state();
        let Some(held) = state.held.as_ref().filter(|held| held.generation == generation) else { return true };
        let is_accepted = self.inner.accepted.load(Ordering::Relaxed) >= generation;
        if !is_accepted && held.kept_until.is_some_and(|until| Instant::now() < until) {
            return false;
        }
        state.held = None;
        state.is_refused = true;
        true
    }

    /// Begins an attempt. It is a task of its own, so that it goes on when the call that needed it is given up.
    fn begin(&self, state: &mut State<V>) -> watch::Receiver<Option<Outcome<V>>> {
        let (sender, receiver) = watch::channel(None);
        state.fetching = Some(receiver.clone());
        let inner = Arc::clone(&self.inner);
        let attempt = async move {
            let began = Instant::now();
            let result = (inner.fetch)().await;
            let outcome = inner.state().end(began, result);
            // Nobody may be waiting any more.
            let _ = sender.send(Some(outcome));
        };
        tokio::spawn(attempt.in_current_span());
        receiver
    }
}

impl<V> Inner<V> {
    fn state(&self) -> MutexGuard<'_, State<V>> {
        // The state is whole after each change of it, so that a panic elsewhere does not spoil it.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<V: Clone> State<V> {
    fn is_fetching(&self) -> bool {
        self.fetching.as_ref().is_some_and(|outcome| outcome.has_changed().is_ok())
    }

    /// The last failure, while the next attempt may not begin.
    fn failure(&self, now: Instant) -> Option<AuthError> {
        let (error, until) = self.failed.as_ref().filter(|(_, until)| now < *until)?;
        Some(error.clone().kept_for(until.duration_since(now)))
    }

    fn end(&mut self, began: Instant, result: Result<Fresh<V>, AuthError>) -> Outcome<V> {
        self.fetching = None;
        match result {
            Ok(Fresh { value, life }) => {
                self.generation += 1;
                self.failed = None;
                self.wait = FIRST_WAIT;
                let ends_at = life.and_then(|life| began.checked_add(life));
                let margin = |life: Duration| RENEWAL_MARGIN.min(life / RENEWAL_PART);
                let renew_at = life.and_then(|life| began.checked_add(life.saturating_sub(margin(life))));
                let kept_until = std::mem::take(&mut self.is_refused).then(|| Instant::now() + REPLACED_FOR);
                let held = Held { value, generation: self.generation, renew_at, ends_at, kept_until };
                self.held = Some(held.clone());
                Ok(held)
            }
            Err(error) => {
                let wait = match error.reason() {
                    Reason::Refused => REFUSED_FOR,
                    Reason::Throttled(asked) => self.next_wait().max(THROTTLED_FOR.min(asked.unwrap_or_default())),
                    Reason::Unavailable => self.next_wait(),
                };
                self.failed = Some((error.clone(), Instant::now() + wait));
                Err(error)
            }
        }
    }

    fn next_wait(&mut self) -> Duration {
        let wait = self.wait;
        self.wait = LONGEST_WAIT.min(wait * 2);
        wait
    }
}

impl<V> Clone for Cache<V> {
    fn clone(&self) -> Self {
        Self { inner: Arc::clone(&self.inner) }
    }
}

impl<V> fmt::Debug for Cache<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Cache([redacted])")
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic, reason = "a test that can not go on says so by a panic")]
mod tests;
