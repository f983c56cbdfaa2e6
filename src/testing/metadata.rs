//! How the metadata service of a cloud server answers, and what it knows.

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::{Duration, SystemTime};

use serde_json::json;

use super::clock::{End, iam_time, later};
use super::ids::secret;
use super::keys::AccessKeys;
use super::lock::lock;
use super::{MockResponse, Request};

const SESSION: (&str, &str) = ("PUT", "/meta-data/latest/api/token");
const KEYS: (&str, &str) = ("GET", "/openstack/latest/securitykey");
const TTL: &str = "X-Metadata-Token-Ttl-Seconds";
const TOKEN: &str = "X-Metadata-Token";
/// The longest life of a session, in seconds.
const LONGEST: u64 = 21_600;

pub(super) struct Metadata(Mutex<Settings>);

struct Settings {
    has_sessions: bool,
    has_agency: bool,
    /// By token.
    sessions: HashMap<String, End>,
}

impl Metadata {
    pub(super) fn new() -> Self {
        Self(Mutex::new(Settings { has_sessions: true, has_agency: true, sessions: HashMap::new() }))
    }

    pub(super) fn set_sessions(&self, on: bool) {
        lock(&self.0).has_sessions = on;
    }

    pub(super) fn take_agency(&self) {
        lock(&self.0).has_agency = false;
    }

    fn begin(&self, request: &Request) -> MockResponse {
        let mut settings = lock(&self.0);
        if !settings.has_sessions {
            return text(404, "sessions are off");
        }
        let seconds = request.header(TTL).and_then(|text| text.parse().ok());
        let Some(seconds) = seconds.filter(|seconds| (1..=LONGEST).contains(seconds)) else {
            return text(400, &format!("{TTL} has to be a number from 1 to {LONGEST}"));
        };
        let token = secret(56);
        settings.sessions.insert(token.clone(), End::after(Duration::from_secs(seconds)));
        text(200, &token)
    }

    /// Says why a request gets no keys, where that is so.
    fn refusal(&self, request: &Request) -> Option<MockResponse> {
        let settings = lock(&self.0);
        if settings.has_sessions {
            let session = request.header(TOKEN).map(|token| settings.sessions.get(token));
            match session {
                None => return Some(text(401, &format!("{TOKEN} is missing"))),
                Some(Some(end)) if !end.has_come() => {}
                Some(_) => {
                    return Some(text(401, &format!("{TOKEN} is not that of a session, or the session has ended")));
                }
            }
        }
        (!settings.has_agency).then(|| text(404, "the server has no agency"))
    }
}

/// Answers a request for which nothing is queued.
pub(super) fn answer(metadata: &Metadata, keys: &AccessKeys, now: SystemTime, request: &Request) -> MockResponse {
    match (request.method(), request.path()) {
        SESSION => metadata.begin(request),
        KEYS => metadata.refusal(request).unwrap_or_else(|| give(keys, now)),
        (method, path) => text(404, &format!("there is nothing at {method} {path}")),
    }
}

fn give(keys: &AccessKeys, now: SystemTime) -> MockResponse {
    let keys = keys.give();
    MockResponse::new(200).json(json!({ "credential": {
        "access": keys.access,
        "secret": keys.secret,
        "securitytoken": keys.security_token,
        "expires_at": iam_time(later(now, keys.life)),
    }}))
}

fn text(status: u16, text: &str) -> MockResponse {
    MockResponse::new(status).header("content-type", "text/plain").body(text.to_owned())
}
