use http::HeaderValue;

use super::*;

#[test]
fn the_first_non_empty_value_is_trimmed() {
    let mut headers = HeaderMap::new();
    for value in [&b""[..], b" ", b"\xc2\xa0", b" an id ", b"another"] {
        headers.append(REQUEST_ID, HeaderValue::from_bytes(value).unwrap());
    }
    assert_eq!(value(&headers, REQUEST_ID).as_deref(), Some("an id"));
    let odd = HeaderValue::from_bytes(b" \xffid ").unwrap();
    headers.insert(REQUEST_ID, odd);
    assert_eq!(value(&headers, REQUEST_ID).as_deref(), Some("\u{fffd}id"));
}

#[test]
fn retry_after_accepts_only_digits() {
    let read = |text| retry_after(&HeaderMap::from_iter([(RETRY_AFTER, HeaderValue::from_static(text))]));
    for (text, seconds) in [
        ("0", Some(0)),
        ("007", Some(7)),
        (" 5\t", Some(5)),
        ("18446744073709551615", Some(u64::MAX)),
        ("18446744073709551616", Some(u64::MAX)),
        ("99999999999999999999999999", Some(u64::MAX)),
        ("+5", None),
        ("-5", None),
        ("5.0", None),
        ("5 6", None),
        ("", None),
    ] {
        assert_eq!(read(text), seconds.map(Duration::from_secs), "{text:?}");
    }
}
