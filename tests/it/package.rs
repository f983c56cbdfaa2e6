//! The package of the crate, which a user may unpack and work in.

use std::path::Path;
use std::process::Command;

/// Whether a path is not one of the crate, or is there only where somebody has followed the README.
fn is_made(path: &str) -> bool {
    ["/", "target/", ".cargo/"].iter().any(|start| path.starts_with(start))
}

#[test]
fn what_the_readme_names_is_in_the_package() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let output = Command::new(env!("CARGO"))
        .args(["package", "--list", "--allow-dirty", "--offline"])
        .current_dir(root)
        .output()
        .unwrap();
    let list = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));

    let readme = std::fs::read_to_string(root.join("README.md")).unwrap();
    let words = readme.split(|letter: char| !letter.is_alphanumeric() && !"/._-".contains(letter));
    let paths: Vec<&str> =
        words.filter(|word| word.contains('/') && !is_made(word) && root.join(word).exists()).collect();
    assert!(paths.contains(&"docs/performance.md"), "{paths:?}");
    for path in paths {
        // A folder is there by what is in it.
        assert!(list.lines().any(|file| Path::new(file).starts_with(path)), "{path} is not in the package");
    }
}
