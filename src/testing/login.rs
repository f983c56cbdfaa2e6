//! Reads the body of a login.

use serde_json::Value;

use super::Request;

/// The method and path of a login.
pub(super) const LOGIN: (&str, &str) = ("POST", "/v3/auth/tokens");

/// Whether a request is a login.
pub(super) fn is_login(request: &Request) -> bool {
    (request.method(), request.path()) == LOGIN
}

/// A login by password, as IAM takes it.
pub(super) struct Login {
    pub(super) domain: String,
    pub(super) user: String,
    pub(super) password: String,
    pub(super) totp: Option<Totp>,
    pub(super) scope: Scope,
}

/// The second factor.
pub(super) struct Totp {
    pub(super) user_id: String,
    pub(super) passcode: String,
}

/// The project that the token is to be for.
pub(super) enum Scope {
    Name(String),
    Id(String),
}

impl Login {
    /// Reads a body.
    ///
    /// # Errors
    ///
    /// Where it is not of the documented form: where, and what is wrong. No value is shown.
    pub(super) fn read(body: &[u8]) -> Result<Self, String> {
        let body: Value = serde_json::from_slice(body).map_err(|error| format!("the body is not JSON: {error}"))?;
        let text = |path| text(&body, path)?.ok_or_else(|| format!("{path} is missing"));
        let methods = methods(&body)?;
        if !methods.contains(&"password") {
            return Err(format!("{METHODS} has no password"));
        }
        let totp = if methods.contains(&"totp") {
            Some(Totp {
                user_id: text("auth.identity.totp.user.id")?,
                passcode: text("auth.identity.totp.user.passcode")?,
            })
        } else {
            None
        };
        Ok(Self {
            domain: text("auth.identity.password.user.domain.name")?,
            user: text("auth.identity.password.user.name")?,
            password: text("auth.identity.password.user.password")?,
            totp,
            scope: Scope::read(&body)?,
        })
    }
}

impl Scope {
    fn read(body: &Value) -> Result<Self, String> {
        match (text(body, "auth.scope.project.name")?, text(body, "auth.scope.project.id")?) {
            (Some(name), None) => Ok(Self::Name(name)),
            (None, Some(id)) => Ok(Self::Id(id)),
            (None, None) => Err("auth.scope.project has neither a name nor an id".to_owned()),
            (Some(_), Some(_)) => Err("auth.scope.project has both a name and an id; give one of them".to_owned()),
        }
    }
}

const METHODS: &str = "auth.identity.methods";

/// The methods, none of which may be another than the two that the fake server plays.
fn methods(body: &Value) -> Result<Vec<&str>, String> {
    let methods = find(body, METHODS).ok_or_else(|| format!("{METHODS} is missing"))?;
    let methods = methods.as_array().ok_or_else(|| format!("{METHODS} is not an array"))?;
    methods
        .iter()
        .map(|method| match method.as_str() {
            Some(method @ ("password" | "totp")) => Ok(method),
            _ => {
                Err(format!("{METHODS} has another than password and totp, which are those that the fake server plays"))
            }
        })
        .collect()
}

/// A text that is not empty; `None` where there is none.
fn text(body: &Value, path: &str) -> Result<Option<String>, String> {
    match find(body, path) {
        None => Ok(None),
        Some(Value::String(text)) if text.is_empty() => Err(format!("{path} is empty")),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(_) => Err(format!("{path} is not a string")),
    }
}

/// What is at a path of names that are joined by dots; `None` where that is nothing or null.
fn find<'a>(body: &'a Value, path: &str) -> Option<&'a Value> {
    path.split('.').try_fold(body, |value, name| value.get(name)).filter(|value| !value.is_null())
}
