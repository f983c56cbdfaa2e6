//! The operations of IAM.

use std::time::Duration;

use serde_json::json;
use tokio::time::Instant;

use super::{DOMAIN, Identity, LOGIN, Project, USER};
use crate::testing::MockResponse;
use crate::testing::clock::iam_time;
use crate::testing::openapi::call::Call;
use crate::testing::refusal::Refusal;
use crate::testing::state::Data;

/// The account is locked after this many wrong passwords.
const MAX_FAILURES: usize = 5;

/// Performs an IAM operation: lists projects or logs in.
pub(in crate::testing) fn perform(data: &mut Data, call: &Call<'_>) -> Result<MockResponse, Refusal> {
    if call.operation.id != LOGIN {
        return Ok(list_projects(&data.identity, call.query("name")));
    }
    let now = data.now();
    let identity = &mut data.identity;
    let project = identity.log_in(call)?;
    let domain = json!({ "id": identity.domain_id, "name": DOMAIN });
    let mut body = json!({ "token": {
        "expires_at": iam_time(now, identity.token_ttl),
        "issued_at": iam_time(now, Duration::ZERO),
        "methods": call.body["auth"]["identity"]["methods"],
        "project": { "domain": domain, "id": project.id, "name": project.name },
        "roles": [],
        "user": { "domain": domain, "id": identity.user_id, "name": USER, "password_expires_at": "" },
    }});
    if call.query("nocatalog").is_none_or(str::is_empty) {
        body["token"]["catalog"] = json!([]);
    }
    let token = identity.issue_token(&project.id, Instant::now().checked_add(identity.token_ttl));
    Ok(MockResponse::new(201).header("X-Subject-Token", token).json(body))
}

fn list_projects(identity: &Identity, name: Option<&str>) -> MockResponse {
    let found = identity.projects.iter().filter(|project| name.is_none_or(|name| project.name == name));
    let rows = found.map(|Project { id, name }| {
        let domain_id = &identity.domain_id;
        json!({
            "id": id, "name": name, "description": "", "enabled": true,
            "is_domain": false, "domain_id": domain_id, "parent_id": domain_id,
        })
    });
    MockResponse::new(200).json(json!({ "projects": rows.collect::<Vec<_>>() }))
}

impl Identity {
    /// Checks a login, and returns the project of the token.
    fn log_in(&mut self, call: &Call<'_>) -> Result<Project, Refusal> {
        let user = "/auth/identity/password/user";
        let is = |field: &str, expected: &str| call.field(&format!("{user}/{field}")) == Some(expected);
        let methods = &call.body["auth"]["identity"]["methods"];
        let has_totp = *methods == json!(["password", "totp"]);
        let message = "auth.identity.methods must be password, or password and totp";
        Refusal::bad_request(message).when(!has_totp && *methods != json!(["password"]))?;
        let wrong_password = || Refusal::new(401, "", "The username or password is wrong.");
        wrong_password().when(!is("domain/name", DOMAIN) || !is("name", USER))?;
        let message = format!("the account is locked, since the password was wrong {MAX_FAILURES} times");
        Refusal::new(403, "IAM.0011", message).when(self.failures >= MAX_FAILURES)?;
        let is_wrong = !is("password", &self.password);
        self.failures += usize::from(is_wrong);
        wrong_password().when(is_wrong)?;
        self.check_passcode(call, has_totp)?;
        self.failures = 0;
        let project = self.project(call)?;
        self.logins += 1;
        Ok(project)
    }

    fn check_passcode(&mut self, call: &Call<'_>, has_totp: bool) -> Result<(), Refusal> {
        let totp = |field: &str| call.field(&format!("/auth/identity/totp/user/{field}")).unwrap_or_default();
        let message = match &self.passcode {
            None if has_totp => "the user has no second factor, but the login has one",
            Some(_) if !has_totp => "a second factor is required: add totp to the methods",
            Some(passcode) if totp("id") != self.user_id || totp("passcode") != passcode => {
                self.failures += 1;
                "the passcode or the user's ID is wrong"
            }
            _ => return Ok(()),
        };
        Err(Refusal::new(401, "", message))
    }

    fn project(&self, call: &Call<'_>) -> Result<Project, Refusal> {
        let [id, name] = ["id", "name"].map(|field| call.field(&format!("/auth/scope/project/{field}")));
        let message = "auth.scope.project must have either a name or an id";
        Refusal::bad_request(message).when(id.is_some() == name.is_some())?;
        let matches = |project: &&Project| id == Some(&project.id) || name == Some(&project.name);
        let mut found = self.projects.iter().filter(matches);
        let project = found.next().cloned();
        let message =
            format!("{} projects have the name of the scope; use the project's ID", 1 + found.clone().count());
        Refusal::bad_request(message).when(found.next().is_some())?;
        project.ok_or_else(|| Refusal::new(404, "", "there is no project with the name or ID of the scope"))
    }
}
