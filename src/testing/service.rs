//! Creates the response to a request.

use super::clock::http_date;
use super::identity::authorize::authorize;
use super::identity::{LOGIN, login, metadata};
use super::openapi::call::Call;
use super::openapi::document::{Operation, Pairs, Service};
use super::refusal::Refusal;
use super::state::State;
use super::{MockResponse, Request, random, resources};
use crate::headers;

/// Responds to a request: with the queued response, or else from the checks and the state.
pub(super) async fn respond(state: &State, request: Request) -> MockResponse {
    let route = state.route(&request);
    let service = route.as_ref().map_or_else(|| service_of(request.path()), |(operation, _)| operation.service);
    let queued = state.data().receive(service, &request);
    if route.as_ref().is_some_and(|(operation, _)| service == Service::Iam && operation.id == LOGIN) {
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
    let mut response = response.checked();
    if !response.omits_request_id && service != Service::Metadata {
        let (name, id) = match service {
            Service::Iam => (&headers::IAM_TRACE_ID, random::hex()),
            _ => (&headers::REQUEST_ID, random::request_id()),
        };
        response = response.default_header(name, &id);
    }
    response.default_header(&http::header::DATE, &http_date(data.now()))
}

/// The service of a path that no document contains.
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
fn handle(state: &State, route: Option<(&Operation, Pairs)>, request: &Request) -> Result<MockResponse, Refusal> {
    let Some((operation, path)) = route else {
        let message = format!("no API is published for {} {}", request.method(), request.path());
        return Err(Refusal::new(404, "APIGW.0101", message));
    };
    if !operation.is_public {
        let project = path.iter().find(|(name, _)| name == "project_id").map(|(_, id)| id.as_str());
        authorize(state, request, project)?;
    }
    let call = Call::read(operation, path, request).map_err(Refusal::bad_request)?;
    let mut data = state.data();
    let response = match operation.service {
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
    let Some(content_type) = &documented.content_type else { return response };
    let response = response.header("content-type", content_type);
    if content_type.contains("json") {
        response.json(&documented.example)
    } else {
        response.body(documented.example.as_str().unwrap_or_default().to_owned())
    }
}
