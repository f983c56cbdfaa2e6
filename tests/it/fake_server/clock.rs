//! The clock of the fake server, which tests can skew.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use secmaster_client::testing::{MockResponse, Server};

use super::logins::{body, log_in};
use super::wire::RawRequest;

/// 2019-11-15T03:30:00Z, in seconds since 1970.
const HALF_PAST_THREE: u64 = 1_573_788_600;

/// Sets the clock to a time in 2019. The tests do not run for half an hour, so that it stays in that hour.
pub fn set(server: &Server) {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    server.clock_skew(i64::try_from(HALF_PAST_THREE).unwrap() - i64::try_from(now).unwrap());
}

#[tokio::test]
async fn responses_have_the_time_of_the_clock() {
    let server = Server::start().await;
    set(&server);
    server.respond_next(MockResponse::new(500));
    server.respond_next(MockResponse::new(500).body("x").disconnect_after(0));
    for request in [
        RawRequest::create(&server),
        RawRequest::create(&server),
        RawRequest::create(&server),
        RawRequest::create(&server).without("X-Auth-Token"),
        RawRequest::new("GET", "/v3/projects"),
        RawRequest::new("GET", "/v3/unknown"),
        RawRequest::new("PUT", "/meta-data/latest/api/token"),
    ] {
        let reply = request.send(&server).await;
        let date = reply.values("Date");
        assert_eq!(date.len(), 1);
        let date = std::str::from_utf8(date[0]).unwrap();
        assert!(date.starts_with("Fri, 15 Nov 2019 03:") && date.ends_with(" GMT"), "{date}");
    }
    server.respond_next(MockResponse::new(500).header("Date", "never"));
    assert_eq!(RawRequest::create(&server).send(&server).await.values("Date"), [b"never"]);
}

#[tokio::test]
async fn the_clock_defaults_to_the_local_clock() {
    let server = Server::start().await;
    let second = |time: SystemTime| time.duration_since(UNIX_EPOCH).unwrap().as_secs();
    for skew in [0, 3_600, -3_600] {
        server.clock_skew(skew);
        let before = second(SystemTime::now());
        let reply = RawRequest::create(&server).send(&server).await;
        let after = second(SystemTime::now());
        let date = second(httpdate::parse_http_date(reply.header("Date").unwrap()).unwrap());
        let date = date.checked_add_signed(-skew).unwrap();
        assert!((before..=after).contains(&date), "{date} is not from {before} to {after}");
    }
}

#[tokio::test]
async fn a_login_returns_the_time_and_the_expiry_of_the_token() {
    let server = Server::start().await;
    set(&server);
    let times = async || {
        let token = log_in(&server, &body(&server)).await.json()["token"].take();
        ["issued_at", "expires_at"].map(|name| token[name].as_str().unwrap().to_owned())
    };
    let [issued, expires] = times().await;
    assert!(issued.starts_with("2019-11-15T03:") && issued.ends_with('Z') && issued.len() == 27, "{issued}");
    assert_eq!(expires, issued.replace("-15T", "-16T"));

    server.token_ttl(Duration::from_secs(3_600));
    let [issued, expires] = times().await;
    assert_eq!(expires, issued.replace("T03:", "T04:"));

    server.token_ttl(Duration::from_micros(1));
    let [issued, expires] = times().await;
    let microseconds = |text: &str| text[20..26].parse::<u32>().unwrap();
    assert_eq!((microseconds(&issued) + 1) % 1_000_000, microseconds(&expires));

    server.token_ttl(Duration::MAX);
    assert_eq!(times().await[1], "9999-12-30T22:00:00.999999Z");
}
