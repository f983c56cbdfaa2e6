//! Maps errors of the HTTP library to kinds and messages.

use std::error::Error as StdError;
use std::fmt::Display;
use std::io;

use super::http::Proxy;
use crate::error::ErrorKind;

/// The message of the HTTP library if it has no TLS. It has no error type for that.
const NO_TLS: &str = "scheme is not http";

/// The kind and the message of an error without a response. `is_regional`: the endpoint was derived from a region.
pub(super) fn classify(
    error: &reqwest::Error,
    endpoint: &impl Display,
    is_regional: bool,
    proxy: Option<&Proxy>,
) -> (ErrorKind, String) {
    if error.is_builder() || error.is_request() && find::<http::Error>(error).is_some() {
        return (ErrorKind::InvalidRequest, "request not sent: it is not a valid HTTP request".to_owned());
    }
    let place = match proxy {
        Some(proxy) => format!("{endpoint} through the proxy {proxy}"),
        None => endpoint.to_string(),
    };
    if error.is_connect() && chain(error).any(|cause| cause.to_string().contains(NO_TLS)) {
        let message = format!("request not sent: this build has no TLS for {place}; enable the feature rustls");
        return (ErrorKind::InvalidRequest, message);
    }
    if error.is_connect() {
        let hint = if is_regional && proxy.is_none() { "; check the region" } else { "" };
        return (ErrorKind::Connect, format!("no connection to {place}: {}{hint}", why_not_connected(error, proxy)));
    }
    let http = find::<hyper::Error>(error);
    // A request is canceled only before any connection has begun to write it.
    if http.is_some_and(hyper::Error::is_canceled) {
        let message = format!("no connection to {place}: the server closed it before the request was sent");
        return (ErrorKind::Connect, message);
    }
    if http.is_some_and(hyper::Error::is_parse) {
        let message =
            format!("the response of {endpoint} is not HTTP, or its headers are too large; check the endpoint");
        return (ErrorKind::Transport, message);
    }
    (ErrorKind::Transport, format!("the connection to {endpoint} broke before a response arrived"))
}

fn why_not_connected(error: &reqwest::Error, proxy: Option<&Proxy>) -> &'static str {
    match io_kind(error) {
        _ if error.is_timeout() => "connect timed out",
        Some(io::ErrorKind::ConnectionRefused) => "connection refused",
        Some(io::ErrorKind::ConnectionReset | io::ErrorKind::ConnectionAborted) => "connection reset",
        Some(io::ErrorKind::HostUnreachable | io::ErrorKind::NetworkUnreachable) => "no route to host",
        Some(io::ErrorKind::InvalidData) => "TLS handshake failed, for example because the certificate is not trusted",
        _ if proxy.is_some() => {
            "the proxy could not be resolved, rejected the request (for example because of a wrong password), or closed the connection"
        }
        _ => "the host name could not be resolved, or the connection failed",
    }
}

/// The kind of the innermost I/O error.
fn io_kind(error: &reqwest::Error) -> Option<io::ErrorKind> {
    let outer = chain(error).filter_map(|cause| cause.downcast_ref::<io::Error>()).last();
    // An I/O error that wraps another does not return it as its source.
    std::iter::successors(outer, |error| error.get_ref()?.downcast_ref()).last().map(io::Error::kind)
}

fn find<T: StdError + 'static>(error: &reqwest::Error) -> Option<&T> {
    chain(error).find_map(|cause| cause.downcast_ref())
}

fn chain(error: &reqwest::Error) -> impl Iterator<Item = &(dyn StdError + 'static)> {
    std::iter::successors(error.source(), |&cause| cause.source())
}

#[cfg(all(test, not(feature = "rustls")))]
#[allow(clippy::unwrap_used, reason = "tests may panic")]
mod tests;
