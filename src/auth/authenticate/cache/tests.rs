//! The lifetime of cached credentials, with a clock that the tests control.

use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::{Barrier, Semaphore};
use tokio::time::advance;

use super::*;

mod interrupted;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);
const HOUR: Duration = Duration::from_secs(60 * 60);

/// A login that counts its calls and returns their number.
#[derive(Clone)]
struct Login {
    count: Arc<AtomicU64>,
    /// A login consumes one of these, so that a test can delay it.
    permits: Arc<Semaphore>,
    failure: Arc<Mutex<Option<AuthError>>>,
    lifetime: Option<Duration>,
}

impl Login {
    fn with_lifetime(lifetime: impl Into<Option<Duration>>) -> Self {
        Self {
            count: Arc::default(),
            permits: Arc::new(Semaphore::new(1_000_000)),
            failure: Arc::default(),
            lifetime: lifetime.into(),
        }
    }

    fn blocked(lifetime: Duration) -> Self {
        Self { permits: Arc::new(Semaphore::new(0)), ..Self::with_lifetime(lifetime) }
    }

    fn cache(&self) -> Cache<u64> {
        self.cache_with(HOUR)
    }

    fn cache_with(&self, timeout: Duration) -> Cache<u64> {
        let login = self.clone();
        Cache::new(timeout, move || {
            let login = login.clone();
            async move {
                let number = login.count.fetch_add(1, Ordering::SeqCst) + 1;
                login.permits.acquire().await.unwrap().forget();
                match login.failure.lock().unwrap().clone() {
                    Some(error) => Err(error),
                    None => Ok(Fetched { value: number, lifetime: login.lifetime }),
                }
            }
        })
    }

    fn fail(&self, error: impl Into<Option<AuthError>>) {
        *self.failure.lock().unwrap() = error.into();
    }

    fn count(&self) -> u64 {
        self.count.load(Ordering::SeqCst)
    }
}

async fn value(cache: &Cache<u64>) -> u64 {
    cache.get().await.unwrap().value
}

