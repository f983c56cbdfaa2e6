//! The Rust names that the generator makes of a document's names.
//!
//! It follows two sets of rules: names of operations get a leading `_` if they begin with a digit, names of schemas an `x`.

use std::collections::HashSet;

use heck::{ToPascalCase, ToSnakeCase};
use unicode_ident::{is_xid_continue, is_xid_start};

/// The method of an operation id.
pub(crate) fn function(operation_id: &str) -> String {
    identifier(&plain(operation_id).to_snake_case(), "_", "x")
}

/// The builder of an operation id.
pub(crate) fn builder(operation_id: &str) -> String {
    identifier(&plain(&function(operation_id)).to_pascal_case(), "_", "X")
}

/// The builder's method of a parameter.
pub(crate) fn parameter(name: &str) -> String {
    function(name)
}

/// The type of a schema's name.
pub(crate) fn type_name(schema: &str) -> String {
    identifier(&plain(schema).to_pascal_case(), "X", "X")
}

/// The field of a property.
pub(crate) fn field(property: &str) -> String {
    identifier(&plain(property).to_snake_case(), "x", "x")
}

/// Whether each of an enum's values gets its own variant.
pub(crate) fn variants_differ(values: &[&str]) -> bool {
    let differ = |names: Vec<String>| names.iter().collect::<HashSet<_>>().len() == names.len();
    differ(values.iter().map(|value| type_name(value)).collect())
        || differ(
            values.iter().map(|value| type_name(&value.replace(|c| c == '_' || !is_xid_continue(c), "X"))).collect(),
        )
}

/// A name that no other has yet. It is then taken.
pub(crate) fn unique(name: &str, separator: &str, taken: &mut HashSet<String>, case: fn(&str) -> String) -> String {
    let mut unique = name.to_owned();
    let mut number = 2;
    while !taken.insert(case(&unique)) {
        unique = format!("{name}{separator}{number}");
        number += 1;
    }
    unique
}

/// A name in which everything that cannot be in a Rust name separates words.
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
    // `gen` is reserved by the edition of the generated code, which the parser of names does not know.
    let reserved = name == "gen" || syn::parse_str::<syn::Ident>(&name).is_err();
    if reserved { format!("{name}_") } else { name }
}
