//! A server that is nothing but a socket, for tests that look at bytes.

use std::io::Write;
use std::sync::{Arc, Mutex};

use secmaster_client::types::{CreateAction, CreatePlaybookActionResponse};
use secmaster_client::{Client, ClientBuilder, Error, Response, RetryPolicy};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

pub const TOKEN: &str = "MIISECRETTOKEN0123456789";
pub const PROJECT: &str = "2b31ed520xxxxxxebedb6e57xxxxxxxx";
pub const WORKSPACE: &str = "909494e3-558e-46b6-a9eb-07a8e18ca620";
pub const VERSION: &str = "909494e3-558e-46b6-a9eb-07a8e18ca621";
pub const WORKFLOW: &str = "909494e3-558e-46b6-a9eb-07a8e18ca62f";
pub const REQUEST_ID: &str = "5f2b8c1d-0a7e-4c55-9d3b-6f1e2a3b4c5d-1751600000123-api-7d9f.example";

/// Plays each answer once, in order, each on a connection of its own.
pub struct Socket {
    port: u16,
    requests: Arc<Mutex<Vec<String>>>,
}

impl Socket {
    pub async fn start(answers: Vec<Vec<u8>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let requests = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&requests);
        tokio::spawn(async move {
            for answer in answers {
                let (mut stream, _) = listener.accept().await.unwrap();
                let mut received = Vec::new();
                let mut buffer = [0; 4096];
                while !is_whole(&received) {
                    let length = stream.read(&mut buffer).await.unwrap();
                    if length == 0 {
                        break;
                    }
                    received.extend_from_slice(&buffer[..length]);
                }
                seen.lock().unwrap().push(String::from_utf8(received).unwrap());
                // The client may hang up as soon as it has read what it wants.
                let _ = stream.write_all(&answer).await;
                let _ = stream.shutdown().await;
            }
        });
        Self { port, requests }
    }

    pub fn endpoint(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    pub fn host(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    pub fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }

    pub fn client(&self) -> Client {
        self.builder().build().unwrap()
    }

    /// A client of this socket that sends each request once, as most tests have one answer for it.
    pub fn builder(&self) -> ClientBuilder {
        Client::builder().endpoint(self.endpoint()).token(TOKEN).retry(RetryPolicy::none())
    }
}

fn is_whole(request: &[u8]) -> bool {
    let text = String::from_utf8_lossy(request);
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    let length = head.lines().find_map(|line| line.to_lowercase().strip_prefix("content-length: ").map(str::to_owned));
    body.len() >= length.map_or(0, |length| length.parse().unwrap())
}

/// An answer as bytes. The `X-request-id` is always there.
pub fn answer(status: &str, headers: &[&str], body: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    write!(bytes, "HTTP/1.1 {status}\r\nX-request-id: {REQUEST_ID}\r\nContent-Length: {}\r\n", body.len()).unwrap();
    for header in headers {
        write!(bytes, "{header}\r\n").unwrap();
    }
    bytes.extend_from_slice(b"\r\n");
    bytes.extend_from_slice(body);
    bytes
}

/// The call that most tests make.
pub async fn create(client: &Client) -> Result<Response<CreatePlaybookActionResponse>, Error> {
    create_with(client, PROJECT, WORKSPACE, VERSION).await
}

pub async fn create_with(
    client: &Client,
    project: &str,
    workspace: &str,
    version: &str,
) -> Result<Response<CreatePlaybookActionResponse>, Error> {
    client
        .create_playbook_action()
        .project_id(project)
        .workspace_id(workspace)
        .version_id(version)
        .body(vec![CreateAction::workflow(WORKFLOW)])
        .send()
        .await
}

/// One call against a socket that gives one answer.
pub async fn created_by(answer: Vec<u8>) -> Result<Response<CreatePlaybookActionResponse>, Error> {
    let socket = Socket::start(vec![answer]).await;
    create(&socket.client()).await
}

/// One call that is expected to fail.
pub async fn failed_by(answer: Vec<u8>) -> Error {
    created_by(answer).await.unwrap_err()
}
