//! Prints the measurements and checks the expected results.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::args::Args;
use crate::calls::Tally;
use crate::fake_server::ServerStats;
use crate::memory::{self, FIRST};

/// The state after all calls.
pub(crate) struct After {
    /// The statistics of the fake server, if one was called.
    pub(crate) stats: Option<ServerStats>,
    /// The number of connections that the client left open.
    pub(crate) connections: Option<usize>,
    /// The number of tasks that are still running.
    pub(crate) tasks: usize,
}

/// Prints all measurements.
///
/// # Errors
///
/// Returns a message that lists all unexpected results.
pub(crate) fn print(args: Args, tally: &Tally, after: &After) -> Result<(), String> {
    let rate = f64::from(args.calls) / tally.time.as_secs_f64();
    line("calls", &format!("{} in {:.1?}, {rate:.0}/s, {} at once", args.calls, tally.time, args.concurrency));
    line("latency", &latency(tally));
    line("CPU", &known(tally.cpu, |cpu| time(cpu, args)));
    line("memory", &memory(tally));
    errors(&tally.errors);
    let left = known(after.connections, |number| format!("{number} left over"));
    if let Some(ServerStats { rows, connections }) = after.stats {
        line("rows", &format!("{} in the responses, {rows} created by the fake server", tally.rows));
        line("connections", &format!("{connections} made, {left}"));
    } else {
        line("rows", &format!("{} in the responses", tally.rows));
        line("connections", &left);
    }
    line("tasks", &format!("{} left over", after.tasks));
    verdict(args, tally, after)
}

#[expect(clippy::print_stdout, reason = "the output is for the user of the program")]
fn line(name: &str, text: &str) {
    println!("{name:<12} {text}");
}

fn latency(tally: &Tally) -> String {
    let points = [("p50", 0.5), ("p90", 0.9), ("p99", 0.99), ("p99.9", 0.999), ("max", 1.0)];
    let text = |(name, quantile)| {
        let latency = Duration::from_micros(tally.latency.value_at_quantile(quantile));
        format!("{name} {latency:.1?}")
    };
    points.map(text).join(", ")
}

fn time(cpu: Duration, args: Args) -> String {
    let call = cpu / args.calls;
    let text = format!("{call:.1?} per call");
    match args.actions {
        1 => text,
        actions => format!("{text}, {:.1?} per action ({actions} per call)", call / actions),
    }
}

fn memory(tally: &Tally) -> String {
    let size = |memory| known(memory, |kib: u32| format!("{:.1} MiB", f64::from(kib) / 1024.0));
    let first = match tally.latency.len() {
        ..FIRST => String::new(),
        _ => format!("{} after the first {FIRST} calls, ", size(tally.first_memory)),
    };
    // The system measures the two differently, so the reported peak may be lower.
    let peak = tally.peak_memory.max(tally.memory).max(tally.first_memory);
    format!("{first}{} after the last, {} at most", size(tally.memory), size(peak))
}

fn known<T>(value: Option<T>, format: impl FnOnce(T) -> String) -> String {
    value.map_or_else(|| "not available on this system".to_owned(), format)
}

fn errors(errors: &BTreeMap<String, (u64, String)>) {
    if errors.is_empty() {
        line("errors", "none");
    }
    for (kind, (number, first)) in errors {
        line("errors", &format!("{number} of {kind}, the first: {first}"));
    }
}

fn verdict(args: Args, tally: &Tally, after: &After) -> Result<(), String> {
    let mut wrong = Vec::new();
    let failed: u64 = tally.errors.values().map(|(number, _)| number).sum();
    if failed > 0 {
        wrong.push(format!("{failed} calls failed"));
    }
    if after.stats.as_ref().is_some_and(|stats| stats.rows != tally.rows) {
        wrong.push("the responses and the fake server do not agree about the rows".to_owned());
    }
    if after.connections.is_some_and(|number| number > 0) {
        wrong.push("connections are left over".to_owned());
    }
    if after.tasks > 0 {
        wrong.push("tasks are left over".to_owned());
    }
    if let Some((first, last)) = tally.first_memory.zip(tally.memory) {
        wrong.extend(memory::compare(first, last, memory::bound(args.concurrency, args.actions)).err());
    }
    if wrong.is_empty() { Ok(()) } else { Err(wrong.join(", ")) }
}
