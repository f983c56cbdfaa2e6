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
    for (key, value) in entries {
        if value.data == Data::Null {
            map.remove(&key);
        } else {
            merge(map.entry(key).or_default(), value);
        }
    }
}
