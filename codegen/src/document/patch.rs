//! JSON merge patches (RFC 7396).

use super::node::{Data, Map, Node};

/// What to write in a patch.
pub(crate) const ADVICE: &str =
    "write a mapping of the OpenAPI document's keys to their new values, with null for those to remove";

/// Applies a patch to a document. Values from the patch retain their location in it.
pub(crate) fn merge(target: &mut Node, patch: Node) {
    let Data::Map(entries) = patch.data else {
        *target = patch;
        return;
    };
    if target.entries().is_none() {
        *target = Node { at: patch.at, data: Data::Map(Map::new()) };
    }
    let Some(map) = target.entries_mut() else { return };
    let mut removed = None;
    for (key, value) in entries {
        if value.data == Data::Null {
            removed = map.remove(&key).map(|_| value.at).or(removed);
        } else {
            merge(map.entry(key).or_default(), value);
        }
    }
    // The patch is the reason if nothing is left.
    if let Some(at) = removed.filter(|_| map.is_empty()) {
        target.at = at;
    }
}
