//! Decodes response bodies.

use serde::de::DeserializeOwned;
use serde_json::{Error, Value};

/// Decodes a body. `null` in a list or a mapping whose type does not allow it is skipped, so that the response does not
/// fail.
pub(super) fn decode<T: DeserializeOwned>(body: &[u8]) -> Result<T, Error> {
    serde_json::from_slice(body).or_else(|error| {
        let Ok(mut value) = serde_json::from_slice(body) else { return Err(error) };
        leave_out_nulls(&mut value);
        // The first error contains the location in the body.
        serde_json::from_value(value).map_err(|_| error)
    })
}

fn leave_out_nulls(value: &mut Value) {
    match value {
        Value::Array(items) => {
            items.retain(|item| !item.is_null());
            items.iter_mut().for_each(leave_out_nulls);
        }
        Value::Object(members) => {
            members.retain(|_, member| !member.is_null());
            members.values_mut().for_each(leave_out_nulls);
        }
        _ => {}
    }
}
