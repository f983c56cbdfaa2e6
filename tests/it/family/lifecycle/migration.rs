//! The code of `docs/migration.md`: each deprecated call, and its replacement, have the same effect.

use std::error::Error;

use secmaster_client::Client;
use secmaster_client::types::{
    CopyPlaybookVersionRequest, CreateAction, CreatePlaybookRequest, CreatePlaybookVersionRequest, CreateRule,
    RuleDefinition, SearchMetricsRequest, UpdateAction, UpdatePlaybookVersionRequest, UpdateRule,
};
use serde_json::{Value, from_value, json, to_value};

use super::Space;

type TestResult = Result<(), Box<dyn Error>>;

/// A rule of two conditions.
fn rule_definition() -> RuleDefinition {
    let condition =
        |name: &str, value: &str| json!({ "name": name, "detail": value, "data": ["severity", "==", value] });
    from_value(json!({
        "expression_type": "common",
        "conditions": [condition("a", "High"), condition("b", "Fatal")],
        "logics": ["a", "OR", "b"],
    }))
    .unwrap()
}

/// A version of a playbook, with each field that an update may clear.
fn draft(space: &Space) -> CreatePlaybookVersionRequest {
    let draft = CreatePlaybookVersionRequest::builder()
        .dataclass_id(&space.class)
        .description("d".to_owned())
        .trigger_type("EVENT".to_owned())
        .dataobject_create(true)
        .dataobject_update(true)
        .dataobject_delete(false)
        .action_strategy("ASYNC".to_owned());
    draft.try_into().unwrap()
}

/// Creates a version, and returns the IDs of its playbook and of it.
async fn created(space: &Space, draft: CreatePlaybookVersionRequest) -> (String, String) {
    let playbook = space.playbook().await;
    let create = space.client.create_playbook_version().workspace_id(&space.workspace).playbook_id(&playbook);
    let version = create.body(draft).send().await.unwrap().into_inner().data.unwrap().id.unwrap();
    (playbook, version)
}

/// Creates a version with two actions and a rule, and returns the IDs of it, of its first action and of its rule.
async fn full_version(space: &Space) -> [String; 3] {
    let mut draft = draft(space);
    let workflows = space.server.workflows();
    let actions = workflows.iter().take(2).map(|(id, name)| CreateAction::workflow(id).name(name).sort_order("1"));
    draft.actions = Some(actions.collect());
    draft.rule_enable = Some(true);
    draft.rule = Some(CreateRule { rule: rule_definition().into() });
    let (_, version) = created(space, draft).await;
    let show = space.client.show_playbook_version().workspace_id(&space.workspace).version_id(&version);
    let shown = show.send().await.unwrap().into_inner().data.unwrap();
    [version, shown.actions.unwrap().remove(0).id.unwrap(), shown.rules.unwrap().id.unwrap()]
}

/// A version, without what differs between two that have the same content: IDs and times.
async fn content(client: &Client, workspace: &str, version: &str) -> Value {
    fn without_ids(value: &mut Value) {
        match value {
            Value::Object(fields) => {
                let differs = ["id", "playbook_id", "playbook_version_id", "rule_id", "create_time", "update_time"];
                fields.retain(|name, _| !differs.contains(&name.as_str()));
                fields.values_mut().for_each(without_ids);
            }
            Value::Array(values) => values.iter_mut().for_each(without_ids),
            _ => {}
        }
    }
    let shown = client.show_playbook_version().workspace_id(workspace).version_id(version).send().await.unwrap();
    let mut content = to_value(&shown.data).unwrap();
    without_ids(&mut content);
    content
}

#[tokio::test]
async fn a_version_is_created_with_its_workflows() -> TestResult {
    let space = Space::start().await;
    let Space { client, workspace, class, workflow, .. } = &space;
    let playbook = &space.playbook().await;
    let draft = CreatePlaybookVersionRequest::builder().dataclass_id(class);
    let created =
        client.create_playbook_version().workspace_id(workspace).playbook_id(playbook).body(draft).send().await?;
    let version = created.data.as_ref().and_then(|version| version.id.as_ref()).ok_or("no version")?;
    let actions = vec![CreateAction::workflow(workflow).name("notify")];
    client.create_playbook_action().workspace_id(workspace).version_id(version).body(actions).send().await?;
    let before = content(client, workspace, version).await;

    let playbook = &space.playbook().await;
    let actions = vec![CreateAction::workflow(workflow).name("notify")];
    let draft = CreatePlaybookVersionRequest::builder().dataclass_id(class).actions(actions);
    let created =
        client.create_playbook_version().workspace_id(workspace).playbook_id(playbook).body(draft).send().await?;
    let version = created.data.as_ref().and_then(|version| version.id.as_ref()).ok_or("no version")?;
    assert_eq!(before["actions"][0]["name"], "notify");
    assert_eq!(content(client, workspace, version).await, before);
    Ok(())
}

