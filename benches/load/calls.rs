//! Makes the calls and records their outcomes.

use std::collections::BTreeMap;
use std::error::Error;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use hdrhistogram::Histogram;
use indicatif::{ProgressBar, ProgressStyle};
use secmaster_client::types::CreateAction;
use tokio::task::JoinSet;

use crate::args::Args;
use crate::memory::FIRST;
use crate::target::{Failed, Target};
use crate::usage;

/// The maximum recorded latency in microseconds: one hour.
const LONGEST: u64 = 3_600_000_000;

/// The outcomes of all calls.
pub(crate) struct Tally {
    /// In microseconds, with three significant digits.
    pub(crate) latency: Histogram<u64>,
    /// The number of rows in the responses.
    pub(crate) rows: u64,
    /// The number of errors of each kind, and the message of the first.
    pub(crate) errors: BTreeMap<String, (u64, String)>,
    /// Memory usage after the first [`FIRST`] calls, in KiB.
    pub(crate) first_memory: Option<u32>,
    /// Memory usage after the last call, in KiB.
    pub(crate) memory: Option<u32>,
    /// Peak memory usage, in KiB.
    pub(crate) peak_memory: Option<u32>,
    pub(crate) time: Duration,
    pub(crate) cpu: Option<Duration>,
}

impl Tally {
    fn note(&mut self, latency: Duration, created: Result<usize, Failed>) {
        self.latency.saturating_record(u64::try_from(latency.as_micros()).unwrap_or(LONGEST));
        match created {
            Ok(rows) => self.rows += rows as u64,
            Err(Failed { kind, message }) => self.errors.entry(kind).or_insert((0, message)).0 += 1,
        }
        if self.latency.len() == FIRST {
            self.first_memory = usage::memory();
        }
    }
}

/// State shared by all tasks.
struct Load {
    target: Target,
    actions: Vec<CreateAction>,
    calls: u64,
    started: AtomicU64,
    tally: Mutex<Tally>,
    bar: ProgressBar,
}

impl Load {
    /// Makes calls sequentially until the total number is reached.
    async fn work(self: Arc<Self>) {
        while self.started.fetch_add(1, Ordering::Relaxed) < self.calls {
            let actions = self.actions.clone();
            let started = Instant::now();
            let created = self.target.create(actions).await;
            let latency = started.elapsed();
            self.tally().note(latency, created);
            self.bar.inc(1);
        }
    }

    fn tally(&self) -> MutexGuard<'_, Tally> {
        self.tally.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Makes all calls, then drops the client.
pub(crate) async fn make(target: Target, args: Args) -> Result<Tally, Box<dyn Error>> {
    let tally = Tally {
        latency: Histogram::new_with_bounds(1, LONGEST, 3)?,
        rows: 0,
        errors: BTreeMap::new(),
        first_memory: None,
        memory: None,
        peak_memory: None,
        time: Duration::ZERO,
        cpu: None,
    };
    let style = ProgressStyle::with_template("{wide_bar} {human_pos} of {human_len} calls, {per_sec}, {eta} left")?;
    let load = Arc::new(Load {
        actions: target.actions(args.actions),
        target,
        calls: args.calls.into(),
        started: AtomicU64::new(0),
        tally: Mutex::new(tally),
        // Hidden if standard error is not a terminal.
        bar: ProgressBar::new(args.calls.into()).with_style(style),
    });
    let (started, cpu) = (Instant::now(), usage::cpu());
    let mut tasks = JoinSet::new();
    for _ in 0..args.concurrency.min(args.calls) {
        tasks.spawn(Arc::clone(&load).work());
    }
    while let Some(finished) = tasks.join_next().await {
        finished?;
    }
    let time = started.elapsed();
    let cpu = usage::cpu().zip(cpu).map(|(after, before)| after.saturating_sub(before));
    let (memory, peak_memory) = (usage::memory(), usage::peak_memory());
    load.bar.finish_and_clear();
    // All tasks have completed and dropped their references.
    let Load { tally, .. } = Arc::into_inner(load).ok_or("a call is still made")?;
    let tally = tally.into_inner().unwrap_or_else(PoisonError::into_inner);
    Ok(Tally { memory, peak_memory, time, cpu, ..tally })
}
