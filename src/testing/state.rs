//! State shared by all connections of a fake server.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use serde_json::Value;
use tokio::sync::watch;

use super::clock;
use super::identity::Identity;
use super::openapi::document::{Document, Operation, Pairs, Service};
use super::resources::table::Table;
use super::{MockResponse, Request};

pub(super) struct State {
    pub(super) documents: Vec<Document>,
    pub(super) logins_paused: watch::Sender<bool>,
    data: Mutex<Data>,
}

/// The mutable state.
#[derive(Default)]
pub(super) struct Data {
    pub(super) strict_ids: bool,
    /// The offset of the cloud's clock from the local clock, in seconds.
    pub(super) clock_skew: i64,
    pub(super) history: History,
    /// Queued responses: for requests whose path has this prefix, or for the next requests to SecMaster.
    pub(super) queue: VecDeque<(Option<String>, MockResponse)>,
    /// The date and the information in the responses of the service.
    pub(super) deprecation: Option<[String; 2]>,
    pub(super) identity: Identity,
    pub(super) table: Table,
}

impl State {
    pub(super) fn new(documents: Vec<Document>, strict_ids: bool) -> Self {
        let identity = Identity::new();
        let table = Table::seeded(&identity.project_id);
        let data = Data { strict_ids, identity, table, ..Data::default() };
        Self { documents, logins_paused: watch::Sender::new(false), data: Mutex::new(data) }
    }

    /// Locks the data. Each change is atomic, so a poisoned lock can be used.
    pub(super) fn data(&self) -> MutexGuard<'_, Data> {
        self.data.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Finds the operation of a request.
    pub(super) fn route(&self, request: &Request) -> Option<(&Operation, Pairs)> {
        let mut operations = self.documents.iter().flat_map(|document| document.iter());
        operations.find_map(|operation| Some((operation, operation.matches(request)?)))
    }

    /// Waits until logins are not paused.
    pub(super) async fn logins_resumed(&self) {
        // The state includes the sender, so it is not dropped meanwhile.
        let _ = self.logins_paused.subscribe().wait_for(|paused| !paused).await;
    }
}

impl Data {
    pub(super) fn now(&self) -> Timestamp {
        clock::now(self.clock_skew)
    }

    /// Records a request and takes its queued response in one step, so that both have the same order.
    pub(super) fn receive(&mut self, service: Service, request: &Request) -> Option<MockResponse> {
        self.history.requests.push_back(request.clone());
        truncate(&mut self.history.requests, self.history.limit);
        let place = self.queue.iter().position(|(prefix, _)| match prefix {
            Some(prefix) => request.path().starts_with(prefix),
            None => service == Service::SecMaster,
        })?;
        self.queue.remove(place).map(|(_, response)| response)
    }

    /// Whether a path of one project is forbidden to a caller of another. Any caller may use an unknown project, unless
    /// IDs are strict.
    pub(super) fn separates(&self, path: Option<&str>, caller: &str) -> bool {
        path.is_some_and(|id| id != caller && (self.strict_ids || self.identity.has_project(id)))
    }
}

/// The requests that arrived and the rows that were created, each up to a limit, with total counts.
#[derive(Default)]
pub(super) struct History {
    pub(super) requests: VecDeque<Request>,
    pub(super) created: VecDeque<Value>,
    limit: Option<usize>,
    pub(super) created_count: usize,
    pub(super) connections: usize,
    pub(super) login_attempts: usize,
}

impl History {
    pub(super) fn set_limit(&mut self, limit: usize) {
        self.limit = Some(limit);
        truncate(&mut self.requests, self.limit);
        truncate(&mut self.created, self.limit);
    }

    pub(super) fn create(&mut self, row: Value) {
        self.created_count += 1;
        self.created.push_back(row);
        truncate(&mut self.created, self.limit);
    }
}

/// Drops the oldest items.
fn truncate<T>(list: &mut VecDeque<T>, limit: Option<usize>) {
    list.drain(..list.len().saturating_sub(limit.unwrap_or(usize::MAX)));
}
