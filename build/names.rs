//! The Rust names that the generator makes of a document's names.

use heck::{ToPascalCase, ToSnakeCase};

/// The method that the generator makes of an operation id.
///
/// The generator does not offer its own function for this, so that `generate` compares the result with what was made.
pub fn function(operation_id: &str) -> String {
    identifier(&plain(operation_id).to_snake_case())
}

/// The type that the generator makes of a schema's name.
pub fn type_name(schema: &str) -> String {
    identifier(&plain(schema).to_pascal_case())
}

fn plain(name: &str) -> String {
    name.replace('\'', "").replace(|c: char| !(c.is_alphanumeric() || c == '_'), "-")
}

fn identifier(name: &str) -> String {
    let name = if name.starts_with(|c: char| c.is_alphabetic()) { name.to_owned() } else { format!("_{name}") };
    if syn::parse_str::<syn::Ident>(&name).is_ok() { name } else { format!("{name}_") }
}
