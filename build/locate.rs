//! Where the document is.

use std::path::PathBuf;

use super::Finding;

/// A document's path on disk, and the name that findings call it by.
pub struct Location {
    /// Where to read it.
    pub path: PathBuf,
    /// How a finding names it: relative to the package where it is a part of it.
    pub name: String,
}

/// A document that is part of this package.
pub fn packaged(name: &str) -> Result<Location, Vec<Finding>> {
    let root = PathBuf::from(variable("CARGO_MANIFEST_DIR")?);
    Ok(Location { path: root.join(name), name: name.to_owned() })
}

/// A variable that cargo sets for a build script.
pub fn variable(name: &str) -> Result<String, Vec<Finding>> {
    std::env::var(name).map_err(|error| {
        vec![Finding::of_file("build.rs", &format!("cargo did not set {name} ({error}); build with cargo"))]
    })
}
