//! The fields of a form.

use serde_json::{Map, Value};

/// Parses the body of a form as an object of strings. A repeated field becomes an array.
pub(super) fn fields(content_type: &str, body: &[u8]) -> Result<Value, String> {
    let mut fields = Map::new();
    let is_multipart = content_type.to_ascii_lowercase().starts_with("multipart/");
    let pairs = || form_urlencoded::parse(body).into_owned().collect();
    for (name, value) in if is_multipart { parts(content_type, body)? } else { pairs() } {
        match fields.get_mut(&name) {
            Some(Value::Array(values)) => values.push(value.into()),
            Some(first) => *first = Value::Array(vec![first.take(), value.into()]),
            None => drop(fields.insert(name, value.into())),
        }
    }
    Ok(fields.into())
}

/// The parts of a multipart form. Invalid UTF-8 in a file is replaced, since only its presence is checked.
fn parts(content_type: &str, body: &[u8]) -> Result<Vec<(String, String)>, String> {
    let boundary = content_type.split(';').find_map(|parameter| parameter.trim().strip_prefix("boundary="));
    let boundary = boundary.ok_or("the content type has no boundary")?.trim_matches('"');
    let (body, delimiter) = (String::from_utf8_lossy(body), format!("--{boundary}"));
    let mut sections = body.split(&delimiter).skip(1);
    let mut parts = Vec::new();
    loop {
        let section = sections.next().ok_or("the body has no closing boundary")?;
        if section.starts_with("--") {
            return Ok(parts);
        }
        let (head, content) = section.split_once("\r\n\r\n").ok_or("a part of the body has no blank line")?;
        let name = head.split([';', '\r', '\n']).find_map(|item| item.trim().strip_prefix("name="));
        let name = name.ok_or("a part of the body has no name")?.trim_matches('"');
        parts.push((name.to_owned(), content.strip_suffix("\r\n").unwrap_or(content).to_owned()));
    }
}
