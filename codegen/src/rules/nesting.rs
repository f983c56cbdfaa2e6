//! Rule `nesting`: limits chains of schemas to a depth that the compiler supports.

use std::collections::BTreeMap;

use crate::diagnostic::Report;
use crate::document::node::Node;
use crate::spec::model::Spec;
use crate::spec::walk::{anything, inner_first, parts_mut, references, target};

/// The maximum nesting depth of types, including the lists and maps between them.
const DEPTH: usize = 40;

/// The nesting depth of schemas by name. In a cycle, those that are not known yet do not count.
type Depths = BTreeMap<String, usize>;

pub(crate) fn apply(spec: &mut Spec, report: &Report) {
    let mut depths = Depths::new();
    for name in inner_first(&spec.schemas, references) {
        let Some(schema) = spec.schemas.get_mut(&name) else { continue };
        let (mut is_cut, mut deepest) = (false, 0);
        if target(schema).is_some() {
            deepest = cut(schema, 0, &depths, &mut is_cut);
        }
        for part in parts_mut(schema) {
            deepest = deepest.max(cut(part, 0, &depths, &mut is_cut));
        }
        if is_cut {
            let message = format!(
                "{DEPTH} schemas, lists and maps are nested inside {name}, which is more than the compiler follows; any JSON value is accepted there, flatten them"
            );
            report.warn(schema.at, message);
        }
        depths.insert(name, deepest);
    }
}

/// Replaces what is nested too deeply in a part, which is in a number of lists and maps. Returns the depth of the rest:
/// that of the schema it refers to, and one more.
fn cut(part: &mut Node, containers: usize, depths: &Depths, is_cut: &mut bool) -> usize {
    let depth = containers + target(part).and_then(|name| depths.get(name)).map_or(0, |depth| depth + 1);
    if depth >= DEPTH {
        *is_cut = true;
        anything(part);
        return 0;
    }
    parts_mut(part).into_iter().map(|part| cut(part, containers + 1, depths, is_cut)).fold(depth, usize::max)
}
