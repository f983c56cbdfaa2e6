//! The table of the README.

use std::error::Error;
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::{BY_HAND, CLIENT};

/// Prints a row for each group that was measured: the CPU time of both sides, and how many times the one is of the other.
pub(crate) fn print(results: &Path, groups: &[&str]) -> Result<(), Box<dyn Error>> {
    println!("| | by hand | client | ratio |");
    println!("| --- | --- | --- | --- |");
    for group in groups {
        let by_hand = median(results, group, BY_HAND)?;
        let client = median(results, group, CLIENT)?;
        println!("| {group} | {} | {} | {:.2} |", time(by_hand), time(client), client / by_hand);
    }
    Ok(())
}

/// The median that criterion has written down, in nanoseconds.
fn median(results: &Path, group: &str, side: &str) -> Result<f64, Box<dyn Error>> {
    let file = results.join(group).join(side).join("new/estimates.json");
    let text = fs::read_to_string(&file).map_err(|error| format!("{}: {error}", file.display()))?;
    let estimates: Value = serde_json::from_str(&text)?;
    estimates["median"]["point_estimate"].as_f64().ok_or_else(|| format!("{}: no median", file.display()).into())
}

fn time(nanoseconds: f64) -> String {
    if nanoseconds < 10_000.0 { format!("{nanoseconds:.0} ns") } else { format!("{:.1} µs", nanoseconds / 1000.0) }
}
