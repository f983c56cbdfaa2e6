//! Workspaces.

use secmaster_client::types::{CreateWorkspaceRequest, UpdateWorkspaceRequest};

use super::{Space, code, refusal};

pub const CALLED: [&str; 5] =
    ["CreateWorkspace", "DeleteWorkspace", "ListWorkspaces", "ShowWorkspace", "UpdateWorkspace"];

#[tokio::test]
async fn a_workspace_is_created_shown_changed_and_deleted() {
    let space = Space::start().await;
    let (client, region) = (&space.client, space.server.region());
    let body = CreateWorkspaceRequest::builder().name("second").description("d".to_owned());
    let body = body.region_id(region).project_name(region);
    let created = client.create_workspace().body(body).send().await.unwrap().into_inner();
    let workspace = created.id.clone().unwrap();
    assert_eq!((created.name.as_deref(), created.is_view), (Some("second"), Some(false)));
    let list = async || client.list_workspaces().offset(0).limit(10).send().await.unwrap().into_inner();
    let listed = list().await;
    let ids: Vec<_> = listed.workspaces.iter().flatten().map(|workspace| workspace.id.clone().unwrap()).collect();
    assert_eq!((ids, listed.count), (vec![space.workspace.clone(), workspace.clone()], Some(2.0)));

    let update = client.update_workspace().workspace_id(&workspace);
    let changed = update.body(UpdateWorkspaceRequest::builder().name("renamed")).send().await.unwrap().into_inner();
    assert_eq!((changed.name.as_deref(), changed.description.as_deref()), (Some("renamed"), Some("d")));
    let show = || client.show_workspace().workspace_id(&workspace).send();
    assert_eq!(show().await.unwrap().into_inner().workspace, Some(changed));

    client.delete_workspace().workspace_id(&workspace).permanent_delete(true).send().await.unwrap();
    assert_eq!(refusal(show().await), code(400, "20011003"));
    assert_eq!(list().await.count, Some(1.0));
    space.assert_called(&CALLED);
}
