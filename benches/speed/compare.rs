//! Compares the CPU time of two implementations.

use std::time::Duration;

use crate::cpu;

/// The number of rounds. Each measures both implementations, one right after the other, so that a change in the speed of the machine
/// affects both.
const ROUNDS: usize = 200;

/// The CPU time that one implementation takes in a round.
const ROUND: Duration = Duration::from_millis(10);

/// The medians of all rounds: the CPU time of a single run of each implementation, and the ratio of the second to the first with its
/// quartiles.
pub(crate) struct Comparison {
    pub(crate) first: Duration,
    pub(crate) second: Duration,
    pub(crate) ratio: [f64; 3],
}

/// Runs both implementations in turn.
pub(crate) fn compare(first: impl Fn(), second: impl Fn()) -> Comparison {
    let runs = runs_per_round(&first);
    time(&second, runs);
    let (mut firsts, mut seconds, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        // The order alternates, so that neither benefits from being second.
        let (one, other) = if round % 2 == 0 {
            let one = time(&first, runs);
            (one, time(&second, runs))
        } else {
            let other = time(&second, runs);
            (time(&first, runs), other)
        };
        firsts.push(one.as_secs_f64());
        seconds.push(other.as_secs_f64());
        ratios.push(other.as_secs_f64() / one.as_secs_f64());
    }
    let single = |times| Duration::from_secs_f64(quartiles(times)[1] / f64::from(runs));
    Comparison { first: single(firsts), second: single(seconds), ratio: quartiles(ratios) }
}

/// The number of runs that take about one [`ROUND`].
fn runs_per_round(run: &impl Fn()) -> u32 {
    let mut runs = 1;
    while time(run, runs) < ROUND {
        runs *= 2;
    }
    runs
}

fn time(run: &impl Fn(), runs: u32) -> Duration {
    let start = cpu::now();
    (0..runs).for_each(|_| run());
    cpu::now().saturating_sub(start)
}

fn quartiles(mut values: Vec<f64>) -> [f64; 3] {
    values.sort_by(f64::total_cmp);
    [1, 2, 3].map(|quarter| values[(values.len() - 1) * quarter / 4])
}
