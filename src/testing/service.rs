//! How SecMaster, and the gateway in front of it, answer a request.

use http::header::CONTENT_TYPE;
use percent_encoding::percent_decode_str;
use serde_json::{Value, json};

use super::gateway::{Refusal, admit};
use super::state::State;
use super::{Answer, Request};
use crate::OPERATIONS;
use crate::operation::Operation;

/// The operation that the stand-in plays.
const CREATE: &str = "CreatePlaybookAction";
/// The playbook that all versions belong to: a path names the version alone.
const PLAYBOOK_ID: &str = "f1a0f9b3-5a2e-4d53-8a7e-6c1c2b0d9e44";
/// What the service calls a request that does not fit its parameters.
const BAD_PARAMETERS: &str = "SecMaster.20030001";

/// The names and values of a path's parameters, as they were sent.
type Parameters<'a> = Vec<(&'static str, &'a str)>;

/// Answers a request for which nothing is queued.
pub(super) fn answer(state: &State, request: &Request) -> Answer {
    let Some((operation, parameters)) = route(request) else {
        let text = format!("no API is published for {} {}", request.method(), request.path());
        return Refusal::new(404, "APIGW.0101", text).answer(state);
    };
    if let Err(refusal) = admit(state, request) {
        return refusal.answer(state);
    }
    state.announce(perform(state, operation, &parameters, request))
}

/// Answers a request that the gateway lets through.
fn perform(state: &State, operation: &Operation, parameters: &Parameters<'_>, request: &Request) -> Answer {
    if let Err(text) = check_content_type(operation, request) {
        return of_service(400, BAD_PARAMETERS, &text);
    }
    if operation.id() != CREATE {
        let text = format!("the stand-in does not play {}; say with answer_next what it answers", operation.id());
        return of_service(501, "StandIn.0501", &text);
    }
    match rows(state, parameters, request.body()) {
        Ok(rows) => {
            state.create(&rows);
            Answer::new(200).json(json!({ "code": 0, "message": "", "data": rows }))
        }
        Err(text) => of_service(400, BAD_PARAMETERS, &text),
    }
}

/// Finds the operation that a request is for.
fn route(request: &Request) -> Option<(&'static Operation, Parameters<'_>)> {
    OPERATIONS
        .iter()
        .filter(|operation| operation.method() == request.method())
        .find_map(|operation| Some((operation, parameters(operation.path(), request.path())?)))
}

/// The values of a template's parameters in a path, each of at least one character and within its segment; `None` where the path is
/// not one of the template.
fn parameters<'a>(template: &'static str, path: &'a str) -> Option<Parameters<'a>> {
    let Some((before, rest)) = template.split_once('{') else { return (template == path).then(Vec::new) };
    let (name, after) = rest.split_once('}')?;
    let path = path.strip_prefix(before)?;
    let segment = path.split('/').next().unwrap_or_default();
    (1..=segment.len()).find_map(|end| {
        let (value, rest) = path.split_at_checked(end)?;
        let mut found = parameters(after, rest)?;
        found.push((name, value));
        Some(found)
    })
}

fn check_content_type(operation: &Operation, request: &Request) -> Result<(), String> {
    let Some(expected) = operation.content_type() else { return Ok(()) };
    let given: Vec<_> = request.headers().get_all(CONTENT_TYPE).iter().collect();
    if given == [expected] {
        return Ok(());
    }
    let given = match given.as_slice() {
        [] => "missing".to_owned(),
        [given] => String::from_utf8_lossy(given.as_bytes()).into_owned(),
        _ => "there more than once".to_owned(),
    };
    Err(format!("content-type is {given}; it has to be {expected}"))
}

