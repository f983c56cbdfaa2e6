//! Data classes, which no operation creates.

use super::{Space, code, refusal};

pub const CALLED: [&str; 3] = ["ListDataclass", "ListDataclassFields", "ShowDataClassInfo"];

#[tokio::test]
async fn a_data_class_is_listed_and_shown_with_its_fields() {
    let space = Space::start().await;
    let (client, workspace) = (&space.client, &space.workspace);
    let all = client.list_dataclass().workspace_id(workspace).send().await.unwrap();
    assert_eq!((all.dataclass_details.as_ref().unwrap().len(), all.total), (3, Some(3.0)));
    let found = client.list_dataclass().workspace_id(workspace).name("Alert").send().await.unwrap().into_inner();
    let found = found.dataclass_details.unwrap();
    assert_eq!((found.len(), found[0].id.as_ref()), (1, Some(&space.class)));

    let show = |class: &str| client.show_data_class_info().workspace_id(workspace).dataclass_id(class).send();
    assert_eq!(show(&space.class).await.unwrap().into_inner(), found[0]);
    assert_eq!(refusal(show("unknown").await), code(400, "20030022"));
    let fields = |class: &str| client.list_dataclass_fields().workspace_id(workspace).dataclass_id(class).send();
    let listed = fields(&space.class).await.unwrap();
    assert!(listed.field_details.as_ref().unwrap().iter().all(|field| field.field_key.is_some()));
    assert_eq!(refusal(fields("unknown").await), code(400, "20030022"));
    space.assert_called(&CALLED);
}
