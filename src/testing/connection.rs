//! Accepts connections, and closes them early if a response requires it.

use std::error::Error as StdError;
use std::fmt;
use std::future::poll_fn;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::Response;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use super::mock_response::{Disconnect, MockResponse};
use super::request::Body;
use super::state::State;
use super::{Request, service};

/// The delay after a connection could not be accepted: no file handle is free, and an immediate retry does not change
/// that.
const ACCEPT_RETRY_DELAY: Duration = Duration::from_millis(50);

/// Accepts connections until dropped, which closes the port and all connections.
pub(super) async fn accept(listener: TcpListener, state: Arc<State>) {
    let mut connections = JoinSet::new();
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                state.data().history.connections += 1;
                connections.spawn(serve(stream, Arc::clone(&state)));
            }
            Err(_) => tokio::time::sleep(ACCEPT_RETRY_DELAY).await,
        }
        // Closed connections would otherwise be retained until the server is dropped.
        while connections.try_join_next().is_some() {}
    }
}

/// Serves the requests of one connection sequentially.
async fn serve(stream: TcpStream, state: Arc<State>) {
    let service = service_fn(|request: hyper::Request<Incoming>| {
        let state = Arc::clone(&state);
        Box::pin(async move {
            let (parts, body) = request.into_parts();
            match body.collect().await {
                Ok(body) => {
                    let request = http::Request::from_parts(parts, body.to_bytes());
                    finish(service::respond(&state, Request::new(request)).await)
                }
                // The client disconnected before it sent the whole request, so it does not read a response.
                Err(_) => Err(Disconnected { sent: Vec::new() }),
            }
        })
    });
    let mut connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
    let closed = poll_fn(|context| connection.poll_without_shutdown(context)).await;
    let Err(error) = closed else { return };
    if let Some(disconnected) = error.source().and_then(|source| source.downcast_ref::<Disconnected>()) {
        let mut stream = connection.into_parts().io.into_inner();
        // The client may have disconnected.
        let _ = stream.write_all(&disconnected.sent).await;
    }
}

/// The error that makes hyper drop a connection without a response. The bytes to send first are written here, since
/// hyper does not report how much of a body was sent, and drops the rest.
#[derive(Debug)]
struct Disconnected {
    sent: Vec<u8>,
}

impl fmt::Display for Disconnected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the connection is closed, as the mock response specifies")
    }
}

impl StdError for Disconnected {}

fn finish(response: MockResponse) -> Result<Response<Full<Bytes>>, Disconnected> {
    match response.disconnect {
        Some(Disconnect::BeforeHead) => Err(Disconnected { sent: Vec::new() }),
        Some(Disconnect::InBody(bytes)) => Err(Disconnected { sent: beginning(&response.head_and_body, bytes) }),
        None => Ok(response.head_and_body.map(|body| Full::new(body.0))),
    }
}

/// The head of a response, and this many bytes of its body.
fn beginning(response: &Response<Body>, bytes: usize) -> Vec<u8> {
    let (status, body) = (response.status(), &response.body().0);
    let mut sent = format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\n", body.len()).into_bytes();
    for (name, value) in response.headers() {
        sent.extend([name.as_str().as_bytes(), b": ", value.as_bytes(), b"\r\n"].concat());
    }
    sent.extend(b"\r\n");
    sent.extend(body.get(..bytes).unwrap_or(body));
    sent
}
