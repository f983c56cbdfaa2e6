//! A TCP server with a custom handler for each connection, to inject faults and to inspect raw bytes.

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use secmaster_client::{Client, ClientBuilder, RetryPolicy};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::AbortHandle;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use crate::support::{TIMEOUT, TOKEN};

/// The bytes received on each connection, in the order of acceptance. TLS is decrypted.
type Received = Arc<Mutex<Vec<Vec<u8>>>>;

pub struct RawServer {
    address: SocketAddr,
    received: Received,
    accepting: AbortHandle,
}

impl RawServer {
    /// Starts a server that runs a handler for each connection, concurrently.
    pub async fn start<P, F>(handler: P) -> Self
    where
        P: Fn(Connection) -> F + Send + 'static,
        F: Future<Output = ()> + Send + 'static,
    {
        Self::on(TcpListener::bind("127.0.0.1:0").await.unwrap(), handler)
    }

    /// Like [`start`](Self::start), with an existing listener.
    pub fn on<P, F>(listener: TcpListener, handler: P) -> Self
    where
        P: Fn(Connection) -> F + Send + 'static,
        F: Future<Output = ()> + Send + 'static,
    {
        Self::limited(listener, usize::MAX, handler)
    }

    /// Like [`on`](Self::on), with a maximum number of connections. Later ones are refused.
    fn limited<P, F>(listener: TcpListener, connections: usize, handler: P) -> Self
    where
        P: Fn(Connection) -> F + Send + 'static,
        F: Future<Output = ()> + Send + 'static,
    {
        let address = listener.local_addr().unwrap();
        let received = Received::default();
        let seen = Arc::clone(&received);
        let accepting = tokio::spawn(async move {
            for _ in 0..connections {
                let (stream, _) = listener.accept().await.unwrap();
                tokio::spawn(handler(Connection::new(stream, Arc::clone(&seen))));
            }
        });
        Self { address, received, accepting: accepting.abort_handle() }
    }

    /// Reads one request from each connection, sends these bytes, and closes it.
    pub async fn responding(bytes: impl Into<Vec<u8>>) -> Self {
        Self::responding_in_turn([bytes]).await
    }

    /// Like [`responding`](Self::responding), cycling through these responses.
    pub async fn responding_in_turn(responses: impl IntoIterator<Item = impl Into<Vec<u8>>>) -> Self {
        Self::respond(usize::MAX, responses).await
    }

    /// Like [`responding_in_turn`](Self::responding_in_turn), but sends each response once, then refuses connections.
    pub async fn responding_once(responses: impl IntoIterator<Item = impl Into<Vec<u8>>>) -> Self {
        Self::respond(1, responses).await
    }

    async fn respond(rounds: usize, responses: impl IntoIterator<Item = impl Into<Vec<u8>>>) -> Self {
        let responses: Arc<[Vec<u8>]> = responses.into_iter().map(Into::into).collect();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        Self::limited(listener, responses.len().saturating_mul(rounds), move |mut connection| {
            let responses = Arc::clone(&responses);
            async move {
                connection.request().await;
                connection.send(&responses[connection.index % responses.len()]).await;
                connection.close().await;
            }
        })
    }

    /// Accepts connections, and never sends anything.
    pub async fn silent() -> Self {
        Self::start(|mut connection| async move { connection.until_closed().await }).await
    }

    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    pub fn port(&self) -> u16 {
        self.address.port()
    }

    pub fn host(&self) -> String {
        self.address.to_string()
    }

    /// A client builder with default settings except for a shorter timeout.
    pub fn builder(&self) -> ClientBuilder {
        Client::builder().endpoint(self.endpoint()).token(TOKEN).timeout(TIMEOUT)
    }

    /// A client without retries.
    pub fn client(&self) -> Client {
        self.builder().retry(RetryPolicy::none()).build().unwrap()
    }

    pub fn connections(&self) -> usize {
        self.received.lock().unwrap().len()
    }

    /// The number of complete or partial requests on all connections.
    pub fn request_count(&self) -> usize {
        self.received.lock().unwrap().iter().map(|bytes| decode(bytes).matches(" HTTP/1.1\r\n").count()).sum()
    }

