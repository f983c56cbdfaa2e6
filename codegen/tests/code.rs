//! The contents of the generated code.

use secmaster_client_codegen::{Builder, Generated, Level};

use crate::cases::BASE;

/// The code generated from a document.
pub fn code(text: &str) -> String {
    let generated = Builder::new().generate_from_str("x.yaml", text);
    generated.code.unwrap_or_else(|| panic!("{:?}", generated.diagnostics))
}

/// The base document with a different schema for the request, or for the response.
pub fn with(name: &str, schema: &str) -> String {
    let (from, to) = match name {
        "Thing" => ("        name:\n          type: string\n", schema),
        _ => ("        id:\n          type: string\n    Thing:", schema),
    };
    assert_eq!(BASE.matches(from).count(), 1);
    if name == "Thing" { BASE.replace(from, to) } else { BASE.replace(from, &format!("{to}    Thing:")) }
}

/// The field of a struct, with its attributes on one line.
pub fn field(code: &str, name: &str) -> String {
    let types = &code[code.find("pub mod types").unwrap()..];
    let at = types.find(&format!("pub {name}: ")).unwrap_or_else(|| panic!("no field {name}"));
    let start = types[..at].rfind(['{', ',', ';']).unwrap();
    let start = types[..at].rfind("#[serde").filter(|attribute| *attribute > start.saturating_sub(200)).unwrap_or(at);
    let end = at + types[at..].find(",\n").unwrap();
    types[start..end].split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn code_uses_only_the_runtime() {
    let code = code(BASE);
    let code: String = code.lines().filter(|line| !line.trim_start().starts_with("///")).collect::<Vec<_>>().join("\n");
    for absent in ["progenitor_client", "reqwest", "regress", "chrono", "uuid::", "Error<"] {
        assert!(!code.contains(absent), "{absent}");
    }
    assert!(code.contains("use ::secmaster_client::runtime::{"));
    assert!(code.contains("client: ::secmaster_client::runtime::http::Client"));
    let internal = Builder::new().runtime_crate("crate").generate_from_str("x.yaml", BASE).code.unwrap();
    assert!(internal.contains("use crate::runtime::{") && !internal.contains("secmaster_client"));
}

#[test]
fn constructors_of_the_client_are_hidden() {
    let code = code(BASE);
    for name in ["pub fn new(baseurl", "pub fn new_with_client("] {
        let before = &code[..code.find(name).unwrap()];
        assert!(before.trim_end().ends_with("#[doc(hidden)]"), "{name}");
    }
}

#[test]
fn glue_has_endpoint_version_and_operations() {
    let servers = "servers:\n  - url: https://{name}.{region}.example.com/\n    variables: {name: {default: things}, region: {default: x}}\npaths:";
    let code = code(&BASE.replacen("paths:", servers, 1));
    let head = format!(
        "generated_client! {{\n    contract: 1,\n    codegen: {:?},\n    version: \"1.0.0\",\n",
        env!("CARGO_PKG_VERSION")
    );
    assert!(code.contains(&head));
    assert!(code.contains("    endpoint: Some(\"https://things.{region}.example.com\"),\n"));
    let row = r#"{ id: "MakeThing", function: "make_thing", method: "POST", path: "/v1/{id}/things", content_type: Some("application/json"), streamed: false },"#;
    assert!(code.contains(row), "{code}");
}

#[test]
fn server_urls_are_normalized() {
    for (url, expected) in [
        ("HTTPS://things.example.com", r#"Some("https://things.example.com")"#),
        ("things.{region}.example.com/v1/", r#"Some("https://things.{region}.example.com/v1")"#),
        ("//things.example.com", r#"Some("https://things.example.com")"#),
        ("http://localhost:8080", r#"Some("http://localhost:8080")"#),
        ("/v1", "None"),
        ("v1", "None"),
        ("https://{name}.example.com", "None"),
    ] {
        let text = BASE.replacen("paths:", &format!("servers:\n  - url: '{url}'\npaths:"), 1);
        let generated = Builder::new().generate_from_str("x.yaml", &text);
        assert!(generated.code.unwrap().contains(&format!("endpoint: {expected},")), "{url}");
        assert_eq!(generated.diagnostics.is_empty(), expected != "None", "{url}: {:?}", generated.diagnostics);
    }
}

#[test]
fn the_endpoint_defaults_to_x_host() {
    for (info, expected) in [
        ("  x-host: dms.{region}.example.com\n", r#"Some("https://dms.{region}.example.com")"#),
        ("  x-host: '{unknown}.example.com'\n", "None"),
        ("", "None"),
    ] {
        let code = code(&BASE.replacen("  version: 1.0.0\n", &format!("  version: 1.0.0\n{info}"), 1));
        assert!(code.contains(&format!("endpoint: {expected},")), "{info}");
    }
}

#[test]
fn limits_do_not_change_types() {
    let limited = "        name:\n          type: string\n          minLength: 1\n          pattern: a\n        size:\n          type: integer\n          \
                   minimum: 1\n          maximum: 9\n        list:\n          type: array\n          uniqueItems: true\n          items: {type: string}\n";
    let code = code(&with("Thing", limited));
    assert!(field(&code, "name").ends_with("pub name: ::std::string::String"));
    assert!(field(&code, "size").ends_with("pub size: ::std::option::Option<i64>"));
    assert!(field(&code, "list").ends_with("pub list: ::std::option::Option<::std::vec::Vec<::std::string::String>>"));
    assert!(code.contains("Length: at least 1. Pattern: `a`.") && code.contains("Range: 1 to 9."));
}

#[test]
fn requests_have_defaults_of_required_fields_only() {
    let defaults = "        name:\n          type: string\n          default: n\n        enabled:\n          type: boolean\n          default: true\n";
    let code = code(&with("Thing", defaults));
    let name = field(&code, "name");
    assert!(name.contains("default = ") && name.ends_with("pub name: ::std::string::String"), "{name}");
    let enabled = field(&code, "enabled");
    assert!(enabled.contains("skip_serializing_if") && enabled.ends_with("Option<bool>"), "{enabled}");
}

#[test]
fn a_required_reference_with_a_default_can_be_omitted() {
    let kind = "        name:\n          allOf: [{$ref: '#/components/schemas/Kind'}]\n          default: b\n";
    let text = with("Thing", kind) + "    Kind: {type: string, enum: [a, b]}\n";
    let name = field(&code(&text), "name");
    assert!(name.contains("#[serde(default = \"defaults::") && name.ends_with("pub name: Kind"), "{name}");
}

#[test]
fn responses_are_open_and_optional() {
    let closed = "        id:\n          type: string\n          enum: [a, b]\n        size:\n          type: integer\n          format: int32\n        \
                  list:\n          type: array\n          items: {type: string}\n      required: [id, size, list]\n      additionalProperties: false\n";
    let code = code(&with("Made", closed));
    assert!(field(&code, "id").ends_with("Option<::std::string::String>"));
    assert!(field(&code, "size").ends_with("Option<i64>"));
    assert!(field(&code, "list").ends_with("Option<::std::vec::Vec<::std::string::String>>"));
    assert!(!code.contains("deny_unknown_fields"));
    assert!(code.contains("Values: `a`, `b`."));
}

#[test]
fn additional_fields_are_retained_if_allowed() {
    let open = "        id:\n          type: string\n      additionalProperties: true\n";
    assert!(field(&code(&with("Made", open)), "extra").contains("flatten"));
}

#[test]
fn choices_of_a_response_have_the_fields_of_all() {
    let choice = "        id:\n          oneOf:\n            - {type: object, required: [a], properties: {a: {type: string}, b: {type: string}}}\n            \
                  - {type: object, required: [a], properties: {a: {type: string}, c: {type: integer}}}\n";
    let code = code(&with("Made", choice));
    assert!(field(&code, "b").ends_with("Option<::std::string::String>") && field(&code, "c").ends_with("Option<i64>"));
}

#[test]
fn a_string_or_integer_uses_the_code_type_of_the_runtime() {
    let choice = "        id:\n          oneOf: [{type: string}, {type: integer}]\n";
    assert!(field(&code(&with("Made", choice)), "id").ends_with("Option<::secmaster_client::Code>"));
}

#[test]
fn secrets_use_the_type_of_the_runtime() {
    let text = with("Thing", "        name:\n          $ref: '#/components/schemas/Secret'\n")
        + "    Secret:\n      type: string\n      format: password\n";
    assert!(field(&code(&text), "name").ends_with("pub name: ::secmaster_client::auth::Secret"));
}

#[test]
fn options_and_trace_can_be_sent() {
    for method in ["options", "trace"] {
        let code = code(&BASE.replace("    post:\n", &format!("    {method}:\n")));
        assert!(
            code.contains(&format!(".{method}(url)")) && code.contains(&format!("method: {:?}", method.to_uppercase()))
        );
    }
}

#[test]
fn every_name_becomes_a_rust_identifier() {
    for (name, type_name) in [
        ("CO₂", "Co"),
        ("Größe", "Größe"),
        ("2nd", "X2nd"),
        ("From", "FromV2"),
        ("a b", "AB"),
        ("+1", "Plus1"),
        ("-1", "Minus1"),
    ] {
        let text =
            BASE.replace("schemas/Made'", &format!("schemas/{name}'")).replace("    Made:", &format!("    {name}:"));
        let code = code(&text);
        assert!(code.contains(&format!("pub struct {type_name} {{")), "{name}");
        assert!(syn::parse_file(&code).is_ok(), "{name}");
    }
}

#[test]
fn omissions_are_reported() {
    let Generated { operations, left_out, .. } = Builder::new().generate_from_str("x.yaml", BASE);
    assert_eq!((operations, left_out), (1, 0));
    let text = BASE.replacen("paths:\n", "paths:\n  /a/../b:\n    get:\n      responses: {}\n", 1);
    let generated = Builder::new().generate_from_str("x.yaml", &text);
    assert_eq!((generated.operations, generated.left_out), (1, 1));
    assert_eq!(generated.count(Level::Warning), 1);
}

#[test]
fn an_unsigned_number_of_a_response_keeps_its_range() {
    let code = code(&with("Made", "        size:\n          type: integer\n          format: uint64\n"));
    assert!(field(&code, "size").ends_with("Option<u64>"), "{}", field(&code, "size"));
}

#[test]
fn the_path_of_a_server_without_a_host_follows_x_host() {
    let endpoint = |servers: &str| code(&BASE.replacen("paths:\n", &format!("{servers}paths:\n"), 1));
    let code = endpoint("servers: [{url: /v3}]\nx-host: things.example.com\n");
    assert!(code.contains("Some(\"https://things.example.com/v3\")"), "{code}");
    let code = endpoint("servers: [{url: 'https://other.example.com'}]\nx-host: things.example.com\n");
    assert!(code.contains("Some(\"https://other.example.com\")"));
}

#[test]
fn a_read_only_reference_is_not_required() {
    let properties = "        one:\n          allOf: [{$ref: '#/components/schemas/Id'}]\n          readOnly: true\n        \
                      other:\n          allOf: [{$ref: '#/components/schemas/Id'}, {readOnly: true}]\n        \
                      third: {$ref: '#/components/schemas/Id'}\n";
    let text =
        with("Thing", properties).replace("        - name\n", "        - one\n        - other\n        - third\n");
    let code = code(&(text + "    Id: {type: string}\n"));
    assert!(field(&code, "one").ends_with("Option<Id>"), "{}", field(&code, "one"));
    assert!(field(&code, "other").ends_with("Option<Id>"));
    assert!(field(&code, "third").ends_with("pub third: Id"), "{}", field(&code, "third"));
}

#[test]
fn properties_of_one_name_are_combined() {
    let parts = "[{type: object, properties: {tag: {type: object, properties: {one: {type: string}}}, \
                 kind: {type: string, enum: [a]}, lines: {type: array, items: {type: string}}}}, \
                 {type: object, properties: {tag: {type: object, properties: {other: {type: string}}}, \
                 kind: {type: string, enum: [b]}, lines: {type: array, items: {type: integer}}}}]";
    for key in ["oneOf", "allOf"] {
        let schema = format!("        id: {{$ref: '#/components/schemas/Both'}}\n    Both: {{{key}: {parts}}}\n");
        let code = code(&with("Made", &schema));
        assert!(field(&code, "one").contains("String"), "{key}");
        assert!(field(&code, "other").contains("String"), "{key}");
        assert!(field(&code, "kind").contains("String"), "{key}: {}", field(&code, "kind"));
        assert!(field(&code, "lines").contains("Vec<::serde_json::Value>"), "{key}: {}", field(&code, "lines"));
    }
}
