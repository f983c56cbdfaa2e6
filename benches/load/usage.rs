//! Resource usage of this process; `None` if the system does not report it.

use std::fs;
use std::time::Duration;

/// User and system CPU time.
#[cfg(unix)]
pub(crate) fn cpu() -> Option<Duration> {
    use nix::sys::resource::{UsageWho, getrusage};
    use nix::sys::time::{TimeVal, TimeValLike};

    let usage = getrusage(UsageWho::RUSAGE_SELF).ok()?;
    let time = |time: TimeVal| u64::try_from(time.num_microseconds()).ok().map(Duration::from_micros);
    Some(time(usage.user_time())? + time(usage.system_time())?)
}

#[cfg(not(unix))]
pub(crate) fn cpu() -> Option<Duration> {
    None
}

/// Current memory usage, in KiB.
pub(crate) fn memory() -> Option<u32> {
    status("VmRSS:")
}

/// Peak memory usage, in KiB.
pub(crate) fn peak_memory() -> Option<u32> {
    status("VmHWM:")
}

/// The number of open sockets.
pub(crate) fn sockets() -> Option<usize> {
    let handles = fs::read_dir("/proc/self/fd").ok()?;
    let leads_to = |handle: fs::DirEntry| fs::read_link(handle.path()).ok();
    let sockets = handles.flatten().filter_map(leads_to).filter(|what| what.to_string_lossy().starts_with("socket:"));
    Some(sockets.count())
}

/// Reads a number from `/proc/self/status`.
fn status(name: &str) -> Option<u32> {
    let text = fs::read_to_string("/proc/self/status").ok()?;
    let value = text.lines().find_map(|line| line.strip_prefix(name))?;
    value.split_whitespace().next()?.parse().ok()
}
