//! The connections: accepts them, and cuts them where an answer asks for it.

use std::error::Error as StdError;
use std::fmt;
use std::future::poll_fn;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::to_bytes;
use axum::response::Response;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use super::answer::Cut;
use super::exchange;
use super::state::State;

/// How long to wait when no connection can be accepted. That is for want of file handles, which asking again at once does not free.
const PAUSE: Duration = Duration::from_millis(50);

/// Accepts connections for as long as it is polled. Dropping it closes the port and all connections.
pub(super) async fn accept(listener: TcpListener, state: Arc<State>) {
    let router = exchange::router(Arc::clone(&state));
    let mut connections = JoinSet::new();
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                state.connect();
                connections.spawn(serve(stream, router.clone()));
            }
            Err(_) => tokio::time::sleep(PAUSE).await,
        }
        // Those that have ended would otherwise be kept until the server ends.
        while connections.try_join_next().is_some() {}
    }
}

/// Answers the requests of one connection, one after the other.
async fn serve(stream: TcpStream, router: Router) {
    let router = TowerToHyperService::new(router);
    let service = service_fn(|request: hyper::Request<Incoming>| {
        let response = router.call(request);
        Box::pin(async move {
            let Ok(mut response) = response.await;
            match response.extensions_mut().remove() {
                Some(cut) => Err(CutOff { sent: start(response, cut).await }),
                None => Ok(response),
            }
        })
    });
    let mut connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
    let ended = poll_fn(|context| connection.poll_without_shutdown(context)).await;
    let Err(error) = ended else { return };
    if let Some(cut) = error.source().and_then(|source| source.downcast_ref::<CutOff>()) {
        let mut stream = connection.into_parts().io.into_inner();
        // Where the client has left already, there is nothing to cut.
        let _ = stream.write_all(&cut.sent).await;
    }
}

/// The error that makes the HTTP library drop a connection without a word of its own. It has what is sent before the end: written
/// here, since the library gives no sign of how much of a body has left, and would lose what has not.
#[derive(Debug)]
struct CutOff {
    sent: Vec<u8>,
}

impl fmt::Display for CutOff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the connection is cut, as the answer asks")
    }
}

impl StdError for CutOff {}

/// The bytes of a response up to its cut.
async fn start(response: Response, cut: Cut) -> Vec<u8> {
    let Cut::InBody(bytes) = cut else { return Vec::new() };
    let (parts, body) = response.into_parts();
    // The body is in memory already, so that reading it can not fail.
    let body = to_bytes(body, usize::MAX).await.unwrap_or_default();
    let reason = parts.status.canonical_reason().unwrap_or_default();
    let mut sent =
        format!("HTTP/1.1 {} {reason}\r\ncontent-length: {}\r\n", parts.status.as_u16(), body.len()).into_bytes();
    for (name, value) in &parts.headers {
        sent.extend_from_slice(name.as_str().as_bytes());
        sent.extend_from_slice(b": ");
        sent.extend_from_slice(value.as_bytes());
        sent.extend_from_slice(b"\r\n");
    }
    sent.extend_from_slice(b"\r\n");
    sent.extend_from_slice(body.get(..bytes).unwrap_or(&body));
    sent
}
