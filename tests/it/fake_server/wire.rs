//! A raw HTTP client that sends exact bytes and returns the response unmodified.

use std::fmt::Write;
use std::io::ErrorKind;

use secmaster_client::testing::Server;
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

pub const PATH: &str = "/v1/the-project/workspaces/the-workspace/soc/playbooks/versions/the-version/actions";
pub const CONTENT_TYPE: &str = "application/json;charset=UTF-8";
pub const ACTIONS: &str = r#"[{"action_type":"AOP_WORKFLOW","action_id":"the-workflow"}]"#;

/// A request: valid by default, with the given changes.
pub struct RawRequest {
    method: &'static str,
    target: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl RawRequest {
    pub fn new(method: &'static str, target: &str) -> Self {
        Self { method, target: target.to_owned(), headers: Vec::new(), body: Vec::new() }
    }

    pub fn create(server: &Server) -> Self {
        let request = Self::new("POST", PATH).body(ACTIONS);
        request.header("X-Auth-Token", &server.token()).header("content-type", CONTENT_TYPE)
    }

    pub fn method(self, method: &'static str) -> Self {
        Self { method, ..self }
    }

    pub fn target(self, target: &str) -> Self {
        Self { target: target.to_owned(), ..self }
    }

    pub fn body(self, body: impl Into<Vec<u8>>) -> Self {
        Self { body: body.into(), ..self }
    }

    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(found, _)| found != name);
        self
    }

    /// Sends the request on a new connection.
    pub async fn send(self, server: &Server) -> Reply {
        let mut connection = Connection::open(server).await;
        connection.send(&self).await;
        connection.reply().await.unwrap()
    }
}

pub struct Connection(BufReader<TcpStream>);

impl Connection {
    pub async fn open(server: &Server) -> Self {
        Self(BufReader::new(TcpStream::connect(address(server)).await.unwrap()))
    }

    pub async fn send(&mut self, request: &RawRequest) {
        let mut text = format!("{} {} HTTP/1.1\r\n", request.method, request.target);
        if !request.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("host")) {
            text += "Host: fake-server\r\n";
        }
        for (name, value) in &request.headers {
            write!(text, "{name}: {value}\r\n").unwrap();
        }
        write!(text, "Content-Length: {}\r\n\r\n", request.body.len()).unwrap();
        self.0.write_all(&[text.as_bytes(), &request.body].concat()).await.unwrap();
    }

    /// Reads a response; `None` if the connection is closed before its first byte.
    pub async fn reply(&mut self) -> Option<Reply> {
        let mut lines = Vec::new();
        loop {
            let mut line = Vec::new();
            if self.0.read_until(b'\n', &mut line).await.unwrap() == 0 {
                assert!(lines.is_empty(), "truncated head");
                return None;
            }
            match line.strip_suffix(b"\r\n").unwrap() {
                [] => break,
                line => lines.push(line.to_vec()),
            }
        }
        let status = String::from_utf8(lines.remove(0)).unwrap();
        let status = status.strip_prefix("HTTP/1.1 ").unwrap()[..3].parse().unwrap();
        let headers = lines.iter().map(|line| {
            let colon = line.iter().position(|byte| *byte == b':').unwrap();
            (String::from_utf8(line[..colon].to_vec()).unwrap(), line[colon + 1..].trim_ascii().to_vec())
        });
        let mut reply = Reply { status, headers: headers.collect(), body: Vec::new() };
        let length = reply.header("content-length").map_or(0, |length| length.parse().unwrap());
        (&mut self.0).take(length).read_to_end(&mut reply.body).await.unwrap();
        Some(reply)
    }

    /// Whether the server closed the connection cleanly, with nothing left to read.
    pub async fn is_closed(&mut self) -> bool {
        self.0.read_u8().await.is_err_and(|error| error.kind() == ErrorKind::UnexpectedEof)
    }
}

pub struct Reply {
    pub status: u16,
    headers: Vec<(String, Vec<u8>)>,
    /// The received part of the body.
    pub body: Vec<u8>,
}

impl Reply {
    pub fn values(&self, name: &str) -> Vec<&[u8]> {
        self.headers
            .iter()
            .filter(|(found, _)| found.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_slice())
            .collect()
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.values(name).first().map(|value| std::str::from_utf8(value).unwrap())
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }
}

pub fn address(server: &Server) -> String {
    server.endpoint().strip_prefix("http://").unwrap().to_owned()
}
