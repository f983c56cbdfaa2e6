//! Bodies of requests and responses in the generated code.

use secmaster_client_codegen::Builder;

use crate::cases::BASE;
use crate::code::code;

#[test]
fn one_schema_of_several_statuses_is_counted_once() {
    let schema = "{type: object, properties: {a: {type: string, enum: [x]}, b: {type: string, enum: [x]}}}";
    let response = |status: u8| {
        format!("        '{status}': {{description: d, content: {{application/json: {{schema: {schema}}}}}}}\n")
    };
    let text = BASE.replace("        4XX:\n", &format!("{}{}        4XX:\n", response(201), response(202)));
    let (start, end) = (text.find("        '200':").unwrap(), text.find("        '201':").unwrap());
    let generated = Builder::new().generate_from_str("x.yaml", &text.replace(&text[start..end], ""));
    let lines: Vec<_> = generated.diagnostics.iter().map(ToString::to_string).collect();
    // More than three would be a summary with their number.
    assert_eq!(
        lines,
        [
            "x.yaml:22: MakeThing: an enum of a response is read as any string, since services add values; document the values in the description"
        ]
    );
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
fn an_unresolved_body_has_a_content_type() {
    let (start, end) =
        (BASE.find("        required: true\n        content").unwrap(), BASE.find("      responses").unwrap());
    let text = format!("{}        $ref: '#/components/requestBodies/Missing'\n{}", &BASE[..start], &BASE[end..]);
    let code = code(&text);
    assert!(code.contains("pub fn content_type<V>"));
}

#[test]
fn a_success_without_body_is_none() {
    let text = BASE.replace("        4XX:\n", "        '204':\n          description: None.\n        4XX:\n");
    assert!(code(&text).contains("Response<::std::option::Option<types::Made>>"));
}

#[test]
fn bodies_of_bytes_are_found_behind_references() {
    let of = |schema: &str| BASE.replace("schemas/Thing'", schema).replace("schemas/Made'", schema);
    let file = "{type: string, format: binary}";
    for text in [
        of("schemas/file'") + &format!("    File: {{type: object}}\n    file: {file}\n"),
        of("schemas/A%20file'") + &format!("    A file: {file}\n"),
        of("schemas/File'") + "    File: {type: file}\n",
        of("schemas/File'") + &format!("    File: {{allOf: [{file}]}}\n"),
    ] {
        let code = code(&text);
        assert!(code.contains("body: Result<::secmaster_client::runtime::http::Body, String>"), "{text}");
        assert!(code.contains("Response<ByteStream>"), "{text}");
        assert!(code.contains("content_type: Some(\"application/json\"), streamed: true"), "{text}");
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
