//! The fake server, on a separate thread.

use std::sync::mpsc;
use std::thread;

use secmaster_client::testing::Server;

/// The endpoint and credentials of the fake server.
pub(crate) struct FakeServer {
    pub(crate) endpoint: String,
    pub(crate) token: String,
    pub(crate) access_key: String,
    pub(crate) secret_key: String,
    pub(crate) project_id: String,
}

impl FakeServer {
    /// Starts a fake server that runs until the process exits.
    pub(crate) fn start() -> Self {
        let (sender, receiver) = mpsc::channel();
        thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.expect("a runtime can be made").block_on(async {
                let server = Server::builder().any_ids().start().await;
                server.history_limit(0);
                let fake_server = Self {
                    endpoint: server.endpoint(),
                    token: server.token(),
                    access_key: server.access_key(),
                    secret_key: server.secret_key(),
                    project_id: server.project_id(),
                };
                sender.send(fake_server).expect("the benchmarks wait for the fake server");
                std::future::pending::<()>().await;
            });
        });
        receiver.recv().expect("the fake server starts")
    }
}