/// Runs all tasks that can make progress.
async fn run_pending_tasks() {
    for _ in 0..10 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_token_is_fetched_on_first_use_and_cached() {
    let login = Login::with_lifetime(DAY);
    let cache = login.cache();
    assert_eq!(login.count(), 0);
    assert_eq!(value(&cache).await, 1);
    advance(Duration::from_secs(23 * 60 * 60 - 1)).await;
    assert_eq!(value(&cache.clone()).await, 1);
    run_pending_tasks().await;
    assert_eq!(login.count(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_token_is_refreshed_an_hour_before_it_expires() {
    let login = Login::with_lifetime(DAY);
    let cache = login.cache();
    assert_eq!(value(&cache).await, 1);
    advance(23 * HOUR).await;
    assert_eq!(value(&cache).await, 1, "calls use the old token");
    run_pending_tasks().await;
    assert_eq!(value(&cache).await, 2);
    assert_eq!(login.count(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_short_lived_token_is_refreshed_in_the_last_quarter() {
    let login = Login::with_lifetime(Duration::from_secs(8));
    let cache = login.cache();
    assert_eq!(value(&cache).await, 1);
    advance(Duration::from_millis(5_999)).await;
    value(&cache).await;
    run_pending_tasks().await;
    assert_eq!(login.count(), 1);
    advance(Duration::from_millis(1)).await;
    assert_eq!(value(&cache).await, 1);
    run_pending_tasks().await;
    assert_eq!(login.count(), 2);
}

#[tokio::test(start_paused = true)]
async fn calls_wait_only_for_an_expired_token() {
    let login = Login::with_lifetime(Duration::from_secs(8));
    let cache = login.cache();
    value(&cache).await;
    login.permits.forget_permits(1_000_000);
    advance(Duration::from_secs(7)).await;
    assert_eq!(value(&cache).await, 1, "the refresh is blocked, the call is not");
    run_pending_tasks().await;
    advance(Duration::from_secs(1)).await;
    let waiting = tokio::spawn({
        let cache = cache.clone();
        async move { value(&cache).await }
    });
    run_pending_tasks().await;
    assert!(!waiting.is_finished());
    login.permits.add_permits(1);
    assert_eq!(waiting.await.unwrap(), 2);
    assert_eq!(login.count(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_token_without_a_ttl_is_cached_until_it_is_rejected() {
    let login = Login::with_lifetime(None);
    let cache = login.cache();
    assert_eq!(value(&cache).await, 1);
    advance(DAY * 1000).await;
    let cached = cache.get().await.unwrap();
    assert_eq!(cached.value, 1);
    cache.invalidate(cached.generation);
    assert_eq!(value(&cache).await, 2);
}

#[tokio::test]
async fn concurrent_calls_share_one_login() {
    let login = Login::blocked(DAY);
    let cache = login.cache();
    let waiting: Vec<_> = (0..10_000)
        .map(|_| {
            let cache = cache.clone();
            tokio::spawn(async move { value(&cache).await })
        })
        .collect();
    run_pending_tasks().await;
    login.permits.add_permits(10);
    for call in waiting {
        assert_eq!(call.await.unwrap(), 1);
    }
    assert_eq!(login.count(), 1);
}

#[tokio::test]
async fn concurrent_rejections_cause_one_login() {
    let login = Login::with_lifetime(DAY);
    let cache = login.cache();
    value(&cache).await;
    let barrier = Arc::new(Barrier::new(100));
    let calls: Vec<_> = (0..100)
        .map(|_| {
            let (cache, barrier) = (cache.clone(), Arc::clone(&barrier));
            tokio::spawn(async move {
                let cached = cache.get().await.unwrap();
                barrier.wait().await;
                cache.invalidate(cached.generation);
                value(&cache).await
            })
        })
        .collect();
    for call in calls {
        assert_eq!(call.await.unwrap(), 2);
    }
    assert_eq!(login.count(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_refused_login_is_cached_for_five_minutes() {
    let login = Login::with_lifetime(DAY);
    login.fail(AuthError::refused("wrong password"));
    let cache = login.cache();
    assert_eq!(cache.get().await.unwrap_err().to_string(), "wrong password");
    for _ in 0..1000 {
        assert_eq!(cache.get().await.unwrap_err().to_string(), "wrong password; next attempt in 300 s");
    }
    assert_eq!(login.count(), 1);
    advance(Duration::from_millis(5 * 60 * 1000 - 1)).await;
    cache.get().await.unwrap_err();
    assert_eq!(login.count(), 1);
    advance(Duration::from_millis(1)).await;
    cache.get().await.unwrap_err();
    assert_eq!(login.count(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_refused_refresh_keeps_using_the_token() {
    let login = Login::with_lifetime(DAY);
    let cache = login.cache();
    value(&cache).await;
    login.fail(AuthError::refused("the password was changed"));
    advance(23 * HOUR).await;
    for _ in 0..10 {
        assert_eq!(value(&cache).await, 1);
        run_pending_tasks().await;
    }
    assert_eq!(login.count(), 2);
    advance(HOUR).await;
    assert_eq!(cache.get().await.unwrap_err().to_string(), "the password was changed");
}

#[tokio::test(start_paused = true)]
async fn a_failed_refresh_is_retried_with_backoff() {
    let login = Login::with_lifetime(DAY);
    let cache = login.cache();
    value(&cache).await;
    login.fail(AuthError::unavailable("down"));
    advance(23 * HOUR).await;
    let mut attempts = Vec::new();
    for second in 0..200 {
        let before = login.count();
        assert_eq!(value(&cache).await, 1);
        run_pending_tasks().await;
        if login.count() > before {
            attempts.push(second);
        }
        advance(Duration::from_secs(1)).await;
    }
    assert_eq!(attempts, [0, 1, 3, 7, 15, 31, 63, 123, 183]);
    login.fail(None);
    advance(LONGEST_DELAY).await;
    value(&cache).await;
    run_pending_tasks().await;
    assert!(value(&cache).await > 1);
}

#[tokio::test(start_paused = true)]
async fn a_success_resets_the_backoff() {
    let login = Login::with_lifetime(DAY);
    login.fail(AuthError::unavailable("down"));
    let cache = login.cache();
    for delay in [FIRST_DELAY, FIRST_DELAY * 2] {
        cache.get().await.unwrap_err();
        advance(delay).await;
    }
    login.fail(None);
    let cached = cache.get().await.unwrap();
    cache.invalidate(cached.generation);
    login.fail(AuthError::unavailable("down again"));
    cache.get().await.unwrap_err();
    login.fail(None);
    advance(FIRST_DELAY).await;
    assert_eq!(value(&cache).await, 5);
}

#[tokio::test(start_paused = true)]
async fn a_failed_first_login_is_returned_and_retried_soon() {
    let login = Login::with_lifetime(DAY);
    login.fail(AuthError::unavailable("down"));
    let cache = login.cache();
    assert_eq!(cache.get().await.unwrap_err().to_string(), "down");
    for _ in 0..100 {
        assert_eq!(cache.get().await.unwrap_err().to_string(), "down; next attempt in 1 s");
    }
    assert_eq!(login.count(), 1);
    login.fail(None);
    advance(FIRST_DELAY).await;
    assert_eq!(value(&cache).await, 2);
}

#[tokio::test(start_paused = true)]
async fn a_throttled_login_honors_retry_after() {
    for (requested, delay_secs) in [(Some(30), 30), (Some(0), 1), (None, 1)] {
        let login = Login::with_lifetime(DAY);
        let requested = requested.map(Duration::from_secs);
        login.fail(AuthError::new(Reason::Throttled(requested), "throttled"));
        let cache = login.cache();
        cache.get().await.unwrap_err();
        login.fail(None);
        advance(Duration::from_millis(delay_secs * 1000 - 1)).await;
        cache.get().await.unwrap_err();
        assert_eq!(login.count(), 1);
        advance(Duration::from_millis(1)).await;
        assert_eq!(value(&cache).await, 2, "{requested:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_huge_retry_after_does_not_overflow() {
    let login = Login::with_lifetime(Duration::MAX);
    login.fail(AuthError::new(Reason::Throttled(Some(Duration::MAX)), "throttled"));
    let cache = login.cache();
    cache.get().await.unwrap_err();
    advance(THROTTLED_FOR).await;
    login.fail(None);
    assert_eq!(value(&cache).await, 2);
}

#[tokio::test(start_paused = true)]
async fn a_rejected_refresh_is_not_refreshed_immediately() {
    let login = Login::with_lifetime(DAY);
    let cache = login.cache();
    assert!(cache.invalidate(cache.get().await.unwrap().generation), "the first is replaced");
    for _ in 0..20 {
        let cached = cache.get().await.unwrap();
        assert_eq!(cached.value, 2);
        assert!(!cache.invalidate(cached.generation));
    }
    cache.accept(2);
    assert!(cache.invalidate(2), "the service has accepted it");
    assert_eq!(value(&cache).await, 3);
    assert!(!cache.invalidate(3));
    advance(FORCED_REFRESH_INTERVAL).await;
    assert!(cache.invalidate(3));
    assert_eq!(value(&cache).await, 4);
}

#[tokio::test(start_paused = true)]
async fn an_error_of_other_cached_credentials_is_cached_as_long() {
    let login = Login::with_lifetime(DAY);
    let cache = login.cache();
    let mut error = AuthError::refused("the keys were refused");
    error.cached_for = Some(Duration::from_secs(10));
    login.fail(error);
    let message = async || cache.get().await.unwrap_err().to_string();
    assert_eq!(message().await, "the keys were refused; next attempt in 10 s");
    advance(Duration::from_secs(9)).await;
    assert_eq!(message().await, "the keys were refused; next attempt in 1 s");
    login.fail(None);
    advance(Duration::from_secs(1)).await;
    assert_eq!(value(&cache).await, 2);
}
