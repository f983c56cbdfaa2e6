//! Why the service refuses a request.

use serde_json::json;

use super::MockResponse;

/// The status, the code and the message.
pub(super) type Refused = (u16, &'static str, String);

/// A request that does not fit its parameters, or what the document allows but the state does not.
pub(super) fn bad_parameters(text: impl Into<String>) -> Refused {
    (400, "SecMaster.20030001", text.into())
}

/// A response in the form that the contract gives for status 400.
pub(super) fn refuse((status, code, text): &Refused) -> MockResponse {
    MockResponse::new(*status).json(json!({ "code": code, "message": text }))
}
