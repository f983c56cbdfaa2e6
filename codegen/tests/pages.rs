//! Which lists have `pages()` and `rows()`.

use crate::cases::BASE;
use crate::code::code;

/// The base document as a paginated list, with these schemas of its parameters.
fn paged(method: &str, offset: &str, limit: &str) -> String {
    let body = BASE.find("      requestBody").unwrap()..BASE.find("      responses").unwrap();
    let body = &BASE[body];
    BASE.replace(body, "")
        .replace("    post:", &format!("    {method}:"))
        .replace(
            "      parameters:\n",
            &format!(
                "      parameters:\n        - {{name: offset, in: query, schema: {offset}}}\n        - {{name: limit, in: query, schema: {limit}}}\n"
            ),
        )
        .replace(
            "        id:\n          type: string\n",
            "        things: {type: array, items: {$ref: '#/components/schemas/Thing'}}\n",
        )
}

#[test]
fn only_safe_lists_with_an_offset_have_pages() {
    let is_paged = |text: &str| code(text).contains("paged_operations!");
    let integer = "{type: integer}";
    assert!(is_paged(&paged("get", integer, integer)));
    assert!(is_paged(&paged("get", "{type: integer, format: uint64}", integer)));
    assert!(is_paged(&paged("get", "{type: integer, format: int32}", "{type: integer, format: int64, maximum: 50}")));
    assert!(is_paged(
        &paged("post", integer, integer).replace("      operationId", "      x-page-end: 1000\n      operationId")
    ));
    for (method, offset, limit) in [
        ("post", integer, integer),
        ("delete", integer, integer),
        ("get", "{type: string}", integer),
        ("get", integer, "{type: integer, maximum: 0}"),
        ("get", "{type: integer, minimum: 1}", integer),
    ] {
        assert!(!is_paged(&paged(method, offset, limit)), "{method} {offset} {limit}");
    }
    let body = |schema: &str| format!("      requestBody: {{content: {{{schema}}}}}\n      operationId");
    let with = |schema: &str| paged("get", integer, integer).replace("      operationId", &body(schema));
    assert!(is_paged(&with("application/json: {schema: {type: string}}")));
    assert!(!is_paged(&with("application/octet-stream: {}")), "the builder cannot be cloned");
}

#[test]
fn pages_have_the_maximum_number_of_rows() {
    for (limit, expected) in [
        ("{type: integer}", 100),
        ("{type: integer, maximum: 50}", 50),
        ("{type: integer, enum: [10, 20]}", 20),
        ("{type: integer, enum: [10, 20], maximum: 15}", 15),
        ("{type: integer, enum: [100, 500]}", 100),
        ("{$ref: '#/components/schemas/Limit'}", 30),
    ] {
        let text = paged("get", "{type: integer}", limit) + "    Limit: {type: integer, enum: [10, 30]}\n";
        let code: String = code(&text).split_whitespace().collect();
        assert!(code.contains(&format!(",limit:{expected},end:None;")), "{limit}");
    }
    let text = paged("get", "{type: integer}", "{type: integer, maximum: 60}");
    let code = code(&text.replace("      operationId", "      x-page-size: 20\n      operationId"));
    assert!(code.split_whitespace().collect::<String>().contains(",limit:20,end:None;"));
}
