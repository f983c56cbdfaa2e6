use std::time::{Duration, SystemTime, UNIX_EPOCH};

use http::header::{AUTHORIZATION, CONTENT_TYPE, HOST, HeaderMap};
use reqwest::{Body, Method, Request, Response};

use super::super::{Keys, canonicalize, host, is_signed, sdk_date, sign};
use super::{ACCESS, SECRET, TOKEN, documented_time, keys, temporary_keys};

const EMPTY: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

fn request(address: &str) -> Request {
    Request::new(Method::GET, address.parse().unwrap())
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    let values: Vec<_> = headers.get_all(name).iter().collect();
    let [value] = values[..] else { panic!("{name} is there {} times", values.len()) };
    value.to_str().unwrap()
}

#[test]
fn a_signed_request_has_its_headers() {
    let mut request = request("https://service.region.example.com/v1/vpcs?limit=2");
    request.headers_mut().insert(CONTENT_TYPE, "application/json".parse().unwrap());
    sign(&mut request, &temporary_keys(), Some("project"), documented_time()).unwrap();

    let headers = request.headers();
    assert_eq!(headers.len(), 5);
    assert_eq!(header(headers, "content-type"), "application/json");
    assert_eq!(header(headers, "x-sdk-date"), "20191115T033655Z");
    assert_eq!(header(headers, "x-project-id"), "project");
    assert_eq!(header(headers, "x-security-token"), TOKEN);
    assert_eq!(
        header(headers, "authorization"),
        "SDK-HMAC-SHA256 Access=QTWAOYTTINDUT2QVKYUC, SignedHeaders=host;x-project-id;x-sdk-date;x-security-token, \
         Signature=2886bb481d2e8a8264a1f2121a2cf2bafb9fd0010b914b9b8faf81dca6354bec"
    );
    assert_eq!(
        canonicalize(&request, is_signed).unwrap().request,
        format!(
            "GET\n/v1/vpcs/\nlimit=2\nhost:service.region.example.com\nx-project-id:project\n\
             x-sdk-date:20191115T033655Z\nx-security-token:{TOKEN}\n\nhost;x-project-id;x-sdk-date;x-security-token\n{EMPTY}"
        )
    );
}

#[test]
fn a_second_signature_replaces_the_first() {
    let mut request = request("https://service.region.example.com/v1/vpcs?name=a+b&all");
    *request.body_mut() = Some(Body::from("[]"));
    let mut expected = request.try_clone().unwrap();
    let later = documented_time() + Duration::from_secs(61);
    sign(&mut expected, &keys(), None, later).unwrap();

    sign(&mut request, &temporary_keys(), Some("project"), documented_time()).unwrap();
    assert_ne!(request.headers(), expected.headers());
    sign(&mut request, &keys(), None, later).unwrap();
    assert_eq!(request.headers(), expected.headers());
    assert_eq!(request.url(), expected.url());
    assert_eq!(header(request.headers(), "x-sdk-date"), "20191115T033756Z");
}

#[test]
fn the_query_is_sent_as_it_is_signed() {
    for (address, expected) in [
        ("https://localhost/a:b?name=x+y&id=2&id=1", "https://localhost/a:b?id=1&id=2&name=x%20y"),
        ("https://localhost/a?", "https://localhost/a"),
        ("https://localhost/a", "https://localhost/a"),
    ] {
        let mut request = request(address);
        sign(&mut request, &keys(), None, documented_time()).unwrap();
        assert_eq!(request.url().as_str(), expected);
    }
}

