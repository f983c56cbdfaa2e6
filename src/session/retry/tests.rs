use super::*;

fn operation(method: &'static str) -> Operation {
    Operation::new("X", "x", method, "/x", None, false, tracing::Span::none)
}

#[test]
fn unprocessed_requests_are_retried_others_if_enabled() {
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
        let delay = attempts.after_failure(&operation("POST"), ErrorKind::Connect).unwrap();
        attempts.start();
        let (from, to) = (Duration::from_millis(bounds.0), Duration::from_millis(bounds.1));
        assert!((from..=to).contains(&delay), "{delay:?} {bounds:?}");
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
        assert_eq!(attempts.counted, expected);
    }
}

#[tokio::test(start_paused = true)]
async fn a_retry_needs_the_duration_of_the_last_attempt() {
    for (took, fits) in [(10, true), (14, false)] {
        let mut attempts = attempts(RetryPolicy::new(), Duration::from_secs(25));
        tokio::time::advance(Duration::from_secs(took)).await;
        assert_eq!(attempts.after_failure(&operation("POST"), ErrorKind::Connect).is_some(), fits, "{took}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_huge_retry_after_fails_the_call() {
    let policy = RetryPolicy::new().max_delay(Duration::MAX);
    let headers = HeaderMap::from_iter([(http::header::RETRY_AFTER, "18446744073709551615".parse().unwrap())]);
    let mut attempts = attempts(policy, LONG);
    assert_eq!(attempts.after_response(&operation("GET"), StatusCode::TOO_MANY_REQUESTS, &headers, b""), None);
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
fn retry_after(header: &str, timeout: Duration) -> Option<Duration> {
    delay_after(StatusCode::TOO_MANY_REQUESTS, header, timeout)
}

/// The first delay after any response that a policy can cover, with `Retry-After`.
fn delay_after(status: StatusCode, header: &str, timeout: Duration) -> Option<Duration> {
    let headers = HeaderMap::from_iter([(http::header::RETRY_AFTER, header.parse().unwrap())]);
    let mut attempts = attempts(RetryPolicy::new().on_unavailable(true), timeout);
    attempts.after_response(&operation("POST"), status, &headers, b"")
}

#[tokio::test(start_paused = true)]
async fn retry_after_is_bounded() {
    for status in [429, 502, 503, 504] {
        let retry_after = |header, timeout| delay_after(StatusCode::from_u16(status).unwrap(), header, timeout);
        let longest = Some(Duration::from_secs(10));
        assert_eq!(retry_after("10", LONG), longest, "no jitter beyond the maximum delay after {status}");
        assert_eq!(retry_after("11", LONG), None, "longer than the maximum delay after {status}");
        assert_eq!(retry_after("7", Duration::from_secs(7)), None, "longer than the timeout after {status}");
    }
    assert!(retry_after("0", LONG).unwrap() >= FIRST_DELAY);
    assert!(retry_after("soon", LONG).unwrap() >= FIRST_DELAY);
    let date = httpdate::fmt_http_date(std::time::SystemTime::now() + Duration::from_secs(8));
    let delay = retry_after(&date, LONG).unwrap();
    assert!((Duration::from_secs(6)..=Duration::from_millis(8500)).contains(&delay), "{delay:?}");
}

#[tokio::test(start_paused = true)]
async fn retries_are_jittered() {
    let connect_delay = || attempts(RetryPolicy::new(), LONG).after_failure(&operation("POST"), ErrorKind::Connect);
    let cases: [(&dyn Fn() -> Option<Duration>, _); 4] = [
        (&connect_delay, 500..=1000),
        (&|| retry_after("0", LONG), 500..=1000),
        (&|| retry_after("1", LONG), 1000..=1500),
        (&|| retry_after("7", LONG), 7000..=7500),
    ];
    for (delay, bounds) in cases {
        let delays: Vec<_> = (0..32).map(|_| delay().unwrap()).collect();
        assert!(delays.iter().all(|delay| bounds.contains(&delay.as_millis())), "{delays:?}");
        assert!(delays.iter().any(|delay| *delay != delays[0]), "{delays:?}");
    }
}
