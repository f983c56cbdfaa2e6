//! The Rust names that the generator makes of a document's names.
//!
//! It does not offer its own functions for this, so that `generate` compares the methods with what was made. There are two sets of
//! rules: what belongs to an operation gets a leading `_` where it would begin with a digit, what belongs to a schema an `x`.

use std::collections::HashSet;

use heck::{ToPascalCase, ToSnakeCase};

/// The method that the generator makes of an operation id.
pub fn function(operation_id: &str) -> String {
    identifier(&plain(operation_id).to_snake_case(), "_", "x")
}

/// The builder that the generator makes of an operation id.
pub fn builder(operation_id: &str) -> String {
    identifier(&plain(&function(operation_id)).to_pascal_case(), "_", "X")
}

/// The method of a builder that the generator makes of a parameter's name.
pub fn parameter(name: &str) -> String {
    function(name)
}

/// The type that the generator makes of a name of its own for an operation's part, such as `Response`.
pub fn operation_type(operation_id: &str, part: &str) -> String {
    type_name(&identifier(&plain(&format!("{operation_id}-{part}")).to_pascal_case(), "_", "X"))
}

/// The type that the generator makes of a schema's name.
pub fn type_name(schema: &str) -> String {
    identifier(&plain(schema).to_pascal_case(), "X", "X")
}

/// The type that the generator makes of a schema inside a property.
pub fn property_type(owner: &str, property: &str) -> String {
    type_name(&format!("{owner}_{}", property.to_snake_case()))
}

/// The field that the generator makes of a property's name.
pub fn field(property: &str) -> String {
    identifier(&plain(property).to_snake_case(), "x", "x")
}

/// Whether the generator finds a name of its own for each of an enum's values.
pub fn variants_differ(values: &[&str]) -> bool {
    let differ = |names: Vec<String>| names.iter().collect::<HashSet<_>>().len() == names.len();
    differ(values.iter().map(|value| type_name(value)).collect())
        || differ(values.iter().map(|value| type_name(&value.replace(|c| c == '_' || !is_part(c), "X"))).collect())
}

/// A name with everything that can not be in a Rust name made a break between words.
fn plain(name: &str) -> String {
    match name {
        "+1" => "plus1".to_owned(),
        "-1" => "minus1".to_owned(),
        _ => name.replace('\'', "").replace(|c| !is_part(c), "-"),
    }
}

fn is_part(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

fn identifier(name: &str, prefix: &str, empty: &str) -> String {
    let name = match name.chars().next() {
        None => empty.to_owned(),
        Some(first) if first.is_alphabetic() => name.to_owned(),
        Some(_) => format!("{prefix}{name}"),
    };
    // A word that the edition of the generated code reserves, but the parser of names does not know.
    let reserved = name == "gen" || syn::parse_str::<syn::Ident>(&name).is_err();
    if reserved { format!("{name}_") } else { name }
}
