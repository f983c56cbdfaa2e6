//! Signatures created by another implementation.
//!
//! `SIGNING_VECTORS=FILE cargo test signing_vectors` runs those of another file of the same format.

use std::collections::BTreeMap;
use std::path::Path;
use std::{env, fs};

use http::header::{HOST, HeaderName, HeaderValue};
use reqwest::{Method, Request, Url};
use serde::Deserialize;
use serde_json::Value;

use super::super::canonical::{self, Canonical};
use super::super::{Keys, authorization, authorize, canonicalize, host, prepare, string_to_sign};

const FILE: &str = "src/auth/authenticate/sign/tests/vectors.json";

#[derive(Deserialize)]
struct File {
    vectors: Vec<Vector>,
}

#[derive(Deserialize)]
struct Vector {
    name: String,
    input: Input,
    expected: Expected,
}

#[derive(Deserialize)]
struct Input {
    ak: String,
    sk: String,
    security_token: Option<String>,
    project_id: Option<String>,
    domain_id: Option<String>,
    method: String,
    host: String,
    path: String,
    query: Vec<(String, Value)>,
    headers: BTreeMap<String, String>,
    body_utf8: Option<String>,
    x_sdk_date: String,
    derived: Option<Value>,
    algorithm: String,
}

#[derive(Deserialize)]
struct Expected {
    canonical_request: String,
    string_to_sign: String,
    canonical_request_sha256: String,
    authorization: String,
    request_target: Option<String>,
    headers_sent: Option<BTreeMap<String, String>>,
}

#[test]
fn signing_vectors() {
    let file = env::var("SIGNING_VECTORS").unwrap_or_else(|_| FILE.to_owned());
    let vectors = read(&file).unwrap_or_else(|error| panic!("{error}"));
    for vector in &vectors {
        check(vector);
    }
}

#[test]
fn a_file_without_vectors_is_an_error() {
    assert_eq!(read("tests").err().unwrap().split(": ").next(), Some("the file tests cannot be read"));
    assert_eq!(parse("x", "{}").err().unwrap(), "the file x is malformed: missing field `vectors` at line 1 column 2");
    assert_eq!(parse("x", r#"{"vectors": []}"#).err().unwrap(), "the file x contains no signing vectors");
}

/// Reads a file, relative to the root of the crate.
fn read(file: &str) -> Result<Vec<Vector>, String> {
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(file))
        .map_err(|error| format!("the file {file} cannot be read: {error}"))?;
    parse(file, &text)
}

fn parse(file: &str, text: &str) -> Result<Vec<Vector>, String> {
    let File { vectors } =
        serde_json::from_str(text).map_err(|error| format!("the file {file} is malformed: {error}"))?;
    if vectors.is_empty() {
        return Err(format!("the file {file} contains no signing vectors"));
    }
    Ok(vectors)
}

fn check(vector: &Vector) {
    let Vector { name, input, .. } = vector;
    assert!(
        input.derived.is_none() && input.algorithm == "HMAC_SHA256",
        "{name}: requires {} with a derived key {:?}, which is not supported",
        input.algorithm,
        input.derived,
    );
    let keys = Keys::new(input.ak.clone(), input.sk.clone(), input.security_token.clone())
        .unwrap_or_else(|error| panic!("{name}: {error}"));
    let url = url(input);
    check_parts(vector, &keys, &url);
    check_request(vector, &keys, url);
}

/// The URL, with the query as the HTTP library writes it.
fn url(input: &Input) -> Url {
    let mut url = Url::parse(&format!("https://{}{}", input.host, input.path)).unwrap();
    for (name, value) in &input.query {
        let values = match value {
            Value::Array(values) => values.as_slice(),
            value => std::slice::from_ref(value),
        };
        for value in values {
            let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            url.query_pairs_mut().append_pair(name, &value);
        }
    }
    url
}

/// Signs from separate parts, with exactly the vector's path.
fn check_parts(vector: &Vector, keys: &Keys, url: &Url) {
    let input = &vector.input;
    let mut headers: BTreeMap<String, &str> =
        input.headers.iter().map(|(name, value)| (name.to_lowercase(), value.as_str())).collect();
    headers.entry("host".to_owned()).or_insert(&input.host);
    headers.insert("x-sdk-date".to_owned(), &input.x_sdk_date);
    for (name, value) in [
        ("x-project-id", &input.project_id),
        ("x-domain-id", &input.domain_id),
        ("x-security-token", &input.security_token),
    ] {
        if let Some(value) = value {
            headers.insert(name.to_owned(), value);
        }
    }
    let canonical = canonical::canonicalize(
        &input.method,
        &input.path,
        url.query().unwrap_or_default(),
        headers.iter().map(|(name, value)| (name.as_str(), *value)).collect(),
        input.body_utf8.as_deref().unwrap_or_default().as_bytes(),
    );
    check_canonical(vector, keys, &canonical);
}

/// Signs a request of the HTTP library as the client does, except that all headers are signed.
fn check_request(vector: &Vector, keys: &Keys, url: Url) {
    let Vector { name, input, expected } = vector;
    let mut request = Request::new(Method::from_bytes(input.method.as_bytes()).unwrap(), url);
    *request.body_mut() = input.body_utf8.clone().map(Into::into);
    let domain = input.domain_id.as_ref().map(|id| ("x-domain-id", id));
    for (name, value) in input.headers.iter().map(|(name, value)| (name.as_str(), value)).chain(domain) {
        let value = HeaderValue::from_bytes(value.as_bytes()).unwrap();
        request.headers_mut().insert(HeaderName::from_bytes(name.as_bytes()).unwrap(), value);
    }

    prepare(&mut request, keys, input.project_id.as_deref(), &input.x_sdk_date).unwrap();
    let canonical = canonicalize(&request, |_| true).unwrap();
    check_canonical(vector, keys, &canonical);
    authorize(&mut request, keys, &input.x_sdk_date, &canonical).unwrap();

    if let Some(target) = &expected.request_target {
        let target = Url::parse(&format!("https://{}{target}", input.host)).unwrap();
        assert_eq!(request.url().as_str(), target.as_str(), "{name}: request target");
    }
    if let Some(headers) = &expected.headers_sent {
        let host = HeaderValue::from_str(&host(&request).unwrap()).unwrap();
        request.headers_mut().insert(HOST, host);
        // The white space around a value is not part of it (RFC 9110, section 5.5). The vectors have one character per
        // byte.
        let string = |value: &HeaderValue| value.as_bytes().trim_ascii().iter().copied().map(char::from).collect();
        let sent: BTreeMap<String, String> =
            request.headers().iter().map(|(name, value)| (name.to_string(), string(value))).collect();
        let expected: BTreeMap<String, String> =
            headers.iter().map(|(name, value)| (name.to_lowercase(), value.clone())).collect();
        assert_eq!(sent, expected, "{name}: headers sent");
    }
}

fn check_canonical(Vector { name, input, expected }: &Vector, keys: &Keys, canonical: &Canonical) {
    assert_eq!(canonical.request, expected.canonical_request, "{name}: canonical request");
    let hash = canonical::sha256(canonical.request.as_bytes());
    assert_eq!(hash, expected.canonical_request_sha256, "{name}: hash of the canonical request");
    let text = string_to_sign(&input.x_sdk_date, canonical);
    assert_eq!(text, expected.string_to_sign, "{name}: string to sign");
    let authorization = authorization(keys, &text, &canonical.signed_headers);
    assert_eq!(authorization, expected.authorization, "{name}: authorization");
}
