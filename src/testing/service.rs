//! From a request to its response.

use http::StatusCode;
use serde_json::json;

use super::clock::http_date;
use super::identity::authorize::authorize;
use super::identity::{LOGIN, login, metadata};
use super::openapi::call::Call;
use super::openapi::document::{Operation, PathParameters, Service};
use super::state::State;
use super::{MockResponse, Request, random, resources};
use crate::headers;

/// Responds to a request: with the queued response, or with what the checks and the state give.
pub(super) async fn respond(state: &State, request: Request) -> MockResponse {
    let route = state.route(&request);
    let service = route.as_ref().map_or_else(|| service_of(request.path()), |(service, ..)| *service);
    let queued = state.data().receive(service, &request);
    if route.as_ref().is_some_and(|(_, operation, _)| service == Service::Iam && operation.id == LOGIN) {
        state.data().history.login_attempts += 1;
        state.logins_resumed().await;
    }
    let (response, is_from_gateway) = match queued.map_or_else(|| handle(state, route, &request), Ok) {
        Ok(response) => (response, false),
        Err(refusal) => (refusal.response(service), refusal.is_from_gateway()),
    };
    if !response.delay.is_zero() {
        tokio::time::sleep(response.delay).await;
    }
    let data = state.data();
    let response = match (&data.deprecation, service) {
        (Some([day, info]), Service::SecMaster) if !is_from_gateway => {
            response.default_header(&headers::DEPRECATION_DATE, day).default_header(&headers::DEPRECATION_INFO, info)
        }
        _ => response,
    };
    let response = response.checked();
    let response = match service {
        Service::SecMaster if response.has_request_id => {
            response.default_header(&headers::REQUEST_ID, &random::request_id())
        }
        Service::Iam if response.has_request_id => response.default_header(&headers::IAM_TRACE_ID, &random::hex()),
        _ => response,
    };
    response.default_header(&http::header::DATE, &http_date(data.now()))
}

/// The service that a path belongs to if no document has it.
fn service_of(path: &str) -> Service {
    if path.starts_with("/v3/") {
        Service::Iam
    } else if path.starts_with("/meta-data/") || path.starts_with("/openstack/") {
        Service::Metadata
    } else {
        Service::SecMaster
    }
}

/// Checks a request and performs its operation.
fn handle(
    state: &State,
    route: Option<(Service, &Operation, PathParameters<'_>)>,
    request: &Request,
) -> Result<MockResponse, Refusal> {
    let Some((service, operation, path)) = route else {
        let message = format!("no API is published for {} {}", request.method(), request.path());
        return Err(Refusal::new(404, "APIGW.0101", message));
    };
    if !operation.is_public {
        let project = path.iter().find(|(name, _)| *name == "project_id").map(|(_, id)| id.as_str());
        authorize(state, request, project)?;
    }
    let call = Call::read(operation, path, request).map_err(Refusal::bad_request)?;
    let mut data = state.data();
    let response = match service {
        Service::SecMaster => resources::perform(&mut data, &call).transpose()?,
        Service::Iam => Some(login::perform(&mut data, &call)?),
        Service::Metadata => Some(metadata::perform(&mut data, &call)?),
    };
    Ok(response.unwrap_or_else(|| documented(operation)))
}

/// The example in the document.
fn documented(operation: &Operation) -> MockResponse {
    let documented = &operation.response;
    let response = MockResponse::new(documented.status);
    match &documented.content_type {
        None => response,
        Some(content_type) if content_type.contains("json") => {
            response.header("content-type", content_type).json(&documented.example)
        }
        Some(content_type) => {
            let body = documented.example.as_str().unwrap_or_default().to_owned();
            response.header("content-type", content_type).body(body)
        }
    }
}

/// Why a request is refused.
pub(super) struct Refusal {
    pub(super) status: u16,
    pub(super) code: &'static str,
    /// Without anything secret of the request.
    pub(super) message: String,
}

impl Refusal {
    pub(super) fn new(status: u16, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into() }
    }

    /// A request that the document or the state does not allow.
    pub(super) fn bad_request(message: impl Into<String>) -> Self {
        Self::new(400, "SecMaster.20030001", message)
    }

    /// Whether it comes from the gateway in front of the service, which the service does not see.
    fn is_from_gateway(&self) -> bool {
        self.code.starts_with("APIGW.") || self.code.starts_with("FakeServer.")
    }

    /// The response, in the form of the service that refuses.
    fn response(&self, service: Service) -> MockResponse {
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