/// Makes a row for each action of a body: for all of them, or for none.
fn rows(state: &State, parameters: &Parameters<'_>, body: &[u8]) -> Result<Vec<Value>, String> {
    let body: Value = serde_json::from_slice(body).map_err(|error| format!("the body is not JSON: {error}"))?;
    let items = body.as_array().ok_or("the body is not an array")?;
    let parameter = |name| {
        let (_, value) = parameters.iter().find(|(found, _)| *found == name)?;
        Some(percent_decode_str(value).decode_utf8_lossy())
    };
    let row = |(index, item)| {
        let item = Item::read(item).map_err(|text| format!("[{index}]{text}"))?;
        Ok(json!({
            "id": state.ids().uuid(),
            "name": item.name,
            "description": item.description,
            "action_type": item.action_type,
            "action_id": item.action_id,
            "playbook_id": PLAYBOOK_ID,
            "playbook_version_id": parameter("version_id"),
            "project_id": parameter("project_id"),
        }))
    };
    items.iter().enumerate().map(row).collect()
}

/// The fields of an action that its row shows. Written here once more rather than taken from the generated types, so that the
/// stand-in does not share a mistake with the client.
struct Item<'a> {
    action_type: &'a str,
    action_id: &'a str,
    name: Option<&'a str>,
    description: Option<&'a str>,
}

impl<'a> Item<'a> {
    /// Reads an action. Fields that the contract does not know are passed over.
    fn read(value: &'a Value) -> Result<Self, String> {
        let fields = value.as_object().ok_or(" is not an object")?;
        let optional = |name: &str| match fields.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.as_str())),
            Some(_) => Err(format!(".{name} is not a string")),
        };
        let mandatory = |name: &str| match optional(name)? {
            None => Err(format!(".{name} is missing")),
            Some("") => Err(format!(".{name} is empty")),
            Some(text) => Ok(text),
        };
        let item = Self {
            action_type: mandatory("action_type")?,
            action_id: mandatory("action_id")?,
            name: optional("name")?,
            description: optional("description")?,
        };
        optional("sort_order")?;
        Ok(item)
    }
}

/// An answer in the form that the contract gives for status 400.
fn of_service(status: u16, code: &str, text: &str) -> Answer {
    Answer::new(status).json(json!({ "code": code, "message": text }))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test that can not go on says so by a panic")]
mod tests {
    use axum::body::to_bytes;

    use super::{Operation, Request, State, Value, json, parameters, perform};

    #[test]
    fn parameters_stay_within_their_segments() {
        for (template, path, expected) in [
            ("/v1/{a}/x", "/v1/1/x", Some(vec![("a", "1")])),
            ("/v1/{a}/x/{b}", "/v1/1/x/2", Some(vec![("b", "2"), ("a", "1")])),
            ("/v1/{a}.json", "/v1/1.2.json", Some(vec![("a", "1.2")])),
            ("/v1/{a}:{b}", "/v1/1:2", Some(vec![("b", "2"), ("a", "1")])),
            ("/v1/{a}/x", "/v1//x", None),
            ("/v1/{a}/x", "/v1/1/2/x", None),
            ("/v1/{a}/x", "/v1/1/x/", None),
            ("/v1/{a}/x", "/v2/1/x", None),
            ("/v1/{a}", "/v1/", None),
        ] {
            assert_eq!(parameters(template, path), expected, "{template} and {path}");
        }
    }

    // The document may have one operation only, so that no request leads here from outside.
    #[tokio::test]
    async fn another_operation_is_not_played() {
        let operation =
            Operation::new("ListPlaybooks", "list_playbooks", "GET", "/v1/playbooks", None, false, tracing::Span::none);
        let (parts, ()) = http::Request::new(()).into_parts();
        let request = Request::new(parts, bytes::Bytes::new());
        let answer = perform(&State::new(), &operation, &Vec::new(), &request);
        let response = answer.response("a date", None);
        assert_eq!(response.status(), 501);
        let body = to_bytes(response.into_body(), usize::MAX).await.unwrap();
        assert_eq!(
            serde_json::from_slice::<Value>(&body).unwrap(),
            json!({
                "code": "StandIn.0501",
                "message": "the stand-in does not play ListPlaybooks; say with answer_next what it answers",
            })
        );
    }
}
