//! Proxies that reject a call.

use secmaster_client::{Client, ClientBuilder, Error, ErrorKind};

use super::tls::{acceptor, authority, certificate, ok};
use super::{TIMEOUT, assert_no_response, assert_responded, bounded, causes, unused, without_delays};
use crate::raw_server::RawServer;
use crate::support::{REQUEST_ID, TOKEN, create};

/// A host that need not exist, since the proxy resolves it.
const ENDPOINT: &str = "https://secmaster.example";

/// `user:hunter@2` as the proxy receives it.
const LOGIN: [&str; 1] = ["Basic dXNlcjpodW50ZXJAMg=="];

fn through(proxy: &str) -> ClientBuilder {
    let proxy = proxy.replace("http://", "http://user:hunter%402@");
    Client::builder().endpoint(ENDPOINT).token(TOKEN).timeout(TIMEOUT).retry(without_delays().attempts(2)).proxy(proxy)
}

/// Returns the proxy credentials in a message.
fn logins(request: &str) -> Vec<&str> {
    let headers = request.lines().filter_map(|line| line.split_once(": "));
    headers.filter(|(name, _)| name.eq_ignore_ascii_case("proxy-authorization")).map(|(_, value)| value).collect()
}

async fn refused(proxy: &str, why: &str) -> Error {
    let error = bounded(create(&through(proxy).build().unwrap())).await.unwrap_err();
    let message = format!("no connection to {ENDPOINT} through the proxy {proxy}: {why}");
    assert_no_response(&error, ErrorKind::Connect, &message);
    assert_eq!(error.attempts(), 2);
    let shown = format!("{error:?} {}", causes(&error));
    assert!(!shown.contains("hunter") && !shown.contains(LOGIN[0]), "{shown}");
    error
}

#[tokio::test]
async fn a_proxy_that_rejects_the_tunnel_is_reported() {
    for (status, cause) in
        [("403 Forbidden", "unsuccessful"), ("407 Proxy Authentication Required", "proxy authorization required")]
    {
        let proxy = RawServer::responding(format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n")).await;
        let why = "the proxy could not be resolved, rejected the request (for example because of a wrong password), or closed the connection";
        let error = refused(&proxy.endpoint(), why).await;
        assert!(causes(&error).contains(cause), "{}", causes(&error));
        assert_eq!(proxy.request_count(), 2);
        let received = proxy.received();
        assert!(received.starts_with("CONNECT secmaster.example:443 HTTP/1.1\r\n"), "{received}");
        assert!(!received.contains(TOKEN), "{received}");
    }
}

#[tokio::test]
async fn an_unreachable_proxy_is_reported() {
    let (_socket, proxy) = unused();
    refused(&proxy, "connection refused").await;
}

#[tokio::test]
async fn a_proxy_gets_its_password_in_a_plain_request() {
    let head = format!("HTTP/1.1 407 Proxy Authentication Required\r\nX-request-id: {REQUEST_ID}\r\n");
    let proxy = RawServer::responding(head + "Content-Length: 0\r\n\r\n").await;
    let client = through(&proxy.endpoint()).endpoint("http://127.0.0.1:9").build().unwrap();
    let error = bounded(create(&client)).await.unwrap_err();
    assert_responded(&error, ErrorKind::Service, 407, "returned 407 Proxy Authentication Required");
    assert_eq!((proxy.request_count(), error.attempts()), (1, 1));
    let received = proxy.received();
    assert!(received.starts_with("POST http://127.0.0.1:9/v1/"), "{received}");
    assert_eq!(logins(&received), LOGIN, "{received}");
}

/// Some proxies quote the request in their error page.
#[tokio::test]
async fn a_quoted_proxy_password_is_redacted() {
    let [login] = LOGIN;
    let page = format!("no {login}, and no hunter@2 of user");
    let head =
        format!("HTTP/1.1 407 Proxy Authentication Required\r\nX-request-id: {REQUEST_ID}\r\nX-Seen: {login}\r\n");
    let proxy = RawServer::responding(format!("{head}Content-Length: {}\r\n\r\n{page}", page.len())).await;
    let client = through(&proxy.endpoint()).endpoint("http://127.0.0.1:9").build().unwrap();
    let error = bounded(create(&client)).await.unwrap_err();
    let shown = "no Basic [redacted], and no [redacted] of user";
    let message = format!("returned 407 Proxy Authentication Required: {shown}");
    assert_responded(&error, ErrorKind::Service, 407, &message);
    assert_eq!(error.body(), shown.as_bytes());
}

/// A short password may appear in a response by chance, such as in its request id.
#[tokio::test]
async fn a_short_proxy_password_is_not_redacted() {
    let proxy = RawServer::responding(ok()).await;
    let address = proxy.endpoint().replace("http://", &format!("http://user:{}@", &REQUEST_ID[..7]));
    let client = Client::builder().endpoint("http://127.0.0.1:9").token(TOKEN).proxy(address).build().unwrap();
    let created = bounded(create(&client)).await.unwrap();
    assert_eq!(created.request_id().unwrap().as_str(), REQUEST_ID);
}

#[tokio::test]
async fn a_proxy_tunnel_gets_its_password_and_no_token() {
    let authority = authority();
    let acceptor = acceptor(&certificate("secmaster.example"), &authority);
    let proxy = RawServer::start(move |mut connection| {
        let acceptor = acceptor.clone();
        async move {
            connection.request().await;
            connection.send(b"HTTP/1.1 200 OK\r\n\r\n").await;
            let mut connection = connection.secure(&acceptor).await.unwrap();
            connection.request().await;
            // The service has not received the proxy login, so this value is not a secret.
            let response =
                String::from_utf8(ok()).unwrap().replace("Content-Length", "X-Custom: hunter@2\r\nContent-Length");
            connection.send(response.as_bytes()).await;
            connection.close().await;
        }
    })
    .await;
    let client = through(&proxy.endpoint()).root_certificates(authority.pem()).build().unwrap();
    let created = bounded(create(&client)).await.unwrap();
    assert_eq!(created.headers()["x-custom"], "hunter@2");
    assert_eq!((created.request_id().unwrap().as_str(), created.attempts()), (REQUEST_ID, 1));
    assert_eq!((proxy.connections(), proxy.request_count()), (1, 2), "one CONNECT request, and one through the tunnel");
    let received = proxy.received();
    let (open, encrypted) = received.split_once("\r\n\r\n").unwrap();
    assert_eq!((open.contains(TOKEN), encrypted.contains(TOKEN)), (false, true), "{received}");
    assert_eq!((&*logins(open), &*logins(encrypted)), (&LOGIN[..], &[][..]), "{received}");
}

/// The proxy does not exist: a request through it would fail.
#[tokio::test]
async fn a_request_to_this_machine_does_not_leave_it() {
    let server = RawServer::responding(ok()).await;
    let builder = Client::builder().endpoint(server.endpoint()).token(TOKEN).timeout(TIMEOUT);
    let client = builder.proxy("http://proxy.example:8080").build().unwrap();
    bounded(create(&client)).await.unwrap();
    assert_eq!(server.request_count(), 1);
    let (_socket, endpoint) = unused();
    let client = client.with_endpoint(endpoint).unwrap();
    let error = bounded(create(&client)).await.unwrap_err().to_string();
    assert!(error.contains("connection refused") && !error.contains("proxy"), "{error}");
}
