//! Rejected requests, and the error response for each.

use http::StatusCode;
use serde_json::json;

use super::openapi::document::Service;
use super::{MockResponse, random};
use crate::headers;

pub(super) struct Refusal {
    pub(super) status: u16,
    pub(super) code: &'static str,
    /// Contains no secrets of the request.
    pub(super) message: String,
}

impl Refusal {
    pub(super) fn new(status: u16, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into() }
    }

    /// A request that the OpenAPI document or the state does not allow.
    pub(super) fn bad_request(message: impl Into<String>) -> Self {
        Self::new(400, "SecMaster.20030001", message)
    }

    /// Rejects a request if something is wrong.
    pub(super) fn when(self, is_wrong: bool) -> Result<(), Self> {
        if is_wrong { Err(self) } else { Ok(()) }
    }

    /// Whether the gateway rejects the request, so that it does not reach the service.
    pub(super) fn is_from_gateway(&self) -> bool {
        self.code.starts_with("APIGW.") || self.code.starts_with("FakeServer.")
    }

    /// The response, in the error format of the service.
    pub(super) fn response(&self, service: Service) -> MockResponse {
        let Self { status, code, message } = self;
        let response = MockResponse::new(*status);
        match service {
            Service::Metadata => response.header("content-type", "text/plain").body(message.clone()),
            Service::Iam if *code == "IAM.0011" => response.json(json!({ "error_code": code, "error_msg": message })),
            Service::Iam if !self.is_from_gateway() || *status == 404 => {
                let title = StatusCode::from_u16(*status).ok().and_then(|status| status.canonical_reason());
                response.json(json!({ "error": { "code": status, "message": message, "title": title } }))
            }
            _ if self.is_from_gateway() => {
                let id = random::hex();
                let body = json!({ "error_code": code, "error_msg": message, "request_id": id });
                response.default_header(&headers::REQUEST_ID, &id).json(body)
            }
            _ => response.json(json!({ "code": code, "message": message })),
        }
    }
}
