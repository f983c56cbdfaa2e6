//! The versions of playbooks, and their reviews.

use secmaster_client::types::{
    CopyPlaybookVersionRequest, CreatePlaybookApprovalRequest, UpdatePlaybookRequest, UpdatePlaybookVersionRequest,
};

use super::{Space, code, refusal};

pub const CALLED: [&str; 8] = [
    "CopyPlaybookVersion",
    "CreatePlaybookApprove",
    "CreatePlaybookVersion",
    "DeletePlaybookVersion",
    "ListPlaybookApproves",
    "ListPlaybookVersions",
    "ShowPlaybookVersion",
    "UpdatePlaybookVersion",
];

#[tokio::test]
async fn a_version_is_changed_reviewed_enabled_and_deleted() {
    let space = Space::start().await;
    let (client, workspace) = (&space.client, &space.workspace);
    let (playbook, version) = space.draft().await;
    let show = || client.show_playbook_version().workspace_id(workspace).version_id(&version).send();
    let shown = show().await.unwrap().into_inner().data.unwrap();
    assert_eq!((shown.status.as_deref(), shown.trigger_type.as_deref()), (Some("EDITING"), Some("EVENT")));
    let list = client.list_playbook_versions().workspace_id(workspace).playbook_id(&playbook).offset(0).limit(10);
    let listed = list.send().await.unwrap().into_inner().data.unwrap();
    assert_eq!((listed.len(), listed[0].id.as_ref()), (1, Some(&version)));

    let update = |body: UpdatePlaybookVersionRequest| {
        client.update_playbook_version().workspace_id(workspace).version_id(&version).body(body).send()
    };
    let kept = UpdatePlaybookVersionRequest {
        dataclass_id: Some(space.class.clone()),
        trigger_type: Some("EVENT".to_owned()),
        ..UpdatePlaybookVersionRequest::default()
    };
    let changed = update(UpdatePlaybookVersionRequest { description: Some("d".to_owned()), ..kept.clone() }).await;
    assert_eq!(changed.unwrap().into_inner().data.unwrap().description.as_deref(), Some("d"));
    update(UpdatePlaybookVersionRequest { status: Some("APPROVING".to_owned()), ..kept.clone() }).await.unwrap();
    let shown = show().await.unwrap().into_inner().data.unwrap();
    assert_eq!((shown.status.as_deref(), shown.description), (Some("APPROVING"), None));

    let review = || {
        let body = CreatePlaybookApprovalRequest::builder().result("PASS".to_owned()).content("seen".to_owned());
        client.create_playbook_approve().workspace_id(workspace).version_id(&version).body(body).send()
    };
    assert_eq!(review().await.unwrap().data.as_ref().unwrap().content.as_deref(), Some("seen"));
    assert_eq!(refusal(review().await), code(400, "20030001"));
    let reviews =
        client.list_playbook_approves().workspace_id(workspace).approve_type("PLAYBOOK").send().await.unwrap();
    assert_eq!(reviews.data.as_ref().unwrap()[0].resource_id.as_ref(), Some(&version));

    let copy = client.copy_playbook_version().workspace_id(workspace).version_id(&version);
    let copy = copy.body(CopyPlaybookVersionRequest::builder().name("copy".to_owned())).send().await.unwrap();
    let copy = copy.into_inner().data.unwrap();
    assert_eq!((copy.status.as_deref(), copy.trigger_type.as_deref()), (Some("EDITING"), Some("EVENT")));
    assert_ne!(copy.playbook_id, Some(playbook.clone()));

    let enable = client.update_playbook().workspace_id(workspace).playbook_id(&playbook);
    enable.body(UpdatePlaybookRequest::builder().enabled(true)).send().await.unwrap();
    let delete = || client.delete_playbook_version().workspace_id(workspace).version_id(&version).send();
    assert_eq!(refusal(delete().await), code(400, "20030001"));
    update(UpdatePlaybookVersionRequest { enabled: Some(false), ..kept }).await.unwrap();
    delete().await.unwrap();
    assert_eq!(refusal(show().await), code(400, "20048004"));
    space.assert_called(&CALLED);
}
