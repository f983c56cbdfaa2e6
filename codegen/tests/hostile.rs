//! Hostile documents: each results in an error or in code, without a panic, a hang or a stack overflow.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use secmaster_client_codegen::{Builder, Generated, Level};

fn generate(text: &str) -> Generated {
    let start = Instant::now();
    let generated = Builder::new().generate_from_str("x.yaml", text);
    // Far more than any of them takes, even on a busy machine.
    assert!(start.elapsed() < Duration::from_secs(300), "it took {:?}", start.elapsed());
    assert_eq!(generated.code.is_none(), generated.count(Level::Error) > 0);
    generated
}

fn first_error(text: &str) -> String {
    generate(text).diagnostics.first().unwrap().to_string()
}

/// A document with these component schemas, which an operation uses in its request and response.
fn with_schemas(schemas: &str) -> String {
    let body = "content: {application/json: {schema: {$ref: '#/components/schemas/S0'}}}";
    format!(
        "openapi: 3.0.3\ninfo: {{title: T, version: '1'}}\npaths:\n  /a:\n    post:\n      operationId: A\n      \
         requestBody: {{{body}}}\n      responses: {{'200': {{description: d, {body}}}}}\ncomponents:\n  schemas:\n{schemas}"
    )
}

#[test]
fn deep_nesting_is_an_error() {
    for (open, close) in [("[", "]"), ("{a: ", "}")] {
        let text = format!("openapi: {}{}", open.repeat(5_000), close.repeat(5_000));
        let error = first_error(&text);
        assert!(error.contains("nested more than 128 levels deep") || error.contains("recursion limit"), "{error}");
    }
    let block: String = (0..5_000).map(|depth| format!("{}a:\n", " ".repeat(depth))).collect();
    assert!(first_error(&block).contains("nested more than 128 levels deep"));
}

#[test]
fn the_expansion_of_aliases_is_limited() {
    let mut text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..12 {
        let alias = format!("*a{}", level - 1);
        writeln!(text, "a{level}: &a{level} [{}]", [alias.as_str(); 10].join(", ")).unwrap();
    }
    let error = first_error(&text);
    assert!(error.contains("values; split it"), "{error}");
}

#[test]
fn the_nesting_of_aliases_is_limited() {
    let mut text = "a0: &a0 [x]\n".to_owned();
    for level in 1..1_000 {
        writeln!(text, "a{level}: &a{level} [*a{}]", level - 1).unwrap();
    }
    assert!(first_error(&text).contains("nested more than 128 levels deep"));
}

#[test]
fn an_invalid_document_is_an_error() {
    for text in [
        "",
        "\0",
        "hello",
        "[1, 2]",
        "openapi: 3.0.3",
        "- - -",
        "openapi: 3.0.3\npaths: {}",
        "\u{feff}",
        "{",
        "&a *a",
        "? [a]\n: b",
    ] {
        assert!(generate(text).count(Level::Error) > 0, "{text:?}");
    }
}

#[test]
fn circular_schemas_terminate() {
    let property = "type: object, properties: {next: {$ref: '#/components/schemas/S0'}}";
    for schema in [
        "{$ref: '#/components/schemas/S0'}".to_owned(),
        "{allOf: [{$ref: '#/components/schemas/S0'}]}".to_owned(),
        "{allOf: [{$ref: '#/components/schemas/S0'}, {type: object, properties: {a: {type: string}}}]}".to_owned(),
        "{oneOf: [{$ref: '#/components/schemas/S0'}, {type: string}]}".to_owned(),
        "{anyOf: [{$ref: '#/components/schemas/S0'}]}".to_owned(),
        "{type: array, items: {$ref: '#/components/schemas/S0'}}".to_owned(),
        "{type: object, additionalProperties: {$ref: '#/components/schemas/S0'}}".to_owned(),
        format!("{{{property}}}"),
        format!(
            "{{allOf: [{{{property}}}, {{type: object, properties: {{b: {{allOf: [{{$ref: '#/components/schemas/S0'}}, {{{property}}}]}}}}}}]}}"
        ),
    ] {
        let generated = generate(&with_schemas(&format!("    S0: {schema}\n")));
        assert!(generated.code.is_some(), "{schema}: {:?}", generated.diagnostics);
    }
}