#[tokio::test]
async fn a_workflow_is_bound_to_a_draft() -> TestResult {
    let space = Space::start().await;
    let Space { client, workspace, workflow, .. } = &space;
    let [version, ..] = &full_version(&space).await;
    let actions = vec![CreateAction::workflow(workflow).name("notify")];
    client.create_playbook_action().workspace_id(workspace).version_id(version).body(actions).send().await?;
    let before = content(client, workspace, version).await;

    let [version, ..] = &full_version(&space).await;
    let shown = client.show_playbook_version().workspace_id(workspace).version_id(version).send().await?;
    let mut request: UpdatePlaybookVersionRequest = from_value(to_value(&shown.data)?)?;
    request.actions.get_or_insert_default().push(CreateAction::workflow(workflow).name("notify"));
    client.update_playbook_version().workspace_id(workspace).version_id(version).body(request).send().await?;
    assert_eq!(before["actions"][2]["name"], "notify");
    assert_eq!(content(client, workspace, version).await, before);
    Ok(())
}

#[tokio::test]
async fn the_actions_of_a_version_are_listed() -> TestResult {
    let space = Space::start().await;
    let Space { client, workspace, .. } = &space;
    let [version, ..] = &full_version(&space).await;
    let listed = client.list_playbook_actions().workspace_id(workspace).version_id(version).send().await?;
    let actions = listed.into_inner().data;
    let before = actions;

    let shown = client.show_playbook_version().workspace_id(workspace).version_id(version).send().await?;
    let actions = shown.into_inner().data.and_then(|version| version.actions);
    assert_eq!((before.as_ref().unwrap().len(), &actions), (2, &before));
    Ok(())
}

#[tokio::test]
async fn an_action_is_changed() -> TestResult {
    let space = Space::start().await;
    let Space { client, workspace, workflow, .. } = &space;
    let [version, action, _] = &full_version(&space).await;
    let change = UpdateAction::builder().name("notify".to_owned());
    let update = client.update_playbook_action().workspace_id(workspace).version_id(version).action_id(action);
    update.body(change).send().await?;
    let before = content(client, workspace, version).await;

    let [version, ..] = &full_version(&space).await;
    let shown = client.show_playbook_version().workspace_id(workspace).version_id(version).send().await?;
    let mut request: UpdatePlaybookVersionRequest = from_value(to_value(&shown.data)?)?;
    for action in request.actions.iter_mut().flatten().filter(|action| action.action_id == *workflow) {
        action.name = Some("notify".to_owned());
    }
    client.update_playbook_version().workspace_id(workspace).version_id(version).body(request).send().await?;
    assert_eq!(before["actions"][0]["name"], "notify");
    assert_eq!(content(client, workspace, version).await, before);
    Ok(())
}

#[tokio::test]
async fn an_action_is_removed() -> TestResult {
    let space = Space::start().await;
    let Space { client, workspace, workflow, .. } = &space;
    let [version, action, _] = &full_version(&space).await;
    client.delete_playbook_action().workspace_id(workspace).version_id(version).action_id(action).send().await?;
    let before = content(client, workspace, version).await;

    let [version, ..] = &full_version(&space).await;
    let shown = client.show_playbook_version().workspace_id(workspace).version_id(version).send().await?;
    let mut request: UpdatePlaybookVersionRequest = from_value(to_value(&shown.data)?)?;
    request.actions.get_or_insert_default().retain(|action| action.action_id != *workflow);
    client.update_playbook_version().workspace_id(workspace).version_id(version).body(request).send().await?;
    assert_eq!(before["actions"].as_array().unwrap().len(), 1);
    assert_eq!(content(client, workspace, version).await, before);
    Ok(())
}

