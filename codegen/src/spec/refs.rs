//! References to components.

use std::borrow::Cow;
use std::collections::BTreeSet;

use percent_encoding::percent_decode_str;

use super::grammar::{label, section};
use crate::document::node::Node;

/// The target of a reference, or what is wrong with the reference.
pub(crate) fn follow<'a>(root: &'a Node, node: &'a Node, kind: &str) -> Result<&'a Node, String> {
    let (mut node, mut seen) = (node, BTreeSet::new());
    let section = section(kind).unwrap_or_default();
    while let Some(reference) = node.get("$ref") {
        let text = reference.as_str().unwrap_or_default();
        if !seen.insert(text) {
            return Err(format!("the reference {text} is circular; write the definition here"));
        }
        let components = root.get("components").filter(|_| is_exact(text, section));
        let found = components.and_then(|components| {
            let section = components.get(section)?;
            // Some documents write the % of a name itself.
            section.get(&name(text)).or_else(|| section.get(&unescaped(last(text))))
        });
        node = found.ok_or_else(|| unresolved(&shown(reference), kind))?;
    }
    Ok(node)
}

/// Formats a reference for a diagnostic.
pub(crate) fn shown(reference: &Node) -> String {
    let text = reference.as_str().filter(|text| !text.is_empty());
    text.map_or_else(|| reference.describe(), str::to_owned)
}

/// The name of the referenced component.
pub(crate) fn name(reference: &str) -> String {
    unescaped(&decoded(last(reference)))
}

fn last(reference: &str) -> &str {
    reference.rsplit('/').next().unwrap_or_default()
}

fn unescaped(name: &str) -> String {
    name.replace("~1", "/").replace("~0", "~")
}

/// Decodes the percent-encoded characters of a URL, unless they are not UTF-8.
pub(crate) fn decoded(text: &str) -> String {
    percent_decode_str(text).decode_utf8().map_or_else(|_| text.to_owned(), Cow::into_owned)
}

/// Whether a reference is to a part of a component, so that its last part is not the name of one.
pub(crate) fn is_inside(reference: &str) -> bool {
    let is_part = |part: &str| matches!(part, "properties" | "items" | "allOf" | "oneOf" | "anyOf" | "paths");
    reference.split('/').rev().skip(1).any(is_part)
}

/// Whether a reference is to another file.
pub(crate) fn is_external(reference: &str) -> bool {
    !reference.starts_with('#') && reference.contains('#')
}

/// Whether a reference has the form of one to a component.
pub(crate) fn is_exact(reference: &str, section: &str) -> bool {
    let path = reference.strip_prefix("#/components/").and_then(|path| path.strip_prefix(section)?.strip_prefix('/'));
    path.is_some_and(|name| !name.is_empty() && !name.contains('/'))
}

/// What is wrong with a reference that cannot be resolved.
pub(crate) fn unresolved(reference: &str, kind: &str) -> String {
    let (label, section, name) = (label(kind), section(kind).unwrap_or_default(), name(reference));
    if is_exact(reference, section) {
        format!(
            "the reference {reference} is unresolved; add {name} to components/{section}, or write the name of an existing {label}"
        )
    } else if reference == "empty" {
        format!("$ref is empty; write '#/components/{section}/Name' in quotes, since # begins a comment without them")
    } else if !reference.starts_with('#') && reference.contains(['.', '/']) {
        let file = reference.split('#').next().unwrap_or_default();
        format!(
            "the reference refers to another file, {file}; copy the {label} into components/{section} and write #/components/{section}/Name"
        )
    } else {
        format!(
            "the reference {reference} is not the path of a {label}; write #/components/{section}/{name}, and put the {label} there"
        )
    }
}
