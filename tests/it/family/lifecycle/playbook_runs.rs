//! Runs of playbooks, which no operation starts: the fake server has the documented examples.

use secmaster_client::types::{AuditLogFilter, ChangePlaybookInstanceRequest};

use super::{ID, Space};

pub const CALLED: [&str; 5] = [
    "ChangePlaybookInstance",
    "ListPlaybookAuditLogs",
    "ListPlaybookInstances",
    "ShowPlaybookInstance",
    "ShowPlaybookTopology",
];

#[tokio::test]
async fn a_playbook_run_is_listed_shown_and_changed() {
    let space = Space::start().await;
    let (client, workspace) = (&space.client, &space.workspace);
    let list = client.list_playbook_instances().workspace_id(workspace).offset(0).limit(10);
    let listed = list.send().await.unwrap().into_inner();
    let run = &listed.instances.as_ref().unwrap()[0];
    assert_eq!((run.id.as_deref(), listed.count), (Some(ID), Some(41)));

    let shown = client.show_playbook_instance().workspace_id(workspace).instance_id(ID).send().await.unwrap();
    assert_eq!(shown.into_inner(), *run);
    let topology = client.show_playbook_topology().workspace_id(workspace).instance_id(ID).send().await.unwrap();
    let action = &topology.action_instances.as_ref().unwrap()[0];
    assert_eq!(action.instance_log.as_ref().unwrap().action_name.as_deref(), Some("DisabledIp"));
    let body = AuditLogFilter::builder().instance_id(ID.to_owned()).log_level("ERROR".to_owned());
    let logs = client.list_playbook_audit_logs().workspace_id(workspace).offset(0).limit(100).body(body);
    let logs = logs.send().await.unwrap();
    assert_eq!(logs.audit_logs.as_ref().unwrap()[0].instance_id.as_deref(), Some(ID));

    for (operation, status) in [("RETRY", "RETRYING"), ("TERMINATE", "TERMINATED")] {
        let body = ChangePlaybookInstanceRequest::builder().operation(operation.to_owned());
        let change = client.change_playbook_instance().workspace_id(workspace).instance_id(ID).body(body);
        assert_eq!(change.send().await.unwrap().status.as_deref(), Some(status));
    }
    space.assert_called(&CALLED);
}
