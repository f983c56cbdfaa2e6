//! The seeds of the fuzz targets.

/// Up to this size, a seed is truncated at every position. Larger seeds have more prefixes, each of which costs more.
const SMALL: usize = 1024;
/// The number of prefixes of a larger seed.
const PREFIXES: usize = 256;

/// Runs a fuzz target with each seed in a folder, and with its prefixes.
pub(crate) fn each_seed(folder: &str, run: impl Fn(&[u8])) {
    let mut seeds = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let data = std::fs::read(entry.unwrap().path()).unwrap();
        let step = if data.len() < SMALL { 1 } else { data.len() / PREFIXES };
        (0..data.len()).step_by(step).for_each(|end| run(&data[..end]));
        run(&data);
        seeds += 1;
    }
    assert!(seeds >= 3, "{folder} has {seeds} seeds");
}
