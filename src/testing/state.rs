//! What a fake server knows: what it received, what it made, what it is to answer, and what its parts know.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard};

use serde_json::Value;

use super::clock::Clock;
use super::document::{Document, Operation, PathParameters};
use super::identity::Identity;
use super::ids::Ids;
use super::keys::AccessKeys;
use super::lock::lock;
use super::login::is_login;
use super::metadata::Metadata;
use super::recent::Recent;
use super::role::Role;
use super::table::Table;
use super::{MockResponse, Request};
use crate::headers;

/// What all connections of a fake server share.
pub(super) struct State {
    ids: Ids,
    clock: Clock,
    identity: Identity,
    keys: AccessKeys,
    metadata: Metadata,
    documents: Vec<Arc<Document>>,
    strict: bool,
    table: Mutex<Table>,
    inner: Mutex<Inner>,
}

#[derive(Default)]
struct Inner {
    requests: Recent<Request>,
    created: Recent<Value>,
    login_attempts: usize,
    connections: usize,
    queue: VecDeque<(Role, MockResponse)>,
    deprecation: Option<(String, String)>,
}

impl State {
    pub(super) fn new(documents: Vec<Arc<Document>>, strict: bool) -> Self {
        let ids = Ids::new();
        let identity = Identity::new(&ids);
        Self {
            table: Mutex::new(Table::seeded(&ids, identity.project_id())),
            identity,
            ids,
            clock: Clock::default(),
            keys: AccessKeys::new(),
            metadata: Metadata::new(),
            documents,
            strict,
            inner: Mutex::default(),
        }
    }

    /// The operation of the documents that a request is for.
    pub(super) fn route(&self, request: &Request) -> Option<(&Operation, PathParameters<'_>)> {
        self.documents.iter().find_map(|document| document.route(request))
    }

    pub(super) fn table(&self) -> MutexGuard<'_, Table> {
        lock(&self.table)
    }

    pub(super) fn is_strict(&self) -> bool {
        self.strict
    }

    /// Whether a path of one project is refused to a caller of another. A made-up project is anybody's, unless IDs are strict.
    pub(super) fn separates(&self, path: Option<&str>, caller: &str) -> bool {
        path.is_some_and(|id| id != caller && (self.strict || self.identity.has_project(id.as_bytes())))
    }

    pub(super) fn ids(&self) -> &Ids {
        &self.ids
    }

    pub(super) fn clock(&self) -> &Clock {
        &self.clock
    }

    pub(super) fn identity(&self) -> &Identity {
        &self.identity
    }

    pub(super) fn keys(&self) -> &AccessKeys {
        &self.keys
    }

    pub(super) fn metadata(&self) -> &Metadata {
        &self.metadata
    }

    /// Keeps only the last `n` requests and the last `n` rows.
    pub(super) fn remember(&self, n: usize) {
        let mut inner = lock(&self.inner);
        inner.requests.keep(n);
        inner.created.keep(n);
    }

    /// The requests that are kept and that `are_wanted`.
    pub(super) fn requests(&self, are_wanted: impl Fn(&Request) -> bool) -> Vec<Request> {
        lock(&self.inner).requests.iter().filter(|request| are_wanted(request)).cloned().collect()
    }

    pub(super) fn created(&self) -> Vec<Value> {
        lock(&self.inner).created.iter().cloned().collect()
    }

    pub(super) fn create(&self, rows: &[Value]) {
        let mut inner = lock(&self.inner);
        for row in rows {
            inner.created.add(row.clone());
        }
    }

    pub(super) fn created_count(&self) -> usize {
        lock(&self.inner).created.added()
    }

    /// Counts a connection.
    pub(super) fn connect(&self) {
        lock(&self.inner).connections += 1;
    }

    pub(super) fn connections(&self) -> usize {
        lock(&self.inner).connections
    }

    pub(super) fn login_attempts(&self) -> usize {
        lock(&self.inner).login_attempts
    }

    pub(super) fn queue(&self, role: Role, answer: MockResponse) {
        lock(&self.inner).queue.push_back((role, answer));
    }

    pub(super) fn deprecate(&self, date: &str, info: &str) {
        lock(&self.inner).deprecation = Some((date.to_owned(), info.to_owned()));
    }

    /// Records a request and takes the answer queued for it. Both in one step, so that the order of the two is the same.
    pub(super) fn receive(&self, role: Role, request: Request) -> Option<MockResponse> {
        let mut inner = lock(&self.inner);
        inner.login_attempts += usize::from(is_login(&request));
        inner.requests.add(request);
        let index = inner.queue.iter().position(|(of, _)| *of == role)?;
        inner.queue.remove(index).map(|(_, answer)| answer)
    }

    /// Adds the announcement of the service's end, where there is one, to an answer of the service.
    pub(super) fn announce(&self, answer: MockResponse) -> MockResponse {
        match &lock(&self.inner).deprecation {
            Some((date, info)) => {
                answer.or_header(&headers::DEPRECATION_DATE, date).or_header(&headers::DEPRECATION_INFO, info)
            }
            None => answer,
        }
    }
}
