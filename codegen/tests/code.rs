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
fn the_project_id_of_a_path_is_optional() {
    let text =
        BASE.replace("{id}", "{project_id}").replace("name: id", "name: project_id\n          description: Whose.");
    let code = code(&text);
    assert!(!code.contains("request to `/v1/<project_id>"));
    assert!(code.contains("/v1/<project_id>/things"));
    assert!(code.contains("project_id: Result<Option<::std::string::String>, String>"));
    assert!(
        code.contains("request to `/v1/{project_id}/things`") && code.contains("path: \"/v1/{project_id}/things\"")
    );
    for (from, to) in
        [("/{project_id}/", "/x{project_id}/"), ("            type: string\n", "            type: integer\n")]
    {
        assert!(!self::code(&text.replacen(from, to, 1)).contains("<project_id>"), "{to}");
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
fn an_optional_body_can_be_omitted() {
    let text = BASE.replace("      requestBody:\n        required: true\n", "      requestBody:\n");
    assert_ne!(text, BASE);
    let code = code(&text);
    assert!(code.contains("body: Ok(::std::default::Default::default())"));
    assert!(code.contains("TryFrom<types::builder::Thing> for ::std::option::Option<types::Thing>"));
    assert!(!self::code(BASE).contains("Option<types::Thing>"));
    let reference = "            schema:\n              $ref: '#/components/schemas/Thing'\n      responses";
    let empty =
        text.replace(reference, "            schema: {type: object, additionalProperties: false}\n      responses");
    assert_ne!(empty, text);
    assert!(!self::code(&empty).contains("types::builder::MakeThingBody"), "a mapping has no builder");
}

#[test]
fn an_optional_form_can_be_omitted() {
    let form = BASE.replacen("application/json:", "application/x-www-form-urlencoded:", 1);
    let text = form.replace("      requestBody:\n        required: true\n", "      requestBody:\n");
    let code = code(&text);
    assert!(code.contains("body: Ok(::std::default::Default::default())"));
    assert!(code.contains("TryFrom<types::builder::Thing> for ::std::option::Option<types::Thing>"));
    assert!(!self::code(&form).contains("Option<types::Thing>"));
}

#[test]
fn bodies_of_other_media_types_are_bytes() {
    for (media, content_type) in [
        ("application/json-patch+json", "Some(\"application/json-patch+json\")"),
        ("application/xml", "Some(\"application/xml\")"),
        ("multipart/form-data", "None"),
        ("'*/*'", "None"),
    ] {
        let (head, tail) = BASE.split_once("application/json:").unwrap();
        let code = code(&format!("{head}{media}:{tail}"));
        assert!(code.contains("body: Result<::secmaster_client::runtime::http::Body, String>"), "{media}");
        assert!(code.contains(&format!("content_type: {content_type}, streamed")), "{media}");
        assert_eq!(code.contains("pub fn content_type<V>"), content_type == "None", "{media}");
    }
    let optional = BASE.replacen("        required: true\n        content", "        content", 1);
    let code = code(&optional.replacen("application/json:", "multipart/form-data:", 1));
    assert!(code.contains("content_type: Result<Option<::std::string::String>, String>"), "only with a body");
}

#[test]
fn a_success_without_body_is_none() {
    let text = BASE.replace("        4XX:\n", "        '204':\n          description: None.\n        4XX:\n");
    assert!(code(&text).contains("Response<::std::option::Option<types::Made>>"));
}

#[test]
fn equal_parameters_share_a_type() {
    let parameter = "        - {name: sort, in: query, schema: {type: string, enum: [asc, desc]}}\n";
    let path = |n: usize| {
        format!(
            "  /p{n}:\n    get:\n      operationId: Get{n}\n      parameters:\n{parameter}      responses: {{'200': {{description: d}}}}\n"
        )
    };
    let code = code(&BASE.replacen("paths:\n", &format!("paths:\n{}{}", path(1), path(2)), 1));
    assert_eq!(code.matches("pub enum Sort ").count(), 1);
    assert!(!code.contains("Get2Sort"));
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
fn renamed_parameters_are_sent_under_their_documented_names() {
    let parameters = "      parameters:\n        - {name: ID, in: query, schema: {type: string}}\n        \
                      - {name: Id, in: query, schema: {type: integer}}\n        - {name: Send, in: header, schema: {type: string}}\n";
    let code = code(&BASE.replace("      parameters:\n", parameters));
    for sent in [
        r#"QueryParam::new("ID", &id)"#,
        r#"QueryParam::new("Id", &id_in_query)"#,
        r#"header_map.append("Send", value.to_string().try_into()?)"#,
        "pub fn send_in_header<V>",
        "pub fn id_in_path<V>",
    ] {
        assert!(code.contains(sent), "{sent}: {code}");
    }
    assert!(!code.contains("<in_"));
}

#[test]
fn parameters_of_one_method_name_are_numbered() {
    let names = ["a", "a_", "a__", "a___", "b<in_query>", "b<in_query2>"];
    let rows =
        names.map(|name| format!("        - {{name: '{name}', in: query, schema: {{type: string}}}}\n")).concat();
    let code = code(&BASE.replace("      parameters:\n", &format!("      parameters:\n{rows}")));
    for sent in [
        r#"QueryParam::new("a", &a)"#,
        r#"QueryParam::new("a_", &a_in_query)"#,
        r#"QueryParam::new("a__", &a_in_query2)"#,
        r#"QueryParam::new("a___", &a_in_query3)"#,
        r#""b<in_query>","#,
        r#""b<in_query2>","#,
    ] {
        assert!(code.contains(sent), "{sent}");
    }
}

#[test]
fn references_are_inlined() {
    let text = BASE.replace("schemas/Made'", "schemas/File'") + "    File: {type: string, format: binary}\n";
    assert!(code(&text).contains("Response<ByteStream>"), "a response of bytes");
    assert!(!code(&text).contains("types::File"));
    let text = BASE.replace("schemas/Thing'", "schemas/File'") + "    File: {type: string, format: binary}\n";
    assert!(!code(&text).contains("types::File"));
    let text = BASE.replace(
        "      parameters:\n",
        "      parameters:\n        - {name: names, in: query, explode: false, schema: {$ref: '#/components/schemas/Names'}}\n",
    ) + "    Names: {type: array, items: {type: string}}\n";
    let generated = Builder::new().generate_from_str("x.yaml", &text);
    assert!(generated.diagnostics.iter().any(|diagnostic| diagnostic.message.contains("explode: false")));
}

#[test]
fn an_enum_of_a_parameter_is_an_enum() {
    let parameters = "      parameters:\n        - {name: order, in: query, schema: {type: string, enum: [asc, desc], default: desc}}\n        \
                      - {name: sort, in: query, schema: {type: array, items: {type: string, enum: [name, size]}}}\n        \
                      - {name: size, in: query, schema: {type: integer, enum: [1, 2]}}\n";
    let text = BASE.replace("      parameters:\n", parameters);
    let generated = Builder::new().verbose(true).generate_from_str("x.yaml", &text);
    let lines: Vec<_> = generated.diagnostics.iter().map(ToString::to_string).collect();
    assert_eq!(
        lines,
        ["x.yaml:12: MakeThing: an enum of type: integer is not checked; document the values in the description"]
    );
    let code = generated.code.unwrap();
    assert!(code.contains("order: Result<Option<types::Order>, String>"));
    assert!(code.contains("sort: Result<Option<::std::vec::Vec<types::Sort>>, String>"));
    assert!(code.contains("size: Result<Option<i64>, String>"));
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
