use super::super::canonical::{canonical_path, canonical_query, canonicalize, sha256};
use super::super::{authorization, string_to_sign};
use super::keys;

#[test]
fn the_documented_example_has_the_documented_signature() {
    let canonical = canonicalize(
        "GET",
        "/v1/77b6a44cba5143ab91d13ab9a8ff44fd/vpcs",
        "limit=2&marker=13551d6b-755d-4757-b956-536f674975c0",
        vec![
            ("x-sdk-date", "20191115T033655Z"),
            ("content-type", "application/json"),
            ("host", "service.region.example.com"),
        ],
        b"",
    );

    assert_eq!(
        sha256(canonical.request.as_bytes()),
        "b25362e603ee30f4f25e7858e8a7160fd36e803bb2dfe206278659d71a9bcd7a"
    );
    let text = string_to_sign("20191115T033655Z", &canonical);
    assert_eq!(
        authorization(&keys(), &text, &canonical.signed_headers),
        "SDK-HMAC-SHA256 Access=QTWAOYTTINDUT2QVKYUC, SignedHeaders=content-type;host;x-sdk-date, \
         Signature=7be6668032f70418fcc22abc52071e57aff61b84a1d2381bb430d6870f4f6ebe"
    );
}

#[test]
fn a_path_is_decoded_and_then_fully_encoded() {
    for (sent, expected) in [
        ("", "/"),
        ("/", "/"),
        ("/a", "/a/"),
        ("/a/", "/a/"),
        ("/a//b", "/a//b/"),
        ("/AZaz09-._~", "/AZaz09-._~/"),
        ("/:@!$&'()*+,;=|^[]", "/%3A%40%21%24%26%27%28%29%2A%2B%2C%3B%3D%7C%5E%5B%5D/"),
        ("/a%20b", "/a%20b/"),
        ("/a%2520b", "/a%2520b/"),
        ("/%e9%a1%b9", "/%E9%A1%B9/"),
        ("/%7e%41", "/~A/"),
        ("/a%2Fb", "/a/b/"),
        ("/a%2F", "/a/"),
        ("/100%", "/100%25/"),
        ("/%4", "/%254/"),
        ("/%zz%%41", "/%25zz%25A/"),
        ("/%FF", "/%FF/"),
    ] {
        assert_eq!(canonical_path(sent), expected, "{sent}");
    }
}

#[test]
fn a_query_is_sorted_and_fully_encoded() {
    for (sent, expected) in [
        ("", ""),
        ("&&", ""),
        ("flag", "flag="),
        ("a=b=c", "a=b%3Dc"),
        ("b=1&a=2&a=1&a=", "a=&a=1&a=2&b=1"),
        ("a=x+y", "a=x%20y"),
        ("a=x%20y", "a=x%20y"),
        ("a=x%2By", "a=x%2By"),
        ("a=*%7E:/", "a=%2A~%3A%2F"),
        ("%C3%A9=1&z=2", "z=2&%C3%A9=1"),
        ("a%3Db=1&a=2", "a=2&a%3Db=1"),
        ("a=%FF", "a=%FF"),
    ] {
        assert_eq!(canonical_query(sent), expected, "{sent}");
        assert_eq!(canonical_query(expected), expected, "canonicalization is idempotent");
    }
}

#[test]
fn a_content_hash_header_replaces_the_hash_of_a_body() {
    let hash = |body| {
        let headers = vec![("x-sdk-content-sha256", " UNSIGNED-PAYLOAD ")];
        let text = canonicalize("POST", "/", "", headers, body).request;
        text.lines().last().unwrap().to_owned()
    };
    assert_eq!(hash(b"[]"), "UNSIGNED-PAYLOAD");
    assert_eq!(hash(b""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}
