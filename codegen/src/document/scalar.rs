//! Plain YAML scalars, as defined by the core schema of YAML 1.2.

use serde_json::Number;

use super::node::Data;

/// Parses an unquoted scalar. The error describes what is wrong with it.
pub(crate) fn plain(text: &str) -> Result<Data, &'static str> {
    Ok(match text {
        "" | "~" | "null" | "Null" | "NULL" => Data::Null,
        "true" | "True" | "TRUE" => Data::Bool(true),
        "false" | "False" | "FALSE" => Data::Bool(false),
        _ => match text.trim_start_matches(['+', '-']).to_ascii_lowercase().as_str() {
            ".inf" | ".nan" => return Err("OpenAPI has no infinite number and no NaN; write a finite number"),
            _ => number(text).map_or_else(|| Data::String(text.to_owned()), Data::Number),
        },
    })
}

fn number(text: &str) -> Option<Number> {
    let based = |prefix, base| i64::from_str_radix(text.strip_prefix(prefix)?, base).ok();
    if let Some(integer) = based("0x", 16).or_else(|| based("0o", 8)) {
        return Some(integer.into());
    }
    // Rust would also parse words such as `inf`.
    text.chars().all(|c| c.is_ascii_digit() || ".eE+-".contains(c)).then_some(())?;
    let integer = text.parse::<i64>().map(Number::from).or_else(|_| text.parse::<u64>().map(Number::from));
    integer.ok().or_else(|| Number::from_f64(text.parse().ok()?))
}
