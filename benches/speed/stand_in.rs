//! The server that both sides call, on a thread of its own.

use std::sync::mpsc;
use std::thread;

use secmaster_client::testing::Server;

/// Where the stand-in is, and what it lets in.
pub(crate) struct StandIn {
    pub(crate) endpoint: String,
    pub(crate) token: String,
    pub(crate) access_key: String,
    pub(crate) secret_key: String,
    pub(crate) project_id: String,
}

impl StandIn {
    /// Starts one that runs until this process ends.
    pub(crate) fn start() -> Self {
        let (sender, receiver) = mpsc::channel();
        thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.expect("a runtime can be made").block_on(async {
                let server = Server::start().await;
                server.remember(0);
                let stand_in = Self {
                    endpoint: server.endpoint(),
                    token: server.token(),
                    access_key: server.access_key(),
                    secret_key: server.secret_key(),
                    project_id: server.project_id(),
                };
                sender.send(stand_in).expect("the benchmarks wait for the stand-in");
                std::future::pending::<()>().await;
            });
        });
        receiver.recv().expect("the stand-in starts")
    }
}