#[test]
fn the_host_has_a_port_only_if_it_is_not_the_default() {
    for (address, expected) in [
        ("https://service.example.com/", "service.example.com"),
        ("https://service.example.com:443/", "service.example.com"),
        ("http://service.example.com:80/", "service.example.com"),
        ("https://service.example.com:80/", "service.example.com:80"),
        ("http://127.0.0.1:18080/", "127.0.0.1:18080"),
        ("https://[::1]:8443/", "[::1]:8443"),
        ("https://SERVICE.example.com./", "service.example.com."),
    ] {
        assert_eq!(host(&request(address)).unwrap(), expected, "{address}");
    }
    let mut request = request("https://service.example.com/");
    request.headers_mut().insert(HOST, "other.example.com".parse().unwrap());
    assert_eq!(host(&request).unwrap(), "other.example.com");
}

#[test]
fn a_body_that_is_a_stream_is_refused() {
    let mut request = request("https://service.example.com/");
    let stream = Body::from(Response::from(http::Response::new("[]")));
    assert!(stream.as_bytes().is_none());
    *request.body_mut() = Some(stream);
    assert_eq!(
        sign(&mut request, &keys(), None, documented_time()),
        Err("its body is a stream, which cannot be signed; pass the whole body".to_owned())
    );
    assert!(!request.headers().contains_key(AUTHORIZATION));
}

#[test]
fn a_request_that_cannot_be_signed_is_an_error() {
    let signed = |mut request: Request, project_id: Option<&str>| {
        sign(&mut request, &keys(), project_id, documented_time()).unwrap_err()
    };
    assert_eq!(signed(request("secmaster:operation"), None), "its URL has no host, so it cannot be signed");
    assert_eq!(
        signed(request("https://localhost/"), Some("a\nb")),
        "the project id cannot be sent as a header, since it has a control character"
    );
}

#[test]
fn keys_are_validated_and_redacted() {
    let given = |access: &str, secret: &str, token: Option<&str>| {
        Keys::new(access.to_owned(), secret.to_owned(), token.map(str::to_owned)).unwrap_err()
    };
    let stray = |name| {
        format!(
            "the {name} has a space, a line break or another character that is not visible ASCII; use only the value as it was issued"
        )
    };
    let empty = |name| format!("the {name} is empty; use it as it was issued");
    assert_eq!(given("", SECRET, None), empty("access key"));
    assert_eq!(given(ACCESS, "", None), empty("secret key"));
    assert_eq!(given(ACCESS, SECRET, Some("")), empty("security token"));
    assert_eq!(given("a key", SECRET, None), stray("access key"));
    assert_eq!(given(ACCESS, "MFyfvK41\n", None), stray("secret key"));
    assert_eq!(given(ACCESS, SECRET, Some("密")), stray("security token"));
}

#[test]
fn no_debug_output_shows_a_secret() {
    let keys = temporary_keys();
    assert_eq!(format!("{keys:?}"), "Keys([redacted])");

    let mut request = request("https://service.example.com/");
    sign(&mut request, &keys, None, SystemTime::now()).unwrap();
    for name in [AUTHORIZATION.as_str(), "x-security-token"] {
        assert!(request.headers()[name].is_sensitive(), "{name}");
    }
    let shown = format!("{request:?}");
    let authorization = header(request.headers(), "authorization");
    let (_, signature) = authorization.split_once("Signature=").unwrap();
    assert_eq!(signature.len(), 64);
    for secret in [ACCESS, SECRET, TOKEN, signature] {
        assert!(!shown.contains(secret), "{shown}");
    }
}

#[test]
fn times_are_written_in_utc() {
    let at = |seconds| UNIX_EPOCH + Duration::from_secs(seconds);
    for (at, expected) in [
        (at(0), "19700101T000000Z"),
        (at(951_782_400), "20000229T000000Z"),
        (at(1_573_789_015), "20191115T033655Z"),
        (at(1_704_067_199), "20231231T235959Z"),
        (at(59) + Duration::from_nanos(999_999_999), "19700101T000059Z"),
        // A clock before 1970 is wrong, and the service rejects the request in any case.
        (UNIX_EPOCH - Duration::from_secs(1), "19700101T000000Z"),
    ] {
        assert_eq!(sdk_date(at), expected);
    }
}
