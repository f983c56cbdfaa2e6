//! Compares the signature with one computed from the request that a server received.

use reqwest::{Body, Method, Request};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::super::canonical::sha256;
use super::super::{authorization, sign};
use super::{documented_time, temporary_keys};
use crate::request::path::encode_path;
use crate::session::endpoint::Endpoint;

const BODY: &str = r#"[{"name":"名称"}]"#;

#[tokio::test]
async fn the_server_computes_the_same_signature() {
    for (base, id, name) in [
        ("", "909494e3-558e-46b6-a9eb-07a8e18ca620", "x"),
        ("", "AZaz09-._~", "AZaz09-._~"),
        ("/base/a:b", ":@!$&'()*+,;=|^[]", ":@!$&'()*+,;=|^[]"),
        ("", "100% of \"项目\" 🚀", "100% of \"项目\" 🚀"),
        ("", "a%20b%2Fc", "a%20b%2Bc"),
        ("", "<>#?{}`\u{7f}", "<>#?{}`\u{7f}\\/"),
    ] {
        let head = head_of(base, id, name).await;
        let mut lines = head.lines();
        let request_line = lines.next().unwrap();
        let header = |name: &str| {
            let values: Vec<_> = head
                .lines()
                .filter_map(|line| line.split_once(": "))
                .filter(|(other, _)| other.eq_ignore_ascii_case(name))
                .map(|(_, value)| value)
                .collect();
            let [value] = values[..] else { panic!("{name} appears {} times", values.len()) };
            value
        };

        let query = format!("limit=2&name={}&name={}", encode(name), encode(&format!("{name}{name}")));
        assert!(request_line.ends_with(&format!("/actions?{query} HTTP/1.1")), "{request_line}");
        let canonical = format!(
            "POST\n{}/v1/{}/actions/\n{query}\nhost:{}\nx-project-id:{}\nx-sdk-date:{}\nx-security-token:{}\n\n\
             host;x-project-id;x-sdk-date;x-security-token\n{}",
            base.replace(':', "%3A"),
            encode(id),
            header("host"),
            header("x-project-id"),
            header("x-sdk-date"),
            header("x-security-token"),
            sha256(BODY.as_bytes()),
        );
        let text = format!("SDK-HMAC-SHA256\n{}\n{}", header("x-sdk-date"), sha256(canonical.as_bytes()));
        assert_eq!(
            header("authorization"),
            authorization(&temporary_keys(), &text, "host;x-project-id;x-sdk-date;x-security-token"),
            "{request_line}"
        );
    }
}

/// Sends a request as the generated client builds it, and returns the head that the server received.
async fn head_of(base: &str, id: &str, name: &str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint =
        Endpoint::parse("the endpoint", &format!("http://{}{base}", listener.local_addr().unwrap()), false).unwrap();
    let generated = endpoint.join(&format!("/v1/{}/actions", encode_path(id)).replace(['{', '}'], ""), "");
    let mut request = Request::new(Method::POST, generated);
    for (key, value) in [("name", format!("{name}{name}")), ("name", name.to_owned()), ("limit", "2".to_owned())] {
        request.url_mut().query_pairs_mut().append_pair(key, &value);
    }
    *request.body_mut() = Some(Body::from(BODY));
    sign(&mut request, &temporary_keys(), Some("project"), documented_time()).unwrap();

    let server = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut received = Vec::new();
        while !received.ends_with(BODY.as_bytes()) {
            assert_ne!(stream.read_buf(&mut received).await.unwrap(), 0, "the request was truncated");
        }
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n").await.unwrap();
        received
    });
    reqwest::Client::builder().no_proxy().build().unwrap().execute(request).await.unwrap();
    let received = String::from_utf8(server.await.unwrap()).unwrap();
    received.split_once("\r\n\r\n").unwrap().0.to_owned()
}

/// Percent-encoding as the signature's documentation defines it, from the decoded value.
fn encode(value: &str) -> String {
    value
        .bytes()
        .map(|byte| match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => char::from(byte).to_string(),
            _ => format!("%{byte:02X}"),
        })
        .collect()
}