#[tokio::test]
async fn a_version_is_created_with_its_rule() -> TestResult {
    let space = Space::start().await;
    let Space { client, workspace, class, .. } = &space;
    let (_, version) =
        &created(&space, CreatePlaybookVersionRequest { rule_enable: Some(true), ..draft(&space) }).await;
    let definition = rule_definition();
    let rule = CreateRule { rule: definition.into() };
    client.create_playbook_rule().workspace_id(workspace).version_id(version).body(rule).send().await?;
    let before = content(client, workspace, version).await;

    let playbook = &space.playbook().await;
    let definition = rule_definition();
    let rule = CreateRule { rule: definition.into() };
    let draft = CreatePlaybookVersionRequest::builder().dataclass_id(class).rule_enable(true).rule(rule);
    let created =
        client.create_playbook_version().workspace_id(workspace).playbook_id(playbook).body(draft).send().await?;
    let version = created.data.as_ref().and_then(|version| version.id.as_ref()).ok_or("no version")?;
    let after = content(client, workspace, version).await;
    assert_eq!(before["rules"]["rule"]["logics"], json!(["a", "OR", "b"]));
    assert_eq!((&after["rules"], &after["rule_enable"]), (&before["rules"], &before["rule_enable"]));
    Ok(())
}

#[tokio::test]
async fn the_rule_of_a_version_is_shown() -> TestResult {
    let space = Space::start().await;
    let Space { client, workspace, .. } = &space;
    let [version, _, rule] = &full_version(&space).await;
    let shown = client.show_playbook_rule().workspace_id(workspace).version_id(version).rule_id(rule).send().await?;
    let rule = shown.into_inner().data;
    let before = rule;

    let shown = client.show_playbook_version().workspace_id(workspace).version_id(version).send().await?;
    let rule = shown.into_inner().data.and_then(|version| version.rules);
    assert!(before.is_some());
    assert_eq!(rule, before);
    Ok(())
}

#[tokio::test]
async fn the_rule_of_a_version_is_changed() -> TestResult {
    let space = Space::start().await;
    let Space { client, workspace, .. } = &space;
    let changed = || RuleDefinition { logics: Some(vec!["b".to_owned()]), ..rule_definition() };
    let [version, _, rule] = &full_version(&space).await;
    let definition = changed();
    let change = UpdateRule { rule: Some(definition.into()) };
    let update = client.update_playbook_rule().workspace_id(workspace).version_id(version).rule_id(rule);
    update.body(change).send().await?;
    let before = content(client, workspace, version).await;

    let ([version, ..], definition) = (&full_version(&space).await, changed());
    let shown = client.show_playbook_version().workspace_id(workspace).version_id(version).send().await?;
    let mut request: UpdatePlaybookVersionRequest = from_value(to_value(&shown.data)?)?;
    request.rule = Some(UpdateRule { rule: Some(definition.into()) });
    client.update_playbook_version().workspace_id(workspace).version_id(version).body(request).send().await?;
    assert_eq!(before["rules"]["rule"]["logics"], json!(["b"]));
    assert_eq!(content(client, workspace, version).await, before);
    Ok(())
}

/// The replacement keeps the rule, which is not applied.
#[tokio::test]
async fn the_rule_of_a_version_is_disabled() -> TestResult {
    let space = Space::start().await;
    let Space { client, workspace, .. } = &space;
    let [version, _, rule] = &full_version(&space).await;
    let with_rule = content(client, workspace, version).await;
    client.delete_playbook_rule().workspace_id(workspace).version_id(version).rule_id(rule).send().await?;
    let before = content(client, workspace, version).await;

    let [version, ..] = &full_version(&space).await;
    let shown = client.show_playbook_version().workspace_id(workspace).version_id(version).send().await?;
    let mut request: UpdatePlaybookVersionRequest = from_value(to_value(&shown.data)?)?;
    request.rule_enable = Some(false);
    client.update_playbook_version().workspace_id(workspace).version_id(version).body(request).send().await?;
    let mut after = content(client, workspace, version).await;
    assert_eq!((&before["rules"], &after["rules"]), (&Value::Null, &with_rule["rules"]));
    assert_eq!((&before["rule_enable"], &after["rule_enable"]), (&json!(true), &json!(false)));
    (after["rules"], after["rule_enable"]) = (Value::Null, json!(true));
    after.as_object_mut().unwrap().retain(|_, value| !value.is_null());
    assert_eq!(after, before);
    Ok(())
}

