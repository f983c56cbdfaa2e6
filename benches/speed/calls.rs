//! Complete calls by the client and by the hand-written code.

use std::sync::Arc;

use secmaster_client::Client;
use secmaster_client::types::CreateAction;
use tokio::runtime::Runtime;
use tokio::task::JoinSet;

use crate::compare::{Comparison, compare};
use crate::handwritten::Handwritten;

const WORKSPACE: &str = "909494e3-558e-46b6-a9eb-07a8e18ca620";
const VERSION: &str = "909494e3-558e-46b6-a9eb-07a8e18ca621";
const WORKFLOW: &str = "909494e3-558e-46b6-a9eb-07a8e18ca62f";

/// The same calls with both implementations.
#[derive(Clone)]
pub(crate) struct Calls {
    pub(crate) client: Arc<Client>,
    pub(crate) handwritten: Arc<Handwritten>,
    pub(crate) project_id: Arc<str>,
    /// The number of concurrent calls.
    pub(crate) at_once: usize,
    /// The number of actions per call.
    pub(crate) actions: usize,
}

impl Calls {
    /// Compares both implementations on a current-thread runtime.
    pub(crate) fn compare(&self, runtime: &Runtime) -> Comparison {
        compare(|| runtime.block_on(self.all(Self::handwritten)), || runtime.block_on(self.all(Self::client)))
    }

    /// Makes all calls and waits for them. Asserts that each call creates all rows, because a failed call would be faster.
    async fn all<F: Future<Output = usize> + Send + 'static>(&self, call: impl Fn(&Self) -> F) {
        if self.at_once == 1 {
            assert_eq!(call(self).await, self.actions);
            return;
        }
        let mut calls: JoinSet<usize> = (0..self.at_once).map(|_| call(self)).collect();
        while let Some(created) = calls.join_next().await {
            assert_eq!(created.ok(), Some(self.actions));
        }
    }

    fn handwritten(&self) -> impl Future<Output = usize> + Send + use<> {
        let (handwritten, project_id, actions) =
            (Arc::clone(&self.handwritten), Arc::clone(&self.project_id), self.actions());
        async move {
            let response = handwritten.create([&project_id, WORKSPACE, VERSION], &actions).await;
            let response = response.expect("the fake server takes the handwritten request");
            assert!(response.request_id.is_some());
            response.data.data.map_or(0, |rows| rows.len())
        }
    }

    fn client(&self) -> impl Future<Output = usize> + Send + use<> {
        let (client, project_id, actions) = (Arc::clone(&self.client), Arc::clone(&self.project_id), self.actions());
        async move {
            let response = client
                .create_playbook_action()
                .project_id(&*project_id)
                .workspace_id(WORKSPACE)
                .version_id(VERSION)
                .body(actions)
                .send()
                .await;
            let response = response.expect("the fake server takes what the client sends");
            assert!(response.request_id().is_some());
            response.into_inner().data.map_or(0, |rows| rows.len())
        }
    }

    /// The request body. Both implementations build it as part of the call.
    fn actions(&self) -> Vec<CreateAction> {
        vec![CreateAction::workflow(WORKFLOW).name("MyXXX"); self.actions]
    }
}
