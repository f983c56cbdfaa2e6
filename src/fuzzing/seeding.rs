//! What the fuzz targets begin with.

/// What is cut off at every place. Of a larger seed each beginning costs more, and there are more of them.
const SMALL: usize = 1024;
/// How many beginnings a larger seed has.
const BEGINNINGS: usize = 256;

/// Runs a fuzz target with each seed in a folder, and with each beginning of it.
pub(crate) fn each_seed(folder: &str, run: impl Fn(&[u8])) {
    let mut seeds = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let data = std::fs::read(entry.unwrap().path()).unwrap();
        let step = if data.len() < SMALL { 1 } else { data.len() / BEGINNINGS };
        (0..data.len()).step_by(step).for_each(|end| run(&data[..end]));
        run(&data);
        seeds += 1;
    }
    assert!(seeds >= 3, "{folder} has {seeds} seeds");
}
