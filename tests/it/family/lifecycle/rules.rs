//! The rule of a version of a playbook.

use secmaster_client::types::{CreateRule, RuleDefinition, RuleInput, UpdateRule};
use serde_json::json;

use super::{Space, code, refusal};

pub const CALLED: [&str; 4] = ["CreatePlaybookRule", "DeletePlaybookRule", "ShowPlaybookRule", "UpdatePlaybookRule"];

#[tokio::test]
async fn a_rule_is_created_shown_changed_and_deleted() {
    let space = Space::start().await;
    let (client, workspace) = (&space.client, &space.workspace);
    let (_, version) = space.draft().await;
    let rule: RuleDefinition = RuleDefinition::builder().expression_type("common".to_owned()).try_into().unwrap();
    let create = client.create_playbook_rule().workspace_id(workspace).version_id(&version);
    let created = create.body(CreateRule { rule: rule.into() }).send().await.unwrap().into_inner().data.unwrap();
    let rule = created.id.clone().unwrap();
    assert_eq!(created.rule, Some(json!({ "expression_type": "common" })));
    let show = || client.show_playbook_rule().workspace_id(workspace).version_id(&version).rule_id(&rule).send();
    assert_eq!(show().await.unwrap().into_inner().data, Some(created));

    let update = client.update_playbook_rule().workspace_id(workspace).version_id(&version).rule_id(&rule);
    update.body(UpdateRule { rule: Some(RuleInput::String("{}".to_owned())) }).send().await.unwrap();
    assert_eq!(show().await.unwrap().into_inner().data.unwrap().rule, Some(json!("{}")));

    let delete = client.delete_playbook_rule().workspace_id(workspace).version_id(&version).rule_id(&rule);
    delete.send().await.unwrap();
    assert_eq!(refusal(show().await), code(400, "20048004"));
    space.assert_called(&CALLED);
}
