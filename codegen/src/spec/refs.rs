//! References to parameters, request bodies and responses.

use std::collections::BTreeSet;

use super::kind::Kind;
use crate::document::node::Node;

/// What a reference leads to, or what is wrong with it.
pub(crate) fn follow<'a>(root: &'a Node, node: &'a Node, kind: Kind) -> Result<&'a Node, String> {
    let mut node = node;
    let mut seen = BTreeSet::new();
    while let Some(reference) = node.get("$ref") {
        let Some(text) = reference.as_str() else { return Err(not_a_path(&reference.describe(), kind)) };
        if !seen.insert(text) {
            return Err(format!("the reference {text} leads back to itself; write out what it is"));
        }
        node = lookup(root, text, kind)?;
    }
    Ok(node)
}

/// The component that a reference names, or what is wrong with it.
pub(crate) fn lookup<'a>(root: &'a Node, reference: &str, kind: Kind) -> Result<&'a Node, String> {
    let section = kind.section().unwrap_or_default();
    if let Some(message) = mistake(reference, kind) {
        return Err(message);
    }
    let name = name(reference);
    root.get("components")
        .and_then(|components| components.get(section))
        .and_then(|all| all.get(&name))
        .ok_or_else(|| nowhere(reference, kind))
}

/// That a reference leads to no component.
pub(crate) fn nowhere(reference: &str, kind: Kind) -> String {
    let (section, name) = (kind.section().unwrap_or_default(), name(reference));
    format!(
        "the reference {reference} leads nowhere; add {name} to components/{section}, or write the name of one that exists"
    )
}

/// The name of the component that a reference leads to.
pub(crate) fn name(reference: &str) -> String {
    reference.rsplit('/').next().unwrap_or_default().replace("~1", "/").replace("~0", "~")
}

/// What is wrong with the form of a reference.
pub(crate) fn mistake(reference: &str, kind: Kind) -> Option<String> {
    let section = kind.section().unwrap_or_default();
    let label = kind.label();
    let name = name(reference);
    let Some(path) = reference.strip_prefix('#') else {
        return Some(if reference.contains(['.', '/']) || reference.contains("://") {
            let file = reference.split('#').next().unwrap_or_default();
            format!(
                "the reference leads out of this file, to {file}; copy the {label} into components/{section} and write #/components/{section}/Name"
            )
        } else {
            not_a_path(reference, kind)
        });
    };
    let Some((found, rest)) = path.strip_prefix("/components/").and_then(|path| path.split_once('/')) else {
        return Some(format!(
            "the reference {reference} is not the path of a component; put the {label} into components/{section} and write #/components/{section}/Name"
        ));
    };
    if rest.contains('/') || rest.is_empty() {
        return Some(format!(
            "the reference {reference} is not the path of a component; put the {label} into components/{section} and write #/components/{section}/Name"
        ));
    }
    (found != section).then(|| {
        format!("the reference {reference} leads to components/{found}, but a {label} belongs here; write #/components/{section}/{name}")
    })
}

fn not_a_path(reference: &str, kind: Kind) -> String {
    let section = kind.section().unwrap_or_default();
    if reference == "empty" {
        return format!(
            "$ref is empty; write '#/components/{section}/Name' in quotes, since # begins a comment without them"
        );
    }
    format!("the reference {reference} is not a path; write #/components/{section}/{reference}")
}
