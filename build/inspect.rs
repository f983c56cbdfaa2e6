//! Looks at the generated code for what is sure not to work, though it compiles or looks as if it did.

use std::collections::BTreeMap;

use syn::{Fields, GenericArgument, Item, ItemStruct, PathArguments, Type};

use super::Finding;
use super::check::tree::Tree;
use super::check::type_names;
use super::document::Document;

/// Finds types that no value fits, that can not be read, or that there are two of.
pub fn inspect(document: &Document, file: &syn::File) -> Vec<Finding> {
    let tree = Tree::new(document);
    let places: BTreeMap<String, String> =
        type_names::all(&tree).into_iter().rev().map(|named| (named.name, named.place.pointer)).collect();
    let finding = |name: &str, text: &str| match places.get(name) {
        Some(pointer) => document.finding(pointer, text),
        None => Finding::of_file(&document.name, text),
    };
    let mut findings = Vec::new();
    let mut structs: BTreeMap<String, &ItemStruct> = BTreeMap::new();
    let mut seen = Vec::new();
    for item in types(file) {
        let (Item::Struct(ItemStruct { ident, .. }) | Item::Enum(syn::ItemEnum { ident, .. })) = item else { continue };
        let name = ident.to_string();
        if seen.contains(&name) {
            let text = format!("two schemas would become the type {name}; rename one of them, or change its title");
            findings.push(finding(&name, &text));
        }
        match item {
            Item::Struct(item) => drop(structs.insert(name.clone(), item)),
            Item::Enum(item) if item.variants.is_empty() => {
                let text = format!(
                    "no value fits the type {name}, since its parts contradict each other; change or remove one of them"
                );
                findings.push(finding(&name, &text));
            }
            _ => {}
        }
        seen.push(name);
    }
    for (name, item) in &structs {
        if flattened(item).any(|inner| !structs.contains_key(&inner) && !inner.ends_with("Map")) {
            let text = format!(
                "no answer could be read into the type {name}, since more than one part of its anyOf may fit; write oneOf"
            );
            findings.push(finding(name, &text));
        }
    }
    findings
}

/// Whether the code has a struct with these fields and no others, each a text, or a text that may be absent.
pub fn has_texts(file: &syn::File, name: &str, wanted: &[(&str, bool)]) -> bool {
    let Some(item) = types(file).find_map(|item| match item {
        Item::Struct(item) if item.ident == name => Some(item),
        _ => None,
    }) else {
        return false;
    };
    item.fields.len() == wanted.len()
        && wanted.iter().all(|(field, optional)| {
            let found = item.fields.iter().find(|found| found.ident.as_ref().is_some_and(|ident| ident == field));
            found.is_some_and(|found| match last(&found.ty) {
                Some((outer, inner)) if *optional => outer == "Option" && inner.as_deref() == Some("String"),
                Some((outer, _)) => outer == "String",
                None => false,
            })
        })
}

/// The items of the module of types.
fn types(file: &syn::File) -> impl Iterator<Item = &Item> {
    file.items
        .iter()
        .filter_map(|item| match item {
            Item::Mod(module) if module.ident == "types" => module.content.as_ref(),
            _ => None,
        })
        .flat_map(|(_, items)| items)
}

/// The types of the fields that hold the parts of an anyOf side by side.
fn flattened(item: &ItemStruct) -> impl Iterator<Item = String> {
    let fields = match &item.fields {
        Fields::Named(fields) => Some(&fields.named),
        _ => None,
    };
    fields.into_iter().flatten().filter_map(|field| {
        let name = field.ident.as_ref()?.to_string();
        let number = name.strip_prefix("subtype_")?;
        number.parse::<usize>().ok()?;
        last(&field.ty)?.1
    })
}

/// The last name of a type's path, and that of its argument. A box is not told apart from what it holds.
fn last(ty: &Type) -> Option<(String, Option<String>)> {
    let Type::Path(path) = ty else { return None };
    let segment = path.path.segments.last()?;
    let argument = match &segment.arguments {
        PathArguments::AngleBracketed(arguments) => arguments.args.first(),
        _ => None,
    };
    let inner = match argument {
        Some(GenericArgument::Type(inner)) => last(inner),
        _ => None,
    };
    if segment.ident == "Box" {
        return inner;
    }
    Some((segment.ident.to_string(), inner.map(|(name, _)| name)))
}
