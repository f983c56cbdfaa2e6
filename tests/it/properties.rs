//! Property tests with arbitrary strings and bytes.

mod values;

use std::fmt::Debug;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use secmaster_client::auth::Password;
use secmaster_client::testing::{MockResponse, Request, Server};
use secmaster_client::types::{ActionInfo, CreateAction};
use secmaster_client::{Client, Error, ErrorKind, RequestId, RetryPolicy};
use serde_json::{Value, json};
use tokio::runtime::Runtime;

use crate::support::{create, failed_by, response as response_bytes, server_with_any_ids};
use values::{ROW, action, body, header_value, response, seconds, status, string};

/// Searches for a value that violates a property. Nothing is written to disk: a failure shows the value.
fn for_all<S>(cases: u32, strategy: S, holds: impl Fn(S::Value) -> Result<(), TestCaseError>)
where
    S: Strategy,
    S::Value: Debug,
{
    let config = ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() };
    if let Err(error) = TestRunner::new(config).run(&strategy, holds) {
        panic!("{error}");
    }
}

/// A fake server, its client without retries, and the runtime of both.
struct Fixture {
    server: Server,
    client: Client,
    runtime: Runtime,
}

impl Fixture {
    fn new() -> Self {
        let runtime = Runtime::new().unwrap();
        let server = runtime.block_on(server_with_any_ids());
        let builder = Client::builder().endpoint(server.endpoint()).token(server.token());
        let client = builder.retry(RetryPolicy::none()).build().unwrap();
        Self { server, client, runtime }
    }

    /// The requests that arrive during a call, and its result.
    fn watch<T>(&self, call: impl Future<Output = T>) -> (Vec<Request>, T) {
        let before = self.server.requests().len();
        let outcome = self.runtime.block_on(call);
        (self.server.requests().split_off(before), outcome)
    }
}

/// Decodes only `%XX`.
fn decoded(segment: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = segment.as_bytes();
    while let [first, after @ ..] = rest {
        let (byte, after) = match first {
            b'%' => (u8::from_str_radix(std::str::from_utf8(&after[..2]).unwrap(), 16).unwrap(), &after[2..]),
            byte => (*byte, after),
        };
        bytes.push(byte);
        rest = after;
    }
    String::from_utf8(bytes).unwrap()
}

#[test]
fn requests_have_the_given_values() {
    let fixture = Fixture::new();
    for_all(256, (string(), string(), string(), vec(action(), 0..3)), |(project, workspace, version, actions)| {
        let (requests, outcome) = fixture.watch(async {
            let create = fixture.client.create_playbook_action().project_id(&project).workspace_id(&workspace);
            create.version_id(&version).body(actions.clone()).send().await
        });
        let ids = [project, workspace, version];
        let kind = outcome.as_ref().err().map(Error::kind);
        let is_stray = |id: &str| id.trim() != id || id.contains(char::is_control);
        if ids.iter().any(|id| ["", ".", ".."].contains(&id.as_str()) || id.contains('\\') || is_stray(id)) {
            prop_assert_eq!((requests.len(), kind), (0, Some(ErrorKind::InvalidRequest)));
            return Ok(());
        }
        prop_assert_eq!(requests.len(), 1);
        let segments: Vec<_> = requests[0].path().split('/').map(decoded).collect();
        let [project, workspace, version] = ids;
        let path = ["", "v1", &project, "workspaces", &workspace, "soc", "playbooks", "versions", &version, "actions"];
        prop_assert_eq!(segments, path);
        prop_assert_eq!(requests[0].query(), None);
        let expected: Vec<_> = actions.iter().map(fields).collect();
        prop_assert_eq!(requests[0].json(), Some(Value::from(expected)));
        prop_assert_eq!(kind, None);
        Ok(())
    });
}

/// The present fields of an action.
fn fields(action: &CreateAction) -> Value {
    let mut fields = json!({ "action_id": action.action_id, "action_type": action.action_type });
    let optional = [("name", &action.name), ("description", &action.description), ("sort_order", &action.sort_order)];
    for (name, value) in optional {
        if let Some(value) = value {
            fields[name] = Value::from(value.as_str());
        }
    }
    fields
}

