//! Rule `nesting`: limits chains of schemas to a depth that the compiler supports.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::Report;
use crate::spec::model::Spec;
use crate::spec::walk::{Context, Side, anything, parts_mut, references, target, walk};

/// The maximum nesting depth of types.
const DEPTH: usize = 40;

pub(crate) fn apply(spec: &mut Spec, report: &Report) {
    let depths = depths(spec);
    let context = Context { report: report.clone(), side: Side::Both, component: None, root: false };
    // The chain is cut at each multiple.
    let is_cut = |name: &str| depths.get(name).is_some_and(|depth| *depth > 0 && depth % DEPTH == 0);
    for (name, schema) in spec.schemas.iter_mut().filter(|(name, _)| is_cut(name)) {
        let (at, own) = (schema.at, depths[name]);
        let mut cut = false;
        for part in parts_mut(schema) {
            walk(part, &context, &mut |part, _| {
                if target(part).and_then(|name| depths.get(name)).is_some_and(|depth| depth + 1 == own) {
                    anything(part);
                    cut = true;
                }
            });
        }
        if cut {
            let message = format!(
                "{DEPTH} schemas are nested inside {name}, which is more than the compiler follows; any JSON value is accepted there, flatten them"
            );
            report.warn(at, message);
        }
    }
}

/// The nesting depth of each schema, without cycles.
fn depths(spec: &Spec) -> BTreeMap<String, usize> {
    let (mut depths, mut open) = (BTreeMap::new(), BTreeSet::new());
    for root in spec.schemas.keys() {
        // Iterative, since a chain may be as long as the document.
        let mut stack = vec![(root.as_str(), false)];
        while let Some((name, is_complete)) = stack.pop() {
            let Some(schema) = spec.schemas.get(name) else { continue };
            let mut names = Vec::new();
            references(schema, &mut names);
            if is_complete {
                let deepest = names.iter().filter_map(|name| depths.get(*name)).max();
                depths.insert(name.to_owned(), deepest.map_or(0, |depth| depth + 1));
            } else if open.insert(name) {
                stack.push((name, true));
                stack.extend(names.into_iter().map(|name| (name, false)));
            }
        }
    }
    depths
}
