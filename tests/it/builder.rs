//! The client builder and its errors.

use std::time::Duration;

use secmaster_client::{Client, ClientBuilder, auth};

use crate::support::TOKEN;

fn refusal(builder: ClientBuilder) -> String {
    builder.build().unwrap_err().to_string()
}

fn at(endpoint: &str) -> ClientBuilder {
    Client::builder().endpoint(endpoint).token(TOKEN)
}

#[test]
fn a_region_sets_the_public_endpoint() {
    for region in ["cn-north-4", "me-east-1", "mars-1", "x", "7"] {
        let client = Client::builder().region(region).token(TOKEN).build().unwrap();
        let expected = format!("Client {{ endpoint: https://secmaster.{region}.myhuaweicloud.com, timeout: 30s, .. }}");
        assert_eq!(format!("{client:?}"), expected);
    }
    for region in ["", "cn north", "cn.north", "a/b", "a@b", "区", "x\n"] {
        assert_eq!(
            refusal(Client::builder().region(region).token(TOKEN)),
            format!(
                "{region:?} is not the name of a region; use at most 63 letters, digits and hyphens, such as cn-north-4"
            )
        );
    }
}

#[test]
fn the_endpoint_overrides_the_region() {
    let client = Client::builder().region("cn-north-4").endpoint("https://gw.example:8443/base/").token(TOKEN).build();
    assert_eq!(format!("{:?}", client.unwrap()), "Client { endpoint: https://gw.example:8443/base, timeout: 30s, .. }");
}

#[test]
fn http_requires_a_loopback_address_unless_allowed() {
    for endpoint in ["http://127.0.0.1:80", "http://127.9.9.9", "http://[::1]:8080", "http://localhost:8080"] {
        assert!(at(endpoint).build().is_ok(), "{endpoint}");
    }
    for endpoint in ["http://secmaster.example", "http://10.0.0.1", "http://localhost.example", "http://[::2]"] {
        for (name, builder) in
            [("the endpoint", at(endpoint)), ("IAM's endpoint", at("https://x.example").iam_endpoint(endpoint))]
        {
            assert_eq!(
                refusal(builder.clone()),
                format!(
                    "{name} {endpoint:?} would send credentials unencrypted; \
                     write https://, or call allow_http(true) if that is intended"
                )
            );
            assert!(builder.allow_http(true).build().is_ok(), "{endpoint}");
        }
    }
}

#[test]
fn a_malformed_endpoint_is_rejected_and_redacted() {
    const FORM: &str = "write it as https://host[:port][/base]";
    for (endpoint, expected) in [
        ("secmaster.example", format!("the endpoint is not a URL; {FORM}")),
        ("", format!("the endpoint is not a URL; {FORM}")),
        ("https://", format!("the endpoint is not a URL; {FORM}")),
        (
            "https://u:hunter2@x.example",
            format!("the endpoint contains @; a user name or password in it is not supported; {FORM}"),
        ),
        ("https://x.example?a=1", format!("the endpoint has a query or a fragment; {FORM}")),
        ("https://x.example#a", format!("the endpoint has a query or a fragment; {FORM}")),
        ("ftp://x.example", format!("the endpoint \"ftp://x.example\" is neither https nor http; {FORM}")),
        ("file:///etc", format!("the endpoint \"file:///etc\" is neither https nor http; {FORM}")),
    ] {
        assert_eq!(refusal(at(endpoint)), expected);
    }
}

#[test]
fn missing_settings_are_reported() {
    assert_eq!(
        refusal(Client::builder().token(TOKEN)),
        "neither a region nor an endpoint is set; call region(\"cn-north-4\") or endpoint(\"https://...\") on the builder"
    );
    assert_eq!(
        refusal(Client::builder().region("cn-north-4")),
        "no credentials are set; call credentials(...), or token(...) with an IAM token"
    );
}

