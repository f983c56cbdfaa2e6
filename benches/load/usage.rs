//! What this process has used so far; `None` if the system does not report it.

use std::fs;
use std::time::Duration;

/// The time of all CPUs, in this program and in the system on its behalf.
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

/// The memory that is in use, in KiB.
pub(crate) fn memory() -> Option<u32> {
    status("VmRSS:")
}

/// The most memory that was in use at a time, in KiB.
pub(crate) fn peak_memory() -> Option<u32> {
    status("VmHWM:")
}

/// How many sockets are open.
pub(crate) fn sockets() -> Option<usize> {
    let handles = fs::read_dir("/proc/self/fd").ok()?;
    let leads_to = |handle: fs::DirEntry| fs::read_link(handle.path()).ok();
    let sockets = handles.flatten().filter_map(leads_to).filter(|what| what.to_string_lossy().starts_with("socket:"));
    Some(sockets.count())
}

/// A number that Linux reports of a process.
fn status(name: &str) -> Option<u32> {
    let text = fs::read_to_string("/proc/self/status").ok()?;
    let value = text.lines().find_map(|line| line.strip_prefix(name))?;
    value.split_whitespace().next()?.parse().ok()
}
