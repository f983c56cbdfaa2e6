//! The two calls to IAM.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use http::header::{DATE, HeaderMap, HeaderName};

use super::cache::Fresh;
use super::{AuthError, Secret, Token};
use crate::generated::iam;
use crate::secrets::Confidential;
use crate::service::Service;
use crate::time::parse_rfc3339;
use crate::{Error, Response, retry_after};

/// The header that holds the token.
const SUBJECT_TOKEN: HeaderName = HeaderName::from_static("x-subject-token");

/// Logs in by password.
///
/// # Errors
///
/// Where the login was refused or IAM could not be asked.
pub(crate) async fn login(service: &Service, request: iam::types::TokenRequest) -> Result<Fresh<Token>, AuthError> {
    let service = Arc::new(service.clone().confidential(Confidential { sent: secrets(&request) }));
    let answer: Response<iam::types::TokenResponse> = service
        .call(async |iam: &iam::Client| {
            // Any text hides the catalog, which would be many KB that nobody reads.
            iam.keystone_create_user_token_by_password().nocatalog("true").body(request).send().await
        })
        .await
        .map_err(|error| AuthError::of_call("the login to IAM", error))?;

    let text = answer.headers().get(SUBJECT_TOKEN).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let token = Token::new(text).map_err(|error| {
        AuthError::unavailable(format!(
            "the login to IAM gave no usable token: {error}; check that the endpoint is IAM's"
        ))
    })?;
    let info = &answer.token;
    let life = life(&info.expires_at, info.issued_at.as_deref(), answer.headers());
    let token = match &info.project {
        Some(project) => token.project_id(&project.id),
        None => token,
    };
    Ok(Fresh { value: token, life })
}

/// What is secret in a login.
fn secrets(request: &iam::types::TokenRequest) -> Vec<Secret> {
    let identity = &request.auth.identity;
    let passcode = identity.totp.as_ref().map(|totp| totp.user.passcode.clone());
    passcode.into_iter().chain([identity.password.user.password.clone()]).collect()
}

/// How long something lives that ends at a time of the server's clock.
///
/// It is judged by the server's own clock, as the answer shows it, for that of this machine may be off.
pub(crate) fn life(expires_at: &str, issued_at: Option<&str>, headers: &HeaderMap) -> Option<Duration> {
    let end = parse_rfc3339(expires_at)?;
    // The header names the second in which the answer was made, and it may have been made at the end of it.
    let shown = || retry_after::date(headers, DATE)?.checked_add(Duration::from_secs(1));
    // The later of the two, for a token that is handed out again was made before.
    let begin = issued_at.and_then(parse_rfc3339).max(shown()).unwrap_or_else(SystemTime::now);
    Some(end.duration_since(begin).unwrap_or_default())
}

/// Looks up a project's ID by its name.
///
/// # Errors
///
/// Where there is none or several of this name, or IAM could not be asked.
pub(crate) async fn project_id(service: &Arc<Service>, name: &str) -> Result<String, AuthError> {
    let answer: Response<iam::types::ProjectsResponse> = service
        .call(async |iam: &iam::Client| iam.keystone_list_projects().name(name).send().await)
        .await
        .map_err(|error: Error| AuthError::of_call("looking up the project's ID", error))?;
    match answer.projects.as_slice() {
        [project] => Ok(project.id.clone()),
        [] => Err(AuthError::refused(format!("there is no project named {name}; give the project's ID"))),
        several => {
            Err(AuthError::refused(format!("{} projects are named {name}; give the project's ID", several.len())))
        }
    }
}
