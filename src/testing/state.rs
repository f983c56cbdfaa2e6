//! What a stand-in knows: its token, what it received, what it made, and what it is to answer.

use std::collections::VecDeque;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::Value;

use super::{Answer, Request};
use crate::header;

/// What all connections of a stand-in share.
pub(super) struct State {
    token: String,
    ids: Ids,
    inner: Mutex<Inner>,
}

#[derive(Default)]
struct Inner {
    requests: Vec<Request>,
    created: Vec<Value>,
    queue: VecDeque<Answer>,
    deprecation: Option<(String, String)>,
}

impl State {
    pub(super) fn new() -> Self {
        Self { token: token(), ids: Ids::new(), inner: Mutex::default() }
    }

    pub(super) fn token(&self) -> &str {
        &self.token
    }

    pub(super) fn ids(&self) -> &Ids {
        &self.ids
    }

    pub(super) fn requests(&self) -> Vec<Request> {
        self.inner().requests.clone()
    }

    pub(super) fn created(&self) -> Vec<Value> {
        self.inner().created.clone()
    }

    pub(super) fn create(&self, rows: &[Value]) {
        self.inner().created.extend_from_slice(rows);
    }

    pub(super) fn queue(&self, answer: Answer) {
        self.inner().queue.push_back(answer);
    }

    pub(super) fn deprecate(&self, date: &str, info: &str) {
        self.inner().deprecation = Some((date.to_owned(), info.to_owned()));
    }

    /// Records a request and takes the answer queued for it. Both in one step, so that the order of the two is the same.
    pub(super) fn receive(&self, request: Request) -> Option<Answer> {
        let mut inner = self.inner();
        inner.requests.push(request);
        inner.queue.pop_front()
    }

    /// Adds the announcement of the service's end, where there is one, to an answer of the service.
    pub(super) fn announce(&self, answer: Answer) -> Answer {
        match &self.inner().deprecation {
            Some((date, info)) => {
                answer.or_header(&header::DEPRECATION_DATE, date).or_header(&header::DEPRECATION_INFO, info)
            }
            None => answer,
        }
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        // Each change is one step, so that a panic elsewhere does not spoil what is here.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Makes ids that are not made twice: a seed for each stand-in, and a number for each id.
pub(super) struct Ids {
    seed: u64,
    made: AtomicU64,
}

impl Ids {
    fn new() -> Self {
        Self { seed: RandomState::new().build_hasher().finish(), made: AtomicU64::new(0) }
    }

    /// An id as the rows of the service have it, in the form of a UUID.
    pub(super) fn uuid(&self) -> String {
        let id = self.next();
        format!(
            "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
            id >> 96,
            (id >> 80) & 0xffff,
            (id >> 64) & 0xffff,
            (id >> 48) & 0xffff,
            id & 0xffff_ffff_ffff
        )
    }

    /// An id as the gateway makes it, of 32 hexadecimal digits.
    pub(super) fn hex(&self) -> String {
        format!("{:032x}", self.next())
    }

    /// A request id as the contract describes it: uuid, timestamp and hostname. The timestamp is in milliseconds.
    pub(super) fn request_id(&self) -> String {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        format!("{}-{}-stand-in", self.uuid(), now.as_millis())
    }

    fn next(&self) -> u128 {
        let number = self.made.fetch_add(1, Ordering::Relaxed);
        (u128::from(self.seed) << 64) | u128::from(number)
    }
}

/// A token that looks like one of IAM: `MII` and then 1024 letters and digits.
fn token() -> String {
    let random = RandomState::new();
    let parts = (0..64).map(|part| format!("{:016x}", random.hash_one(part)));
    std::iter::once("MII".to_owned()).chain(parts).collect()
}
