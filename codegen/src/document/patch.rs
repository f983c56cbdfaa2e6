//! JSON merge patches, as RFC 7396 defines them.

use super::node::{Data, Map, Node};

/// Lays a patch over a document. What comes from the patch keeps its place there.
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
    // That nothing is left is the patch's doing.
    if let Some(at) = removed.filter(|_| map.is_empty()) {
        target.at = at;
    }
}
