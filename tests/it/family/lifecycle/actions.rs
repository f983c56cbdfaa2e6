//! The workflows that are bound to a version of a playbook.

use secmaster_client::types::{CreateAction, UpdateAction};

use super::{Space, code, refusal};

pub const CALLED: [&str; 4] =
    ["CreatePlaybookAction", "DeletePlaybookAction", "ListPlaybookActions", "UpdatePlaybookAction"];

#[tokio::test]
async fn an_action_is_created_listed_changed_and_deleted() {
    let space = Space::start().await;
    let (client, workspace) = (&space.client, &space.workspace);
    let (playbook, version) = space.draft().await;
    let bind = |workflow: &str| {
        let create = client.create_playbook_action().workspace_id(workspace).version_id(&version);
        create.body(vec![CreateAction::workflow(workflow).name("notify").sort_order("1")]).send()
    };
    let created = bind(&space.workflow).await.unwrap().into_inner().data.unwrap();
    let action = created[0].id.clone().unwrap();
    assert_eq!(
        (created[0].action_id.as_ref(), created[0].playbook_id.as_ref()),
        (Some(&space.workflow), Some(&playbook))
    );
    assert_eq!(refusal(bind("unknown").await), code(400, "20040611"));

    let body = UpdateAction::builder().name("renamed".to_owned());
    let update = client.update_playbook_action().workspace_id(workspace).version_id(&version).action_id(&action);
    let changed = update.body(body).send().await.unwrap().into_inner().data.unwrap();
    assert_eq!((changed.name.as_deref(), changed.action_id.as_ref()), (Some("renamed"), Some(&space.workflow)));
    let list = async || {
        let list = client.list_playbook_actions().workspace_id(workspace).version_id(&version).offset(0).limit(10);
        list.send().await.unwrap().into_inner()
    };
    let listed = list().await;
    assert_eq!((listed.total, listed.data), (Some(1), Some(vec![changed])));

    let delete = || client.delete_playbook_action().workspace_id(workspace).version_id(&version).action_id(&action);
    delete().send().await.unwrap();
    assert_eq!(refusal(delete().send().await), code(400, "20048004"));
    assert_eq!(list().await.total, Some(0));
    space.assert_called(&CALLED);
}