#[test]
fn a_malformed_token_is_rejected_and_redacted() {
    const HINT: &str = "pass only the value of X-Subject-Token from IAM's response";
    for (token, what) in [
        ("", "is empty"),
        ("hunter2\n", "has a line break"),
        ("hunter2\r\nX-Evil: 1", "has a line break"),
        ("hunter2\0", "has a space or another character that is not visible ASCII"),
        ("hunter2é", "has a space or another character that is not visible ASCII"),
        ("hunter2 ", "has a space or another character that is not visible ASCII"),
    ] {
        let error = Client::builder().region("cn-north-4").token(token).build().unwrap_err();
        assert_eq!(error.to_string(), format!("the token {what}; {HINT}"));
        assert!(!format!("{error:?}").contains("hunter2"), "{error:?}");
    }
}

#[test]
fn invalid_user_agents_and_proxies_are_rejected() {
    assert_eq!(
        refusal(at("https://x.example").user_agent("a\nb")),
        "the user agent cannot be sent as a header; use visible ASCII"
    );
    for (proxy, what) in [
        ("http://user:hunter2@:::", "is not a URL"),
        ("", "is not a URL"),
        ("127.0.0.1:3128", "is not a URL"),
        ("user:hunter2@proxy.example:3128", "is neither http nor https"),
        ("ftp://user:hunter2@proxy.example", "is neither http nor https"),
        ("socks5://user:hunter2@proxy.example", "is neither http nor https"),
    ] {
        let error = at("https://x.example").proxy(proxy).build().unwrap_err();
        assert_eq!(error.to_string(), format!("the proxy {what}; write it as http://[user:password@]host:port"));
        assert!(!format!("{error:?}").contains("hunter2"), "{error:?}");
    }
}

#[test]
fn a_zero_timeout_is_rejected() {
    let message = "the timeout is zero; set a timeout greater than zero";
    assert_eq!(refusal(at("https://x.example").timeout(Duration::ZERO)), message);
}

#[test]
fn malformed_iam_settings_are_rejected() {
    let with = |credentials: auth::Password| refusal(Client::builder().region("cn-north-4").credentials(credentials));
    for (credentials, name) in [
        (auth::Password::new("", "u", "p"), "domain"),
        (auth::Password::new("d", "", "p"), "user"),
        (auth::Password::new("d", "u", ""), "password"),
        (auth::Password::new("d", "u", "p").project(""), "project"),
    ] {
        let message = format!("the {name} of the password credentials is empty; set it to a non-empty value");
        assert_eq!(with(credentials), message);
    }
    let message = "the project ID is empty or has a space or another invalid character; check it";
    for id in ["", "a b", "a\n", "é"] {
        let key = auth::AccessKey::new("access", "secret").project_id(id);
        assert_eq!(refusal(Client::builder().region("cn-north-4").credentials(key)), message, "{id}");
        let metadata = auth::Metadata::new().project_id(id);
        assert_eq!(refusal(Client::builder().region("cn-north-4").credentials(metadata)), message, "{id}");
    }
}

#[test]
fn an_invalid_endpoint_is_reported() {
    const FORM: &str = "is not a URL; write it as https://host[:port][/base]";
    let login = || auth::Password::new("d", "u", "p");
    let region = || Client::builder().region("cn-north-4");
    assert_eq!(refusal(region().iam_endpoint("iam").credentials(login())), format!("IAM's endpoint {FORM}"));
    assert_eq!(refusal(region().credentials(login().iam_endpoint("iam"))), format!("IAM's endpoint {FORM}"));
    let metadata = auth::Metadata::new().endpoint("here");
    assert_eq!(refusal(region().credentials(metadata)), format!("the metadata service's endpoint {FORM}"));
}

#[test]
fn root_certificates_must_be_pem() {
    let hint = "pass one or more certificates in PEM format";
    assert_eq!(
        refusal(at("https://x.example").root_certificates("not a certificate")),
        format!("the root certificates contain no certificate; {hint}")
    );
    let broken = "-----BEGIN CERTIFICATE-----\n!!!\n-----END CERTIFICATE-----\n";
    let message = refusal(at("https://x.example").root_certificates(broken));
    assert_eq!(message, format!("the root certificates cannot be read; {hint}"));
    let empty = "-----BEGIN CERTIFICATE-----\naGVsbG8=\n-----END CERTIFICATE-----\n";
    let message = refusal(at("https://x.example").root_certificates(empty));
    assert_eq!(
        message,
        "the HTTP client cannot be initialized; install the CA certificates of the operating system, and check those passed to root_certificates(...)"
    );
}
