//! The values of plain YAML scalars, as the core schema of YAML 1.2 defines them.

use serde_json::Number;

use super::node::Data;

/// Reads an unquoted scalar. The error says what is wrong with it.
pub(crate) fn plain(text: &str) -> Result<Data, &'static str> {
    Ok(match text {
        "" | "~" | "null" | "Null" | "NULL" => Data::Null,
        "true" | "True" | "TRUE" => Data::Bool(true),
        "false" | "False" | "FALSE" => Data::Bool(false),
        _ if is_not_finite(text) => return Err("OpenAPI has no infinite number and no NaN; write a finite number"),
        _ => number(text).map_or_else(|| Data::String(text.to_owned()), Data::Number),
    })
}

fn is_not_finite(text: &str) -> bool {
    let unsigned = text.trim_start_matches(['+', '-']).to_ascii_lowercase();
    unsigned == ".inf" || unsigned == ".nan"
}

fn number(text: &str) -> Option<Number> {
    if let Some(digits) = text.strip_prefix("0x") {
        return Some(i64::from_str_radix(digits, 16).ok()?.into());
    }
    if let Some(digits) = text.strip_prefix("0o") {
        return Some(i64::from_str_radix(digits, 8).ok()?.into());
    }
    let unsigned = text.trim_start_matches(['+', '-']);
    let is_number = unsigned.starts_with(|c: char| c.is_ascii_digit() || c == '.')
        && unsigned.contains(|c: char| c.is_ascii_digit())
        && unsigned.chars().all(|c| c.is_ascii_digit() || ".eE+-".contains(c));
    if !is_number {
        return None;
    }
    let signed = text.strip_prefix('+').unwrap_or(text);
    let integer = signed.parse::<i64>().map(Number::from).or_else(|_| signed.parse::<u64>().map(Number::from));
    integer.ok().or_else(|| Number::from_f64(text.parse().ok()?))
}
