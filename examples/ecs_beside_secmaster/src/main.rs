//! On a fake server: stops up to ten active servers and binds a workflow, with one login for both services.
#![allow(clippy::print_stdout, reason = "the output is for the user of the program")]

use std::error::Error;

use ecs_beside_secmaster::ecs;
use secmaster_client::testing::{MockResponse, Server};
use secmaster_client::types::CreateAction;
use secmaster_client::{Client, auth};
use serde_json::json;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    // For the real services, set the region and real credentials, and omit the endpoints: each client derives its own.
    let server = Server::builder().any_ids().start().await;
    let password = auth::Password::new(server.domain(), server.user(), server.password());
    let secmaster = Client::builder()
        .region(server.region())
        .endpoint(server.endpoint())
        .iam_endpoint(server.endpoint())
        .credentials(password)
        .build()?;
    let ecs = ecs::Client::from(secmaster.session().clone()).with_endpoint(server.endpoint())?;

    server.respond_next(MockResponse::new(200).json(json!({
        "count": 1,
        "servers": [{"id": "s-1", "name": "web", "status": "ACTIVE"}],
    })));
    let found = ecs.list_servers_details().status("ACTIVE").limit(10).send().await?;
    for server in found.servers.iter().flatten() {
        println!("{} is {}", server.name.as_deref().unwrap_or("-"), server.status.as_deref().unwrap_or("-"));
    }

    server.respond_next(MockResponse::new(200).json(json!({"job_id": "job-1"})));
    let ids = found.servers.iter().flatten().filter_map(|server| server.id.clone());
    let stop = ecs::types::StopServersOsStop {
        servers: ids.map(|id| ecs::types::ServerId { id }).collect(),
        type_: Some(ecs::types::StopServersOsStopType::Soft),
    };
    let job = ecs.batch_stop_servers().body(ecs::types::StopServers { os_stop: stop }).send().await?;
    println!("stopping the servers: job {}", job.job_id.as_deref().unwrap_or("-"));

    let create = secmaster.create_playbook_action().workspace_id("w").version_id("v");
    let created = create.body(vec![CreateAction::workflow("notify")]).send().await?;
    println!("bound {} workflow, with {} login", created.data.iter().flatten().count(), server.logins());
    Ok(())
}
