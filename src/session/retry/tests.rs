use super::*;

fn operation(method: &'static str) -> Operation {
    Operation::new("X", "x", method, "/x", None, false, tracing::Span::none)
}

#[test]
fn unprocessed_requests_are_retried_and_others_on_demand() {
    let (new, wide) = (RetryPolicy::new(), RetryPolicy::new().on_unavailable(true));
    let idempotent = RetryPolicy::new().idempotent_calls(true);
    // status; then for a POST and a GET: by default, with on_unavailable, with idempotent_calls
    let cases = [
        (200, [false; 6]),
        (400, [false; 6]),
        (401, [false; 6]),
        (429, [true; 6]),
        (500, [false; 6]),
        (502, [false, true, false, false, true, true]),
        (503, [false, true, false, false, true, true]),
        (504, [false, true, false, false, true, true]),
    ];
    for (status, expected) in cases {
        let status = StatusCode::from_u16(status).unwrap();
        let found = ["POST", "GET"].map(|method| {
            [new, wide, idempotent].map(|policy| policy.covers_response(&operation(method), status, b""))
        });
        assert_eq!(found.concat(), expected, "{status}");
    }
    let cases = [
        (ErrorKind::InvalidRequest, [false; 6]),
        (ErrorKind::Authentication, [false; 6]),
        (ErrorKind::Connect, [true; 6]),
        (ErrorKind::Timeout, [false; 6]),
        (ErrorKind::Transport, [false, false, false, false, false, true]),
    ];
    for (kind, expected) in cases {
        let found = ["POST", "GET"]
            .map(|method| [new, wide, idempotent].map(|policy| policy.covers_failure(&operation(method), kind)));
        assert_eq!(found.concat(), expected, "{kind:?}");
    }
}

fn attempts(policy: RetryPolicy, timeout: Duration) -> Attempts {
    let mut attempts = Attempts::new(policy, Instant::now() + timeout);
    attempts.start();
    attempts
}

const LONG: Duration = Duration::from_secs(1000);

#[tokio::test(start_paused = true)]
async fn delays_double_with_jitter_up_to_the_maximum() {
    let mut attempts = attempts(RetryPolicy::new().attempts(9), LONG);
    for bounds in [(500, 1000), (1000, 2000), (2000, 4000), (4000, 8000), (8000, 10_000), (10_000, 10_000)] {
        let wait = attempts.after_failure(&operation("POST"), ErrorKind::Connect).unwrap();
        let (from, to) = (Duration::from_millis(bounds.0), Duration::from_millis(bounds.1));
        assert!((from..=to).contains(&wait), "{wait:?} {bounds:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn attempts_are_limited() {
    for (allowed, expected) in [(0, 1), (1, 1), (2, 2), (5, 5)] {
        let mut attempts = Attempts::new(RetryPolicy::new().attempts(allowed), Instant::now() + LONG);
        attempts.start();
        while attempts.after_failure(&operation("POST"), ErrorKind::Connect).is_some() {
            attempts.start();
        }
        assert_eq!(attempts.made, expected);
    }
}

#[tokio::test(start_paused = true)]
async fn a_retry_must_have_the_time_of_the_last_attempt() {
    for (took, fits) in [(10, true), (14, false)] {
        let mut attempts = attempts(RetryPolicy::new(), Duration::from_secs(25));
        tokio::time::advance(Duration::from_secs(took)).await;
        assert_eq!(attempts.after_failure(&operation("POST"), ErrorKind::Connect).is_some(), fits, "{took}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_endless_delay_is_not_awaited() {
    let policy = RetryPolicy::new().max_delay(Duration::MAX);
    let asking = HeaderMap::from_iter([(http::header::RETRY_AFTER, "18446744073709551615".parse().unwrap())]);
    let mut attempts = attempts(policy, LONG);
    assert_eq!(attempts.after_response(&operation("GET"), StatusCode::TOO_MANY_REQUESTS, &asking, b""), None);
}

#[test]
fn a_gateway_that_cannot_reach_iam_is_retried() {
    let covers = |status, body: &str| {
        let status = StatusCode::from_u16(status).unwrap();
        RetryPolicy::new().covers_response(&operation("POST"), status, body.as_bytes())
    };
    assert!(covers(503, r#"{"error_code":"APIGW.0613"}"#));
    assert!(!covers(502, r#"{"error_code":"APIGW.0613"}"#));
    assert!(!covers(503, r#"{"error_code":"SecMaster.0613"}"#));
    assert!(!covers(503, ""));
}

/// The first delay after a 429 with `Retry-After`.
fn asked(text: &str, timeout: Duration) -> Option<Duration> {
    asked_by(StatusCode::TOO_MANY_REQUESTS, text, timeout)
}

/// The same for any response that a policy can cover.
fn asked_by(status: StatusCode, text: &str, timeout: Duration) -> Option<Duration> {
    let headers = HeaderMap::from_iter([(http::header::RETRY_AFTER, text.parse().unwrap())]);
    let mut attempts = attempts(RetryPolicy::new().on_unavailable(true), timeout);
    attempts.after_response(&operation("POST"), status, &headers, b"")
}

#[tokio::test(start_paused = true)]
async fn retry_after_is_bounded() {
    for status in [429, 502, 503, 504] {
        let asked = |text, timeout| asked_by(StatusCode::from_u16(status).unwrap(), text, timeout);
        let longest = Some(Duration::from_secs(10));
        assert_eq!(asked("10", LONG), longest, "there is no room for a random part after {status}");
        assert_eq!(asked("11", LONG), None, "longer than the maximum delay after {status}");
        assert_eq!(asked("7", Duration::from_secs(7)), None, "longer than the call may take after {status}");
    }
    assert!(asked("0", LONG).unwrap() >= FIRST_DELAY);
    assert!(asked("soon", LONG).unwrap() >= FIRST_DELAY);
    let date = httpdate::fmt_http_date(std::time::SystemTime::now() + Duration::from_secs(8));
    let waited = asked(&date, LONG).unwrap();
    assert!((Duration::from_secs(6)..=Duration::from_millis(8500)).contains(&waited), "{waited:?}");
}

#[tokio::test(start_paused = true)]
async fn many_clients_do_not_come_back_at_once() {
    let own = || attempts(RetryPolicy::new(), LONG).after_failure(&operation("POST"), ErrorKind::Connect);
    let cases: [(&dyn Fn() -> Option<Duration>, _); 4] = [
        (&own, 500..=1000),
        (&|| asked("0", LONG), 500..=1000),
        (&|| asked("1", LONG), 1000..=1500),
        (&|| asked("7", LONG), 7000..=7500),
    ];
    for (wait, bounds) in cases {
        let waits: Vec<_> = (0..32).map(|_| wait().unwrap()).collect();
        assert!(waits.iter().all(|wait| bounds.contains(&wait.as_millis())), "{waits:?}");
        assert!(waits.iter().any(|wait| *wait != waits[0]), "{waits:?}");
    }
}
