//! A server that is nothing but sockets, and does with each of them what a script says.

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use secmaster_client::{Client, ClientBuilder};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::AbortHandle;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use super::TIMEOUT;
use crate::support::TOKEN;

/// What arrived on each connection, in the order in which they were accepted. What is encrypted is kept as it was before.
type Received = Arc<Mutex<Vec<Vec<u8>>>>;

pub struct Faulty {
    address: SocketAddr,
    received: Received,
    accepting: AbortHandle,
}

impl Faulty {
    /// Plays a script on each connection, all of them side by side.
    pub async fn start<P, F>(play: P) -> Self
    where
        P: Fn(Connection) -> F + Send + 'static,
        F: Future<Output = ()> + Send + 'static,
    {
        Self::on(TcpListener::bind("127.0.0.1:0").await.unwrap(), play)
    }

    /// The same, on a port that listens already.
    pub fn on<P, F>(listener: TcpListener, play: P) -> Self
    where
        P: Fn(Connection) -> F + Send + 'static,
        F: Future<Output = ()> + Send + 'static,
    {
        let address = listener.local_addr().unwrap();
        let received = Received::default();
        let seen = Arc::clone(&received);
        let accepting = tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                tokio::spawn(play(Connection::new(stream, Arc::clone(&seen))));
            }
        });
        Self { address, received, accepting: accepting.abort_handle() }
    }

    /// Reads one request from each connection, answers with these bytes, and closes it.
    pub async fn answering(bytes: impl Into<Vec<u8>>) -> Self {
        Self::answering_in_turn([bytes]).await
    }

    /// The same, where each connection has an answer of its own.
    pub async fn answering_in_turn(answers: impl IntoIterator<Item = impl Into<Vec<u8>>>) -> Self {
        let answers: Arc<[Vec<u8>]> = answers.into_iter().map(Into::into).collect();
        Self::start(move |mut connection| {
            let answers = Arc::clone(&answers);
            async move {
                connection.request().await;
                connection.send(&answers[connection.index % answers.len()]).await;
                connection.close().await;
            }
        })
        .await
    }

    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// A client that has what a user's has, but for a shorter timeout.
    pub fn builder(&self) -> ClientBuilder {
        Client::builder().endpoint(self.endpoint()).token(TOKEN).timeout(TIMEOUT)
    }

    pub fn connections(&self) -> usize {
        self.received.lock().unwrap().len()
    }

    /// How many requests have begun to arrive, on all connections.
    pub fn requests(&self) -> usize {
        self.received.lock().unwrap().iter().map(|bytes| text(bytes).matches(" HTTP/1.1\r\n").count()).sum()
    }

    /// All that arrived on all connections.
    pub fn received(&self) -> String {
        self.received.lock().unwrap().iter().map(|bytes| text(bytes)).collect()
    }
}

impl Drop for Faulty {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

/// The server's side of a connection.
pub struct Connection<S = TcpStream> {
    stream: S,
    received: Received,
    index: usize,
    /// How much of what was received belongs to requests that have been read.
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

    /// How many connections its server had before.
    pub fn number(&self) -> usize {
        self.index
    }

    /// Closes the connection the hard way: the client reads an error, not an end.
    pub fn reset(self) {
        self.stream.set_zero_linger().unwrap();
    }

    /// Goes on in TLS; `None` where the client does not want to.
    pub async fn secure(self, acceptor: &TlsAcceptor) -> Option<Connection<TlsStream<TcpStream>>> {
        let Self { stream, received, index, .. } = self;
        let read = received.lock().unwrap()[index].len();
        let stream = acceptor.accept(stream).await.ok()?;
        Some(Connection { stream, received, index, read })
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> Connection<S> {
    /// Reads until at least so many bytes of the next request have arrived.
    pub async fn request_bytes(&mut self, wanted: usize) {
        self.read_until(|bytes| bytes.len() >= wanted).await.unwrap();
    }

    /// Reads the next request; `None` where the client closes the connection before it is whole.
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

    /// Sends some bytes; false where the client left before it had taken them all.
    pub async fn send(&mut self, bytes: &[u8]) -> bool {
        self.stream.write_all(bytes).await.is_ok()
    }

    /// Says that nothing more will come, and waits until the client has closed its side as well.
    pub async fn close(&mut self) {
        let _ = self.stream.shutdown().await;
        self.until_left().await;
    }

    /// Waits until the client has closed its side.
    pub async fn until_left(&mut self) {
        let _ = self.read_until(|_| false).await;
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// The length of the message that these bytes begin with, where it is all there.
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