#[test]
fn a_token_is_sent_or_rejected_and_never_shown() {
    let fixture = Fixture::new();
    let token = prop_oneof![string(), "[!-~]{16,40}", r#"MII[A-Za-z0-9+/="\\-]{16,40}"#];
    for_all(64, token, |token| {
        let builder = Client::builder().endpoint(fixture.server.endpoint()).token(&token).retry(RetryPolicy::none());
        let is_long = token.len() >= 16;
        let client = match builder.build() {
            Ok(client) => client,
            Err(error) => {
                prop_assert!(token.is_empty() || !token.bytes().all(|byte| byte.is_ascii_graphic()), "{}", error);
                prop_assert!(!is_long || !format!("{error} {error:?}").contains(&token), "{}", error);
                return Ok(());
            }
        };
        for (status, quoting) in
            [(400, json!({ "message": format!("{token} is bad") })), (200, json!({ "data": token }))]
        {
            fixture.server.respond_next(MockResponse::new(status).json(quoting));
            let (requests, outcome) = fixture.watch(create(&client));
            let sent: Vec<_> = requests[0].headers().get_all("X-Auth-Token").iter().collect();
            prop_assert_eq!(requests.len(), 1);
            prop_assert_eq!(sent, [token.as_str()]);
            let error = outcome.unwrap_err();
            let mut shown =
                format!("{error} {error:?} {:?} {}", error.message(), String::from_utf8_lossy(error.body()));
            if let Some(source) = std::error::Error::source(&error) {
                shown = format!("{shown} {source} {source:?}");
            }
            // How JSON and `Debug` write it.
            let escaped = token.escape_debug().to_string();
            prop_assert!(!is_long || !shown.contains(&token) && !shown.contains(&escaped), "{}", shown);
        }
        Ok(())
    });
}

#[test]
fn any_response_has_its_status_and_request_id() {
    let fixture = Fixture::new();
    let responses = (status(), header_value(), seconds(), body());
    for_all(256, responses, |(status, id, retry_after, body)| {
        let response = MockResponse::new(status).header("X-request-id", &id).header("Retry-After", &retry_after);
        fixture.server.respond_next(response.body(body.clone()));
        let (requests, outcome) = fixture.watch(create(&fixture.client));
        prop_assert_eq!(requests.len(), 1);
        let id = Some(String::from_utf8_lossy(&id).trim().to_owned()).filter(|id| !id.is_empty());
        match outcome {
            Ok(created) => {
                prop_assert_eq!(created.status(), status);
                prop_assert!((200..300).contains(&status));
                prop_assert_eq!(created.request_id().map(|id| id.to_string()), id);
                prop_assert!(serde_json::from_slice::<Value>(&body).is_ok_and(|value| value.is_object()));
            }
            Err(error) => {
                let kind = match status {
                    200..300 => ErrorKind::Decode,
                    300..400 => ErrorKind::Redirect,
                    _ => ErrorKind::Service,
                };
                prop_assert_eq!((error.kind(), error.status().unwrap().as_u16()), (kind, status));
                // Without the header, the body may have it.
                prop_assert!(id.is_none() || error.request_id().map(|id| id.to_string()) == id, "{:?}", error);
                let arrived = if [204, 304].contains(&status) { &[][..] } else { &body };
                prop_assert_eq!(error.body(), arrived);
                let text = error.to_string();
                prop_assert!(!text.contains(char::is_control) && text.ends_with(')'), "{}", text);
                let let_nothing_pass = status == 503 && matches!(error.code(), Some("APIGW.0613" | "APIG.0613"));
                prop_assert_eq!(error.is_retryable(), status == 429 || let_nothing_pass);
                prop_assert_eq!(error.retry_after(), parsed_delay(&retry_after));
            }
        }
        Ok(())
    });
}

/// The delay for a number of seconds, saturating.
fn parsed_delay(seconds: &[u8]) -> Option<Duration> {
    let digits = std::str::from_utf8(seconds).ok()?.trim_matches([' ', '\t']);
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| Duration::from_secs(digits.parse().unwrap_or(u64::MAX)))
}

#[test]
fn any_response_is_decoded_without_loss() {
    let fixture = Fixture::new();
    for_all(256, response(), |response| {
        fixture.server.respond_next(MockResponse::new(200).json(&response));
        let (_, outcome) = fixture.watch(create(&fixture.client));
        let read = match outcome {
            Ok(created) => created.into_inner(),
            Err(error) => return Err(TestCaseError::fail(error.to_string())),
        };
        let code = match &response["code"] {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) if number.is_f64() => number.as_f64().map(|number| number.to_string()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        };
        prop_assert_eq!(read.code.as_ref().map(ToString::to_string), code);
        prop_assert_eq!(read.message.as_deref(), response["message"].as_str());
        let rows = read.data.map(|rows| rows.iter().map(row).collect::<Vec<_>>());
        let sent = response["data"].as_array();
        let sent =
            sent.map(|rows| rows.iter().map(|row| ROW.map(|name| row[name].as_str().map(str::to_owned))).collect());
        prop_assert_eq!(rows, sent);
        Ok(())
    });
}

/// The fields of a row, in the order of [`ROW`].
fn row(row: &ActionInfo) -> [Option<String>; 8] {
    [
        &row.id,
        &row.action_id,
        &row.action_type,
        &row.name,
        &row.description,
        &row.playbook_id,
        &row.playbook_version_id,
        &row.project_id,
    ]
    .map(Clone::clone)
}

