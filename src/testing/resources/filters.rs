//! Filters of lists, by the documented query parameters.

use jiff::Timestamp;
use serde_json::Value;

use super::ResourceRequest;
use super::table::is_spelled;
use crate::testing::openapi::document::text;

/// Query parameters that do not filter, or of which it is not documented how.
const NO_FILTERS: &str = "offset limit order sortby sort_key sort_dir last_version date_type";

impl ResourceRequest<'_> {
    /// Whether a row matches the query. A field that the row does not have matches nothing.
    pub(super) fn is_wanted(&self, row: &Value) -> bool {
        let is_class = row["kind"] == "data class";
        let parameters = self.call.operation.parameters.iter().map(|(parameter, _)| text(&parameter["name"]));
        parameters.filter(|name| NO_FILTERS.split(' ').all(|other| other != *name)).all(|name| {
            let Some(wanted) = self.call.query(name).filter(|wanted| !wanted.is_empty()) else { return true };
            let is_since = |field: &str| time(text(&row[field])) >= time(wanted);
            let is_until = |field: &str| time(wanted).is_none() || time(text(&row[field])) <= time(wanted);
            match name {
                "ids" => wanted.split(',').any(|id| row["id"] == id),
                "search_txt" => ["name", "description"].iter().any(|field| text(&row[*field]).contains(wanted)),
                "create_time_start" => is_since("create_time"),
                "create_time_end" => is_until("create_time"),
                "from_date" => is_since("start_time"),
                "to_date" => is_until("start_time"),
                "approve_type" => is_spelled(&row["type"], wanted),
                "normal_project_id" => is_spelled(&row["project_id"], wanted),
                // Only these are documented as a part of the field.
                "name" | "business_code" | "description" if is_class => text(&row[name]).contains(wanted),
                _ => is_spelled(&row[name], wanted),
            }
        })
    }
}

/// A time in one of the forms that the service uses; some have both a `Z` and an offset.
fn time(text: &str) -> Option<Timestamp> {
    text.replace("Z+", "+").replace("Z-", "-").parse().ok()
}
