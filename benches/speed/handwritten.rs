//! The same call, hand-written with reqwest: only sends the request and reads the response.

use std::error::Error;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use hmac::{Hmac, KeyInit, Mac};
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use secmaster_client::types::{CreateAction, CreatePlaybookActionResponse};
use sha2::{Digest, Sha256};

pub(crate) const AUTH_TOKEN: HeaderName = HeaderName::from_static("x-auth-token");

/// The credentials of a call.
pub(crate) enum Access {
    Token(HeaderValue),
    Keys { access: String, secret: String },
}

/// The endpoint and credentials of the calls.
pub(crate) struct Handwritten {
    pub(crate) http: reqwest::Client,
    pub(crate) endpoint: String,
    pub(crate) access: Access,
}

/// The request id and the decoded body of a response.
pub(crate) struct Created {
    pub(crate) request_id: Option<String>,
    pub(crate) data: CreatePlaybookActionResponse,
}

/// An HTTP client with the same settings as the client under test.
pub(crate) fn http() -> Result<reqwest::Client, reqwest::Error> {
    reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .connect_timeout(Duration::from_secs(10))
        .timeout(Duration::from_secs(30))
        .user_agent("handwritten/1.0")
        .build()
}

impl Handwritten {
    pub(crate) async fn create(
        &self,
        [project, workspace, version]: [&str; 3],
        actions: &[CreateAction],
    ) -> Result<Created, Box<dyn Error + Send + Sync>> {
        let endpoint = &self.endpoint;
        let url = format!("{endpoint}/v1/{project}/workspaces/{workspace}/soc/playbooks/versions/{version}/actions");
        let path = &url[endpoint.len()..];
        let body = serde_json::to_vec(actions)?;
        let request = self.http.post(&url);
        let request = match &self.access {
            Access::Token(token) => request.header(AUTH_TOKEN, token.clone()),
            Access::Keys { access, secret } => {
                let host = endpoint.trim_start_matches("http://");
                request.headers(sign(access, secret, host, project, path, &body)?)
            }
        };
        let request = request.header(CONTENT_TYPE, HeaderValue::from_static("application/json;charset=UTF-8"));
        let response = request.body(body).send().await?.error_for_status()?;
        let request_id = response.headers().get("x-request-id");
        let request_id = request_id.and_then(|id| id.to_str().ok()).map(str::to_owned);
        let body = response.bytes().await?;
        Ok(Created { request_id, data: serde_json::from_slice(&body)? })
    }
}

/// The headers of a signed POST request with an unescaped path and without a query.
pub(crate) fn sign(
    access: &str,
    secret: &str,
    host: &str,
    project: &str,
    path: &str,
    body: &[u8],
) -> Result<HeaderMap, Box<dyn Error + Send + Sync>> {
    let date = now()?;
    let signed = "host;x-project-id;x-sdk-date";
    let canonical = format!(
        "POST\n{path}/\n\nhost:{host}\nx-project-id:{project}\nx-sdk-date:{date}\n\n{signed}\n{}",
        hex(&Sha256::digest(body))
    );
    let text = format!("SDK-HMAC-SHA256\n{date}\n{}", hex(&Sha256::digest(canonical)));
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes())?;
    mac.update(text.as_bytes());
    let signature = hex(&mac.finalize().into_bytes());
    let authorization = format!("SDK-HMAC-SHA256 Access={access}, SignedHeaders={signed}, Signature={signature}");
    let mut headers = HeaderMap::new();
    headers.insert("x-sdk-date", date.try_into()?);
    headers.insert("x-project-id", project.try_into()?);
    headers.insert(AUTHORIZATION, authorization.try_into()?);
    Ok(headers)
}

fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    bytes.iter().flat_map(|byte| [byte >> 4, byte & 0xf]).map(|digit| char::from(DIGITS[usize::from(digit)])).collect()
}

/// The current time in the format of the signature. Uses Howard Hinnant's `civil_from_days` algorithm.
fn now() -> Result<String, Box<dyn Error + Send + Sync>> {
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
    let (day, second) = (seconds / 86_400 + 719_468, seconds % 86_400);
    let (era, day) = (day / 146_097, day % 146_097);
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let (year, month) = if month < 10 { (year, month + 3) } else { (year + 1, month - 9) };
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    Ok(format!("{:04}{month:02}{day:02}T{hour:02}{minute:02}{second:02}Z", year + era * 400))
}
