//! The playbook operations: each operation, the published examples, and the lifecycle of a playbook.

mod calls;
mod document;
mod generate;
mod lifecycle;
#[rustfmt::skip]
mod operations;
mod published;
mod rows;
mod state;
mod variants;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::schemas::documented;

const ID: &str = "909494e3-558e-46b6-a9eb-07a8e18ca62f";
const TIME: &str = "2021-01-30T23:00:00Z+0800";
/// The rule, as in the example of one property.
const RULE_STRING: &str = "{\"expression_type\":\"common\",\"conditions\":[{\"name\":\"condition_0\",\"data\":[\"ref_order_id\",\"==\",\
                         \"id23\"],\"detail\":\"id23\"}],\"logics\":[\"condition_0\"]}";

/// Decodes a value into a type, and encodes it again.
type Decode = fn(Value) -> serde_json::Result<Value>;

fn decode<T: DeserializeOwned + Serialize>(value: Value) -> serde_json::Result<Value> {
    serde_json::to_value(serde_json::from_value::<T>(value)?)
}

/// A normalized value, as decoding returns it: numeric codes and sort orders become strings, and null equals a missing field.
fn normalized(value: &Value) -> Value {
    match value {
        Value::Object(map) => map
            .iter()
            .filter(|(_, value)| !value.is_null())
            .map(|(key, value)| match value {
                Value::Number(number) if key == "code" || key == "sort_order" => {
                    (key.clone(), number.to_string().into())
                }
                _ => (key.clone(), normalized(value)),
            })
            .collect::<Map<_, _>>()
            .into(),
        Value::Array(values) => values.iter().map(normalized).collect(),
        // A number that may have a fraction.
        Value::Number(number) => number.as_f64().map_or(Value::Null, Into::into),
        other => other.clone(),
    }
}

/// Decodes a value that matches the OpenAPI document, and asserts a lossless round trip.
fn assert_lossless(name: &str, value: &Value) {
    let schema = jsonschema::validator_for(&documented(name)).unwrap();
    assert!(schema.is_valid(value), "{name} and {value}: {:?}", schema.validate(value).err());
    let decoded =
        operations::types()[name](value.clone()).unwrap_or_else(|error| panic!("{name} and {value}: {error}"));
    assert_eq!(normalized(&decoded), normalized(value), "{name}");
}
