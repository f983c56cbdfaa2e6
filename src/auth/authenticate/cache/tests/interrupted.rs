//! Logins whose call, runtime or provider does not continue.

use std::future::Ready;

use super::*;

#[tokio::test]
async fn a_dropped_call_does_not_cancel_the_login() {
    let login = Login::blocked(DAY);
    let cache = login.cache();
    let first = tokio::spawn({
        let cache = cache.clone();
        async move { value(&cache).await }
    });
    run_pending_tasks().await;
    assert_eq!(login.count(), 1);
    let second = tokio::spawn({
        let cache = cache.clone();
        async move { value(&cache).await }
    });
    run_pending_tasks().await;
    first.abort();
    assert!(first.await.unwrap_err().is_cancelled());
    login.permits.add_permits(1);
    assert_eq!(second.await.unwrap(), 1);
    assert_eq!(login.count(), 1);
}

#[test]
fn a_login_on_a_dropped_runtime_is_restarted() {
    let login = Login::blocked(DAY);
    let cache = login.cache();
    let first = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    first.block_on(async {
        tokio::select! {
            biased;
            _ = cache.get() => panic!("the login is blocked"),
            () = run_pending_tasks() => {}
        }
    });
    assert_eq!(login.count(), 1);
    drop(first);
    login.permits.add_permits(1);
    let second = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    assert_eq!(second.block_on(value(&cache)), 2);
}

/// The first runtime is not shut down, but nothing runs on it after `block_on` returns.
#[test]
fn a_login_on_a_runtime_that_is_not_running_is_replaced() {
    let runtime = || tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let (first, second) = (runtime(), runtime());
    let login = Login::blocked(DAY);
    let cache = login.cache_with(Duration::from_millis(20));
    first.block_on(async {
        assert!(tokio::time::timeout(Duration::ZERO, cache.get()).await.is_err());
        run_pending_tasks().await;
    });
    assert_eq!(login.count(), 1);
    login.permits.add_permits(2);
    assert_eq!(second.block_on(value(&cache)), 2);
    assert_eq!(login.count(), 2);
    // The first login may complete later.
    assert_eq!(
        first.block_on(async {
            run_pending_tasks().await;
            value(&cache).await
        }),
        1
    );
    assert_eq!(login.count(), 2);
}

#[tokio::test]
async fn a_login_that_panics_is_an_error() {
    for cache in [
        Cache::<u64>::new(HOUR, || async { panic!("a bug in a provider") }),
        Cache::new(HOUR, || -> Ready<Result<Fetched<u64>, AuthError>> { panic!("a bug in the source of a passcode") }),
    ] {
        let error = cache.get().await.unwrap_err();
        assert_eq!(
            error.to_string(),
            "the code that gets the credentials panicked; see the panic message on standard error"
        );
        assert!(!error.is_refused());
        let error = cache.get().await.unwrap_err();
        assert_eq!(
            error.to_string(),
            "the code that gets the credentials panicked; see the panic message on standard error; next attempt in 1 s"
        );
    }
}
