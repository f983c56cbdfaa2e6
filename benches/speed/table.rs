//! Prints the benchmark table of the README.

use std::error::Error;
use std::fs;
use std::path::Path;
use std::time::SystemTime;

use serde_json::Value;

use crate::{BY_HAND, CLIENT};

/// Prints a row for each group that was measured in this run: the CPU time of both implementations and their ratio.
pub(crate) fn print(results: &Path, groups: &[&str], began: SystemTime) -> Result<(), Box<dyn Error>> {
    let mut rows = Vec::new();
    for group in groups {
        let median = |side| median(&results.join(group).join(side), began);
        if let (Some(by_hand), Some(client)) = (median(BY_HAND)?, median(CLIENT)?) {
            rows.push(format!("| {group} | {} | {} | {:.2} |", time(by_hand), time(client), client / by_hand));
        }
    }
    if !rows.is_empty() {
        println!("| | by hand | client | ratio |\n| --- | --- | --- | --- |\n{}", rows.join("\n"));
    }
    Ok(())
}

/// The median that criterion saved, in nanoseconds; `None` if it was not measured in this run.
fn median(side: &Path, since: SystemTime) -> Result<Option<f64>, Box<dyn Error>> {
    let file = side.join("new/estimates.json");
    if !fs::metadata(&file).and_then(|file| file.modified()).is_ok_and(|written| written >= since) {
        return Ok(None);
    }
    let estimates: Value = serde_json::from_str(&fs::read_to_string(&file)?)?;
    let median = estimates["median"]["point_estimate"].as_f64();
    median.map(Some).ok_or_else(|| format!("{} has no median", file.display()).into())
}

fn time(nanoseconds: f64) -> String {
    match nanoseconds {
        ..10e3 => format!("{nanoseconds:.0} ns"),
        ..10e6 => format!("{:.1} µs", nanoseconds / 1e3),
        _ => format!("{:.1} ms", nanoseconds / 1e6),
    }
}
