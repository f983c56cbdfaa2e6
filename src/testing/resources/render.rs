//! Responses that contain rows, in the format that the document defines for each operation.

use serde_json::{Map, Value, json};

use super::ResourceRequest;
use super::table::Row;
use crate::testing::random::hex;

impl ResourceRequest<'_> {
    /// The response with a page of rows, out of a total.
    pub(super) fn rendered_list(&self, rows: &[&Map<String, Value>], total: usize) -> Value {
        self.envelope(rows.iter().map(|row| self.project(row)).collect(), total)
    }

    /// The response with the workflows that were bound, which a test can read afterwards.
    pub(super) fn created_actions(&mut self, rows: &[Row]) -> Value {
        for row in rows {
            let row = self.project(&row.fields);
            self.data.history.create(row);
        }
        self.rendered_list(&rows.iter().map(|row| &row.fields).collect::<Vec<_>>(), rows.len())
    }

    /// The fields of a row that the response has.
    pub(super) fn project(&self, row: &Map<String, Value>) -> Value {
        let fields = self.call.operation.response.fields.iter();
        fields.map(|name| (name.clone(), row.get(name).cloned().unwrap_or_default())).collect()
    }

    /// The response with this as the requested data, out of a total.
    pub(super) fn envelope(&self, payload: Value, total: usize) -> Value {
        let response = &self.call.operation.response;
        if response.payload.is_none() && !response.properties.iter().any(|name| name == "code") {
            return payload;
        }
        let (offset, limit) = (self.call.number("offset").unwrap_or(0), self.call.number("limit"));
        let size = limit.unwrap_or_else(|| payload.as_array().map_or(0, Vec::len));
        let value = |name: &str| match name {
            _ if response.payload.as_deref() == Some(name) => Some(payload.clone()),
            "code" => Some(json!(0)),
            "message" => Some(json!("")),
            "success" => Some(json!(true)),
            "request_id" => Some(json!(hex())),
            "total" | "count" => Some(json!(total)),
            "offset" => Some(json!(offset)),
            "limit" | "size" => Some(json!(size)),
            "page" => Some(json!(offset / size.max(1) + 1)),
            _ => None,
        };
        response.properties.iter().filter_map(|name| Some((name.clone(), value(name)?))).collect()
    }

    /// The time, in the format of the service.
    pub(super) fn now(&self) -> String {
        self.data.now().strftime("%Y-%m-%dT%H:%M:%SZ+0000").to_string()
    }
}
