//! Checks that memory usage does not grow after the first calls.

/// After this number of calls, all buffers have reached their final size, and only new connections should use more memory.
pub(crate) const FIRST: u64 = 10_000;

/// Allocator overhead in KiB. In three million calls with a concurrency of 64, it was 0.8 MiB.
const ALLOCATOR: u64 = 4 * 1024;
/// Connections per concurrent call, in KiB: at most two, of 27 KiB each, may be opened after the first calls. At a concurrency of 1,000
/// and 3,000, memory usage grew by 14 and 8 KiB per concurrent call.
const CONNECTIONS: u64 = 2 * 27;
/// Serialized action and row per concurrent action, in KiB, since the allocator may place them differently in later calls. 80,000
/// concurrent actions took between 61 and 84 MiB.
const ACTION: u64 = 1;

/// The maximum growth of memory usage after the first calls, in KiB.
pub(crate) fn bound(concurrency: u32, actions: u32) -> u64 {
    ALLOCATOR + u64::from(concurrency) * (CONNECTIONS + ACTION * u64::from(actions))
}

/// Compares memory usage after the first calls and after the last call, both in KiB.
///
/// # Errors
///
/// Returns a message with the growth if it exceeds the bound.
pub(crate) fn compare(first: u32, last: u32, bound: u64) -> Result<(), String> {
    let grown = u64::from(last.saturating_sub(first));
    if grown <= bound {
        return Ok(());
    }
    Err(format!(
        "the memory grew by {grown} KiB after the first {FIRST} calls, more than the {bound} KiB that connections and the allocator may \
         need; find the leak with a heap profiler"
    ))
}

#[cfg(test)]
mod tests {
    use super::{bound, compare};

    /// Measured values in KiB.
    #[test]
    fn connections_are_in_the_bound_and_leaks_are_not() {
        for (concurrency, actions, first, last) in [
            (1, 1, 7_990, 7_990),
            (64, 1, 12_490, 12_600),
            (64, 100, 19_050, 18_940),
            (64, 1_000, 79_360, 74_850),
            (1_000, 1, 57_140, 71_370),
            (3_000, 1, 137_630, 160_460),
        ] {
            let bound = bound(concurrency, actions);
            assert_eq!(compare(first, last, bound), Ok(()), "{concurrency} at once, {actions} actions");
            // A leak of 10 KiB per call in 90,000 calls, and of 200 bytes per call in a million.
            for leak in [10 * 90_000, 200 * 990_000 / 1024] {
                assert!(compare(first, first + leak, bound).is_err(), "{concurrency} at once, {actions} actions");
            }
        }
    }

    #[test]
    fn growth_is_reported_with_its_bound() {
        assert_eq!(bound(1, 1), 4 * 1024 + 2 * 27 + 1);
        assert_eq!(compare(8_000, 8_000 + 4_151, bound(1, 1)), Ok(()));
        assert_eq!(
            compare(8_000, 8_000 + 4_152, bound(1, 1)),
            Err("the memory grew by 4152 KiB after the first 10000 calls, more than the 4151 KiB that connections and the allocator may \
                 need; find the leak with a heap profiler"
                .to_owned())
        );
        assert_eq!(compare(8_000, 7_000, 0), Ok(()));
    }
}
