//! Accepts connections, and closes them early if a response requires it.

use std::error::Error;
use std::future::poll_fn;
use std::sync::{Arc, Mutex, PoisonError};
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

/// The delay after a connection could not be accepted, since no file handle is free. An immediate retry fails, too.
const ACCEPT_RETRY_DELAY: Duration = Duration::from_millis(50);

/// Accepts connections until dropped, which closes the port and all connections.
pub(super) async fn accept(listener: TcpListener, state: Arc<State>) {
    let mut connections = JoinSet::new();
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                state.data().connections += 1;
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
    // What to send before the connection is closed. It is written here, since hyper does not report how much of a body
    // was sent, and drops the rest.
    let last_bytes = Mutex::new(Vec::new());
    let service = service_fn(|request| Box::pin(respond(&state, request, &last_bytes)));
    let mut connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
    if poll_fn(|context| connection.poll_without_shutdown(context)).await.is_err() {
        let mut stream = connection.into_parts().io.into_inner();
        // The client may have disconnected.
        let _ = stream.write_all(&last_bytes.into_inner().unwrap_or_else(PoisonError::into_inner)).await;
    }
}

/// Responds to a request, or fails so that hyper drops the connection.
async fn respond(
    state: &State,
    request: hyper::Request<Incoming>,
    last_bytes: &Mutex<Vec<u8>>,
) -> Result<Response<Full<Bytes>>, Box<dyn Error + Send + Sync>> {
    let (parts, body) = request.into_parts();
    // The client may disconnect before it sends the whole request, and then does not read a response.
    let request = Request::new(http::Request::from_parts(parts, body.collect().await?.to_bytes()));
    let MockResponse { head_and_body, disconnect, .. } = service::respond(state, request).await;
    let Some(disconnect) = disconnect else { return Ok(head_and_body.map(|body| Full::new(body.0))) };
    if let Disconnect::InBody(bytes) = disconnect {
        *last_bytes.lock().unwrap_or_else(PoisonError::into_inner) = beginning(&head_and_body, bytes);
    }
    Err("the connection is closed, as the mock response specifies".into())
}

/// The head of a response, and this many bytes of its body.
fn beginning(response: &Response<Body>, bytes: usize) -> Vec<u8> {
    let (status, body) = (response.status(), &response.body().0);
    let mut sent = format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\n", body.len()).into_bytes();
    for (name, value) in response.headers() {
        sent.extend([name.as_str().as_bytes(), b": ", value.as_bytes(), b"\r\n"].concat());
    }
    sent.extend([b"\r\n", body.get(..bytes).unwrap_or(body)].concat());
    sent
}
