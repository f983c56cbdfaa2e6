use super::*;

fn redactor(secrets: &[&'static str]) -> Redactor {
    let headers = secrets.iter().copied().map(HeaderValue::from_static).collect();
    Redactor { headers, ..Redactor::default() }
}

fn redacted(body: &[u8], secret: &'static str) -> Bytes {
    redactor(&[secret]).redact(StatusCode::BAD_REQUEST, &Bytes::copy_from_slice(body))
}

#[test]
fn a_secret_is_found_in_any_encoding() {
    const SECRET: &str = r#"MII/a+b="\\x"#;
    for body in [
        &br#"<MII/a+b="\\x>"#[..],
        br#"<MII/a+b=\"\\\\x>"#,
        br#"<MII\/a+b=\"\\\\x>"#,
        br#"<\u004dII/a\u002Bb\u003d\"\\\\x>"#,
    ] {
        assert_eq!(redacted(body, SECRET), "<[redacted]>", "{}", String::from_utf8_lossy(body));
        let text = std::str::from_utf8(body).unwrap_or_default();
        assert!(!redactor(&[SECRET]).allows(text), "{text}");
    }
    for body in [&br#"<MII/a+b="\\y>"#[..], br"<MII\u002fa\u002", b"", b"\\", b"\\u", b"\\u00", b"MII"] {
        assert_eq!(redacted(body, SECRET), body);
    }
    assert_eq!(redacted(b"abc", ""), "abc");
}

#[test]
fn a_secret_is_found_in_the_escapes_of_html_and_of_urls() {
    for (secret, body) in [
        ("A&b<c>\"d'2024", "<A&amp;b&lt;c&gt;&quot;d&#39;2024>"),
        ("A&b<c>\"d'2024", "<A&#38;b&#x3C;c>&#34;d&apos;2024>"),
        ("A&b<c>\"d'2024", "<A%26b%3Cc%3e%22d'2024>"),
        ("A&b<c>\"d'2024", "<A&b<c>\\\"d'2024>"),
        ("a\tb\tc2024", "<a\\tb\\u0009c2024>"),
    ] {
        assert_eq!(redacted(body.as_bytes(), secret), "<[redacted]>", "{body}");
    }
    // What is cut off inside an escape sequence.
    for body in ["the key MIISECRE&am", "the key MIISECRE&", "the key MIISECRE%2", "the key MIISECRE%"] {
        assert_eq!(redacted(body.as_bytes(), "MIISECRE&T"), "the key [redacted]", "{body}");
    }
    for body in ["<A&b", "&", "%", "%4", "&#;", "&#x110000;", "\\ud800", "\\ud800\\u0041", "\\q"] {
        assert_eq!(redacted(body.as_bytes(), "A&b<c>2024"), body);
    }
}

#[test]
fn a_password_outside_ascii_is_found_with_and_without_escapes() {
    let sensitive =
        Sensitive { values: vec![Secret::from("pässwörd-\u{1f511}-2024".to_owned())], hides_responses: false };
    let redactor = Redactor { sensitive: Arc::new(sensitive), ..Redactor::default() };
    for body in [
        "<pässwörd-\u{1f511}-2024>",
        r"<p\u00e4ssw\u00F6rd-\ud83d\udd11-2024>",
        "<p%C3%A4ssw%c3%b6rd-%F0%9F%94%91-2024>",
    ] {
        let body = Bytes::copy_from_slice(body.as_bytes());
        assert_eq!(redactor.redact(StatusCode::OK, &body), "<[redacted]>");
    }
}

#[test]
fn several_secrets_are_replaced() {
    let body = Bytes::from_static(b"one1 two2 one1\xffone1");
    assert_eq!(
        redactor(&["one1", "two2"]).redact(StatusCode::OK, &body),
        &b"[redacted] [redacted] [redacted]\xff[redacted]"[..]
    );
}

#[test]
fn a_truncated_secret_at_the_end_is_redacted() {
    assert_eq!(redacted(b"the token MIISECRE", "MIISECRET"), "the token [redacted]");
    assert_eq!(redacted(b"the token MIISECR", "MIISECRET"), "the token MIISECR");
    assert_eq!(redacted(b"the token MIISECRE.", "MIISECRET"), "the token MIISECRE.");
    for cut in ["\\", "\\u", "\\u00", "\\u002"] {
        let body = format!("the token MIISECRE{cut}");
        assert_eq!(redacted(body.as_bytes(), "MIISECRE/T"), "the token [redacted]", "{cut}");
        let body = format!("the token MIISECR{cut}");
        assert_eq!(redacted(body.as_bytes(), "MIISECR/T"), body, "{cut}");
    }
}

#[test]
fn a_plain_word_is_replaced_only_as_a_value() {
    for body in [
        &b"The password is wrong, password user."[..],
        br#"{"message":"password is wrong","password":"x"}"#,
        br#"{"password" : 1}"#,
        b"wrong_password=1; passwords",
    ] {
        for secret in ["password", "Password", "pwd", "d"] {
            assert_eq!(redacted(body, secret), body, "{secret}");
        }
    }
    for (body, expected) in [
        (r#"{"password":"password"}"#, r#"{"password":"[redacted]"}"#),
        (r#"{"message":"no user \"password\""}"#, r#"{"message":"no user \"[redacted]\""}"#),
        ("password=password&user=x", "password=[redacted]&user=x"),
        ("password: password\nuser: x", "password: [redacted]\nuser: x"),
        ("<password>password</password>", "<[redacted]>[redacted]</password>"),
        ("password", "[redacted]"),
    ] {
        assert_eq!(redacted(body.as_bytes(), "password"), expected);
    }
    assert_eq!(redacted(b"it is correcthorsebattery", "correcthorsebattery"), "it is [redacted]");
    assert_eq!(redacted(b"it is swordfish1", "swordfish1"), "it is [redacted]");
}
