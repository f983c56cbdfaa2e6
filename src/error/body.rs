//! Parses the body of an error response, in all formats that the services use.

use serde_json::Value;

use super::sanitize::truncate;

/// The numeric part of the gateway's code for a 503 if it could not reach IAM, so that nothing was processed.
pub(crate) const IAM_UNREACHABLE: &str = "0613";

/// The maximum nesting of an error. The service and its gateway use one level, IAM two.
const LEVELS: usize = 2;

/// The fields of an error body.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct ErrorBody {
    pub(crate) code: Option<String>,
    pub(crate) message: Option<String>,
    pub(crate) request_id: Option<String>,
}

impl ErrorBody {
    /// Parses a body. Four formats are supported, in the order in which the vendor's SDKs try them: the gateway's
    /// `error_code` and `error_msg`, `errorCode` and `errorMsg`, the API reference's `code` and `message`, and the same
    /// one level down, as IAM nests them. A body that is not JSON is used as the message.
    pub(crate) fn parse(body: &[u8]) -> Self {
        let body = without_bom(body);
        match serde_json::from_slice::<Value>(body) {
            Ok(value) => Self::from_json(&value, LEVELS),
            Err(_) => Self { message: plain_message(body), ..Self::default() },
        }
    }

    fn from_json(value: &Value, levels: usize) -> Self {
        let Some(map) = value.as_object().filter(|_| levels > 0) else {
            return Self { message: value.as_str().map(truncate), ..Self::default() };
        };
        let get = |name: &str| map.get(name).and_then(as_string);
        let request_id = get("request_id").or_else(|| get("requestId"));
        for (code, message) in [("error_code", "error_msg"), ("errorCode", "errorMsg"), ("code", "message")] {
            let found = Self { code: get(code), message: get(message), request_id: request_id.clone() };
            if found.code.is_some() || found.message.is_some() {
                return found;
            }
        }
        map.values()
            .filter(|inner| inner.is_object())
            .map(|inner| Self::from_json(inner, levels - 1))
            .find(|inner| inner.code.is_some() || inner.message.is_some())
            .map(|inner| Self { request_id: inner.request_id.or_else(|| request_id.clone()), ..inner })
            .unwrap_or(Self { request_id, ..Self::default() })
    }
}

/// Strips the byte order mark that some servers put before JSON.
pub(crate) fn without_bom(body: &[u8]) -> &[u8] {
    body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body)
}

/// The number after the gateway's prefix, which is `APIGW.` or `APIG.`.
pub(crate) fn gateway_code(code: &str) -> Option<&str> {
    code.strip_prefix("APIGW.").or_else(|| code.strip_prefix("APIG."))
}

fn as_string(value: &Value) -> Option<String> {
    match value {
        Value::String(string) => Some(truncate(string)).filter(|string| !string.is_empty()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

fn plain_message(body: &[u8]) -> Option<String> {
    Some(truncate(String::from_utf8_lossy(body).trim())).filter(|message| !message.is_empty())
}
