//! How IAM answers a request.

use http::StatusCode;
use http::header::CONTENT_TYPE;
use percent_encoding::percent_decode_str;
use serde_json::{Value, json};

use super::clock::iam_time;
use super::gateway::admit;
use super::identity::{DOMAIN, Denied, Granted, MOST_WRONG, Project, USER};
use super::login::{LOGIN, Login};
use super::state::State;
use super::{MockResponse, Request};

const PROJECTS: (&str, &str) = ("GET", "/v3/projects");

/// Answers a request for which nothing is queued.
pub(super) fn answer(state: &State, request: &Request) -> MockResponse {
    match (request.method(), request.path()) {
        LOGIN => log_in(state, request),
        PROJECTS => match admit(state, request, None) {
            Ok(()) => projects(state, request),
            Err(refusal) => refusal.answer(state),
        },
        (method, path) => refuse(404, &format!("no API is published for {method} {path}")),
    }
}

fn log_in(state: &State, request: &Request) -> MockResponse {
    let login = match check_content_type(request).and_then(|()| Login::read(request.body())) {
        Ok(login) => login,
        Err(text) => return refuse(400, &text),
    };
    let now = state.clock().now();
    match state.identity().log_in(&login, now) {
        Ok(granted) => {
            let mut token = json!({
                "expires_at": iam_time(granted.expires_at),
                "issued_at": iam_time(now),
                "methods": if login.totp.is_some() { vec!["password", "totp"] } else { vec!["password"] },
                "project": project(state, &granted),
                "roles": [],
                "user": user(state, &granted),
            });
            if !hides_catalog(request) {
                token["catalog"] = json!([]);
            }
            MockResponse::new(201).header("X-Subject-Token", &granted.token).json(json!({ "token": token }))
        }
        Err(Denied::WrongPassword) => refuse(401, "The username or password is wrong."),
        Err(Denied::WrongPasscode(text)) => refuse(401, text),
        Err(Denied::NotOneProject(0)) => refuse(404, "there is no project of the name or ID that the scope has"),
        Err(Denied::NotOneProject(several)) => {
            refuse(400, &format!("{several} projects have the name that the scope has; give the project's ID"))
        }
        Err(Denied::Locked) => MockResponse::new(403).json(json!({
            "error_code": "IAM.0011",
            "error_msg": format!("the account is locked, since the password was wrong {MOST_WRONG} times"),
        })),
    }
}

/// Checks the media type; its parameters are those of the sender's choice.
fn check_content_type(request: &Request) -> Result<(), String> {
    let given = request.header(CONTENT_TYPE.as_str()).unwrap_or("missing");
    let media_type = given.split(';').next().unwrap_or_default().trim();
    if media_type.eq_ignore_ascii_case("application/json") {
        return Ok(());
    }
    Err(format!("content-type is {given}; it has to be application/json"))
}

fn user(state: &State, granted: &Granted) -> Value {
    json!({ "domain": domain(state), "id": granted.user_id, "name": USER, "password_expires_at": "" })
}

fn project(state: &State, granted: &Granted) -> Value {
    json!({ "domain": domain(state), "id": granted.project.id, "name": granted.project.name })
}

fn domain(state: &State) -> Value {
    json!({ "id": state.identity().domain_id, "name": DOMAIN })
}

fn projects(state: &State, request: &Request) -> MockResponse {
    let domain_id = &state.identity().domain_id;
    let row = |Project { id, name }| {
        json!({
            "description": "",
            "domain_id": domain_id,
            "enabled": true,
            "id": id,
            "is_domain": false,
            "name": name,
            "parent_id": domain_id,
        })
    };
    let found = state.identity().projects(parameter(request, "name").as_deref());
    MockResponse::new(200).json(json!({ "projects": found.into_iter().map(row).collect::<Vec<_>>() }))
}

/// Any text that is not empty leaves the catalog out.
fn hides_catalog(request: &Request) -> bool {
    parameter(request, "nocatalog").is_some_and(|text| !text.is_empty())
}

/// The first value of a parameter in the query.
fn parameter(request: &Request, name: &str) -> Option<String> {
    let pairs = request.query()?.split('&').map(|pair| pair.split_once('=').unwrap_or((pair, "")));
    let (_, value) = pairs.into_iter().find(|(found, _)| *found == name)?;
    Some(percent_decode_str(value).decode_utf8_lossy().into_owned())
}

/// A refusal in the form that IAM nests.
fn refuse(status: u16, text: &str) -> MockResponse {
    let title = StatusCode::from_u16(status).ok().and_then(|status| status.canonical_reason());
    MockResponse::new(status).json(json!({ "error": { "code": status, "message": text, "title": title } }))
}