    /// All complete requests, ordered by connection.
    pub fn requests(&self) -> Vec<String> {
        let mut requests = Vec::new();
        for bytes in &*self.received.lock().unwrap() {
            let mut rest = &bytes[..];
            while let Some((request, after)) = whole(rest).map(|length| rest.split_at(length)) {
                requests.push(decode(request));
                rest = after;
            }
        }
        requests
    }

    /// All bytes received on all connections.
    pub fn received(&self) -> String {
        self.received.lock().unwrap().iter().map(|bytes| decode(bytes)).collect()
    }
}

impl Drop for RawServer {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

/// The server side of a connection.
pub struct Connection<S = TcpStream> {
    stream: S,
    received: Received,
    index: usize,
    /// The number of received bytes that belong to requests already read.
    read: usize,
}

impl Connection {
    fn new(stream: TcpStream, received: Received) -> Self {
        let mut connections = received.lock().unwrap();
        connections.push(Vec::new());
        let index = connections.len() - 1;
        drop(connections);
        Self { stream, received, index, read: 0 }
    }

    /// Whether this is the first connection of its server.
    pub fn is_first(&self) -> bool {
        self.index == 0
    }

    /// The zero-based index of this connection.
    pub fn number(&self) -> usize {
        self.index
    }

    /// Resets the connection: the client reads an error instead of EOF.
    pub fn reset(self) {
        self.stream.set_zero_linger().unwrap();
    }

    /// Performs the TLS handshake; `None` if the client aborts it.
    pub async fn secure(self, acceptor: &TlsAcceptor) -> Option<Connection<TlsStream<TcpStream>>> {
        let Self { stream, received, index, .. } = self;
        let read = received.lock().unwrap()[index].len();
        let stream = acceptor.accept(stream).await.ok()?;
        Some(Connection { stream, received, index, read })
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> Connection<S> {
    /// Reads at least this many bytes of the next request.
    pub async fn request_bytes(&mut self, wanted: usize) {
        self.read_until(|bytes| bytes.len() >= wanted).await.unwrap();
    }

    /// Reads the next request; `None` if the client closes the connection before the request is complete.
    pub async fn request(&mut self) -> Option<Vec<u8>> {
        self.read_until(|bytes| whole(bytes).is_some()).await.ok()?;
        let rest = self.received.lock().unwrap()[self.index][self.read..].to_vec();
        let length = whole(&rest)?;
        self.read += length;
        Some(rest[..length].to_vec())
    }

    async fn read_until(&mut self, is_enough: impl Fn(&[u8]) -> bool) -> io::Result<()> {
        let mut buffer = vec![0; 64 * 1024];
        while !is_enough(&self.received.lock().unwrap()[self.index][self.read..]) {
            match self.stream.read(&mut buffer).await? {
                0 => return Err(io::ErrorKind::UnexpectedEof.into()),
                length => self.received.lock().unwrap()[self.index].extend_from_slice(&buffer[..length]),
            }
        }
        Ok(())
    }

    /// Sends bytes; returns false if the client closed the connection first.
    pub async fn send(&mut self, bytes: &[u8]) -> bool {
        self.stream.write_all(bytes).await.is_ok()
    }

    /// Closes this side, and waits until the client has closed its side as well.
    pub async fn close(&mut self) {
        let _ = self.stream.shutdown().await;
        self.until_closed().await;
    }

    /// Waits until the client has closed its side.
    pub async fn until_closed(&mut self) {
        let _ = self.read_until(|_| false).await;
    }
}

fn decode(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// The length of the HTTP message at the start of these bytes, if it is complete.
pub fn whole(bytes: &[u8]) -> Option<usize> {
    const LENGTH: &str = "content-length: ";
    let text = String::from_utf8_lossy(bytes);
    let (head, _) = text.split_once("\r\n\r\n")?;
    let (_, body) = head
        .lines()
        .filter_map(|line| line.split_at_checked(LENGTH.len()))
        .find(|(name, _)| name.eq_ignore_ascii_case(LENGTH))
        .unwrap_or(("", "0"));
    Some(head.len() + 4 + body.parse::<usize>().unwrap()).filter(|length| *length <= bytes.len())
}
