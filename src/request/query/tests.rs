use serde_json::json;

use super::*;

#[test]
fn a_32_bit_float_is_not_widened() {
    assert_eq!(QueryParam::new("n", &0.1_f32).pairs(), Ok(vec![("n".to_owned(), "0.1".to_owned())]));
}

#[test]
fn values_become_pairs_and_null_is_omitted() {
    let pairs = |value: Value| {
        let pairs = QueryParam::new("n", &value).pairs()?;
        Ok::<_, String>(pairs.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&"))
    };
    for (value, expected) in [
        (json!("a b"), Ok("n=a b")),
        (json!(7), Ok("n=7")),
        (json!(1.5), Ok("n=1.5")),
        (json!(true), Ok("n=true")),
        (json!(null), Ok("")),
        (json!(["a", 1, null, false]), Ok("n=a&n=1&n=false")),
        (json!({"a": 1, "b": ["x", "y"], "c": null}), Ok("a=1&b=x&b=y")),
        (json!([["a"]]), Err("a list or an object within a list cannot be encoded in a query")),
        (json!({"a": {"b": 1}}), Err("a is a nested object, which cannot be encoded in a query")),
    ] {
        assert_eq!(pairs(value.clone()).as_deref().map_err(String::as_str), expected, "{value}");
    }
}
