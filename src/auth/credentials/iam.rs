//! The two calls to IAM.

use http::header::HeaderName;

use super::expiry::lifetime;
use super::generated::iam;
use crate::auth::authenticate::cache::Fetched;
use crate::auth::error::{AuthError, Reason};
use crate::auth::token::Token;
use crate::error::{Error, ErrorKind};
use crate::session::Session;

const SUBJECT_TOKEN: HeaderName = HeaderName::from_static("x-subject-token");

pub(super) async fn login(session: Session, request: iam::types::TokenRequest) -> Result<Fetched<Token>, AuthError> {
    let iam = iam::Client::from(session.confidential());
    // Any value omits the catalog, which takes many KB and is not used.
    let response = iam.keystone_create_user_token_by_password().nocatalog("true").body(request).send().await;
    let response = response.map_err(|error| from_call("the login to IAM", error))?;

    let value = response.headers().get(SUBJECT_TOKEN).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let token = Token::new(value).map_err(|error| {
        AuthError::unavailable(format!(
            "the login to IAM returned no usable token: {error}; check that the endpoint is IAM's"
        ))
    })?;
    let Some(info) = &response.token else {
        return Err(AuthError::unavailable("the login to IAM returned no token; check that the endpoint is IAM's"));
    };
    let expires_at = info.expires_at.as_deref().unwrap_or_default();
    let lifetime = lifetime(expires_at, info.issued_at.as_deref(), response.headers());
    let token = match info.project.as_ref().and_then(|project| project.id.as_ref()) {
        Some(project_id) => token.project_id(project_id),
        None => token,
    };
    Ok(Fetched { value: token, lifetime })
}

/// Looks up the ID of a project by its name, which must be unique.
pub(super) async fn look_up_project(session: Session, name: String) -> Result<Fetched<String>, AuthError> {
    let response = iam::Client::from(session).keystone_list_projects().name(&name).send().await;
    let response = response.map_err(|error| from_call("looking up the project ID", error))?;
    let projects = response.projects.as_deref().unwrap_or_default();
    let ids: Vec<&String> = projects.iter().filter_map(|project| project.id.as_ref()).collect();
    match ids.as_slice() {
        [id] => Ok(Fetched { value: (*id).clone(), lifetime: None }),
        [] => {
            Err(AuthError::refused(format!("IAM has no project named {name}; check the region, or set the project ID")))
        }
        several => Err(AuthError::refused(format!("{} projects are named {name}; set the project ID", several.len()))),
    }
}

/// Classifies a failed call to IAM or to the metadata service.
pub(super) fn from_call(what: &str, error: Error) -> AuthError {
    // A call that needs credentials itself may fail because of them.
    if let Some(error) = error.authentication() {
        return error.clone();
    }
    let reason = match error.status().map(|status| status.as_u16()) {
        // The status is that of an earlier attempt.
        _ if error.kind() == ErrorKind::Connect => Reason::Unavailable,
        Some(429) => Reason::Throttled(error.retry_after()),
        Some(408) => Reason::Unavailable,
        Some(400..=499) => Reason::Refused,
        _ if error.kind() == ErrorKind::Redirect => Reason::Refused,
        _ => Reason::Unavailable,
    };
    let verb = if reason == Reason::Refused { "was refused" } else { "failed" };
    AuthError::new(reason, format!("{what} {verb}: {}", error.summary())).with_call(error)
}
