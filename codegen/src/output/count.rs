//! Compares the generated code with the document, so that nothing is lost without a diagnostic.

use std::collections::{BTreeMap, BTreeSet};

use syn::{Fields, File, ImplItem, Item, Type};

use crate::output::progenitor::replacement;
use crate::spec::model::Spec;
use crate::spec::names;

/// The first thing that the code lacks or has twice.
pub(crate) fn difference(spec: &Spec, file: &File) -> Result<(), String> {
    let builders = fields(module(file, "builder"));
    let functions = functions(file);
    for operation in &spec.operations {
        let (function, builder) = (names::function(&operation.id), names::builder(&operation.id));
        if !functions.contains(&function) {
            return Err(format!("there is no method {function} for the operation {}", operation.label));
        }
        let wanted = operation.parameters.len() + usize::from(operation.body.is_some());
        let found = builders.get(&builder).and_then(|counts| counts.first()).copied();
        if found != Some(wanted + 1) {
            let found = found.unwrap_or_default().saturating_sub(1);
            return Err(format!(
                "the operation {} has {wanted} parameters, but {found} are in the builder",
                operation.label
            ));
        }
    }
    if functions.len() != spec.operations.len() {
        return Err(format!("there are {} methods for {} operations", functions.len(), spec.operations.len()));
    }
    let types = fields(module(file, "types"));
    if let Some(name) = types.iter().find(|(_, counts)| counts.len() > 1).map(|(name, _)| name) {
        return Err(format!("two schemas become the type {name}"));
    }
    for (name, schema) in spec.schemas.iter().filter(|(_, schema)| replacement(schema).is_none()) {
        let name = names::type_name(name);
        let properties = schema.each("properties").count()
            + usize::from(schema.has("properties") && schema.has("additionalProperties"));
        match types.get(&name).and_then(|counts| counts.first()) {
            None => return Err(format!("there is no type {name}")),
            Some(found) if schema.has("properties") && *found != properties => {
                return Err(format!("the type {name} has {found} fields for {properties} properties"));
            }
            Some(_) => {}
        }
    }
    Ok(())
}

/// The items of a module.
fn module<'a>(file: &'a File, name: &str) -> &'a [Item] {
    let items = file.items.iter().find_map(|item| match item {
        Item::Mod(module) if module.ident == name => module.content.as_ref(),
        _ => None,
    });
    items.map(|(_, items)| items.as_slice()).unwrap_or_default()
}

/// The types of a module, with the number of fields of each of that name.
fn fields(items: &[Item]) -> BTreeMap<String, Vec<usize>> {
    let mut types: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for item in items {
        let (name, count) = match item {
            Item::Struct(item) => match &item.fields {
                Fields::Named(fields) => (&item.ident, fields.named.len()),
                Fields::Unnamed(_) | Fields::Unit => (&item.ident, 0),
            },
            Item::Enum(item) => (&item.ident, item.variants.len()),
            _ => continue,
        };
        types.entry(name.to_string()).or_default().push(count);
    }
    types
}

/// The methods of the client that return a builder.
fn functions(file: &File) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for item in &file.items {
        let Item::Impl(item) = item else { continue };
        let is_client = matches!(&*item.self_ty, Type::Path(path) if path.path.is_ident("Client"));
        if !is_client || item.trait_.is_some() {
            continue;
        }
        for item in &item.items {
            let ImplItem::Fn(function) = item else { continue };
            let syn::ReturnType::Type(_, output) = &function.sig.output else { continue };
            if matches!(&**output, Type::Path(path) if path.path.segments.first().is_some_and(|first| first.ident == "builder"))
            {
                names.insert(function.sig.ident.to_string());
            }
        }
    }
    names
}
