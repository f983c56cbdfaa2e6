//! State shared by all connections of a fake server.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use tokio::sync::watch;

use super::clock;
use super::identity::Identity;
use super::openapi::document::{Document, Service};
use super::resources::table::{Table, WORKSPACE};
use super::{MockResponse, Request};

pub(super) struct State {
    pub(super) documents: Vec<Document>,
    pub(super) logins_paused: watch::Sender<bool>,
    data: Mutex<Data>,
}

#[derive(Default)]
pub(super) struct Data {
    pub(super) strict_ids: bool,
    /// The offset of the cloud's clock from the local clock, in seconds.
    pub(super) clock_skew: i64,
    /// The requests that arrived and the actions that were created, each up to the limit. The counts include all.
    pub(super) requests: VecDeque<Request>,
    pub(super) created: VecDeque<Value>,
    pub(super) history_limit: Option<usize>,
    pub(super) created_count: usize,
    pub(super) connections: usize,
    pub(super) login_attempts: usize,
    /// Queued responses: for requests whose path has this prefix, or for the next requests to SecMaster.
    pub(super) queue: VecDeque<(Option<String>, MockResponse)>,
    /// The date and the information in the responses of the service.
    pub(super) deprecation: Option<[String; 2]>,
    pub(super) identity: Identity,
    pub(super) table: Table,
}

impl State {
    pub(super) fn new(documents: Vec<Document>, strict_ids: bool) -> Self {
        let mut data = Data { strict_ids, identity: Identity::new(), ..Data::default() };
        let workspace = data.add_workspace(WORKSPACE);
        data.add_default_resources(&workspace);
        Self { documents, logins_paused: watch::Sender::new(false), data: Mutex::new(data) }
    }

    /// Locks the data. Each change is atomic, so a poisoned lock can be used.
    pub(super) fn data(&self) -> MutexGuard<'_, Data> {
        self.data.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Data {
    pub(super) fn now(&self) -> Timestamp {
        clock::later(Timestamp::now(), SignedDuration::from_secs(self.clock_skew))
    }

    /// Records a request and takes its queued response in one step, so that both have the same order.
    pub(super) fn receive(&mut self, service: Service, request: &Request) -> Option<MockResponse> {
        self.requests.push_back(request.clone());
        self.truncate_history();
        let place = self.queue.iter().position(|(prefix, _)| match prefix {
            Some(prefix) => request.path().starts_with(prefix),
            None => service == Service::SecMaster,
        })?;
        self.queue.remove(place).map(|(_, response)| response)
    }

    /// Drops the oldest items beyond the limit.
    pub(super) fn truncate_history(&mut self) {
        let limit = self.history_limit.unwrap_or(usize::MAX);
        self.requests.drain(..self.requests.len().saturating_sub(limit));
        self.created.drain(..self.created.len().saturating_sub(limit));
    }

    /// Whether a path of one project is forbidden to a caller of another. If IDs are not strict, any may use an unknown one.
    pub(super) fn separates(&self, path: Option<&str>, caller: &str) -> bool {
        path.is_some_and(|id| id != caller && (self.strict_ids || self.identity.has_project(id)))
    }
}
