//! Strategies for the property tests.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use secmaster_client::types::CreateAction;
use serde_json::{Map, Value};

/// Any string, biased towards special characters in paths, headers and JSON.
pub fn string() -> impl Strategy<Value = String> {
    let special =
        select(vec!["..", "%2e", "%2F", "\r\n", "\t", "\0", "\u{7f}", "\u{a0}", "é", "项目", "\u{202e}", "\u{1f600}"]);
    let part = prop_oneof![
        special.prop_map(str::to_owned),
        r#"[-./\\?#%{}\[\]"'|^=+:;@& ]"#,
        "[ -~]{1,8}",
        any::<char>().prop_map(String::from),
    ];
    vec(part, 0..6).prop_map(|parts| parts.concat())
}

/// Bytes that are valid in a header.
pub fn header_value() -> impl Strategy<Value = Vec<u8>> {
    let byte = any::<u8>().prop_filter("no control character", |byte| *byte == b'\t' || *byte >= b' ' && *byte != 0x7f);
    prop_oneof![vec(byte, 0..60), "[0-9a-f]{32}-[0-9]{13}-[a-z.-]{1,20}".prop_map(String::into_bytes)]
}

pub fn action() -> impl Strategy<Value = CreateAction> {
    (string(), string(), option::of(string()), option::of(string()), option::of(string())).prop_map(
        |(action_id, action_type, name, description, sort_order)| CreateAction {
            action_id,
            action_type,
            name,
            description,
            sort_order,
        },
    )
}

/// A JSON value with the field names of a response.
pub fn json_value() -> impl Strategy<Value = Value> {
    let name = prop_oneof![
        select(vec!["code", "message", "data", "error", "error_code", "error_msg", "errorCode", "request_id", "id"])
            .prop_map(str::to_owned),
        string(),
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        string().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 24, 6, move |inner| {
        let field = (name.clone(), inner.clone());
        prop_oneof![
            vec(inner, 0..4).prop_map(Value::from),
            vec(field, 0..6).prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}

/// A response of the documented form: a code, a message and rows, each of them set, null or omitted, and a field that the document
/// does not know.
pub fn response() -> impl Strategy<Value = Value> {
    let maybe =
        || prop_oneof![1 => Just(None), 1 => Just(Some(Value::Null)), 4 => string().prop_map(|text| Some(text.into()))];
    let code = prop_oneof![
        maybe(),
        any::<i64>().prop_map(|code| Some(code.into())),
        any::<u64>().prop_map(|code| Some(code.into())),
        // The reader of JSON may lose the last bit of a longer fraction.
        any::<i32>().prop_map(|code| Some((f64::from(code) / 4.0).into())),
    ];
    let row = vec(maybe(), ROW.len()).prop_map(|values| object(ROW.into_iter().zip(values)));
    let rows = prop_oneof![Just(None), Just(Some(Value::Null)), vec(row, 0..3).prop_map(|rows| Some(rows.into()))];
    (code, maybe(), rows, option::of(json_value())).prop_map(|(code, message, data, other)| {
        object([("code", code), ("message", message), ("data", data), ("other", other)])
    })
}

/// The fields of a row in a response.
pub const ROW: [&str; 8] =
    ["id", "action_id", "action_type", "name", "description", "playbook_id", "playbook_version_id", "project_id"];

/// The present fields.
fn object<'a>(fields: impl IntoIterator<Item = (&'a str, Option<Value>)>) -> Value {
    fields.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect::<Map<_, _>>().into()
}

/// A status, often one that the client handles in a special way.
pub fn status() -> impl Strategy<Value = u16> {
    prop_oneof![select(vec![200, 204, 304, 400, 401, 429, 500, 502, 503, 504]), 200..=599_u16]
}

/// A delay, as a number or an invalid one.
pub fn seconds() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        "[0-9]{1,22}".prop_map(String::into_bytes),
        "[+-][0-9]{1,4}".prop_map(String::into_bytes),
        header_value()
    ]
}

/// A body: the documented one, bytes, JSON, the beginning of JSON, or an error with a code of this test.
pub fn body() -> impl Strategy<Value = Vec<u8>> {
    let cut = (json_value(), any::<Index>()).prop_map(|(value, end)| {
        let whole = value.to_string().into_bytes();
        whole[..end.index(whole.len())].to_vec()
    });
    let coded = (select(vec!["APIGW.", "APIG.", "SecMaster.", ""]), select(vec!["0613", "0612", "0308"]))
        .prop_map(|(prefix, number)| format!(r#"{{"error_code":"{prefix}{number}"}}"#).into_bytes());
    let documented = Just(br#"{"code":0,"message":"m","data":[{"id":"1"}]}"#.to_vec());
    prop_oneof![
        documented,
        vec(any::<u8>(), 0..200),
        json_value().prop_map(|value| value.to_string().into_bytes()),
        cut,
        coded,
        response().prop_map(|value| value.to_string().into_bytes()),
    ]
}
