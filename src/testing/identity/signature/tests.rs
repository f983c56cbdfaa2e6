use bytes::Bytes;
use jiff::Timestamp;
use serde_json::Value;

use super::verify;
use crate::testing::Request;

fn verified(request: &http::Request<()>, body: &str, secret: &str, now: i64) -> Result<(), String> {
    let request = Request::new(request.clone().map(|()| Bytes::from(body.to_owned())));
    verify(&request, Timestamp::from_second(now).unwrap(), |_, _| Ok(secret.to_owned()))
}

/// The file was created with another implementation, an official one.
#[test]
fn official_signatures_are_right_for_15_minutes() {
    const SIGNED_AT: i64 = 1_710_490_530;
    let file: Value =
        serde_json::from_str(&std::fs::read_to_string("src/auth/authenticate/sign/tests/vectors.json").unwrap())
            .unwrap();
    let vectors = file["vectors"].as_array().unwrap();
    assert_eq!(vectors.len(), 24);
    let wrong = Err("the signature is wrong: it belongs to another secret key, or to another request".to_owned());
    let expired = Err("the signature has expired: x-sdk-date is more than 15 minutes off".to_owned());
    for vector in vectors {
        let (name, input, expected) = (&vector["name"], &vector["input"], &vector["expected"]);
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let (method, target) = (text(&input["method"]).to_uppercase(), text(&expected["request_target"]));
        let mut request = http::Request::builder().method(method.as_str()).uri(target);
        for (name, value) in expected["headers_sent"].as_object().unwrap() {
            request = request.header(name, text(value));
        }
        let request = request.body(()).unwrap();
        let (body, secret) = (text(&input["body_utf8"]), text(&input["sk"]));
        // These requests request an unsigned body, which the fake server rejects.
        let right = if name == "content_sha256_given" { wrong.clone() } else { Ok(()) };
        for (off, expected) in [(0, &right), (900, &right), (-900, &right), (901, &expired), (-901, &expired)] {
            assert_eq!(verified(&request, &body, &secret, SIGNED_AT + off), *expected, "{name}");
        }
        assert_eq!(verified(&request, "another body", &secret, SIGNED_AT), wrong, "{name}");
        assert_eq!(verified(&request, &body, "another key", SIGNED_AT), wrong, "{name}");
    }
}
