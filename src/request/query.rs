//! Query parameters and forms as name-value pairs.

use serde::Serialize;
use serde_json::Value;

/// A query parameter: a scalar, a list whose items share the name, or an object whose members have separate names.
pub struct QueryParam<'a, T: ?Sized> {
    pub(super) name: &'a str,
    value: &'a T,
}

impl<'a, T: Serialize + ?Sized> QueryParam<'a, T> {
    pub fn new(name: &'a str, value: &'a T) -> Self {
        Self { name, value }
    }

    /// The value if it is a string.
    pub(super) fn string(&self) -> Option<String> {
        match serde_json::to_value(self.value) {
            Ok(Value::String(text)) => Some(text),
            _ => None,
        }
    }

    pub(super) fn pairs(&self) -> Result<Vec<(String, String)>, String> {
        pairs(self.name, &to_value(self.value)?)
    }
}

/// The members of an object as form fields. None for an optional form that was not set.
pub(super) fn form_pairs<T: Serialize + ?Sized>(body: &T) -> Result<Option<Vec<(String, String)>>, String> {
    match to_value(body)? {
        Value::Null => Ok(None),
        Value::Object(members) => members_as_pairs(&members).map(Some),
        _ => Err("it is not an object".to_owned()),
    }
}

fn to_value<T: Serialize + ?Sized>(value: &T) -> Result<Value, String> {
    // Converted through a string, since a 32-bit float has fewer digits than the same value with 64 bits.
    let text = serde_json::to_string(value).map_err(|error| error.to_string())?;
    serde_json::from_str(&text).map_err(|error| error.to_string())
}

fn pairs(name: &str, value: &Value) -> Result<Vec<(String, String)>, String> {
    match value {
        Value::Null => Ok(Vec::new()),
        Value::Array(items) => {
            items.iter().filter(|item| !item.is_null()).map(|item| Ok((name.to_owned(), scalar(item)?))).collect()
        }
        Value::Object(members) => members_as_pairs(members),
        scalar_value => Ok(vec![(name.to_owned(), scalar(scalar_value)?)]),
    }
}

fn members_as_pairs(members: &serde_json::Map<String, Value>) -> Result<Vec<(String, String)>, String> {
    let mut all = Vec::new();
    for (name, value) in members {
        if value.is_object() {
            return Err(format!("{name} is a nested object, which cannot be encoded in a query"));
        }
        all.extend(pairs(name, value)?);
    }
    Ok(all)
}

fn scalar(value: &Value) -> Result<String, String> {
    match value {
        Value::String(text) => Ok(text.clone()),
        Value::Number(number) => Ok(number.to_string()),
        Value::Bool(flag) => Ok(flag.to_string()),
        _ => Err("a list or an object within a list cannot be encoded in a query".to_owned()),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests may panic")]
mod tests;
