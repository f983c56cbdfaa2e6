//! Locks of what the connections share.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// Locks what is changed in one step at a time, so that a panic elsewhere does not spoil it.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
