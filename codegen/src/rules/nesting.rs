//! Rule `nesting`: limits chains of schemas to a depth that the compiler supports.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::Report;
use crate::document::node::Node;
use crate::spec::model::Spec;
use crate::spec::walk::{anything, parts, parts_mut, references, target};

/// The maximum nesting depth of types, including the lists and maps between them.
const DEPTH: usize = 40;

/// The nesting depth of schemas by name.
type Depths = BTreeMap<String, usize>;

pub(crate) fn apply(spec: &mut Spec, report: &Report) {
    for (name, depths) in cuts(spec) {
        let Some(schema) = spec.schemas.get_mut(&name) else { continue };
        if target(schema).is_some() {
            cut(schema, 0, &depths);
        }
        for part in parts_mut(schema) {
            cut(part, 0, &depths);
        }
        let message = format!(
            "{DEPTH} schemas, lists and maps are nested inside {name}, which is more than the compiler follows; any JSON value is accepted there, flatten them"
        );
        report.warn(schema.at, message);
    }
}

/// The schemas whose parts are nested too deeply, with the depths of those that they refer to. Cycles do not count.
fn cuts(spec: &Spec) -> BTreeMap<String, Depths> {
    let (mut depths, mut open, mut cuts) = (Depths::new(), BTreeSet::new(), BTreeMap::new());
    for root in spec.schemas.keys() {
        // Iterative, since a chain may be as long as the document.
        let mut stack = vec![(root.as_str(), false)];
        while let Some((name, is_complete)) = stack.pop() {
            let Some(schema) = spec.schemas.get(name) else { continue };
            let mut names = Vec::new();
            references(schema, &mut names);
            if is_complete {
                let mut found = BTreeSet::new();
                parts(schema).into_iter().chain(target(schema).map(|_| schema)).for_each(|part| {
                    depths_in(part, 0, &depths, &mut found);
                });
                if found.last().is_some_and(|deepest| *deepest >= DEPTH) {
                    let known = |name: &&str| Some(((*name).to_owned(), *depths.get(*name)?));
                    cuts.insert(name.to_owned(), names.iter().filter_map(known).collect());
                }
                let deepest = found.into_iter().rfind(|depth| *depth < DEPTH).unwrap_or_default();
                depths.insert(name.to_owned(), deepest);
            } else if open.insert(name) {
                stack.push((name, true));
                stack.extend(names.into_iter().map(|name| (name, false)));
            }
        }
    }
    cuts
}

/// The depth of a part that is in a number of lists and maps: that of the schema it refers to, and one more.
fn depth(part: &Node, containers: usize, depths: &Depths) -> usize {
    containers + target(part).and_then(|name| depths.get(name)).map_or(0, |depth| depth + 1)
}

fn depths_in(part: &Node, containers: usize, depths: &Depths, found: &mut BTreeSet<usize>) {
    found.insert(depth(part, containers, depths));
    for part in parts(part) {
        depths_in(part, containers + 1, depths, found);
    }
}

/// Replaces what is nested too deeply.
fn cut(part: &mut Node, containers: usize, depths: &Depths) {
    if depth(part, containers, depths) >= DEPTH {
        return anything(part);
    }
    for part in parts_mut(part) {
        cut(part, containers + 1, depths);
    }
}
