//! Media types of bodies.

/// How a body of a media type is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    /// As JSON of a schema.
    Json,
    /// As a form of a schema.
    Form,
    /// As a string.
    Text,
    /// As bytes.
    Bytes,
    /// As bytes of a media type that the caller sets.
    CallerDefined,
}

/// How a body is sent.
pub(crate) fn kind(name: &str) -> Kind {
    let essence = essence(name);
    match essence.as_str() {
        _ if is_json(name) => Kind::Json,
        "application/x-www-form-urlencoded" => Kind::Form,
        _ if essence.starts_with("text/") && essence != "text/xml" => Kind::Text,
        _ if is_multipart(name) || essence.contains('*') => Kind::CallerDefined,
        _ => Kind::Bytes,
    }
}

/// The priority of a media type: plain JSON first.
pub(crate) fn rank(name: &str) -> (Kind, bool) {
    (kind(name), essence(name) != "application/json")
}

/// Whether a body is JSON of its schema. A JSON patch is a list of changes, which no schema describes.
pub(crate) fn is_json(name: &str) -> bool {
    let essence = essence(name);
    matches!(essence.as_str(), "application/json" | "text/json")
        || essence.ends_with("+json") && !essence.contains("json-patch")
}

/// Whether a response is JSON of its schema.
pub(crate) fn is_json_response(name: &str) -> bool {
    is_json(name) || matches!(essence(name).as_str(), "*/*" | "application/*")
}

/// Whether the media type has a boundary that only the caller can set.
pub(crate) fn is_multipart(name: &str) -> bool {
    essence(name).starts_with("multipart/")
}

/// Whether the media type means arbitrary bytes.
pub(crate) fn is_octets(name: &str) -> bool {
    essence(name) == "application/octet-stream"
}

/// A media type without its parameters.
fn essence(name: &str) -> String {
    name.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}
