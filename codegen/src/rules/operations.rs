//! Rule `operations`: collects the operations of the document, with paths that can be sent.

use std::collections::BTreeSet;

use crate::diagnostic::Report;
use crate::document::node::{Data, Node};
use crate::rules::paths;
use crate::rules::shape::{label, methods};
use crate::spec::model::{Operation, Spec};

pub(crate) fn apply(spec: &mut Spec, report: &Report) {
    let mut paths = spec.raw.remove("paths").unwrap_or_else(|| Node::map(spec.raw.at));
    let mut seen = BTreeSet::new();
    for (documented, mut item) in paths.entries_mut().map(std::mem::take).unwrap_or_default() {
        if documented.starts_with("x-") {
            continue;
        }
        if item.has("$ref") {
            report.warn(item.at, "a path cannot be a reference; write its operations here");
        }
        let normalized = paths::normalize(&documented);
        match &normalized {
            Ok((_, Some(message))) => report.warn(item.at, message.as_str()),
            Err(why) => report.warn(item.at, format!("{why}; its operations are left out")),
            _ => {}
        }
        for method in methods() {
            let Some(raw) = item.remove(method) else { continue };
            spec.documented_operations += 1;
            let label = label(method, &documented, &raw);
            let report = report.on(&label);
            let Ok((path, _)) = &normalized else { continue };
            // Patterns are removed later.
            let plain = paths::rename(path, |inside| paths::name(inside).to_owned());
            if seen.insert((method, plain)) {
                ignored(&item, &raw, &report);
                spec.operations.push(operation(method, path, label, raw, &item));
            } else {
                let method = method.to_uppercase();
                let message = format!("another path has the same {method} operation; this one is left out, remove it");
                report.warn(raw.at, message);
            }
        }
    }
    if spec.documented_operations == 0 {
        report.error(paths.at, "the OpenAPI document has no operations; write at least one path with an operation");
    } else if spec.operations.is_empty() {
        report.error(paths.at, "no operation can be generated; see the other diagnostics");
    }
}

fn operation(method: &'static str, path: &str, label: String, mut raw: Node, item: &Node) -> Operation {
    // Parameters of an operation override those of its path; the rule `parameters` does that.
    raw.put("inherited", Node::new(raw.at, item.list("parameters").to_vec()));
    let mut text = |key: &str| match raw.remove(key).map(|node| node.data) {
        Some(Data::String(text)) if !text.trim().is_empty() => Some(text),
        _ => None,
    };
    let (summary, mut description) = (text("summary"), text("description"));
    if raw.flag("deprecated") {
        let text = description.map(|text| format!("{text}\n\n")).unwrap_or_default();
        description = Some(text + "Deprecated.");
    }
    Operation {
        at: raw.at,
        id: raw.str("operationId").unwrap_or_default().trim().to_owned(),
        label,
        method,
        path: path.to_owned(),
        raw,
        summary,
        description,
        ..Operation::default()
    }
}

/// Reports fields that have no effect on the client.
fn ignored(item: &Node, raw: &Node, report: &Report) {
    for (node, kind) in [(item, "path"), (raw, "operation")] {
        if !node.list("servers").is_empty() {
            let message = format!(
                "the servers of this {kind} are ignored, since every call goes to the endpoint of the client; remove servers:"
            );
            report.warn(node.at, message);
        }
    }
    for (key, _) in raw.entries().into_iter().flatten().filter(|(key, _)| key.starts_with("x-dropshot-")) {
        let message = format!("{key} has no effect on the client; remove {key}");
        report.note(raw.at, "extensions of dropshot are ignored", message);
    }
}
