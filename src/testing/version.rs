//! How a version of a playbook goes from a draft to what runs.

use serde_json::{Map, Value, json};

use super::call::Call;
use super::refusal::{Refused, bad_parameters};
use super::table::{Kind, Table};

/// Checks the actions that shall be bound to a version, and the workflows in them.
pub(super) fn check_actions(
    call: &Call<'_>,
    table: &Table,
    class: &str,
    actions: Option<&Vec<Value>>,
) -> Result<(), Refused> {
    let workspace = call.input.parameter("workspace_id").unwrap_or_default();
    for action in actions.into_iter().flatten() {
        let id = action.get("action_id").and_then(Value::as_str).unwrap_or_default();
        let Some(workflow) = table.find("workflow", id).filter(|row| row.workspace == workspace) else {
            return Err((400, "SecMaster.20040611", format!("there is no workflow {id}")));
        };
        let of = workflow.text("dataclass_id");
        if !of.is_empty() && !class.is_empty() && of != class {
            return Err((
                400,
                "SecMaster.20048034",
                format!("the workflow {id} has another data class than the version"),
            ));
        }
    }
    Ok(())
}

/// Checks a new version.
pub(super) fn prepare(call: &Call<'_>, table: &Table, playbook: &str) -> Result<(), Refused> {
    if table.of("version", playbook).any(|version| version.text("status") == "APPROVING") {
        let text = "a version of the playbook is under review, so that no other can be created";
        return Err((400, "SecMaster.20048019", text.to_owned()));
    }
    check_body(call, table, "")
}

/// Checks the data class and the actions in the body of a version.
fn check_body(call: &Call<'_>, table: &Table, class: &str) -> Result<(), Refused> {
    let given = call.field("dataclass_id");
    if given.is_some_and(|id| table.find("data class", id).is_none()) {
        return Err((400, "SecMaster.20030022", "there is no data class of this ID".to_owned()));
    }
    check_actions(call, table, given.unwrap_or(class), call.input.body.get("actions").and_then(Value::as_array))
}

/// Binds the actions and the rule in a body to a version, in place of those that it has.
pub(super) fn bind(call: &Call<'_>, table: &mut Table, id: &str) {
    let playbook = table.find("version", id).map(|version| version.owner.clone()).unwrap_or_default();
    if let (Some(items), Some(kind)) = (call.input.body.get("actions").and_then(Value::as_array), Kind::named("action"))
    {
        table.rows.retain(|row| row.kind != "action" || row.owner != id);
        for item in items {
            call.insert(table, kind, id, call.action(&playbook, id, item));
        }
    }
    let rule = call.input.body.get("rule").and_then(|rule| rule.get("rule"));
    if let (Some(rule), Some(kind)) = (rule, Kind::named("rule")) {
        table.rows.retain(|row| row.kind != "rule" || row.owner != id);
        let mut fields = call.made(kind);
        fields.insert("rule".to_owned(), rule.clone());
        table.set("version", id, "rule_id", fields.get("id").cloned());
        call.insert(table, kind, id, fields);
    }
}

/// Checks a change of a version, and submits it if it says so.
pub(super) fn change(call: &Call<'_>, table: &mut Table, id: &str) -> Result<(), Refused> {
    let Some(version) = table.find("version", id) else { return Ok(()) };
    let (from, playbook) = (version.text("status").to_owned(), version.owner.clone());
    check_body(call, table, version.text("dataclass_id"))?;
    let to = call.field("status").map_or(from.clone(), str::to_uppercase);
    match (from.as_str(), to.as_str()) {
        (from, to) if from == to => {}
        ("EDITING" | "UNPASSED", "APPROVING") => {
            let is_on = |workflow: &str| table.find("workflow", workflow).is_some_and(|row| row.is("enabled"));
            if table.of("action", id).any(|action| !is_on(action.text("action_id"))) {
                return Err((400, "SecMaster.20048028", "a workflow of the version is not enabled".to_owned()));
            }
        }
        ("UNPASSED" | "PUBLISHED", "EDITING") => {}
        _ => return Err(bad_parameters(format!("a version that is {from} cannot become {to}"))),
    }
    let active = call.input.body.get("enabled") == Some(&true.into());
    if active && to != "PUBLISHED" {
        return Err(bad_parameters(format!("a version that is {to} cannot be active")));
    }
    if to == "APPROVING" {
        table.set("playbook", &playbook, "unaudited_version_id", id);
    }
    bind(call, table, id);
    table.set("version", id, "status", to);
    if active {
        activate(table, &playbook, id);
    }
    Ok(())
}

