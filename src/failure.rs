//! Why no answer arrived, as far as the HTTP library tells.

use std::error::Error as StdError;
use std::io;

use crate::ErrorKind;
use crate::service::Service;

/// What the HTTP library says where it has no TLS. It has no error of its own for that.
const NO_TLS: &str = "scheme is not http";

/// The kind of a failure, and what to say of it.
pub(crate) fn explain(error: &reqwest::Error, service: &Service) -> (ErrorKind, String) {
    let Service { endpoint, http, .. } = service;
    if error.is_builder() || error.is_request() && cause::<http::Error>(error).is_some() {
        return (
            ErrorKind::InvalidRequest,
            "the request was not sent: it does not make a valid HTTP request".to_owned(),
        );
    }
    let place = match &http.proxy {
        Some(proxy) => format!("{endpoint} through the proxy {proxy}"),
        None => endpoint.to_string(),
    };
    if error.is_connect() && chain(error).any(|cause| cause.to_string().contains(NO_TLS)) {
        let text = format!("the request was not sent: this build has no TLS for {place}; turn on the feature rustls");
        return (ErrorKind::InvalidRequest, text);
    }
    if error.is_connect() {
        let why = match io_kind(error) {
            _ if error.is_timeout() => "the time for connecting was over",
            Some(io::ErrorKind::ConnectionRefused) => "the connection was refused",
            Some(io::ErrorKind::ConnectionReset | io::ErrorKind::ConnectionAborted) => "the connection was reset",
            Some(io::ErrorKind::HostUnreachable | io::ErrorKind::NetworkUnreachable) => "there is no route to it",
            Some(io::ErrorKind::InvalidData) => "the TLS handshake failed, as with a certificate that is not trusted",
            _ if http.proxy.is_some() => {
                "the name of the proxy was not found, or the proxy refused, as with a wrong password, or the connection ended"
            }
            _ => "the name was not found, or the connection could not be made",
        };
        return (ErrorKind::Connect, format!("no connection to {place}: {why}"));
    }
    let http = cause::<hyper::Error>(error);
    // Said of a request that no connection has begun to write, and of no other.
    if http.is_some_and(hyper::Error::is_canceled) {
        let why = "it was closed by the other side before the request was sent";
        return (ErrorKind::Connect, format!("no connection to {place}: {why}"));
    }
    if http.is_some_and(hyper::Error::is_parse) {
        let text = format!("what {endpoint} answered is not HTTP, or its headers are too large; check the endpoint");
        return (ErrorKind::Transport, text);
    }
    (ErrorKind::Transport, format!("the connection to {endpoint} broke before an answer had arrived"))
}

/// The kind of the input or output error that lies deepest beneath an error.
fn io_kind(error: &reqwest::Error) -> Option<io::ErrorKind> {
    let outer = chain(error).filter_map(|cause| cause.downcast_ref::<io::Error>()).last();
    // One that wraps another does not name it as its source.
    std::iter::successors(outer, |error| error.get_ref()?.downcast_ref()).last().map(io::Error::kind)
}

/// The first error of a type that lies beneath an error.
fn cause<T: StdError + 'static>(error: &reqwest::Error) -> Option<&T> {
    chain(error).find_map(|cause| cause.downcast_ref())
}

fn chain(error: &reqwest::Error) -> impl Iterator<Item = &(dyn StdError + 'static)> {
    std::iter::successors(error.source(), |&cause| cause.source())
}

#[cfg(all(test, not(feature = "rustls")))]
#[allow(clippy::unwrap_used, reason = "a test that can not go on says so by a panic")]
mod tests {
    use crate::{Client, ErrorKind};

    #[tokio::test]
    async fn https_needs_tls() {
        let client = Client::builder().endpoint("https://127.0.0.1:9").token("t").build().unwrap();
        let call = client.call(async |api| {
            api.create_playbook_action().project_id("p").workspace_id("w").version_id("v").body(Vec::new()).send().await
        });
        let error = call.await.unwrap_err();
        assert_eq!((error.kind(), error.is_retryable()), (ErrorKind::InvalidRequest, false));
        assert_eq!(
            error.to_string(),
            "CreatePlaybookAction: the request was not sent: this build has no TLS for https://127.0.0.1:9; \
             turn on the feature rustls (request id none)"
        );
    }
}
