//! The Rust names that the generator derives from the names in a document.
//!
//! It follows two sets of rules: names of operations get a leading `_` if they begin with a digit, names of schemas an
//! `x`.

use std::collections::HashMap;

use heck::{ToPascalCase, ToSnakeCase};
use unicode_ident::{is_xid_continue, is_xid_start};

use crate::document::node::At;

/// The method name for an operation id, and the builder method for a parameter.
pub(crate) fn function(name: &str) -> String {
    identifier(&plain(name).to_snake_case(), "_", "x")
}

/// The builder name for an operation id.
pub(crate) fn builder(operation_id: &str) -> String {
    identifier(&plain(&function(operation_id)).to_pascal_case(), "_", "X")
}

/// The type name for a schema.
pub(crate) fn type_name(schema: &str) -> String {
    identifier(&plain(schema).to_pascal_case(), "X", "X")
}

/// The field name for a property.
pub(crate) fn field(property: &str) -> String {
    identifier(&plain(property).to_snake_case(), "x", "x")
}

/// The first two values of an enum that map to the same variant.
pub(crate) fn same_variants<'a>(values: &[&'a str]) -> Option<(&'a str, &'a str)> {
    let same = |variant: &dyn Fn(&str) -> String| {
        let mut seen = HashMap::new();
        values.iter().find_map(|value| seen.insert(variant(value), *value).map(|other| (other, *value)))
    };
    // If words do not distinguish the values, the generator also uses the characters between them.
    let literal = |value: &str| type_name(&value.replace(|c| c == '_' || !is_xid_continue(c), "X"));
    same(&type_name).filter(|_| same(&literal).is_some())
}

/// Names that the generated code uses itself.
const RESERVED: &str = "AsMut AsRef Box Clone Copy Debug Default Deserialize Drop Err Fn FnMut FnOnce From Into Iterator None Ok \
    Option Result Self Send Serialize Some String Sync ToString Vec";

/// Whether a type name is reserved, since the generated code uses it.
pub(crate) fn is_reserved(name: &str) -> bool {
    is_among(name, RESERVED)
}

/// Whether a word is in a space-separated list.
pub(crate) fn is_among(word: &str, words: &str) -> bool {
    words.split(' ').any(|other| other == word)
}

/// The named types, and the location of each schema.
#[derive(Debug, Default)]
pub(crate) struct Types {
    places: HashMap<String, At>,
    /// The last number for each name, since many may be similar.
    numbers: HashMap<String, usize>,
}

impl Types {
    /// Adds a schema under a unique type name. If the requested name is taken, also returns the location of the schema
    /// that has it, or line 0 if the generated code uses it.
    pub(crate) fn add(&mut self, name: &str, separator: &str, at: At) -> (String, Option<At>) {
        let requested = type_name(name);
        let (mut unique, mut key) = (name.to_owned(), requested.clone());
        let first = self.place(&requested);
        while self.place(&key).is_some() {
            let number = self.numbers.entry(requested.clone()).or_insert(1);
            *number += 1;
            unique = format!("{name}{separator}{number}");
            key = type_name(&unique);
        }
        self.places.insert(key, at);
        (unique, first)
    }

    /// The location of a type's schema, if the type exists.
    pub(crate) fn place(&self, name: &str) -> Option<At> {
        self.places.get(name).copied().or_else(|| is_reserved(name).then(At::default))
    }
}

/// Replaces all characters that a Rust name cannot contain by word separators.
fn plain(name: &str) -> String {
    match name {
        "+1" => "plus1".to_owned(),
        "-1" => "minus1".to_owned(),
        _ => name.replace('\'', "").replace(|c| !is_xid_continue(c), "-"),
    }
}

fn identifier(name: &str, prefix: &str, empty: &str) -> String {
    let name = match name.chars().next() {
        None => empty.to_owned(),
        Some(first) if is_xid_start(first) => name.to_owned(),
        Some(_) => format!("{prefix}{name}"),
    };
    // `gen` is reserved in the edition of the generated code, but the name parser accepts it.
    let reserved = name == "gen" || syn::parse_str::<syn::Ident>(&name).is_err();
    if reserved { format!("{name}_") } else { name }
}