#[test]
fn a_retry_after_date_is_relative_to_the_date_header() {
    let runtime = Runtime::new().unwrap();
    // From 1970 to 9999, the range of such a date; often shortly after the other.
    let second = || 0..253_402_300_800_u64;
    let dates = (second(), prop_oneof![0..20_000_u64, second()]).prop_map(|(date, ttl)| (date, date + ttl));
    let dates = dates.prop_filter("a year of four digits", |(_, until)| *until < 253_402_300_800);
    for_all(128, prop_oneof![dates, (second(), second())], |(date, until)| {
        let line = |name: &str, second| {
            format!("{name}: {}", httpdate::fmt_http_date(UNIX_EPOCH + Duration::from_secs(second)))
        };
        let retry_after = |headers: &[&str]| {
            runtime.block_on(failed_by(response_bytes("429 Too Many Requests", headers, b""))).retry_after()
        };
        let (until_line, date_line) = (line("Retry-After", until), line("Date", date));
        prop_assert_eq!(retry_after(&[&until_line, &date_line]), Some(Duration::from_secs(until.saturating_sub(date))));
        // Without it, the local clock is used.
        let left = || (UNIX_EPOCH + Duration::from_secs(until)).duration_since(SystemTime::now()).unwrap_or_default();
        let most = left();
        let delay = retry_after(&[&until_line]).unwrap();
        prop_assert!((left()..=most).contains(&delay), "{delay:?}");
        Ok(())
    });
}

#[test]
fn a_login_has_the_given_values() {
    let fixture = Fixture::new();
    // Empty ones are rejected when the client is built.
    let string = || string().prop_filter("empty", |text| !text.is_empty());
    let project = prop_oneof![string(), "[0-9a-fA-F]{32}"];
    for_all(128, (string(), string(), string(), project), |(account, user, password, project)| {
        let credentials = Password::new(&account, &user, &password).project(&project);
        let builder = Client::builder().endpoint(fixture.server.endpoint()).iam_endpoint(fixture.server.endpoint());
        let client = builder.credentials(credentials).retry(RetryPolicy::none()).build().unwrap();
        let (requests, outcome) = fixture.watch(create(&client));
        prop_assert_eq!(outcome.unwrap_err().kind(), ErrorKind::Authentication);
        prop_assert_eq!(requests.iter().map(Request::path).collect::<Vec<_>>(), ["/v3/auth/tokens"]);
        let body = requests[0].json().unwrap();
        let given = json!({ "name": user, "password": password, "domain": { "name": account } });
        prop_assert_eq!(&body["auth"]["identity"], &json!({ "methods": ["password"], "password": { "user": given } }));
        let is_id = project.len() == 32 && project.bytes().all(|byte| byte.is_ascii_hexdigit());
        let name = if is_id { "id" } else { "name" };
        prop_assert_eq!(&body["auth"]["scope"], &json!({ "project": { name: project } }));
        Ok(())
    });
}

#[test]
fn the_parts_of_a_request_id_form_a_prefix_of_it() {
    let near = "[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}(-[0-9]{8,21}){0,2}(-[a-zé.-]{0,10})?";
    for_all(1024, prop_oneof![string(), near, (near, string()).prop_map(|(id, text)| id + &text)], |text| {
        let id = RequestId::from(text.as_str());
        prop_assert_eq!(id.as_str(), &text);
        let parts = [id.uuid(), id.timestamp(), id.hostname()];
        let found: Vec<_> = parts.iter().copied().flatten().collect();
        prop_assert!(parts.is_sorted_by_key(Option::is_none), "{:?}", parts);
        // Joined, they are a prefix of the id; with a hostname, they are the whole id.
        prop_assert!(text.starts_with(&found.join("-")), "{:?}", parts);
        prop_assert!(id.hostname().is_none() || found.join("-") == text, "{:?}", parts);
        Ok(())
    });
}

#[test]
fn no_setting_makes_the_builder_panic() {
    let setting = |text: String| {
        let to = |endpoint: String| Client::builder().endpoint(endpoint).token("MII");
        [
            to(text.clone()),
            to(format!("https://{text}")),
            Client::builder().region(&text).token("MII"),
            to("https://x.example".to_owned()).user_agent(&text),
            to("https://x.example".to_owned()).proxy(&text),
            to("https://x.example".to_owned()).root_certificates(&text),
        ]
    };
    for_all(32, string(), |text| {
        for builder in setting(text) {
            if let Err(error) = builder.build() {
                prop_assert!(!error.to_string().contains(['\n', '\r']), "{}", error);
            }
        }
        Ok(())
    });
}
