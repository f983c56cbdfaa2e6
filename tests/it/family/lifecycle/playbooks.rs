//! Playbooks.

use secmaster_client::types::{CreatePlaybookRequest, ExportPlaybookRequest, UpdatePlaybookRequest};

use super::{FORM, FORM_TYPE, Space, code, refusal};

pub const CALLED: [&str; 7] = [
    "CreatePlaybook",
    "DeletePlaybook",
    "ExportPlaybook",
    "ImportPlaybook",
    "ListPlaybooks",
    "ShowPlaybook",
    "UpdatePlaybook",
];

#[tokio::test]
async fn a_playbook_is_created_listed_changed_and_deleted() {
    let space = Space::start().await;
    let (client, workspace) = (&space.client, &space.workspace);
    let body = CreatePlaybookRequest::builder().name("respond").description("d".to_owned());
    let created = client.create_playbook().workspace_id(workspace).body(body).send().await.unwrap().into_inner();
    let created = created.data.unwrap();
    let playbook = created.id.clone().unwrap();
    assert_eq!((created.description.as_deref(), created.enabled), (Some("d"), Some(false)));
    let list = async || {
        let list = client.list_playbooks().workspace_id(workspace).offset(0).limit(10).search_txt("spon");
        list.send().await.unwrap().into_inner()
    };
    let listed = list().await;
    assert_eq!((listed.total, listed.data), (Some(1), Some(vec![created])));

    let update = |body| client.update_playbook().workspace_id(workspace).playbook_id(&playbook).body(body).send();
    update(UpdatePlaybookRequest::builder().name("renamed".to_owned())).await.unwrap();
    let without_version = UpdatePlaybookRequest::builder().enabled(true);
    assert_eq!(refusal(update(without_version).await), code(400, "20030001"));
    let show = || client.show_playbook().workspace_id(workspace).playbook_id(&playbook).send();
    let shown = show().await.unwrap().into_inner().data.unwrap();
    assert_eq!((shown.name.as_deref(), shown.description.as_deref()), (Some("renamed"), Some("d")));
    assert!(list().await.data.unwrap().is_empty());

    let body = ExportPlaybookRequest::builder().id(vec![playbook.clone()]);
    let exported = client.export_playbook().workspace_id(workspace).body(body).send().await.unwrap();
    assert!(!exported.into_inner().bytes().await.unwrap().is_empty());
    let import = client.import_playbook().workspace_id(workspace).content_type(FORM_TYPE).body(FORM);
    assert!(import.send().await.unwrap().code.is_some());

    let deleted = client.delete_playbook().workspace_id(workspace).playbook_id(&playbook).send().await.unwrap();
    assert_eq!(deleted.into_inner().unwrap().data, Some(shown));
    assert_eq!(refusal(show().await), code(400, "20030005"));
    space.assert_called(&CALLED);
}
