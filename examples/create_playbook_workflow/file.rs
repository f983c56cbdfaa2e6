//! Reads workflows from a JSON file.

use std::fs;

use secmaster_client::types::CreateAction;
use serde_json::{Map, Value};

const FIELDS: [&str; 5] = ["action_id", "action_type", "name", "description", "sort_order"];

/// Reads a file.
///
/// # Errors
///
/// Returns a message that describes the problem, its location and how to fix it.
pub(crate) fn read(file: &str) -> Result<Vec<CreateAction>, String> {
    let hint = "give the path of a JSON file, or --workspace and --playbook before the name of a workflow";
    let text = fs::read_to_string(file).map_err(|error| format!("{file} cannot be read: {error}; {hint}"))?;
    parse(file, &text)
}

/// Parses the contents of a file.
///
/// # Errors
///
/// Returns the same errors as [`read`].
pub(crate) fn parse(file: &str, text: &str) -> Result<Vec<CreateAction>, String> {
    let value: Value = serde_json::from_str(text).map_err(|error| format!("{file} is not JSON: {error}"))?;
    let Value::Array(workflows) = value else {
        return Err(format!("{file} is not an array; write [{{\"action_id\": \"ID of a workflow\"}}]"));
    };
    if workflows.is_empty() {
        return Err(format!("{file} has no workflow; write [{{\"action_id\": \"ID of a workflow\"}}]"));
    }
    for (number, workflow) in (1..).zip(&workflows) {
        check(workflow).map_err(|error| format!("{file}: workflow {number} {error}"))?;
    }
    let is_default = |workflow: &&Value| workflow.get("action_type").is_none();
    let defaults = workflows.iter().filter(is_default).count();
    let actions: Vec<CreateAction> =
        serde_json::from_str(text).map_err(|error| format!("{file} is not an array of workflows: {error}"))?;
    if defaults > 0 {
        let action_type = CreateAction::workflow("").action_type;
        println!(
            "{defaults} of {} without action_type: sent as {action_type}, the default of the API page.",
            actions.len()
        );
    }
    Ok(actions)
}

/// Validates an element of the array, because deserialization ignores unknown fields.
fn check(workflow: &Value) -> Result<(), String> {
    let fields = match workflow {
        Value::Object(fields) => fields,
        Value::String(id) => return Err(format!("is only {id:?}; write {{\"action_id\": {id:?}}}")),
        other => return Err(format!("is {other}; write {{\"action_id\": \"ID of a workflow\"}}")),
    };
    if let Some(name) = fields.keys().find(|name| !FIELDS.contains(&name.as_str())) {
        return Err(format!("has an unknown field {name:?}; use one of {}", FIELDS.join(", ")));
    }
    if !fields.contains_key("action_id") {
        return Err("has no action_id; set it to the ID of a workflow".to_owned());
    }
    check_strings(fields)
}

fn check_strings(fields: &Map<String, Value>) -> Result<(), String> {
    let is_optional = |name: &str| ["name", "description", "sort_order"].contains(&name);
    let is_fine = |name: &str, value: &Value| value.is_string() || (value.is_null() && is_optional(name));
    match fields.iter().find(|(name, value)| !is_fine(name, value)) {
        Some((name, value)) => Err(format!("has {value} as its {name}; write a string in quotes")),
        None => Ok(()),
    }
}