#[test]
fn long_chains_of_references_are_followed() {
    let link = |n: usize| format!("    S{n}: {{$ref: '#/components/schemas/S{}'}}\n", n + 1);
    let schemas = (0..2_000).map(link).collect::<String>() + "    S2000: {type: string}\n";
    let generated = generate(&with_schemas(&schemas));
    assert_eq!(generated.count(Level::Warning), 0, "{:?}", generated.diagnostics);
    assert!(generated.code.unwrap().contains("pub struct S0(pub S2000);"));
}

#[test]
fn long_chains_of_schemas_are_truncated() {
    let schema = |key: &str| {
        let link = |n: usize| format!("    S{n}: {{type: object, {}}}\n", key.replace('N', &(n + 1).to_string()));
        (0..130).map(link).collect::<String>() + "    S130: {type: string}\n"
    };
    let generated = generate(&with_schemas(&schema("properties: {next: {$ref: '#/components/schemas/SN'}}")));
    assert_eq!(generated.count(Level::Warning), 3, "{:?}", generated.diagnostics);
    for (n, diagnostic) in
        generated.diagnostics.iter().filter(|diagnostic| diagnostic.level == Level::Warning).enumerate()
    {
        assert!(diagnostic.message.contains(&format!("inside S{}", 10 + 40 * n)), "{diagnostic}");
    }
    // Maps and lists between the schemas count as well.
    let map = "{type: object, additionalProperties: {type: array, items: {$ref: '#/components/schemas/SN'}}}";
    let generated = generate(&with_schemas(&schema(&format!("properties: {{next: {map}}}"))));
    assert_eq!(generated.count(Level::Warning), 9, "{:?}", generated.diagnostics);
    let many: String =
        (0..3_000).map(|n| format!("    S{n}: {{allOf: [{{$ref: '#/components/schemas/S{}'}}]}}\n", n + 1)).collect();
    assert!(generate(&with_schemas(&(many + "    S3000: {type: string}\n"))).code.is_some());
}

#[test]
fn doubling_compositions_terminate() {
    let mut schemas = String::new();
    for n in 0..40 {
        let part = format!("{{$ref: '#/components/schemas/S{}'}}", n + 1);
        let own = format!("{{type: object, properties: {{p{n}: {{type: string}}}}}}");
        writeln!(schemas, "    S{n}: {{allOf: [{part}, {own}, {part}]}}").unwrap();
    }
    schemas.push_str("    S40: {type: object, properties: {last: {type: string}}}\n");
    let generated = generate(&with_schemas(&schemas));
    assert!(generated.code.unwrap().contains("pub last"));
}

#[test]
fn repeated_names_of_compositions_do_not_add_up() {
    let mut schemas =
        "    S30: {type: object, required: [a, b], properties: {a: {type: string}, b: {type: string}}}\n".to_owned();
    for n in 0..30 {
        let part = format!("{{$ref: '#/components/schemas/S{}'}}", n + 1);
        let own = "{type: object, required: [b], properties: {b: {type: integer}}}";
        writeln!(schemas, "    S{n}: {{allOf: [{part}, {own}, {part}]}}").unwrap();
    }
    let generated = generate(&with_schemas(&schemas));
    assert!(generated.code.unwrap().contains("pub b: "));
}

#[test]
fn wide_compositions_are_limited() {
    let values = (0..500).map(|n| format!("v{n}")).collect::<Vec<_>>().join(", ");
    let mut schemas = format!("    Base: {{type: object, properties: {{a: {{type: string, enum: [{values}]}}}}}}\n");
    for n in 0..200 {
        let own = "{type: object, properties: {b: {type: string}}}";
        writeln!(schemas, "    S{n}: {{allOf: [{{$ref: '#/components/schemas/Base'}}, {own}]}}").unwrap();
    }
    let generated = generate(&with_schemas(&schemas));
    assert!(generated.code.is_some());
    let limit = "allOf combines more schemas than the generator supports";
    assert!(generated.diagnostics.iter().any(|diagnostic| diagnostic.message.contains(limit)));
}

