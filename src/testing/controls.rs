//! Settings and state of IAM, the metadata service and the workspaces, for tests.

use std::time::Duration;

use super::Server;
use super::identity::{DOMAIN, Key, Project, REGION, USER};
use super::state::WORKSPACE;

/// # IAM
///
/// It serves `POST /v3/auth/tokens` and `GET /v3/projects`, on the same port. It has one account with one user, who has
/// a password and an access key.
impl Server {
    /// The name of the account, which IAM calls a domain.
    pub fn domain(&self) -> &'static str {
        DOMAIN
    }

    /// The user's name.
    pub fn user(&self) -> &'static str {
        USER
    }

    /// The user's password, which no other fake server accepts.
    pub fn password(&self) -> String {
        self.state.data().identity.password.clone()
    }

    /// The user's access key, which no other fake server accepts.
    pub fn access_key(&self) -> String {
        self.state.data().identity.access_key.clone()
    }

    /// The secret key that belongs to [`access_key`](Self::access_key).
    pub fn secret_key(&self) -> String {
        self.state.data().identity.secret_key.clone()
    }

    /// Adds an access key, with a security token if requests that it signs need one. It does not expire.
    pub fn add_access_key(&self, access_key: &str, secret_key: &str, security_token: Option<&str>) {
        let security_token = security_token.map(str::to_owned);
        let key = Key { secret: secret_key.to_owned(), security_token, expiry: None };
        self.state.data().identity.keys.insert(access_key.to_owned(), key);
    }

    /// The name of the region and of the initial project: `cn-north-4`.
    pub fn region(&self) -> &'static str {
        REGION
    }

    /// The ID of the initial project: 32 hexadecimal digits, unique to this fake server.
    pub fn project_id(&self) -> String {
        self.state.data().identity.project_id.clone()
    }

    /// Adds a project. If another one has the same name, a login for that name is refused with 400, and a list filtered
    /// by that name contains both.
    pub fn add_project(&self, name: &str, id: &str) {
        self.state.data().identity.projects.push(Project { id: id.to_owned(), name: name.to_owned() });
    }

    /// Requires a second factor: logins without `totp` with this user ID and passcode get a 401 from now on.
    pub fn require_totp(&self, user_id: &str, passcode: &str) {
        let identity = &mut self.state.data().identity;
        (identity.user_id, identity.passcode) = (user_id.to_owned(), Some(passcode.to_owned()));
    }

    /// Unlocks the account. It is locked after 5 wrong passwords or passcodes without a successful login in between:
    /// all logins then get a 403 `IAM.0011`.
    pub fn unlock_account(&self) {
        self.state.data().identity.failures = 0;
    }

    /// The number of logins that returned a token. Logins with a queued response do not count.
    pub fn logins(&self) -> usize {
        self.state.data().identity.logins
    }

    /// The number of attempted logins, regardless of the response.
    pub fn login_attempts(&self) -> usize {
        self.state.data().login_attempts
    }

    /// Sets the lifetime of tokens that are issued from now on. The default is 24 hours. A token expires by the clock of
    /// the tokio runtime, which a test can pause and advance. From then on it gets a 401 `APIGW.0307`.
    pub fn token_ttl(&self, ttl: Duration) {
        self.state.data().identity.token_ttl = ttl;
    }

    /// Revokes all tokens issued so far, including [`token`](Self::token): they get a 401 `APIGW.0307` from now on.
    pub fn revoke_tokens(&self) {
        self.state.data().identity.revoke_tokens();
    }

    /// Delays logins until [`resume_logins`](Self::resume_logins). They are received and recorded meanwhile.
    pub fn pause_logins(&self) {
        self.state.logins_paused.send_replace(true);
    }

    /// Responds to the delayed logins, and to all that follow.
    pub fn resume_logins(&self) {
        self.state.logins_paused.send_replace(false);
    }
}

/// # The metadata service of a cloud server
///
/// It serves `PUT /meta-data/latest/api/token` and `GET /openstack/latest/securitykey`, on the same port. Requests that
/// are signed with the temporary keys that it issues need their security token, which must be signed.
impl Server {
    /// Sets whether keys require a session, which is the default. Otherwise creating one returns a 404, and keys are
    /// issued without. A real service may respond with 405 or 503 instead: queue such a response to test that.
    pub fn metadata_sessions(&self, on: bool) {
        self.state.data().identity.has_sessions = on;
    }

    /// Removes the agency from the cloud server: requests for keys get a 404 from now on. Issued keys stay valid.
    pub fn remove_agency(&self) {
        self.state.data().identity.has_agency = false;
    }

    /// Sets the lifetime of temporary keys that are issued from now on, like [`token_ttl`](Self::token_ttl). Expired ones
    /// get a 401 `APIGW.0301`.
    pub fn keys_ttl(&self, ttl: Duration) {
        self.state.data().identity.keys_ttl = ttl;
    }

    /// The number of times that temporary keys were issued. They are new ones each time.
    pub fn keys_issued(&self) -> usize {
        self.state.data().identity.keys_issued
    }
}

/// # Workspaces
///
/// The server has one workspace, with some data classes, and with enabled workflows for the first of these. So has each
/// workspace that CreateWorkspace makes.
impl Server {
    /// The ID of the initial workspace.
    pub fn workspace_id(&self) -> String {
        let data = self.state.data();
        let workspaces = data.table.names("workspace", &data.identity.project_id);
        workspaces.into_iter().next().map(|(id, _)| id).unwrap_or_default()
    }

    /// The name of the initial workspace.
    pub fn workspace_name(&self) -> &'static str {
        WORKSPACE
    }

    /// The IDs and names of the workflows of that workspace.
    pub fn workflows(&self) -> Vec<(String, String)> {
        let workspace = self.workspace_id();
        self.state.data().table.names("workflow", &workspace)
    }

    /// Adds a workspace, and returns its ID.
    pub fn add_workspace(&self, name: &str) -> String {
        self.state.data().add_workspace(name)
    }

    /// Adds a data class to a workspace, and returns its ID.
    pub fn add_data_class(&self, workspace_id: &str, name: &str) -> String {
        self.state.data().add_data_class(workspace_id, name)
    }

    /// Adds an enabled workflow for a data class to a workspace, and returns its ID.
    pub fn add_workflow(&self, workspace_id: &str, dataclass_id: &str, name: &str) -> String {
        self.state.data().add_workflow(workspace_id, dataclass_id, name)
    }
}