#[tokio::test]
async fn a_version_is_copied() -> TestResult {
    let space = Space::start().await;
    let Space { client, workspace, .. } = &space;
    let [version, ..] = &full_version(&space).await;
    let name = CopyPlaybookVersionRequest::builder().name("copy".to_owned());
    let copied = client.copy_playbook_version().workspace_id(workspace).version_id(version).body(name).send().await?;
    let before = copied.into_inner().data.unwrap();

    let shown = client.show_playbook_version().workspace_id(workspace).version_id(version).send().await?;
    let mut draft: CreatePlaybookVersionRequest = from_value(to_value(&shown.data)?)?;
    let rule = shown.into_inner().data.and_then(|version| version.rules).and_then(|rule| rule.rule);
    draft.rule = rule.map(|rule| from_value(rule).map(|rule| CreateRule { rule })).transpose()?;
    let name = CreatePlaybookRequest::builder().name("copy");
    let created = client.create_playbook().workspace_id(workspace).body(name).send().await?;
    let playbook = created.into_inner().data.and_then(|playbook| playbook.id).ok_or("no playbook")?;
    (draft.playbook_id, draft.rule_id) = (Some(playbook.clone()), None);
    let created =
        client.create_playbook_version().workspace_id(workspace).playbook_id(playbook).body(draft).send().await?;
    let after = created.into_inner().data.unwrap();
    let mut contents = Vec::new();
    for copy in [&before, &after] {
        let playbook = client.show_playbook().workspace_id(workspace).playbook_id(copy.playbook_id.as_ref().unwrap());
        let name = playbook.send().await?.into_inner().data.unwrap().name;
        contents.push((name, content(client, workspace, copy.id.as_ref().unwrap()).await));
    }
    assert_eq!(
        (contents[0].0.as_deref(), &contents[0].1["actions"][1]["name"]),
        (Some("copy"), &json!("Block an address"))
    );
    assert_eq!(contents[0], contents[1]);
    Ok(())
}

/// The values of the metrics are not documented, so only the types are checked.
#[tokio::test]
async fn statistics_and_monitors_are_metrics() -> TestResult {
    let space = Space::start().await;
    let Space { client, workspace, .. } = &space;
    let playbook = &space.playbook().await;
    let counts = client.show_playbook_statistics().workspace_id(workspace).send().await?;
    assert!(counts.data.is_some());

    let metric = SearchMetricsRequest::builder().metric_ids(vec!["37929579-b24d-40e9-96d5-5574c8506402".to_owned()]);
    let counts = client.batch_search_metric_hits().workspace_id(workspace).body(metric).send().await?;
    assert!(counts[0].result.is_some());

    let show = client.show_playbook_monitors().workspace_id(workspace).playbook_id(playbook).version_query_type("ALL");
    let show = show.start_time("2026-01-30T23:00:00Z+0800").end_time("2026-01-31T23:00:00Z+0800");
    let monitor = show.send().await?;
    assert!(monitor.data.is_some());

    let metric = SearchMetricsRequest::builder().metric_ids(vec!["37929579-b24d-40e9-96d5-5574c8506403".to_owned()]);
    let search = client.batch_search_metric_hits().workspace_id(workspace).body(metric);
    let monitor = search.timespan("2026-01-30T23:00:00+08:00/2026-01-31T23:00:00+08:00").send().await?;
    assert!(monitor[0].result.is_some());
    Ok(())
}

/// Compares the code of the guide with that of this file, without white space.
#[test]
fn the_guide_has_the_code_of_these_tests() {
    let compact = |text: &str| text.split_whitespace().collect::<String>();
    let tests = compact(include_str!("migration.rs"));
    let guide = include_str!("../../../../docs/migration.md");
    let mut count = 0;
    for block in guide.split("```rust,no_run\n").skip(1) {
        let block = block.split("```").next().unwrap();
        let shown: Vec<_> = block.lines().filter(|line| !line.starts_with("# ")).collect();
        // The imports are before the first part.
        for part in shown.join("\n").split("// Before\n").flat_map(|part| part.split("// After\n")).skip(1) {
            assert!(tests.contains(&compact(part)), "not in the tests:\n{part}");
            count += 1;
        }
    }
    assert_eq!(count, 24, "twelve calls before and after");
}
