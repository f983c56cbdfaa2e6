//! Prints a response and checks whether it is a success.

use std::error::Error;

use secmaster_client::Response;
use secmaster_client::types::{ActionInfo, CreatePlaybookActionResponse};

/// Formats an error and its sources in one line.
pub(crate) fn with_causes(error: &dyn Error) -> String {
    let mut line = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let message = cause.to_string();
        // The message of a failed login already contains that of its source.
        if !line.contains(&message) {
            line = format!("{line}: {message}");
        }
        source = cause.source();
    }
    line
}

/// Formats a number with a noun.
pub(crate) fn counted(number: usize, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}

/// Prints the rows, the request id and deprecation notices.
pub(crate) fn print(created: &Response<CreatePlaybookActionResponse>) {
    let rows = created.data.as_deref().unwrap_or_default();
    println!("Created {} (status {}):\n", counted(rows.len(), "action"), created.status());
    println!("{}", table(rows));
    match created.request_id() {
        Some(id) => {
            println!("Request id: {id}");
            for (part, value) in [("uuid", id.uuid()), ("timestamp", id.timestamp()), ("hostname", id.hostname())] {
                println!("  {part:<9} {}", value.unwrap_or("-"));
            }
        }
        None => println!("Request id: none"),
    }
    match created.deprecation() {
        Some(deprecation) => println!(
            "Deprecated: goes offline on {}. {}",
            deprecation.date().unwrap_or("an unknown date"),
            deprecation.info().unwrap_or_default()
        ),
        None => println!("Deprecation: this response announces none"),
    }
}

/// Checks the code of a successful response, and whether it has a row for each action.
///
/// # Errors
///
/// Returns the code and message of the service, with the request id.
pub(crate) fn check(created: &Response<CreatePlaybookActionResponse>, sent: usize) -> Result<(), Box<dyn Error>> {
    let id = created.request_id().map_or_else(|| "none".to_owned(), |id| id.to_string());
    if let Some(code) = created.code.as_ref().filter(|code| *code != "0") {
        let message = created.message.as_deref().unwrap_or("no message");
        let status = created.status();
        return Err(format!("the service returned {status} with the code {code}: {message} (request id {id})").into());
    }
    let rows = created.data.as_deref().unwrap_or_default().len();
    if rows < sent {
        let hint = "list the actions of the version before you retry";
        return Err(format!("the response has {rows} of {}; {hint} (request id {id})", counted(sent, "action")).into());
    }
    Ok(())
}

fn table(rows: &[ActionInfo]) -> String {
    let cell = |value: &Option<String>| value.clone().unwrap_or_else(|| "-".to_owned());
    let head = ["ID", "NAME", "TYPE", "WORKFLOW"].map(str::to_owned);
    let cells = rows.iter().map(|row| [cell(&row.id), cell(&row.name), cell(&row.action_type), cell(&row.action_id)]);
    let lines: Vec<[String; 4]> = std::iter::once(head).chain(cells).collect();
    let width = |column: usize| lines.iter().map(|line| line[column].chars().count()).max().unwrap_or_default();
    let widths = [width(0), width(1), width(2), width(3)];
    let line = |line: &[String; 4]| {
        let cells = line.iter().zip(widths).map(|(cell, width)| format!("{cell:<width$}"));
        format!("{}\n", cells.collect::<Vec<_>>().join("  ").trim_end())
    };
    lines.iter().map(line).collect()
}
