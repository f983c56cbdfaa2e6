//! Where the documents are, and where the code goes.

use std::fs;
use std::path::{Path, PathBuf};

use super::{Finding, MAIN};

/// A document's path on disk, and the name that findings call it by.
pub struct Location {
    /// Where to read it.
    pub path: PathBuf,
    /// How a finding names it: relative to the package where it is a part of it.
    pub name: String,
}

/// Finds a document: the packaged one, or for the main one whatever the variable names.
pub fn document(name: &str, variable: &str) -> Result<Location, Vec<Finding>> {
    match std::env::var_os(variable).filter(|value| !value.is_empty() && name == MAIN) {
        None => packaged(name),
        Some(path) => overriding(variable, Path::new(&path)),
    }
}

/// A document that is part of this package.
pub fn packaged(name: &str) -> Result<Location, Vec<Finding>> {
    let name = format!("openapi/{name}.yaml");
    Ok(Location { path: directory("CARGO_MANIFEST_DIR")?.join(&name), name })
}

/// A document of the user's own.
pub fn overriding(variable: &str, path: &Path) -> Result<Location, Vec<Finding>> {
    let shown = path.display().to_string();
    let refuse = |text: String| Err(vec![Finding::of_file(variable, &text)]);
    if !path.is_absolute() {
        return refuse(format!(
            "the path {shown} is relative, and would be looked for in the folder of this package; write an absolute path, or in \
             .cargo/config.toml: [env] {variable} = {{ value = \"{shown}\", relative = true }}"
        ));
    }
    if !path.is_file() {
        let what = if path.exists() { "is not a file" } else { "does not exist" };
        return refuse(format!("{shown} {what}; name the file that holds the OpenAPI document"));
    }
    Ok(Location { path: path.to_owned(), name: shown })
}

/// Writes a file for the compiler.
pub fn write(name: &str, text: &str) -> Result<(), Vec<Finding>> {
    let path = directory("OUT_DIR")?.join(name);
    fs::write(&path, text)
        .map_err(|error| vec![Finding::of_file(&path.display().to_string(), &format!("can not be written: {error}"))])
}

/// A folder that cargo names.
fn directory(variable: &str) -> Result<PathBuf, Vec<Finding>> {
    std::env::var_os(variable)
        .map(PathBuf::from)
        .ok_or_else(|| vec![Finding::of_file("build.rs", &format!("cargo did not set {variable}; build with cargo"))])
}