#[test]
fn combined_properties_terminate() {
    let mut schemas = String::new();
    for n in 0..60 {
        for side in ["A", "B"] {
            let next = format!("{{$ref: '#/components/schemas/{side}{}'}}", (n + 1) % 60);
            let own = format!("{{type: integer, description: {side}}}");
            writeln!(schemas, "    {side}{n}: {{type: object, properties: {{x: {next}, y: {next}, z: {own}}}}}")
                .unwrap();
        }
    }
    let parts = "{$ref: '#/components/schemas/A0'}, {$ref: '#/components/schemas/B0'}";
    for key in ["allOf", "oneOf"] {
        assert!(generate(&with_schemas(&format!("    S0: {{{key}: [{parts}]}}\n{schemas}"))).code.is_some());
    }
}

#[test]
fn similar_names_stay_unique() {
    let schemas: String = (0..300)
        .map(|n| format!("    S{}0: {{type: object, properties: {{a: {{type: string}}}}}}\n", "_".repeat(n)))
        .collect();
    let generated = generate(&with_schemas(&schemas));
    assert!(generated.code.is_some(), "{:?}", generated.diagnostics.first());
}

#[test]
fn many_similar_names_are_numbered() {
    let rows: String = (0..400)
        .map(|n| format!("        - {{name: a{}, in: query, schema: {{type: string}}}}\n", "_".repeat(n)))
        .collect();
    let text = crate::cases::BASE.replacen("      parameters:\n", &format!("      parameters:\n{rows}"), 1);
    assert!(generate(&text).code.unwrap().contains("pub fn a_in_query399<"));
    let separators = |n: usize| format!("{n:012b}").replace('0', "_").replace('1', "-");
    let schemas: String = (0..4_000).map(|n| format!("    'a{}b': {{type: string}}\n", separators(n))).collect();
    let code = generate(&with_schemas(&format!("    S0: {{type: string}}\n{schemas}"))).code.unwrap();
    // Each schema has a type, and the operation a builder.
    assert_eq!(code.matches("\n    pub struct ").count(), 4_001 + 1);
}

#[test]
fn generation_is_deterministic() {
    let schemas = "    S0: {type: object, properties: {b: {type: string, enum: [x, y]}, a: {oneOf: [{type: string}, {type: integer}]}}}\n";
    let text = with_schemas(schemas);
    let code = generate(&text).code.unwrap();
    for _ in 0..3 {
        assert_eq!(generate(&text).code.unwrap(), code);
    }
}

#[test]
fn any_truncated_document_terminates() {
    let text = crate::cases::BASE;
    for end in (0..text.len()).step_by(7) {
        secmaster_client_codegen::fuzz(&text.as_bytes()[..end]);
    }
}

#[test]
fn large_documents_are_supported() {
    let row =
        (0..5_000).map(|n| format!("    S{n}: {{$ref: '#/components/schemas/S{}'}}\n", n + 1)).collect::<String>();
    assert!(generate(&with_schemas(&(row + "    S5000: {type: string}\n"))).code.is_some());

    let schema =
        |n: usize| format!("    S{n}: {{type: object, properties: {{a: {{type: string}}, b: {{type: integer}}}}}}\n");
    let code = generate(&with_schemas(&(0..2_000).map(schema).collect::<String>())).code.unwrap();
    assert_eq!(code.matches("\n    pub struct S").count(), 2_000);

    let text = with_schemas("    S0: {type: object, properties: {a: {type: string}}}\n");
    let (head, operation) = text.split_once("  /a:\n").unwrap();
    let (operation, tail) = operation.split_once("components:\n").unwrap();
    let path = |n: usize| format!("  /a{n}:\n{}", operation.replace("operationId: A", &format!("operationId: A{n}")));
    let paths = (0..400).map(path).collect::<String>();
    let generated = generate(&format!("{head}{paths}components:\n{tail}"));
    assert_eq!((generated.operations, generated.left_out), (400, 0));
}
