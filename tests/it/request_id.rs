//! The parts of a request id.

use secmaster_client::RequestId;

use crate::support::failed_by;

const UUID: &str = "5f2b8c1d-0a7e-4c55-9d3b-6f1e2a3b4c5d";
const HEX: &str = "d41d8cd98f00b204e9800998ecf8427e";

#[test]
fn the_parts_are_parsed() {
    let cases = [
        (format!("{UUID}-1751600000123-api-7d9f.x"), Some(UUID), Some("1751600000123"), Some("api-7d9f.x")),
        (format!("{HEX}-1751600000-h"), Some(HEX), Some("1751600000"), Some("h")),
        (format!("{HEX}-1234567890123456789-h"), Some(HEX), Some("1234567890123456789"), Some("h")),
        (format!("{UUID}-1751600000123"), Some(UUID), Some("1751600000123"), None),
        (format!("{UUID}-1751600000123-"), Some(UUID), Some("1751600000123"), None),
        (format!("{UUID}-123456789-h"), Some(UUID), None, None),
        (format!("{UUID}-12345678901234567890-h"), Some(UUID), None, None),
        (format!("{UUID}-1751600000123x-h"), Some(UUID), None, None),
        (format!("{UUID}-host"), Some(UUID), None, None),
        (UUID.to_uppercase(), Some(UUID), None, None),
        (HEX.to_owned(), Some(HEX), None, None),
        (HEX[1..].to_owned(), None, None, None),
        (format!("{HEX}0"), None, None, None),
        (format!("req-{UUID}"), None, None, None),
        (format!("{UUID}é"), None, None, None),
        ("项目-1751600000123-h".to_owned(), None, None, None),
        (String::new(), None, None, None),
        ("-".to_owned(), None, None, None),
    ];
    for (value, uuid, timestamp, hostname) in cases {
        let id = RequestId::from(value.as_str());
        assert_eq!(id.as_str(), value);
        assert_eq!(id.to_string(), value);
        assert_eq!(id.uuid().map(str::to_lowercase).as_deref(), uuid, "{value}");
        assert_eq!(id.timestamp(), timestamp, "{value}");
        assert_eq!(id.hostname(), hostname, "{value}");
    }
}

async fn read_from(header: &[u8]) -> Option<String> {
    let mut bytes = b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n".to_vec();
    bytes.extend_from_slice(header);
    bytes.extend_from_slice(b"\r\n");
    failed_by(bytes).await.request_id().map(|id| id.as_str().to_owned())
}

#[tokio::test]
async fn any_non_empty_header_value_is_a_request_id() {
    assert_eq!(read_from(b"x-ReQuEsT-Id: abc\r\n").await.as_deref(), Some("abc"));
    assert_eq!(read_from(b"X-request-id:   spaced out  \r\n").await.as_deref(), Some("spaced out"));
    assert_eq!(read_from(b"X-request-id: \xe9\xff\r\n").await.as_deref(), Some("\u{fffd}\u{fffd}"));
    assert_eq!(read_from("X-request-id: 项目\r\n".as_bytes()).await.as_deref(), Some("项目"));
    assert_eq!(read_from(b"X-request-id: first\r\nX-request-id: second\r\n").await.as_deref(), Some("first"));
    assert_eq!(read_from(b"X-request-id:\r\nX-request-id: second\r\n").await.as_deref(), Some("second"));
    assert_eq!(read_from(b"X-request-id: \r\n").await, None);
    assert_eq!(read_from(b"").await, None);
}
