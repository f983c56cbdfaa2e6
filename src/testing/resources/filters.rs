//! Filters of lists, by the documented query parameters.

use jiff::Timestamp;
use serde_json::Value;

use super::ResourceRequest;
use super::table::matches_string;
use crate::testing::openapi::document::str_or_empty;

/// Query parameters that do not filter, or whose effect is not documented.
const NO_FILTERS: &str = "offset limit order sortby sort_key sort_dir last_version date_type";

impl ResourceRequest<'_> {
    /// Whether a row matches the query. A field that the row does not have matches nothing.
    pub(super) fn matches_query(&self, row: &Value) -> bool {
        let is_class = row["kind"] == "data class";
        let parameters = self.call.operation.parameters.iter().map(|(parameter, _)| str_or_empty(&parameter["name"]));
        parameters.filter(|name| NO_FILTERS.split(' ').all(|other| other != *name)).all(|name| {
            let Some(wanted) = self.call.query(name).filter(|wanted| !wanted.is_empty()) else { return true };
            let is_since = |field: &str| time(str_or_empty(&row[field])) >= time(wanted);
            let is_until = |field: &str| time(wanted).is_none() || time(str_or_empty(&row[field])) <= time(wanted);
            match name {
                "ids" => wanted.split(',').any(|id| row["id"] == id),
                "search_txt" => ["name", "description"].iter().any(|field| str_or_empty(&row[*field]).contains(wanted)),
                "create_time_start" => is_since("create_time"),
                "create_time_end" => is_until("create_time"),
                "from_date" => is_since("start_time"),
                "to_date" => is_until("start_time"),
                "approve_type" => matches_string(&row["type"], wanted),
                "normal_project_id" => matches_string(&row["project_id"], wanted),
                // Only these are documented as substring matches.
                "name" | "business_code" | "description" if is_class => str_or_empty(&row[name]).contains(wanted),
                _ => matches_string(&row[name], wanted),
            }
        })
    }
}

/// A time in one of the forms that the service uses; some have both a `Z` and an offset.
fn time(value: &str) -> Option<Timestamp> {
    value.replace("Z+", "+").replace("Z-", "-").parse().ok()
}
