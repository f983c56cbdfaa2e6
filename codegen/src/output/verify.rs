//! Compares the generated code with the document, to detect losses without a diagnostic.

use std::collections::BTreeMap;

use syn::{File, ImplItem, Item, ReturnType, Type};

use crate::output::progenitor::replacement;
use crate::spec::model::Spec;
use crate::spec::names;

/// The contents of code: each client method, builder and type, with its number of fields if those are compared.
type Parts = BTreeMap<String, Option<usize>>;

/// Returns the first item that is missing, duplicated, or not in the document.
pub(crate) fn difference(spec: &Spec, file: &File) -> Result<(), String> {
    let (expected, mut found) = (documented(spec), generated(file)?);
    for (part, fields) in &expected {
        match (found.remove(part), fields) {
            (None, _) => return Err(format!("the {part} is missing")),
            (Some(Some(found)), Some(expected)) if found != *expected => {
                return Err(format!("the {part} has {found} instead of {expected} fields"));
            }
            _ => {}
        }
    }
    // Nested types, such as those of enums, are named by the generator.
    match found.into_keys().find(|part| !part.starts_with("type ")) {
        Some(part) => Err(format!("the {part} is not in the OpenAPI document")),
        None => Ok(()),
    }
}

fn documented(spec: &Spec) -> Parts {
    let mut parts = Parts::new();
    for operation in &spec.operations {
        parts.insert(format!("method {}", names::function(&operation.id)), None);
        // In addition to the parameters and the body, a builder has the client.
        let fields = operation.parameters.len() + usize::from(operation.body.is_some()) + 1;
        parts.insert(format!("builder {}", names::builder(&operation.id)), Some(fields));
    }
    for (name, schema) in spec.schemas.iter().filter(|(_, schema)| replacement(schema).is_none()) {
        let fields = schema.each("properties").count() + usize::from(schema.has("additionalProperties"));
        parts.insert(format!("type {}", names::type_name(name)), schema.has("properties").then_some(fields));
    }
    parts
}

fn generated(file: &File) -> Result<Parts, String> {
    let mut parts = Parts::new();
    let mut add = |part: String, fields| match parts.insert(part.clone(), fields) {
        Some(_) => Err(format!("the {part} is generated twice")),
        None => Ok(()),
    };
    for item in &file.items {
        match item {
            Item::Mod(module) if module.ident == "builder" || module.ident == "types" => {
                let label = if module.ident == "types" { "type" } else { "builder" };
                for item in module.content.iter().flat_map(|(_, items)| items) {
                    match item {
                        Item::Struct(item) => {
                            let named = item.fields.iter().filter(|field| field.ident.is_some()).count();
                            add(format!("{label} {}", item.ident), Some(named))?;
                        }
                        Item::Enum(item) => add(format!("{label} {}", item.ident), None)?,
                        _ => {}
                    }
                }
            }
            Item::Impl(item) if item.trait_.is_none() && is(&item.self_ty, "Client") => {
                for item in &item.items {
                    if let ImplItem::Fn(function) = item
                        && let ReturnType::Type(_, output) = &function.sig.output
                        && is(output, "builder")
                    {
                        add(format!("method {}", function.sig.ident), None)?;
                    }
                }
            }
            _ => {}
        }
    }
    Ok(parts)
}

/// Whether the path of a type begins with a name.
fn is(kind: &Type, name: &str) -> bool {
    matches!(kind, Type::Path(path) if path.path.segments.first().is_some_and(|first| first.ident == name))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests may panic")]
mod tests;
