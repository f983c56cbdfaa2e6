//! What a test reads from IAM and the metadata service, and how it controls them.

use std::time::Duration;

use serde_json::json;

use super::identity::{DOMAIN, REGION, USER};
use super::role::Role;
use super::table::WORKSPACE;
use super::{MockResponse, Server};

/// # IAM
///
/// It answers `POST /v3/auth/tokens` and `GET /v3/projects`, on the same port. It has one account with one user, who has a password
/// and an access key.
impl Server {
    /// The name of the account, which IAM calls a domain.
    #[must_use]
    pub fn domain(&self) -> &'static str {
        DOMAIN
    }

    /// The user's name.
    #[must_use]
    pub fn user(&self) -> &'static str {
        USER
    }

    /// The user's password, which no other fake server takes.
    #[must_use]
    pub fn password(&self) -> String {
        self.state.identity().password().to_owned()
    }

    /// The user's access key, which no other fake server takes.
    #[must_use]
    pub fn access_key(&self) -> String {
        self.state.keys().access().to_owned()
    }

    /// The secret key that belongs to [`access_key`](Self::access_key).
    #[must_use]
    pub fn secret_key(&self) -> String {
        self.state.keys().secret().to_owned()
    }

    /// The name of the region, and of the project that is there from the beginning: `cn-north-4`.
    #[must_use]
    pub fn region(&self) -> &'static str {
        REGION
    }

    /// The ID of the project that is there from the beginning: 32 hexadecimal digits, of this fake server alone.
    #[must_use]
    pub fn project_id(&self) -> String {
        self.state.identity().project_id().to_owned()
    }

    /// Adds a project. Its name may be one that is there already: then a login for that name is refused with 400, and a list of that
    /// name has them all.
    pub fn add_project(&self, name: &str, id: &str) {
        self.state.identity().add_project(name, id);
    }

    /// Demands a second factor: from now on a login has to have `totp` with this user ID and passcode. The others get a 401.
    pub fn require_totp(&self, user_id: &str, passcode: &str) {
        self.state.identity().require_totp(user_id, passcode);
    }

    /// Unlocks the account. It is locked when the password or the passcode was wrong 5 times, without a right login in between; all
    /// logins get a 403 `IAM.0011` then.
    pub fn unlock_account(&self) {
        self.state.identity().unlock();
    }

    /// How many logins gave a token. One with a queued answer does not count.
    #[must_use]
    pub fn logins(&self) -> usize {
        self.state.identity().logins()
    }

    /// How many logins were tried, however they were answered or whether they were answered at all.
    #[must_use]
    pub fn login_attempts(&self) -> usize {
        self.state.login_attempts()
    }

    /// Sets how long the tokens live that are given from now on: 24 hours unless set.
    ///
    /// A token ends by the clock of the tokio runtime, which a test can pause and move. From then on it gets a 401 `APIGW.0307`.
    pub fn token_ttl(&self, life: Duration) {
        self.state.identity().set_token_life(life);
    }

    /// Ends all tokens that were given so far, [`token`](Self::token) too. From now on they get a 401 `APIGW.0307`.
    pub fn revoke_tokens(&self) {
        self.state.identity().revoke_tokens();
    }

    /// Lets logins wait for [`resume_logins`](Self::resume_logins). They are received and recorded meanwhile.
    pub fn pause_logins(&self) {
        self.state.identity().pause_logins(true);
    }

    /// Answers the logins that wait, and all that come.
    pub fn resume_logins(&self) {
        self.state.identity().pause_logins(false);
    }

    /// Queues the answer to a request to IAM, as [`respond_next`](Self::respond_next) does for SecMaster. A request has one of the two
    /// parts by its path: all that begins with `/v3/` is for IAM.
    pub fn iam_respond_next(&self, answer: MockResponse) {
        self.state.queue(Role::Iam, answer);
    }
}

/// # The metadata service of a cloud server
///
/// It answers `PUT /meta-data/latest/api/token` and `GET /openstack/latest/securitykey`, on the same port. Requests that are signed with
/// the keys that it gives have to have their security token, and it has to be signed.
impl Server {
    /// Sets whether keys are given within a session only, as they are unless set. Where sessions are off, beginning one gets a 404, and
    /// keys are given without.
    pub fn metadata_sessions(&self, on: bool) {
        self.state.metadata().set_sessions(on);
    }

    /// Takes the agency from the server: from now on a request for keys gets a 404. The keys that were given stay valid.
    pub fn remove_agency(&self) {
        self.state.metadata().take_agency();
    }

    /// Sets how long the keys live that are given from now on: 24 hours unless set.
    ///
    /// They end by the clock of the tokio runtime, which a test can pause and move. From then on they get a 401 `APIGW.0301`.
    pub fn keys_ttl(&self, life: Duration) {
        self.state.keys().set_life(life);
    }

    /// How many times keys were given. They are new ones each time.
    #[must_use]
    pub fn keys_issued(&self) -> usize {
        self.state.keys().given()
    }

    /// Queues the answer to a request to the metadata service, as [`respond_next`](Self::respond_next) does for SecMaster. All that
    /// begins with `/meta-data/` or `/openstack/` is for that service.
    ///
    /// With [sessions](Self::metadata_sessions) off, it can be the 405 or 503 by which some of them say so.
    pub fn metadata_respond_next(&self, answer: MockResponse) {
        self.state.queue(Role::Metadata, answer);
    }
}

/// # Workspaces and what they hold
///
/// The server has one workspace, with some data classes and with enabled workflows of the first of these. What is created in it can be
/// listed, shown, changed and deleted.
impl Server {
    /// The ID of the workspace that is there from the beginning.
    #[must_use]
    pub fn workspace_id(&self) -> String {
        let table = self.state.table();
        table
            .of("workspace", self.state.identity().project_id())
            .next()
            .map(|row| row.text("id").to_owned())
            .unwrap_or_default()
    }

    /// The name of the workspace that is there from the beginning.
    #[must_use]
    pub fn workspace_name(&self) -> &'static str {
        WORKSPACE
    }

    /// The IDs and names of the data classes of that workspace.
    #[must_use]
    pub fn data_classes(&self) -> Vec<(String, String)> {
        let workspace = self.workspace_id();
        self.state.table().names("data class", &workspace)
    }

    /// The IDs and names of the workflows of that workspace.
    #[must_use]
    pub fn workflows(&self) -> Vec<(String, String)> {
        let workspace = self.workspace_id();
        self.state.table().names("workflow", &workspace)
    }

    /// Adds a workspace, and returns its ID.
    #[expect(clippy::must_use_candidate, reason = "the name may be enough")]
    pub fn add_workspace(&self, name: &str) -> String {
        let project = self.state.identity().project_id();
        self.state.table().add(self.state.ids(), "workspace", "", project, name, &json!({ "project_id": project }))
    }

    /// Adds a data class to a workspace, and returns its ID.
    #[expect(clippy::must_use_candidate, reason = "the name may be enough")]
    pub fn add_data_class(&self, workspace_id: &str, name: &str) -> String {
        let fields = json!({ "business_code": name });
        self.state.table().add(self.state.ids(), "data class", workspace_id, workspace_id, name, &fields)
    }

    /// Adds an enabled workflow for a data class to a workspace, and returns its ID.
    #[expect(clippy::must_use_candidate, reason = "the name may be enough")]
    pub fn add_workflow(&self, workspace_id: &str, dataclass_id: &str, name: &str) -> String {
        let fields = json!({ "enabled": true, "dataclass_id": dataclass_id });
        self.state.table().add(self.state.ids(), "workflow", workspace_id, workspace_id, name, &fields)
    }
}
