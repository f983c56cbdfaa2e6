//! What the properties are tried with.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use secmaster_client::types::CreateAction;
use serde_json::Value;

/// Any text, more often than by chance one that is special in a path, a header or JSON.
pub fn text() -> impl Strategy<Value = String> {
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

/// Bytes that a header may hold.
pub fn header_value() -> impl Strategy<Value = Vec<u8>> {
    let byte = any::<u8>().prop_filter("no control character", |byte| *byte == b'\t' || *byte >= b' ' && *byte != 0x7f);
    prop_oneof![vec(byte, 0..60), "[0-9a-f]{32}-[0-9]{13}-[a-z.-]{1,20}".prop_map(String::into_bytes)]
}

pub fn action() -> impl Strategy<Value = CreateAction> {
    (text(), text(), option::of(text()), option::of(text()), option::of(text())).prop_map(
        |(action_id, action_type, name, description, sort_order)| CreateAction {
            action_id,
            action_type,
            name,
            description,
            sort_order,
        },
    )
}

/// A value of JSON with names that mean something in an answer.
pub fn json_value() -> impl Strategy<Value = Value> {
    let name = prop_oneof![
        select(vec!["code", "message", "data", "error", "error_code", "error_msg", "errorCode", "request_id", "id"])
            .prop_map(str::to_owned),
        text(),
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        text().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 24, 6, move |inner| {
        let field = (name.clone(), inner.clone());
        prop_oneof![
            vec(inner, 0..4).prop_map(Value::from),
            vec(field, 0..6).prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}

/// A body: the documented one, bytes, JSON, or the beginning of JSON.
pub fn body() -> impl Strategy<Value = Vec<u8>> {
    let cut = (json_value(), any::<Index>()).prop_map(|(value, end)| {
        let whole = value.to_string().into_bytes();
        whole[..end.index(whole.len())].to_vec()
    });
    let documented = Just(br#"{"code":0,"message":"m","data":[{"id":"1"}]}"#.to_vec());
    prop_oneof![
        documented,
        vec(any::<u8>(), 0..200),
        json_value().prop_map(|value| value.to_string().into_bytes()),
        cut
    ]
}
