//! Creates the response to a request.

use http::header::DATE;
use serde_json::Value;

use super::identity::{LOGIN, login, metadata};
use super::openapi::call::Call;
use super::openapi::document::{Operation, Pairs, Service};
use super::refusal::Refusal;
use super::state::State;
use super::{MockResponse, Request, random, resources};
use crate::headers;

/// Responds to a request: with the queued response, or else from the checks and the state.
pub(super) async fn respond(state: &State, request: Request) -> MockResponse {
    let mut operations = state.documents.iter().flat_map(|document| document.iter());
    let route = operations.find_map(|operation| Some((operation, operation.matches(&request)?)));
    let service = route.as_ref().map_or_else(|| service_of(request.path()), |(operation, _)| operation.service);
    let queued = state.data().receive(service, &request);
    if route.as_ref().is_some_and(|(operation, _)| service == Service::Iam && operation.id == LOGIN) {
        state.data().login_attempts += 1;
        // The state includes the sender, so it is not dropped meanwhile.
        let _ = state.logins_paused.subscribe().wait_for(|paused| !paused).await;
    }
    let (mut response, reaches_service) = match queued.map_or_else(|| handle(state, route, &request), Ok) {
        Ok(response) => (response, service == Service::SecMaster),
        Err(refusal) => (refusal.response(service), service == Service::SecMaster && !refusal.is_from_gateway()),
    };
    if !response.delay.is_zero() {
        tokio::time::sleep(response.delay).await;
    }
    let data = state.data();
    if let (Some([day, info]), true) = (&data.deprecation, reaches_service) {
        let dated = response.default_header(&headers::DEPRECATION_DATE, day);
        response = dated.default_header(&headers::DEPRECATION_INFO, info);
    }
    response = response.checked();
    if !response.omits_request_id && service != Service::Metadata {
        let (name, id) = match service {
            Service::Iam => (&headers::IAM_TRACE_ID, random::hex()),
            _ => (&headers::REQUEST_ID, random::request_id()),
        };
        response = response.default_header(name, &id);
    }
    response.default_header(&DATE, &data.now().strftime("%a, %d %b %Y %H:%M:%S GMT").to_string())
}

/// The service of a path that no document contains.
fn service_of(path: &str) -> Service {
    match path.split('/').nth(1) {
        Some("v3") => Service::Iam,
        Some("meta-data" | "openstack") => Service::Metadata,
        _ => Service::SecMaster,
    }
}

/// Checks a request and performs its operation.
fn handle(state: &State, route: Option<(&Operation, Pairs)>, request: &Request) -> Result<MockResponse, Refusal> {
    let Some((operation, path)) = route else {
        let message = format!("no API is published for {} {}", request.method(), request.path());
        return Err(Refusal::new(404, "APIGW.0101", message));
    };
    if !operation.is_public {
        let project = path.iter().find(|(name, _)| name == "project_id").map(|(_, id)| id.as_str());
        let data = state.data();
        data.identity.authorize(data.now(), request, project)?;
    }
    let call = Call::read(operation, path, request).map_err(Refusal::bad_request)?;
    let mut data = state.data();
    match operation.service {
        Service::SecMaster => resources::perform(&mut data, &call).map(|body| success(operation, &body)),
        Service::Iam => login::perform(&mut data, &call),
        Service::Metadata => metadata::perform(&mut data, &call),
    }
}

fn success(operation: &Operation, body: &Value) -> MockResponse {
    let response = MockResponse::new(operation.status);
    match &operation.content_type {
        None => response,
        Some(json) if json.contains("json") => response.header("content-type", json).json(body),
        Some(other) => response.header("content-type", other).body(body.as_str().unwrap_or_default().to_owned()),
    }
}
