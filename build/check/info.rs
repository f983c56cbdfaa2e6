//! Whether the document's version can be what the generated code makes of it.

use super::Found;
use super::kind::Kind;
use super::tree::Tree;

/// The generated code makes a header of the version, and panics in each call where that can not be done.
pub fn check(tree: &Tree<'_>, found: &mut Found<'_>) {
    for node in tree.of(Kind::Info) {
        let place = node.place();
        let Some(version) = place.text("version") else { continue };
        if !version.bytes().all(|byte| (b' '..=b'~').contains(&byte)) {
            let text = "the version becomes a header in the generated code, which it can not be; write visible ASCII, such as 1.0.0";
            found.error_of(node, "version", text);
        }
    }
}
