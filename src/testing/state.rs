//! State shared by all connections of a fake server.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use tokio::sync::watch;

use super::clock;
use super::identity::{Identity, REGION};
use super::openapi::document::{Document, Service};
use super::random::uuid;
use super::resources::kinds::Kind;
use super::resources::table::{Row, Table, merge};
use super::{MockResponse, Request};

/// The initial data of a server.
pub(super) const WORKSPACE: &str = "default";
const DATA_CLASSES: [&str; 3] = ["Alert", "Incident", "Policy"];
const WORKFLOWS: [&str; 3] = ["Notify the owner", "Block an address", "Close a duplicate"];

pub(super) struct State {
    pub(super) documents: Vec<Document>,
    pub(super) logins_paused: watch::Sender<bool>,
    data: Mutex<Data>,
}

#[derive(Default)]
pub(super) struct Data {
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
    pub(super) fn new(documents: Vec<Document>, any_ids: bool) -> Self {
        let mut data = Data { identity: Identity::new(any_ids), ..Data::default() };
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

    /// Creates a row from the fields of a request, with those that the service adds.
    pub(super) fn new_row(&self, kind: &str, parent: &str, fields: &Value) -> Row {
        let kind = Kind::named(kind);
        let mut row = match kind.name {
            "workspace" => json!({ "is_view": false }),
            "data class" => json!({ "is_built_in": true }),
            "playbook" | "workflow" => json!({ "enabled": false }),
            "run" => json!({ "status": "RUNNING", "trigger_type": "MANUAL", "retry_count": 0 }),
            "version" | "workflow version" => {
                let versions = self.table.below(kind.name, parent);
                let labels = versions.filter_map(|version| version.fields["version"].as_str()?.strip_prefix('v'));
                let last = labels.filter_map(|label| label.parse().ok()).max().unwrap_or(0);
                json!({ "status": kind.statuses()[0], "version_type": 0, "version": format!("v{}", last + 1) })
            }
            _ => json!({}),
        };
        merge(&mut row, fields);
        let above = &self.table.get(parent).fields;
        row["id"] = uuid().into();
        row["project_id"] = above["project_id"].clone();
        row["workspace_id"] = if kind.name == "workspace" { &row["id"] } else { &above["workspace_id"] }.clone();
        row[kind.parent_field] = parent.into();
        row["create_time"] = self.time().into();
        row["update_time"] = self.time().into();
        Row { kind: kind.name, parent: parent.to_owned(), fields: row }
    }

    /// The time, in the format of the service.
    pub(super) fn time(&self) -> String {
        self.now().strftime("%Y-%m-%dT%H:%M:%SZ+0000").to_string()
    }

    pub(super) fn add(&mut self, kind: &str, parent: &str, fields: &Value) -> String {
        self.table.add(self.new_row(kind, parent, fields))
    }

    pub(super) fn add_workspace(&mut self, name: &str) -> String {
        let fields = json!({ "name": name, "region_id": REGION, "project_name": REGION });
        self.table.add(self.new_row("workspace", &self.identity.project_id, &fields))
    }

    /// Adds the initial data classes to a workspace, and enabled workflows for the first of these.
    pub(super) fn add_default_resources(&mut self, workspace: &str) {
        let [class, ..] = DATA_CLASSES.map(|name| self.add_data_class(workspace, name));
        for name in WORKFLOWS {
            self.add_workflow(workspace, &class, name);
        }
    }

    pub(super) fn add_data_class(&mut self, workspace: &str, name: &str) -> String {
        self.add("data class", workspace, &json!({ "name": name, "business_code": name }))
    }

    /// Adds an enabled workflow, with its active version.
    pub(super) fn add_workflow(&mut self, workspace: &str, class: &str, name: &str) -> String {
        let id = self.add("workflow", workspace, &json!({ "name": name, "dataclass_id": class }));
        let version = self.add("workflow version", &id, &json!({ "name": name }));
        self.table.set(&version, "status", "not_activated");
        self.table.set(&id, "version_id", version);
        self.table.set(&id, "enabled", true);
        id
    }
}