/// Makes a version the one of its playbook that is active.
fn activate(table: &mut Table, playbook: &str, id: &str) {
    let others: Vec<_> = table.of("version", playbook).map(|version| version.text("id").to_owned()).collect();
    for version in others {
        table.set("version", &version, "enabled", version == id);
    }
    table.set("playbook", playbook, "version_id", id);
}

/// Reviews a version.
pub(super) fn review(call: &Call<'_>, table: &mut Table) -> Result<Map<String, Value>, Refused> {
    let (id, playbook) = named(call, table)?;
    let status = table.find("version", &id).map(|version| version.text("status").to_owned()).unwrap_or_default();
    if status != "APPROVING" {
        return Err(bad_parameters(format!("a version that is {status} is not under review")));
    }
    table.set("playbook", &playbook, "unaudited_version_id", Value::Null);
    if call.field("result") == Some("PASS") {
        table.set("version", &id, "status", "PUBLISHED");
        table.set("version", &id, "version_type", 1);
        activate(table, &playbook, &id);
    } else {
        table.set("version", &id, "status", "UNPASSED");
        table.set("playbook", &playbook, "reject_version_id", id.as_str());
    }
    let Some(kind) = Kind::named("approval") else { return Ok(Map::new()) };
    let mut fields = call.made(kind);
    fields.insert("resource_id".to_owned(), id.as_str().into());
    call.insert(table, kind, &id, fields.clone());
    Ok(fields)
}

/// Copies a version, with its actions and its rule, as a draft.
pub(super) fn copy(call: &Call<'_>, table: &mut Table) -> Result<Map<String, Value>, Refused> {
    let (id, playbook) = named(call, table)?;
    let Some(kind) = Kind::named("version") else { return Ok(Map::new()) };
    let mut fields = table.find("version", &id).map(|version| version.fields.clone()).unwrap_or_default();
    fields.extend(call.made(kind));
    let copy = fields.get("id").and_then(Value::as_str).unwrap_or_default().to_owned();
    call.insert(table, kind, &playbook, fields.clone());
    for kind in ["action", "rule"].into_iter().filter_map(Kind::named) {
        let rows: Vec<_> = table.of(kind.name, &id).map(|row| row.fields.clone()).collect();
        for row in rows {
            let mut row = call.action(&playbook, &copy, &row.into());
            row.extend(call.input.parameter("workspace_id").map(|id| ("workspace_id".to_owned(), json!(id))));
            call.insert(table, kind, &copy, row);
        }
    }
    Ok(fields)
}

/// Checks that a playbook can be enabled, where a change does that.
pub(super) fn switch(call: &Call<'_>, table: &mut Table, id: &str) -> Result<(), Refused> {
    let given = call.field("active_version_id").map(str::to_owned);
    if let Some(version) = &given {
        let known = table.find("version", version).filter(|row| row.owner == id);
        let Some(known) = known else {
            return Err(Kind::named("version").map_or_else(|| bad_parameters(""), Kind::missing));
        };
        if call.input.body.get("enabled") == Some(&true.into()) && known.text("status") != "PUBLISHED" {
            return Err(bad_parameters(format!("a version that is {} cannot run", known.text("status"))));
        }
        if call.input.body.get("enabled") == Some(&true.into()) {
            activate(table, id, version);
        }
    }
    let is_set = table.find("playbook", id).is_some_and(|playbook| !playbook.text("version_id").is_empty());
    if call.input.body.get("enabled") == Some(&true.into()) && !is_set {
        return Err(bad_parameters("a playbook without an active version cannot be enabled"));
    }
    Ok(())
}

/// The version that a path names, and its playbook.
fn named(call: &Call<'_>, table: &Table) -> Result<(String, String), Refused> {
    let id = call.input.parameter("version_id").unwrap_or_default();
    let missing = || Kind::named("version").map_or_else(|| bad_parameters(""), Kind::missing);
    table.find("version", id).map(|version| (id.to_owned(), version.owner.clone())).ok_or_else(missing)
}
